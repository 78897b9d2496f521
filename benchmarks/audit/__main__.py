"""Observe orders that other packages document, and write tables: `python -m benchmarks.audit`.

The codes of torchsde, diffrax and OpenMM are run where they are installed.
"""

from importlib.util import find_spec
from time import perf_counter

from benchmarks.audit import others, strong_orders, thermostats, weak
from benchmarks.audit.tables import write, write_summary
from benchmarks.measure import versions


def main() -> None:
    """Write all tables, the summary last."""
    begun = perf_counter()
    write(versions())
    missing = [name for name in ("torchsde", "diffrax", "openmm") if find_spec(name) is None]
    write(f"without {', '.join(missing)}" if missing else "")
    cases = (*weak.CASES, *others.cases())
    found = [weak.observed(case, others.weak_steps(case.scheme)) for case in cases]
    weak.write_one_step()
    found += [*strong_orders.observed(), *thermostats.observed()]
    others.write_documented_table()
    write_summary(found)
    write(f"\n{perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
