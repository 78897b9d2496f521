"""What is asked of local entropy, checked once."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.landscapes import Landscape
from pdeopt.landscapes.validation import checked_points

__all__ = ["METHODS", "Problem", "checked_problem"]

SAMPLERS = ("importance", "mala", "metropolised-obabo", "annealed")
METHODS = ("closed form", "separable", "radial", "ridge", "quadrature", "sampling")


@dataclass(frozen=True, eq=False)
class Problem:
    """Points of a landscape, with time, temperature and how to work.

    Parameters
    ----------
    landscape : Landscape
    points : array, shape (n, d)
    shape : tuple of int
        Of the points as given, without the last axis.
    time, beta : float
    rng : numpy.random.Generator
    method : str or None
    n_samples : int or None
    tolerance : float or None
    sampler : str or None
    """

    landscape: Landscape
    points: FloatArray
    shape: tuple[int, ...]
    time: float
    beta: float
    rng: np.random.Generator
    method: str | None = None
    n_samples: int | None = None
    tolerance: float | None = None
    sampler: str | None = None

    @property
    def variance(self) -> float:
        """Variance time / beta of the Gaussian kernel."""
        return self.time / self.beta

    @property
    def units(self) -> tuple[float, float, float]:
        """Units of value, slope and bend of the kernel: 1 / beta, 1 / sqrt(beta time), 1 / time."""
        return 1.0 / self.beta, 1.0 / np.sqrt(self.beta * self.time), 1.0 / self.time


def checked_problem(
    f: Landscape,
    x: ArrayLike,
    time: float,
    beta: float,
    rng: Any,
    method: Any,
    n_samples: Any,
    tolerance: Any,
    sampler: Any,
) -> Problem:
    """Return the problem, or raise with a message that says the fix."""
    if not isinstance(f, Landscape):
        raise TypeError(f"f={f!r} is not a Landscape. Make one: pdeopt.Landscape(value, gradient, dim=...).")
    points = checked_points(x, f.dim, f.name)
    if not np.isfinite(points).all():
        raise ValueError(f"x has the entry {points[~np.isfinite(points)][0]}. Points must be finite, e.g. 0.0.")
    if method is not None and method not in METHODS:
        raise ValueError(f"method={method!r} is unknown. Use one of {', '.join(map(repr, METHODS))}, or None.")
    if sampler is not None and sampler not in SAMPLERS:
        raise ValueError(f"sampler={sampler!r} is unknown. Use one of {', '.join(map(repr, SAMPLERS))}, or None.")
    if sampler is not None and method not in (None, "sampling"):
        raise ValueError(f"sampler={sampler!r} belongs to method='sampling', not to method={method!r}. Leave one out.")
    if n_samples is not None and not (int(n_samples) == n_samples and n_samples >= 16):
        raise ValueError(f"n_samples={n_samples!r} must be a whole number of at least 16, e.g. 10_000.")
    if tolerance is not None and not (np.isfinite(tolerance) and tolerance > 0):
        raise ValueError(f"tolerance={tolerance!r} must be positive and finite, e.g. 1e-6.")
    return Problem(
        f,
        points.reshape(-1, f.dim),
        points.shape[:-1],
        _checked_number(time, "time", 0.5, least=True),
        _checked_number(beta, "beta", 1.0, infinite=True),
        np.random.default_rng(0 if rng is None else rng),
        "sampling" if sampler is not None else method,
        None if n_samples is None else int(n_samples),
        tolerance,
        sampler,
    )


def _checked_number(value: Any, name: str, example: float, *, least: bool = False, infinite: bool = False) -> float:
    fine = np.ndim(value) == 0 and isinstance(value, int | float | np.integer | np.floating) and not np.isnan(value)
    if fine and (value > 0 or (least and value == 0)) and (infinite or np.isfinite(value)):
        return float(value)
    bound = "not negative" if least else "positive"
    more = ", or inf" if infinite else " and finite"
    raise ValueError(f"{name}={value!r} must be a number, {bound}{more}, e.g. {name}={example}.")
