"""Minimisers of the relaxed landscape at one time: Newton's method near them, a trust region from afar."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from pdeopt._types import FloatArray
from pdeopt.control.relaxed_fields import RelaxedField

__all__ = ["Minimum", "corrected", "minimised"]

STEPS = 8
NOISE = 30.0
"""How many times its error a gradient must be to count."""


class Minimum(NamedTuple):
    """A minimiser (d,) of u at some time, its value, its Hessian (d, d), and how many evaluations it took."""

    point: FloatArray
    value: float
    hessian: FloatArray
    evaluations: int


def corrected(field: RelaxedField, time: float, guess: FloatArray, tolerance: float) -> Minimum | None:
    """Return the minimiser that Newton's method finds from a near point, None where it finds none."""
    point = guess.copy()
    for count in range(1, STEPS + 1):
        found = field.at(time, point[None, :], curved=True)
        hessian, gradient = _dense(found.hessian), found.gradient[0]
        lowest = float(np.linalg.eigvalsh(hessian)[0])
        if not lowest > 0.0:
            return None
        step = -np.linalg.solve(hessian, gradient)
        if np.linalg.norm(step) <= tolerance + NOISE * found.error / lowest:
            return Minimum(point + step, float(found.value[0]) + 0.5 * float(gradient @ step), hessian, count)
        point = point + step
    return None


def minimised(field: RelaxedField, time: float, guess: FloatArray, tolerance: float) -> Minimum:
    """Return the minimiser downhill from a point.

    Raises
    ------
    ValueError
        If there is none: u falls for ever, or is flat.
    """
    calls = [0]

    def value(x: FloatArray) -> tuple[float, FloatArray]:
        calls[0] += 1
        found = field.at(time, x[None, :])
        return float(found.value[0]), found.gradient[0]

    def curvature(x: FloatArray) -> FloatArray:
        calls[0] += 1
        return _dense(field.at(time, x[None, :], curved=True).hessian)

    downhill = minimize(value, guess, jac=True, hess=curvature, method="trust-exact", options={"gtol": 1e-8})
    found = corrected(field, time, np.asarray(downhill.x), tolerance)
    if found is None:
        raise ValueError(
            f"x0={guess.tolist()}: no minimiser of u(., {time:g}) found downhill of it; the descent ended at "
            f"{np.asarray(downhill.x).tolist()} ({downhill.message}). Use another x0, or a landscape that confines."
        )
    return found._replace(evaluations=found.evaluations + calls[0])


def _dense(hessian: FloatArray | None) -> FloatArray:
    assert hessian is not None
    matrix: FloatArray = hessian[0]
    return matrix
