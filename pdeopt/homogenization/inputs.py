"""What homogenization accepts, with messages that say the fix."""

from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.systems import TwoScaleSystem
from pdeopt.systems.validation import checked_count, checked_positive

__all__ = [
    "checked_copies",
    "checked_count",
    "checked_points",
    "checked_positive",
    "checked_seed",
    "checked_system",
    "checked_times",
]


def checked_system(system: Any) -> TwoScaleSystem:
    """Return a system of two time scales."""
    if not isinstance(system, TwoScaleSystem):
        raise TypeError(
            f"system={system!r} has no two time scales. Make one: pdeopt.systems.entropy_sgd(f, time=0.5), or "
            "pdeopt.systems.TwoScale(slow, fast)."
        )
    return system


def checked_points(system: TwoScaleSystem, x: ArrayLike) -> tuple[FloatArray, tuple[int, ...]]:
    """Return slow points as an array (n, n_slow), and the shape of what is returned for them, without the last axis."""
    points = system.slow_points(x)
    return np.ascontiguousarray(points.reshape(-1, system.n_slow)), points.shape[:-1]


def checked_times(times: ArrayLike) -> FloatArray:
    """Return times that are finite and not negative."""
    when = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if when.ndim != 1 or not (np.isfinite(when).all() and when.min(initial=0.0) >= 0.0):
        raise ValueError(f"times={times!r} must be numbers from 0 on, e.g. times=[0.0, 1.0].")
    return when


def checked_seed(seed: Any) -> int:
    """Return a seed that is a whole number."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed={seed!r} must be a whole number of at least 0, e.g. seed=0.")
    return int(seed)


def checked_copies(replicas: Any) -> int:
    """Return a number of copies that leaves an error bar."""
    count = checked_count(replicas, "replicas")
    if count < 2:
        raise ValueError("replicas=1 leaves no error bar. Use replicas=2 or more, e.g. replicas=64.")
    return count
