"""Are the error bars of local entropy by sampling true? Shares of seeded runs whose bars hold the truth.

`python -m benchmarks.entropy RUNS DRAWS [NAME ...]` prints the table for some cases; zero draws stand for the default.
"""

import sys
import warnings
from dataclasses import replace
from time import process_time

import numpy as np

import pdeopt
from benchmarks.entropy_cases import CASES, Case
from benchmarks.measure import Row, table, versions
from pdeopt.entropy import SamplingWarning

RUNS = 200
LEAST = ">= 0.92"
QUANTITIES = ("value", "gradient", "hessian")


def sampled(case: Case, seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return value, gradient and diagonal of the Hessian with their half widths."""
    f = case.landscape()
    e = pdeopt.local_entropy(
        f, np.array(case.point), case.time, case.beta, seed, method="sampling", n_samples=case.n_samples
    )
    return {
        "value": (np.atleast_1d(e.value), np.atleast_1d(e.error)),
        "gradient": (e.gradient, e.gradient_error),
        "hessian": (e.hessian_diagonal, np.broadcast_to(e.hessian_error, e.gradient.shape)),
    }


def rows_of(case: Case, runs: int) -> list[Row]:
    """Return a row for each quantity known: the share of runs and entries whose bar holds the truth."""
    begin = process_time()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SamplingWarning)
        found = [sampled(case, seed) for seed in range(runs)]
    seconds = (process_time() - begin) / runs
    rows = []
    for name in QUANTITIES:
        truth = case.truth(name)
        if truth is None:
            continue
        values, bars = (np.array([one[name][k] for one in found]) for k in (0, 1))
        held = float((np.abs(values - truth) <= bars).mean())
        spread = float(np.sqrt(((values - truth) ** 2).mean()))
        width = float(bars.mean() / 1.96 / spread) if spread > 0 else np.inf
        ours = f"{held:.3f} of runs; error {spread:.1e}, bar {width:.2f} of 1.96 times it"
        what = f"{case.name}, {name}" + (f", {len(caught)} warnings" if caught else "")
        rows.append(Row(what, ours, f"{seconds:.2f} s a run", held, LEAST))
    return rows


def rows(runs: int = RUNS, names: tuple[str, ...] = ()) -> list[Row]:
    """Return the rows of all cases, or of those named."""
    return [row for case in CASES if not names or case.name in names for row in rows_of(case, runs)]


def main() -> int:
    print(f"{versions()}\n", flush=True)
    runs, draws = (int(text) for text in sys.argv[1:3]) if len(sys.argv) > 2 else (RUNS, 0)
    for case in CASES:
        if not sys.argv[3:] or case.name in sys.argv[3:]:
            print(table(rows_of(replace(case, n_samples=draws or None), runs)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
