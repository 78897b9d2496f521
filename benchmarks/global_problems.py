"""Shifted global problems: how often a minimiser is found within a number of evaluations, against SciPy and HJ-MAD."""

import argparse
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from scipy import optimize
from tqdm import tqdm

from benchmarks.hj_mad import PUBLISHED, hj_mad
from benchmarks.measure import Row, table
from pdeopt.optimizers import minimize_entropy_sgd, minimize_hj_prox, minimize_local_entropy

HALF = 20.0
"""Of the side of the box, as in the published experiments; the minimiser is drawn from the inner 80 %."""

BUDGETS = (250, 500, 1000, 2000, 3000)
N_SHIFTS = 100
CLOSE = 1e-4


def griewank(x):
    roots = np.sqrt(np.arange(1, x.shape[-1] + 1))
    return 1.0 + (x * x).sum(axis=-1) / 4000.0 - np.cos(x / roots).prod(axis=-1)


def rastrigin(x):
    return 10.0 * x.shape[-1] + (x * x - 10.0 * np.cos(2.0 * np.pi * x)).sum(axis=-1)


def ackley(x):
    ripples = np.exp(np.cos(2.0 * np.pi * x).mean(axis=-1))
    return 20.0 + np.e - 20.0 * np.exp(-0.2 * np.sqrt((x * x).mean(axis=-1))) - ripples


def alpine(x):
    return np.abs(x * np.sin(x) + 0.1 * x).sum(axis=-1)


def drop_wave(x):
    square = (x * x).sum(axis=-1)
    return 1.0 - (1.0 + np.cos(12.0 * np.sqrt(square))) / (0.5 * square + 2.0)


def levy(x):
    w = 1.0 + x / 4.0
    inner = ((w[..., :-1] - 1.0) ** 2 * (1.0 + 10.0 * np.sin(np.pi * w[..., :-1] + 1.0) ** 2)).sum(axis=-1)
    last = (w[..., -1] - 1.0) ** 2 * (1.0 + np.sin(2.0 * np.pi * w[..., -1]) ** 2)
    return np.sin(np.pi * w[..., 0]) ** 2 + inner + last


FUNCTIONS = {f.__name__: f for f in (griewank, rastrigin, ackley, alpine, drop_wave, levy)}
"""All have the value 0 at their minimiser 0; Alpine's has it at others too."""


class Done(Exception):  # noqa: N818 - no error
    """The minimum is found, or the evaluations are used."""


class Counted:
    """A shifted function that remembers at which evaluation it was first within `CLOSE` of its minimum."""

    def __init__(self, f: Callable, shift: np.ndarray, budget: int) -> None:
        self.f, self.shift, self.budget = f, shift, budget
        self.n, self.hit = 0, np.inf

    def __call__(self, x: np.ndarray) -> float:
        """Return the value, or stop the search."""
        if self.n >= self.budget:
            raise Done
        self.n += 1
        value = float(self.f(np.asarray(x) - self.shift))
        if value < CLOSE:
            self.hit = self.n
            raise Done
        return value


BOX = [(-HALF, HALF)] * 2


def ours(minimiser, f, x0, seed, **options):
    minimiser(f, x0, bounds=BOX, rng=seed, maxfev=10**6, **options)


def annealing(f, x0, seed):
    optimize.dual_annealing(f, BOX, x0=x0, rng=seed, maxiter=10**6)


def evolution(f, x0, seed):
    optimize.differential_evolution(f, BOX, x0=x0, rng=seed, maxiter=10**6)


def hopping(f, x0, seed):
    optimize.basinhopping(f, x0, rng=seed, niter=10**6, minimizer_kwargs={"bounds": BOX})


SCIPY = {"dual_annealing": annealing, "differential_evolution": evolution, "basinhopping": hopping}
METHODS = {
    "local entropy": partial(ours, minimize_local_entropy, patience=10**6),
    "HJ-prox": partial(ours, minimize_hj_prox, n_scopings=10**6),
    "Entropy-SGD": partial(ours, minimize_entropy_sgd, n_scopings=10**6),
    **SCIPY,
}


def first_hit(name: str, method: str, number: int, budget: int = BUDGETS[-1]) -> float:
    """Return the evaluation that was first close, `inf` if none; a method that stops early is started again."""
    rng = np.random.default_rng(number)
    shift, x0 = rng.uniform(-0.8 * HALF, 0.8 * HALF, 2), rng.uniform(-HALF, HALF, 2)
    counted = Counted(FUNCTIONS[name], shift, budget)
    if method == "HJ-MAD":
        return hj_mad(lambda x: FUNCTIONS[name](x - shift), x0, number, n_most=budget, **PUBLISHED[name]).first(CLOSE)
    try:
        for attempt in range(10**6):
            METHODS[method](counted, x0 if attempt == 0 else rng.uniform(-HALF, HALF, 2), 1000 * number + attempt)
    except Done:
        pass
    return counted.hit


def all_hits(n_shifts: int, methods: list[str]) -> dict[tuple[str, str], np.ndarray]:
    """Return the first hits of every method on every function."""
    cases = [(name, method, k) for name in FUNCTIONS for method in methods for k in range(n_shifts)]
    with ProcessPoolExecutor(2) as pool:
        found = pool.map(first_hit, *zip(*cases, strict=True), chunksize=5)
        hits = list(tqdm(found, total=len(cases), delay=2.0, leave=False))
    return {
        (name, method): np.array([hits[i] for i, case in enumerate(cases) if case[:2] == (name, method)])
        for name in FUNCTIONS
        for method in methods
    }


def shares(hits: np.ndarray) -> np.ndarray:
    """Return the percentages of successes within the budgets."""
    return np.array([100.0 * float(np.mean(hits <= budget)) for budget in BUDGETS])


def written(percentages: np.ndarray) -> str:
    return " ".join(f"{share:.0f}" for share in percentages)


def rows(n_shifts: int = N_SHIFTS, methods: tuple[str, ...] = (*METHODS, "HJ-MAD")) -> list[Row]:
    """Compare within every budget: the ratio is the smallest, over the budgets, to the best method of SciPy there."""
    hits = all_hits(n_shifts, list(methods))
    found = []
    for name in FUNCTIONS:
        own = shares(hits[name, "local entropy"])
        best = np.max([shares(hits[name, peer]) for peer in SCIPY], axis=0)
        ratio = float(np.min(np.divide(own, best, out=np.ones(len(best)), where=best > 0.0)))
        what = f"{name}: found in % of shifts within {', '.join(map(str, BUDGETS))} evaluations"
        found.append(Row(what, written(own), f"best of SciPy {written(best)}", ratio, ">= 1"))
    return found + [_alone(name, method, hits[name, method]) for name in FUNCTIONS for method in methods]


def _alone(name: str, method: str, hits: np.ndarray) -> Row:
    """Return the line of one method, with the ratio of its median to the largest budget."""
    median = float(np.median(hits))
    return Row(f"{name}, {method}", f"median {median:.0f}", written(shares(hits)), median / BUDGETS[-1])


def guard_rows(n_shifts: int = N_SHIFTS) -> list[Row]:
    """Count how often iterates of HJ-MAD come within 0.05 of the minimiser, as published and without the guard."""
    return [
        Row(
            f"{name}: HJ-MAD arrives in % of runs, unshifted, from (10, 10)",
            f"guard removed {_arrivals(name, n_shifts, guard=False, shifted=False):.0f}",
            f"as published {_arrivals(name, n_shifts, guard=True, shifted=False):.0f}, shifted "
            f"{_arrivals(name, n_shifts, guard=True, shifted=True):.0f}",
            np.nan,
        )
        for name in FUNCTIONS
    ]


def _arrivals(name: str, n_shifts: int, *, guard: bool, shifted: bool) -> float:
    """Return the percentage of runs that arrive; the start is (10, 10) from the minimiser in both cases."""
    rng, arrived = np.random.default_rng(0), []
    for number in range(n_shifts):
        shift = rng.uniform(-0.8 * HALF, 0.8 * HALF, 2) if shifted else np.zeros(2)
        trace = hj_mad(
            lambda x, shift=shift: FUNCTIONS[name](x - shift),
            shift + 10.0,
            number,
            n_most=BUDGETS[-1],
            guard=guard,
            **PUBLISHED[name],
        )
        arrived.append(trace.arrived(shift))
    return 100.0 * float(np.mean(np.isfinite(arrived)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.global_problems", description=__doc__)
    parser.add_argument(
        "--shifts", type=int, default=N_SHIFTS, help=f"number of random shifts, {N_SHIFTS} if not given"
    )
    n = parser.parse_args().shifts
    print(table(rows(n) + guard_rows(n)))
