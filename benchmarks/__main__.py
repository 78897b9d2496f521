"""`python -m benchmarks [NAME ...]`: measure and print one table."""

import argparse
import sys
from time import perf_counter

from benchmarks import cole_hopf, hopf_lax, memory
from benchmarks.measure import table

BENCHMARKS = {
    "hopf-lax": hopf_lax.rows,
    "logsumexp": cole_hopf.against_logsumexp,
    "py-pde": cole_hopf.against_py_pde,
    "memory": memory.rows,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Ratios to peers and to the hardware.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHMARKS)}; all by default")
    names = parser.parse_args().names or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    rows = []
    for name in names:
        start = perf_counter()
        rows += BENCHMARKS[name]()
        print(f"{name}: {perf_counter() - start:.0f} s", file=sys.stderr)
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
