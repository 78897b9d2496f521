"""Measure ratios to peers and to the hardware, and print a table for each name."""

import argparse
import sys
from importlib import import_module
from time import perf_counter

from benchmarks.measure import Row, table, two_cores, versions

BENCHMARKS = {
    "hopf-lax": "hopf_lax.rows",
    "logsumexp": "cole_hopf.against_logsumexp",
    "py-pde": "cole_hopf.against_py_pde",
    "memory": "memory.rows",
    "duration": "duration.rows",
    "start": "start.rows",
    "threads": "threads.rows",
    "tiles": "tiles.rows",
    "simulate": "double_well.simulate_rows",
    "langevin": "double_well.langevin_rows",
    "weak": "double_well.weak_rows",
    "drift": "drifts.rows",
    "scaling": "scaling.rows",
    "stream": "streaming.rows",
    "replay": "replaying.rows",
    "godunov": "hamilton_jacobi.godunov_rows",
    "weno5": "hamilton_jacobi.weno_rows",
    "hj-reachability": "hamilton_jacobi.reachability_rows",
    "fd-memory": "hamilton_jacobi.memory_rows",
    "kolmogorov": "kolmogorov.rows",
    "global": "global_problems.rows",
    "hj-mad": "global_problems.guard_rows",
    "merge-tree": "merge_tree.rows",
    "entropy": "entropy.rows",
    "networks": "networks.rows",
    "predicted-weights": "predicted_weights.rows",
    "training": "training.rows",
    "torch": "torch_doorway.rows",
}


def measured(name: str) -> list[Row]:
    """Return the rows of one name; the peers of others are not imported, some start threads of their own."""
    module, function = BENCHMARKS[name].split(".")
    rows: list[Row] = getattr(import_module(f"benchmarks.{module}"), function)()
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHMARKS)}; all if none")
    names = parser.parse_args().names or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    print(f"{versions()}; two threads do two loops {two_cores():.2f} times as fast as one does\n")
    for name in names:
        begin = perf_counter()
        print(table(measured(name)))
        print(f"\n{name}: {perf_counter() - begin:.0f} s\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
