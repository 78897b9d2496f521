"""Gradient, Hessian and proximal map from the softmin weights, never by differencing the solution."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.axes import CELLS
from pdeopt.hamilton_jacobi.problem import Problem
from pdeopt.hamilton_jacobi.prox import local_model, polished_prox
from pdeopt.hamilton_jacobi.solution import Stage

__all__ = ["derivatives"]

SINGLE_WELL = 3.0


def derivatives(stage: Stage) -> tuple[FloatArray, FloatArray]:
    """Return gradient, shape (..., d), and Hessian, shape (..., d, d), on the grid of the problem.

    Notes
    -----
    At time zero they are those of the landscape, or differences of sampled values. At zero temperature the gradient
    is `(x - y) / t`, `y` the minimiser, and the Hessian `A (I + t A)^-1` with that of the landscape at `y`. Else both
    come from means and covariances of the softmin weights.
    """
    outputs = [np.asarray(axis) for axis in stage.problem.grid.axes]
    points = stage.problem.grid.points()
    if stage.time == 0.0:
        return local_model(stage.problem, points)
    if np.isinf(stage.problem.beta):
        prox, hessian = polished_prox(stage.problem, np.moveaxis(stage.minimisers(outputs), 0, -1), stage.time)
        return (points - prox) / stage.time, _relaxed_hessian(hessian, stage.time)
    # Moments differentiate the formula itself: no spacing enters, and no order is lost.
    means, covariances = stage.moments(outputs)
    gradient = _gradient(stage, points, means)
    hessian = _hessian(stage, covariances)
    if any(axis.rule == CELLS for axis in stage.state.axes):
        hessian = _with_local_hessian(stage.problem, points - stage.time * gradient, hessian, stage.time)
    return gradient, hessian


def _gradient(stage: Stage, points: FloatArray, means: FloatArray) -> FloatArray:
    """Apply `du/dx_a = (x_a - E y_a) / (beta v_a)`, `v_a` the variance of the last pass."""
    variances = np.array([axis.variance for axis in stage.state.axes])
    result: FloatArray = (points - np.moveaxis(means, 0, -1)) / (stage.problem.beta * variances)
    return result


def _hessian(stage: Stage, covariances: FloatArray) -> FloatArray:
    """Apply `d2u/dx_a dx_b = (delta_ab / v_a - Cov(y_a, y_b) / (v_a v_b)) / beta`."""
    axes, beta = stage.state.axes, stage.problem.beta
    dim = len(axes)
    hessian = np.empty((*covariances.shape[1:], dim, dim))
    row = 0
    for a in range(dim):
        for b in range(a + 1):
            product = covariances[row] / (axes[a].variance * axes[b].variance)
            entry = ((1.0 / axes[a].variance if a == b else 0.0) - product) / beta
            hessian[..., a, b] = entry
            hessian[..., b, a] = entry
            row += 1
    return hessian


def _relaxed_hessian(hessian: FloatArray, time: float) -> FloatArray:
    """Return `A (I + t A)^-1`, the Hessian of the Hopf-Lax solution above a minimiser where `f` has Hessian `A`."""
    return np.asarray(np.linalg.solve(np.eye(hessian.shape[-1]) + time * hessian, hessian), dtype=float)


def _with_local_hessian(problem: Problem, prox: FloatArray, hessian: FloatArray, time: float) -> FloatArray:
    """Replace the Hessian by that of the local quadratic model where the weights sit in one well.

    Where the kernel is narrower than a cell the spread of the weights within a well is known better from the
    curvature there. With several wells in play the moments stand.
    """
    _, local = local_model(problem, prox)
    dim = prox.shape[-1]
    identity = np.eye(dim)
    lowest = np.linalg.eigvalsh(local).min(axis=-1)
    usable = np.isfinite(lowest) & (1.0 + time * lowest > 0.05)
    model = np.zeros_like(hessian)
    model[usable] = _relaxed_hessian(local[usable], time)
    # Moments that spread much wider than the model's say that another well has weight.
    spread = np.trace(identity / time - hessian, axis1=-2, axis2=-1)
    expected = np.trace(identity / time - model, axis1=-2, axis2=-1)
    single = usable & (spread <= SINGLE_WELL * expected)
    return np.where(single[..., None, None], model, hessian)
