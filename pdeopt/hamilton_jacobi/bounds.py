"""Error of a solution: quadrature, interpolation, truncation and rounding, carried through the passes.

An error `e` of the data becomes at most its average under the softmin weights, to first order: a pass that averages
the error so far and adds its own gives the error of the whole. On cells the own part is the difference to lines that
lie below and above the function; for the trapezoid rule it is the aliasing of a Gaussian as narrow as the second
differences allow, checked against what the error at wider spacings points to.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import log_ndtr

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.axes import CELLS, TRAPEZOID, Axis
from pdeopt.hamilton_jacobi.coarsening import coarse_step, saturated, worthwhile
from pdeopt.hamilton_jacobi.passes import INDICATORS, Softmin, hopf_lax_along, lowest_along, softmin_along
from pdeopt.hamilton_jacobi.problem import Problem
from pdeopt.hamilton_jacobi.sampling import initial_state
from pdeopt.kernels.stencils import BEND_HIGH, BEND_LOW, WAVES

__all__ = ["error_kind", "error_parts"]

EPSILON = float(np.finfo(float).eps)
ROUNDINGS = 64.0
PARTS = ("quadrature", "interpolation", "truncation")
Errors = dict[str, FloatArray]
ALIASING_SAFETY = 3.0
POWER_SAFETY = 0.15
POOLED = 3.0
"""Standard deviations to either side within which outputs share their measured waves."""
SLAB = 1 << 16
ROUND_UP = 1.0 + 2.0**-22
"""Parts are kept in single precision, rounded up: they are large in three dimensions, and two digits would do."""


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
            # Relaxing keeps upper bounds of the curvature, not lower ones.
            axis = replace(axis, curvature=(np.nan, axis.curvature[1]))
        field, errors = _axis_errors(field, errors, k, axis, problem, time)
    scale = _rounding_scale(field, problem, time)
    rounding: Any = np.empty(field.shape, np.float32)
    for slab in _slabs(field.shape, 0):
        rounding[slab] = ROUND_UP * ROUNDINGS * EPSILON * (np.abs(field[slab]) + scale)
    errors["rounding"] = rounding
    nothing: Any = np.broadcast_to(np.float32(0.0), problem.grid.shape)
    return {name: errors.get(name, nothing) for name in (*PARTS, "rounding")}


def _slabs(shape: tuple[int, ...], k: int) -> list[tuple[slice, ...]]:
    """Return slices that cut another axis than `k` into slabs of bounded size."""
    if len(shape) == 1:
        return [(slice(None),)]
    other = 0 if k != 0 else 1
    thick = max(SLAB * shape[other] // int(np.prod(shape)), 1)
    cuts = [slice(first, first + thick) for first in range(0, shape[other], thick)]
    return [tuple(cut if i == other else slice(None) for i in range(len(shape))) for cut in cuts]


def _axis_errors(
    field: FloatArray, errors: Errors, k: int, axis: Axis, problem: Problem, time: float
) -> tuple[FloatArray, Errors]:
    """Return field and errors after axis `k`, slab by slab: memory stays at one array for each of them."""
    outputs = np.asarray(problem.grid.axes[k])
    shape = (*field.shape[:k], outputs.size, *field.shape[k + 1 :])
    own = field is not problem.initial and shape == field.shape
    solved = field if own else np.empty(shape)
    result = dict(errors) if shape == field.shape else {name: np.empty(shape, np.float32) for name in errors}
    for slab in _slabs(field.shape, k):
        before = field[slab].copy()
        some = {name: part[slab].astype(float) for name, part in errors.items()}
        if np.isinf(problem.beta):
            after, some = _hopf_lax_errors(before, some, k, axis, outputs, time, problem.threads)
        else:
            total = saturated(axis, time / problem.beta)
            after, some = _softmin_errors(before, some, k, axis.towards(total), outputs, problem)
        if axis.edge == "constant":
            beyond = _beyond_edges(before, after, k, axis, outputs, time, problem.beta)
            some["truncation"] = some.get("truncation", 0.0) + beyond
        solved[slab] = after
        for name, part in some.items():
            if name not in result:
                result[name] = np.empty(shape, np.float32)
            result[name][slab] = part * ROUND_UP
    return solved, result


def _rounding_scale(field: FloatArray, problem: Problem, time: float) -> float:
    """Return the size of what cancels in the exponents: range, temperature, and distances times slopes."""
    steepest, low, high = 0.0, np.inf, -np.inf
    for k, nodes in enumerate(problem.grid.axes):
        for slab in _slabs(field.shape, k):
            with np.errstate(invalid="ignore"):
                slopes = np.abs(np.diff(field[slab], axis=k))
            rise = float(slopes.max(initial=0.0, where=np.isfinite(slopes)))
            steepest = max(steepest, rise / float(np.diff(nodes).min()))
            finite = np.isfinite(field[slab])
            low = min(low, float(field[slab].min(initial=np.inf, where=finite)))
            high = max(high, float(field[slab].max(initial=-np.inf, where=finite)))
    farthest = float(np.abs([problem.grid.lower, problem.grid.upper]).max())
    # Positions carry rounding too, which a narrow kernel magnifies.
    displaced = farthest / np.sqrt(problem.beta * time) if np.isfinite(problem.beta) else 0.0
    return float(high - low + 2.0 / problem.beta + displaced + steepest * (farthest + time * steepest))


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
            aliased = _aliasing(averages[-INDICATORS:], k, task) / problem.beta
            errors["quadrature"] = errors.get("quadrature", 0.0) + aliased
        elif first and axis.rule == CELLS:
            bracket = _cell_bracket(values, field, k, axis, task, problem.threads)
            errors["interpolation"] = errors.get("interpolation", 0.0) + bracket
        if first and not np.isfinite(field).all():
            without = replace(task, total_variance=0.0)
            opened, _ = softmin_along(_opened(field, k, axis), k, axis, without, None, problem.threads)
            errors["interpolation"] = errors.get("interpolation", 0.0) + _bracket(values, opened, values)
        field, axis, first = values, coarse, False
        if not goes_on:
            return field, errors


def _aliasing(indicators: FloatArray, k: int, task: Softmin) -> FloatArray:
    """Return the relative quadrature error: the predicted one, or the one that the errors at wider spacings point to.

    The averages of two waves of `w` per node, `exp(-l_w)`, give the power of `l_w = c w**p` with which the rule
    converges here: `p = 2` on a Gaussian, 1 on an analytic function with poles. Kinks add their own,
    at most the size of the faster wave.
    """
    predicted, *waves, kinks = indicators
    # Where two wells balance their waves may cancel, one and not the other: the neighbours see a single well.
    spacing = np.ptp(task.outputs) / max(task.outputs.size - 1, 1)
    shared = int(min(np.ceil(POOLED * np.sqrt(task.variance) / spacing), task.outputs.size)) if spacing > 0.0 else 0
    sizes = [np.clip(_widened(np.hypot(*pair), k, shared), 1e-17, 1.0 - 1e-12) for pair in (waves[:2], waves[2:])]
    low, high = -np.log(sizes[0]), -np.log(sizes[1])
    power = np.log(np.maximum(high / low, 1.0)) / np.log(WAVES[1] / WAVES[0]) - POWER_SAFETY
    measured = 2.0 * np.exp(-high * WAVES[1] ** -np.clip(power, 1.0, 2.0))
    aliased = np.maximum(ALIASING_SAFETY * predicted, np.where(measured > 1e-15, measured, 0.0))
    # A kink decays as 1 / w**2, and so shows in the wave: a bend that only looks like one does not.
    result: FloatArray = aliased + np.minimum(kinks, sizes[1])
    return result


def _cell_bracket(values: FloatArray, field: FloatArray, k: int, axis: Axis, task: Softmin, threads: int) -> FloatArray:
    below, _ = softmin_along(field, k, axis, replace(task, bend_mode=BEND_LOW), None, threads)
    above, _ = softmin_along(field, k, axis, replace(task, bend_mode=BEND_HIGH), None, threads)
    return _bracket(values, below, above)


def _opened(field: FloatArray, k: int, axis: Axis) -> FloatArray:
    """Return the field with each wall a node further away: it stands anywhere between its last two nodes.

    A wall beside a declared kink stands where the kink says.
    """
    opened = field.copy()
    finite, smooth = np.isfinite(field), np.ones(axis.nodes.size, bool) if axis.smooth is None else axis.smooth
    for way in (slice(None), slice(None, None, -1)):
        nodes, moved = axis.nodes[way], np.moveaxis(field, k, 0)[way]
        inside, target = np.moveaxis(finite, k, 0)[way], np.moveaxis(opened, k, 0)[way]
        for j in range(nodes.size - 1):
            edge = ~inside[j] & inside[j + 1] & smooth[way][j + 1]
            if not edge.any():
                continue
            following = moved[min(j + 2, nodes.size - 1)]
            share = (nodes[j + 1] - nodes[j]) / (nodes[min(j + 2, nodes.size - 1)] - nodes[j + 1] or np.inf)
            with np.errstate(invalid="ignore"):
                fall = np.maximum(np.nan_to_num((following - moved[j + 1]) * share, posinf=0.0), 0.0)
            target[j] = np.where(edge, np.minimum(target[j], moved[j + 1] - fall), target[j])
    return opened


def _bracket(values: FloatArray, below: FloatArray, above: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore"):
        width = np.maximum(values - below, above - values)
    return np.where(np.isfinite(width), np.maximum(width, 0.0), 0.0)


def _hopf_lax_errors(
    field: FloatArray, errors: Errors, k: int, axis: Axis, outputs: FloatArray, time: float, threads: int
) -> tuple[FloatArray, Errors]:
    carried = _stacked({name: _widened(part, k) for name, part in errors.items()}, field)
    values, found = hopf_lax_along(field, k, axis, outputs, time, carried=carried, threads=threads)
    errors = dict(zip(errors, found[:-1], strict=True))
    below = lowest_along(field, k, axis, outputs, time, BEND_LOW, threads)
    above = lowest_along(field, k, axis, outputs, time, BEND_HIGH, threads)
    if not np.isfinite(field).all():
        below = np.minimum(below, lowest_along(_opened(field, k, axis), k, axis, outputs, time, BEND_LOW, threads))
    errors["interpolation"] = errors.get("interpolation", 0.0) + _bracket(values, below, above)
    return values, errors


def _widened(part: FloatArray, k: int, neighbours: int = 1) -> FloatArray:
    """Return the largest of each entry and its neighbours to either side along axis `k`."""
    moved = np.moveaxis(part, k, -1)
    wide = moved.copy()
    for i in range(1, min(neighbours, moved.shape[-1] - 1) + 1):
        np.maximum(wide[..., i:], moved[..., :-i], out=wide[..., i:])
        np.maximum(wide[..., :-i], moved[..., i:], out=wide[..., :-i])
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
    # Less than one, so that the logarithm of what is left stays finite.
    beyond = np.exp(np.minimum(-beta * (edge - solved) + log_ndtr(-distance / sigma), -1e-12))
    without = -np.log1p(-beyond)
    falling = np.logaddexp(np.log1p(-beyond), -beta * (fall - solved) + log_ndtr((shift - distance) / sigma))
    result: FloatArray = np.maximum(without, falling) / beta
    return result
