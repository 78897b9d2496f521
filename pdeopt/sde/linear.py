"""Steps of linear systems as matrices, exact to rounding: a step is applied to unit vectors and unit draws."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from scipy.linalg import solve_discrete_lyapunov

from pdeopt._types import Arguments, FloatArray
from pdeopt.sde.scheme import UNIFORM, Stepper

__all__ = ["largest_stable_step", "mean_matrix", "noise_matrix", "state_matrices", "stationary_state"]

FARTHEST = 1e6
"""In units of the step from which `largest_stable_step` looks."""


def flat(value: Any) -> list[float]:
    """Return the numbers of nested tuples in order."""
    return [number for part in value for number in flat(part)] if isinstance(value, tuple) else [float(value)]


def nested(layout: Any, numbers: Iterable[float]) -> Any:
    """Return nested tuples of the form of `layout` that hold the numbers."""
    return _filled(layout, iter(numbers))


def _filled(layout: Any, numbers: Iterator[float]) -> Any:
    if isinstance(layout, tuple):
        return tuple(_filled(part, numbers) for part in layout)
    return float(next(numbers))


def _units(layout: Any) -> list[Any]:
    return [nested(layout, row) for row in np.eye(len(flat(layout)))]


def _columns(values: Iterable[Any]) -> FloatArray:
    return np.array([flat(value) for value in values], dtype=np.float64).T


def _zero(layout: Any) -> Any:
    return nested(layout, [0.0] * len(flat(layout)))


def mean_matrix(stepper: Stepper, h: float, args: Arguments) -> FloatArray:
    """Return M of the step `x -> M x + noise` of points of a linear system."""
    constants, rest = stepper.prepare(h, args), _zero(stepper.xi)
    begun = (stepper.begin(0.0, unit, args) for unit in _units(stepper.point))
    return _columns(stepper.step(0.0, state, h, rest, constants) for state in begun)[: len(flat(stepper.point))]


def noise_matrix(stepper: Stepper, h: float, args: Arguments) -> FloatArray:
    """Return N of the step `x -> M x + N xi`, of all numbers of a state."""
    if UNIFORM in stepper.draws:
        raise ValueError(
            "a step that accepts or rejects is not linear in its draws. Use a scheme without a Metropolis test."
        )
    constants, state = stepper.prepare(h, args), stepper.begin(0.0, _zero(stepper.point), args)
    return _columns(stepper.step(0.0, state, h, unit, constants) for unit in _units(stepper.xi))


def state_matrices(stepper: Stepper, h: float, args: Arguments) -> tuple[FloatArray, FloatArray]:
    """Return M and N of the step `s -> M s + N xi` of states, with all that a scheme carries from step to step."""
    constants, rest = stepper.prepare(h, args), _zero(stepper.xi)
    mean = _columns(stepper.step(0.0, unit, h, rest, constants) for unit in _units(stepper.state))
    return mean, noise_matrix(stepper, h, args)


def stationary_state(stepper: Stepper, h: float, args: Arguments) -> FloatArray:
    """Return the covariance of states that one step leaves alone: C = M C M' + N N'."""
    mean, noise = state_matrices(stepper, h, args)
    return np.asarray(solve_discrete_lyapunov(mean, noise @ noise.T), dtype=np.float64)


def is_stable(mean: FloatArray, slack: float = 1e-13) -> bool:
    """Tell whether the spectral radius of a matrix is at most 1."""
    if mean.shape != (2, 2):
        return float(np.abs(np.linalg.eigvals(mean)).max()) <= 1.0 + slack
    # Jury's conditions keep all digits where two eigenvalues meet.
    determinant, trace = mean[0, 0] * mean[1, 1] - mean[0, 1] * mean[1, 0], mean[0, 0] + mean[1, 1]
    return bool(determinant <= 1.0 + slack and abs(trace) <= 1.0 + determinant + slack)


def largest_stable_step(mean: Callable[[float], FloatArray], scale: float) -> float:
    """Return where a matrix that depends on the step leaves the stable ones, first looking near `scale / 1000`."""
    low = 1e-3 * scale
    if not is_stable(mean(low)):
        return 0.0
    high = low
    while is_stable(mean(high)):
        low, high = high, 1.1 * high
        if high > FARTHEST * scale:
            return float("inf")
    return _bisected(mean, low, high)


def _bisected(mean: Callable[[float], FloatArray], low: float, high: float) -> float:
    while high - low > 4e-16 * high:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if is_stable(mean(middle)) else (low, middle)
    return low
