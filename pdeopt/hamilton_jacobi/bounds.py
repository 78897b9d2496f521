"""Error of a solution: quadrature, interpolation, truncation and rounding, carried through the passes.

An error `e` of the data becomes at most its average under the softmin weights, to first order: a pass that averages
the error so far and adds its own gives the error of the whole. On cells the own part is the difference to lines that
lie below and above the function; for the trapezoid rule it is the aliasing of a Gaussian as narrow as the second
differences allow, checked against the errors measured at wider spacings.
"""

from dataclasses import replace

import numpy as np
from scipy.special import log_ndtr

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.axes import CELLS, TRAPEZOID, Axis
from pdeopt.hamilton_jacobi.coarsening import coarse_step, saturated, worthwhile
from pdeopt.hamilton_jacobi.passes import INDICATORS, Softmin, hopf_lax_along, lowest_along, softmin_along
from pdeopt.hamilton_jacobi.problem import Problem
from pdeopt.hamilton_jacobi.sampling import initial_state
from pdeopt.hamilton_jacobi.solution import gathered
from pdeopt.kernels.stencils import BEND_HIGH, BEND_LOW

__all__ = ["error_kind", "error_parts"]

EPSILON = float(np.finfo(float).eps)
ROUNDINGS = 64.0
PARTS = ("quadrature", "interpolation", "truncation")
Errors = dict[str, FloatArray]
ALIASING_SAFETY = 3.0
POWER_SAFETY = 0.15


def error_kind(problem: Problem, method: str) -> str:
    """Return "bound" where the landscape's constants bound every part, else "estimate"."""
    curvature = None if problem.landscape is None else problem.landscape.curvature
    if curvature is None or problem.grid.dim > 1 or method == "cole-hopf":
        return "estimate"
    return "bound" if np.isfinite(curvature).all() else "estimate"


def error_parts(problem: Problem, time: float) -> Errors:
    """Return the parts of the error of the solution at `time`, each of the grid's shape."""
    if time == 0.0:
        return {name: np.zeros(problem.grid.shape) for name in (*PARTS, "rounding")}
    state = initial_state(problem, time, time)
    field = state.field
    errors: Errors = {}
    for k, axis in enumerate(state.axes):
        if k > 0:
            axis = replace(axis, curvature=(np.nan, axis.curvature[1]))
        before = field
        outputs = np.asarray(problem.grid.axes[k])
        if np.isinf(problem.beta):
            field, errors = _hopf_lax_errors(field, errors, k, axis, outputs, time, problem.threads)
        else:
            total = saturated(axis, time / problem.beta)
            field, errors = _softmin_errors(field, errors, k, axis.towards(total), outputs, problem)
        if axis.edge == "constant":
            beyond = _beyond_edges(before, field, k, axis, outputs, time, problem.beta)
            errors["truncation"] = errors.get("truncation", 0.0) + beyond
    errors["rounding"] = ROUNDINGS * EPSILON * (np.abs(field) + _rounding_scale(field, problem, time))
    return {name: errors.get(name, np.zeros(field.shape)) for name in (*PARTS, "rounding")}


def _rounding_scale(field: FloatArray, problem: Problem, time: float) -> float:
    """Return the size of what cancels in the exponents: range, temperature, and distances times slopes."""
    steepest = 0.0
    for k, nodes in enumerate(problem.grid.axes):
        with np.errstate(invalid="ignore"):
            slopes = np.abs(np.diff(field, axis=k))
        finite = slopes[np.isfinite(slopes)]
        steepest = max(steepest, float(finite.max(initial=0.0)) / float(np.diff(nodes).min()))
    farthest = float(np.abs([problem.grid.lower, problem.grid.upper]).max())
    extent = float(np.ptp(field[np.isfinite(field)]))
    return extent + 2.0 / problem.beta + steepest * (farthest + time * steepest)


def _averaged(errors: Errors, averages: FloatArray) -> Errors:
    return dict(zip(errors, averages, strict=False))


def _stacked(errors: Errors, field: FloatArray) -> FloatArray:
    return np.array(list(errors.values())).reshape(-1, *field.shape)


def _softmin_errors(
    field: FloatArray, errors: Errors, k: int, axis: Axis, outputs: FloatArray, problem: Problem
) -> tuple[FloatArray, Errors]:
    """Repeat the steps of the solution along one axis; the first adds its own error, all average what there is."""
    finite = field[np.isfinite(field)]
    drop = problem.beta * float(np.ptp(finite)) if worthwhile(axis) else 0.0
    total, first = axis.variance, True
    while True:
        goes_on = worthwhile(axis)
        coarse, step = coarse_step(axis, drop, total) if goes_on else (axis, axis.variance)
        indicated = total if first and axis.rule == TRAPEZOID else 0.0
        task = Softmin(coarse.nodes if goes_on else outputs, step, problem.beta, total_variance=indicated)
        values, averages = softmin_along(field, k, axis, task, _stacked(errors, field), problem.threads)
        errors = _averaged(errors, averages)
        if indicated > 0.0:
            errors["quadrature"] = errors.get("quadrature", 0.0) + _aliasing(averages[-INDICATORS:]) / problem.beta
        elif first and axis.rule == CELLS:
            bracket = _cell_bracket(values, field, k, axis, task, problem.threads)
            errors["interpolation"] = errors.get("interpolation", 0.0) + bracket
        field, axis, first = values, coarse, False
        if not goes_on:
            return field, errors


def _aliasing(indicators: FloatArray) -> FloatArray:
    """Return the relative quadrature error: the predicted one, or the one that the errors at wider spacings point to.

    The errors at three and four times the spacing, `exp(-l_3)` and `exp(-l_4)`, give the rate `l = c / h**p` with which the
    rule converges here: `p = 2` on a Gaussian, 1 on an analytic function with poles, near 0 at a kink.
    """
    predicted, cos3, sin3, cos4, sin4 = indicators
    third, fourth = (-np.log(np.clip(np.hypot(c, s), 1e-17, 1.0 - 1e-12)) for c, s in ((cos3, sin3), (cos4, sin4)))
    power = np.clip(np.log(np.maximum(third / fourth, 1.0)) / np.log(4.0 / 3.0) - POWER_SAFETY, 0.0, 2.0)
    measured = 2.0 * np.exp(-third * 3.0**power)
    result: FloatArray = np.maximum(ALIASING_SAFETY * predicted, np.where(measured > 1e-15, measured, 0.0))
    return result


def _cell_bracket(values: FloatArray, field: FloatArray, k: int, axis: Axis, task: Softmin, threads: int) -> FloatArray:
    below, _ = softmin_along(field, k, axis, replace(task, bend_mode=BEND_LOW), None, threads)
    above, _ = softmin_along(field, k, axis, replace(task, bend_mode=BEND_HIGH), None, threads)
    return _bracket(values, below, above)


def _bracket(values: FloatArray, below: FloatArray, above: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore"):
        width = np.maximum(values - below, above - values)
    return np.where(np.isfinite(width), np.maximum(width, 0.0), 0.0)


def _hopf_lax_errors(
    field: FloatArray, errors: Errors, k: int, axis: Axis, outputs: FloatArray, time: float, threads: int
) -> tuple[FloatArray, Errors]:
    values, places = hopf_lax_along(field, k, axis, outputs, time, with_argmin=True, threads=threads)
    assert places is not None
    errors = {name: gathered(_widened(part, k), k, axis, places) for name, part in errors.items()}
    below = lowest_along(field, k, axis, outputs, time, BEND_LOW, threads)
    above = lowest_along(field, k, axis, outputs, time, BEND_HIGH, threads)
    errors["interpolation"] = errors.get("interpolation", 0.0) + _bracket(values, below, above)
    return values, errors


def _widened(part: FloatArray, k: int) -> FloatArray:
    """Return the largest of each entry and its two neighbours along axis `k`."""
    moved = np.moveaxis(part, k, -1)
    wide = moved.copy()
    np.maximum(wide[..., 1:], moved[..., :-1], out=wide[..., 1:])
    np.maximum(wide[..., :-1], moved[..., 1:], out=wide[..., :-1])
    return np.moveaxis(wide, -1, k)


def _beyond_edges(
    before: FloatArray, after: FloatArray, k: int, axis: Axis, outputs: FloatArray, time: float, beta: float
) -> FloatArray:
    """Return what other values beyond the edges would change: a wall, or the slope at the edge going on."""
    inner, solved = np.moveaxis(before, k, -1), np.moveaxis(after, k, -1)
    result = np.zeros(solved.shape)
    ends = ((0, 1, outputs - axis.nodes[0]), (-1, -2, axis.nodes[-1] - outputs))
    for end, following, distance in ends:
        edge = inner[..., end][..., None]
        width = abs(float(axis.nodes[end] - axis.nodes[following]))
        with np.errstate(invalid="ignore"):
            slope = np.nan_to_num(np.maximum((inner[..., following][..., None] - edge) / width, 0.0), posinf=0.0)
            fall = edge + slope * distance - 0.5 * time * slope**2
            if np.isinf(beta):
                change = np.where(time * slope > distance, solved - fall, 0.0)
            else:
                change = _soft_change(solved, edge, fall, distance, time * slope, time, beta)
        result += np.where(np.isfinite(change), np.maximum(change, 0.0), 0.0)
    return np.moveaxis(result, -1, k)


def _soft_change(
    solved: FloatArray,
    edge: FloatArray,
    fall: FloatArray,
    distance: FloatArray,
    shift: FloatArray,
    time: float,
    beta: float,
) -> FloatArray:
    """Compare the weight beyond the edge as it is with none, and with what a falling slope would have there."""
    sigma = np.sqrt(time / beta)
    beyond = np.exp(np.minimum(-beta * (edge - solved) + log_ndtr(-distance / sigma), -1e-12))
    without = -np.log1p(-beyond)
    falling = np.logaddexp(np.log1p(-beyond), -beta * (fall - solved) + log_ndtr((shift - distance) / sigma))
    result: FloatArray = np.maximum(without, falling) / beta
    return result
