"""HJ-MAD as published (Heaton, Wu Fung, Osher 2023), with and without the guard that pulls to the origin."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

DELTA = 0.01
GUARD = 1e-12
TOLERANCE = 0.05
"""Distance from the minimiser that counts as success there."""

COMMON = {"theta": 1.0, "memory": 0.0, "alpha": 0.5, "shrink": 0.5, "grow": 5.0, "t_max": 20.0 / DELTA}
PUBLISHED = {
    "griewank": COMMON | {"n": 5, "t_min": 0.1 / DELTA, "t": 0.1 / DELTA},
    "drop_wave": COMMON | {"n": 50, "t_min": 1e-6, "t": 1e3, "memory": 0.9},
    "alpine": COMMON | {"n": 50, "t_min": 1e-3, "t": 1e-3},
    "levy": COMMON
    | {"n": 100, "t_min": 100.0, "t": 100.0, "t_max": 200.0 / DELTA, "theta": 0.9, "alpha": 1.0, "grow": 1.5},
    "rastrigin": COMMON | {"n": 50, "t_min": 5.0, "t": 5.0},
    "ackley": COMMON | {"n": 50, "t_min": 1e-3, "t": 1e-3},
}
"""The authors' settings for each function, in two dimensions."""


@dataclass(frozen=True, eq=False)
class Trace:
    """All values met, in their order, and the iterates with the number of evaluations before each."""

    values: np.ndarray
    iterates: np.ndarray
    counts: np.ndarray

    def first(self, close: float) -> float:
        """Return the number of the first evaluation below `close`; samples count as well as iterates."""
        below = np.flatnonzero(self.values < close)
        return float(below[0] + 1) if below.size else np.inf

    def arrived(self, minimiser: np.ndarray) -> float:
        """Return the evaluations before the first iterate within the published tolerance."""
        near = np.flatnonzero(np.linalg.norm(self.iterates - minimiser, axis=1) < TOLERANCE)
        return float(self.counts[near[0]]) if near.size else np.inf


def hj_mad(
    f: Callable,
    x0: np.ndarray,
    seed: int,
    *,
    n: int,
    t: float,
    t_min: float,
    t_max: float,
    theta: float,
    memory: float,
    alpha: float,
    shrink: float,
    grow: float,
    n_most: int,
    guard: bool = False,
) -> Trace:
    """Run for `n_most` evaluations; `guard` divides by the mean weight plus 1e-12, as published."""
    rng = np.random.default_rng(seed)
    x, slope, ratio, values, iterates = x0, None, 1.0, [], []
    while len(values) + n <= n_most:
        iterates.append(x)
        points = x + np.sqrt(DELTA * t) * rng.standard_normal((n, x.size))
        seen = f(points)
        values.extend(seen)
        new = x - _prox(points, seen, guard)
        before = np.inf if slope is None else np.linalg.norm(slope)
        slope = new if slope is None else memory * slope + (1.0 - memory) * new
        ratio = 1.0 if before == np.inf else np.linalg.norm(slope) / (before + GUARD)
        x = x - alpha * slope
        t = min(grow * t, t_max) if ratio <= theta else max(shrink * t, t_min)
    return Trace(np.array(values), np.array(iterates), n * np.arange(len(iterates)))


def _prox(points: np.ndarray, values: np.ndarray, guard: bool) -> np.ndarray:
    """Return the weighted mean of the samples."""
    if not guard:
        return softmax(-values / DELTA) @ points
    weights = np.exp(-values / DELTA)
    return (weights @ points) / len(points) / (weights.mean() + GUARD)
