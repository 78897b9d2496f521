"""The initial field of a relaxation, on axes fine and long enough for a given time."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.axes import CELLS, RESOLVED, TRAPEZOID, WEIGHTED, Axis, make_axis
from pdeopt.hamilton_jacobi.coarsening import coarsen, saturated
from pdeopt.hamilton_jacobi.extent import free_box, steepest_curvature
from pdeopt.hamilton_jacobi.problem import Problem, check_values
from pdeopt.landscapes import Landscape

__all__ = ["State", "choose_rule", "continued_nodes", "heat_state", "initial_state"]

SAMPLES = 1 << 16
LARGE = 1 << 22
MOST_SAMPLES = 1 << 27
MARGIN = 1.2
FINEST = 4096
FEWEST_CELLS = 64
"""Cells per axis on which a landscape is sampled at least, if the grid has fewer and they are cheap."""
UNRESOLVED = 2.0
"""Spacings per width of the integrand above which exact cells are more accurate than the trapezoid rule."""
PANEL = 1.5
"""Standard deviations per panel of the Gauss rule used between kinks."""
GRADING = 30
GAUSS_NODES, GAUSS_WEIGHTS = np.polynomial.legendre.leggauss(12)


@dataclass(frozen=True, eq=False)
class State:
    """A field on its way: values in units of loss, the axes they live on, the inverse temperature."""

    field: FloatArray
    axes: tuple[Axis, ...]
    beta: float

    def towards(self, time: float, horizon: float, threads: int) -> "State":
        """Return the state from which one pass an axis reaches `time`, after as much coarsening as pays."""
        field, axes = self.field, list(self.axes)
        for k, axis in enumerate(self.axes):
            total = saturated(axis, time / self.beta)
            field, axes[k] = coarsen(field, k, axis.towards(total), self.beta, horizon / self.beta, threads)
        return State(field, tuple(axes), self.beta)


def _free_nodes(nodes: FloatArray, low: float, high: float, refinement: int) -> FloatArray:
    """Return the nodes of a uniform axis, `refinement` times finer and continued over `[low, high]`."""
    step = (nodes[-1] - nodes[0]) / (nodes.size - 1) / refinement
    before = int(np.ceil(max(nodes[0] - low, 0.0) / step))
    after = int(np.ceil(max(high - nodes[-1], 0.0) / step))
    places: FloatArray = nodes[0] + np.arange(-before, (nodes.size - 1) * refinement + after + 1) * step
    # The grid's own nodes to the last bit, so that a refinement contains them.
    places[before : before + (nodes.size - 1) * refinement + 1 : refinement] = nodes
    return places


def _stretched_free_nodes(nodes: FloatArray, low: float, high: float) -> FloatArray:
    """Return the nodes of a stretched axis, continued over `[low, high]` at the spacing of each end."""
    first, last = nodes[1] - nodes[0], nodes[-1] - nodes[-2]
    before = nodes[0] - np.arange(int(np.ceil(max(nodes[0] - low, 0.0) / first)), 0, -1) * first
    after = nodes[-1] + np.arange(1, int(np.ceil(max(high - nodes[-1], 0.0) / last)) + 1) * last
    return np.concatenate([before, nodes, after])


def continued_nodes(grid: Grid, k: int, low: float, high: float) -> FloatArray:
    """Return the nodes of axis `k`, continued over `[low, high]` where it is not periodic."""
    nodes = np.asarray(grid.axes[k])
    if grid.periodic[k]:
        return nodes
    return _free_nodes(nodes, low, high, 1) if grid.uniform[k] else _stretched_free_nodes(nodes, low, high)


def _axis_nodes(problem: Problem, k: int, box: tuple[float, float], refinement: int) -> FloatArray:
    """Return where the landscape is sampled along axis `k`: in the box if the boundary is free, else on the grid."""
    grid, nodes = problem.grid, np.asarray(problem.grid.axes[k])
    if problem.boundary[k] == "periodic":
        step = (grid.upper[k] - grid.lower[k]) / nodes.size / refinement
        return np.asarray(grid.lower[k] + np.arange(nodes.size * refinement) * step, dtype=float)
    low, high = box if problem.boundary[k] == "free" else (nodes[0], nodes[-1])
    if not grid.uniform[k]:
        return _stretched_free_nodes(grid.refined(refinement).axes[k], low, high)
    return _free_nodes(nodes, low, high, refinement)


def _axis_kinks(landscape: Landscape, k: int) -> FloatArray:
    """Return the positions of the kinks along axis `k`, in order."""
    kinks = landscape.kinks if landscape.dim == 1 or not landscape.kinks else landscape.kinks[k]
    return np.unique(np.asarray(kinks, dtype=float))


def _with_kinks(axis: Axis, kinks: FloatArray) -> Axis:
    """Return a cell-exact axis with a node at every kink inside it."""
    inside = kinks[(kinks > axis.nodes[0]) & (kinks < axis.nodes[-1])]
    nodes = np.union1d(axis.nodes, inside)
    return replace(axis, nodes=nodes, rule=CELLS, smooth=~np.isin(nodes, kinks))


def _panel_edges(low: float, high: float, width: float) -> FloatArray:
    """Return panel edges on a smooth stretch: at most `width` apart, halving towards both ends, where kinks may lie."""
    count = max(int(np.ceil((high - low) / width)), 2)
    edges = np.linspace(low, high, count + 1)
    # Graded: a corner of the integrand at an end costs digits only on a panel of negligible width.
    graded = (edges[1] - edges[0]) * 0.5 ** np.arange(1, GRADING + 1)
    return np.concatenate([[low], low + graded[::-1], edges[1:-1], high - graded])


def _panel_count(axis: Axis, kinks: FloatArray, width: float) -> float:
    """Return about how many panels `_panels` makes, before any is made."""
    return float(axis.nodes[-1] - axis.nodes[0]) / width + (2.0 * GRADING + 2.0) * (kinks.size + 1)


def _panels(axis: Axis, kinks: FloatArray, width: float) -> Axis:
    """Return an axis of Gauss points on panels of at most `width` that end at the kinks and are graded towards them."""
    # A periodic axis has no node at its end, but a panel up to it.
    end = axis.nodes[0] + axis.period if axis.period else axis.nodes[-1]
    inside = kinks[(kinks > axis.nodes[0]) & (kinks < end)]
    corners = np.concatenate([[axis.nodes[0]], inside, [end]])
    left = np.concatenate([_panel_edges(a, b, width) for a, b in pairwise(corners)])
    left = np.unique(left)
    right = np.append(left[1:], end)
    # Halving may end below the last bit of a position: panels of no width are dropped.
    left, right = left[right > left], right[right > left]
    nodes = (0.5 * (left + right)[:, None] + 0.5 * (right - left)[:, None] * GAUSS_NODES).ravel()
    weights = (0.5 * (right - left)[:, None] * GAUSS_WEIGHTS).ravel()
    return replace(axis, nodes=nodes, rule=WEIGHTED, log_weights=np.log(weights), grid_spacing=axis.spacing)


def _sampled(landscape: Landscape, axes: list[Axis]) -> FloatArray:
    """Return the landscape on the product of the axes, refusing what would not fit in memory."""
    size = float(np.prod([float(axis.nodes.size) for axis in axes]))
    if size > MOST_SAMPLES:
        raise ValueError(
            f"time and beta ask for {size:.3g} samples of the landscape beyond the grid, the limit is "
            f"{MOST_SAMPLES:.3g}. Use boundary='reflecting', a shorter time, a larger beta or a coarser grid."
        )
    values = np.asarray(landscape.on_axes([axis.nodes for axis in axes]), dtype=float)
    check_values(values, f"f beyond the grid ({landscape.name or 'landscape'})")
    return values


def _edge(problem: Problem, k: int) -> str:
    """Return how axis `k` goes on: a free landscape is sampled until nothing matters, a free array keeps its edge."""
    if problem.boundary[k] != "free":
        return problem.boundary[k]
    return "constant" if problem.is_sampled else "wall"


def choose_rule(axis: Axis, variance: float, method: str | None) -> str:
    """Return the rule for an axis: the trapezoid rule where the kernel spans the nodes.

    Parameters
    ----------
    variance : float
        `time / beta`.
    method : str or None
        ``"cole-hopf"`` and ``"cell-exact"`` decide by themselves; stretched axes and those with kinks stay cells.
    """
    if axis.rule == CELLS or method == "cell-exact":
        return CELLS
    return TRAPEZOID if method == "cole-hopf" or variance >= (RESOLVED * axis.spacing) ** 2 else CELLS


def _curvature_bounds(landscape: Landscape | None) -> tuple[float, float]:
    """Return the landscape's finite bounds of the second derivative, NaN for the others."""
    if landscape is None or landscape.curvature is None:
        return (np.nan, np.nan)
    low, high = landscape.curvature
    return (low if np.isfinite(low) else np.nan, high if np.isfinite(high) else np.nan)


def _budget(problem: Problem) -> float:
    """Return how many samples refinement may take: small problems can afford many per node."""
    size = problem.grid.size
    return float(max(SAMPLES, size if size > LARGE else 4 * size))


def _resolving_widths(
    landscape: Landscape, problem: Problem, box: list[tuple[float, float]], refinement: int, time: float
) -> list[float]:
    """Return per axis the standard deviation of the narrowest Gaussian under the integral."""
    nodes = [_axis_nodes(problem, k, box[k], refinement) for k in range(problem.grid.dim)]
    values = landscape.on_axes(nodes)
    smooth = []
    for k, places in enumerate(nodes):
        kinks = _axis_kinks(landscape, k)
        near = np.abs(places[:, None] - kinks[None, :]).min(axis=1, initial=np.inf)
        smooth.append(near > 1.01 * float(np.diff(places).max()))
    steepest = steepest_curvature(values, nodes, smooth, problem, time)
    return [float(1.0 / np.sqrt(problem.beta * (MARGIN * a + 1.0 / time))) for a in steepest]


def _coarsest(problem: Problem, box: list[tuple[float, float]]) -> int:
    """Return the least refinement: so few nodes as a grid may have say nothing of the landscape between them."""
    fewest = min(problem.grid.shape)
    most = float(np.prod([(high - low) / h + 1.0 for (low, high), h in zip(box, problem.grid.spacing, strict=True)]))
    refinement = 1
    while (fewest - 1) * refinement < FEWEST_CELLS and most * 2.0**problem.grid.dim <= SAMPLES:
        refinement, most = 2 * refinement, most * 2.0**problem.grid.dim
    return refinement


def _refinement(
    landscape: Landscape, problem: Problem, box: list[tuple[float, float]], time: float
) -> tuple[int, list[float]]:
    """Return by how much to refine the axes, and their spacings per width of the integrand.

    Refined so that the trapezoid rule is accurate to rounding; where that is out of reach it is the least one.
    """
    start, budget = _coarsest(problem, box), _budget(problem)
    refinement, first = start, list[float]()
    while True:
        nodes = [_axis_nodes(problem, k, box[k], refinement) for k in range(problem.grid.dim)]
        if refinement > start and np.prod([float(n.size) for n in nodes]) > budget:
            return start, first
        widths = _resolving_widths(landscape, problem, box, refinement, time)
        ratios = [float(n[1] - n[0]) / w for n, w in zip(nodes, widths, strict=True)]
        first = first or ratios
        factor = 1.1 * RESOLVED * max(ratios)
        if factor <= 1.0:
            return refinement, ratios
        # A finer probe may find a steeper curvature: refine again, up to a limit.
        if factor * refinement > FINEST:
            return start, first
        refinement *= 2 ** int(np.ceil(np.log2(factor)))


def _callable_axes(landscape: Landscape, problem: Problem, time: float, horizon: float) -> list[Axis]:
    """Return the axes on which a landscape is sampled, with the rule that its kernel and kinks ask for."""
    grid, finite = problem.grid, np.isfinite(problem.beta)
    box = [(low, high) for low, high in zip(grid.lower, grid.upper, strict=True)]
    if "free" in problem.boundary:
        box = free_box(landscape, problem, horizon)
    kinks = [_axis_kinks(landscape, k) for k in range(grid.dim)]
    adaptive = finite and problem.method in (None, "cole-hopf") and all(grid.uniform)
    refinement, ratios = _coarsest(problem, box), [0.0] * grid.dim
    if adaptive and not any(k.size for k in kinks):
        refinement, ratios = _refinement(landscape, problem, box, time)
    axes = []
    for k in range(grid.dim):
        nodes = _axis_nodes(problem, k, box[k], refinement)
        base = make_axis(grid, k, _edge(problem, k))
        rule = CELLS if ratios[k] > UNRESOLVED and problem.method is None else base.rule
        axes.append(replace(base, nodes=nodes, rule=rule, curvature=_curvature_bounds(landscape)))
    if adaptive and any(k.size for k in kinks):
        widths = _resolving_widths(landscape, problem, box, refinement, time)
        widths = [min(PANEL * w, 4.0 * axis.spacing) for w, axis in zip(widths, axes, strict=True)]
        counts = [_panel_count(axis, k, w) * GAUSS_NODES.size for axis, k, w in zip(axes, kinks, widths, strict=True)]
        if np.prod(counts) <= 16.0 * _budget(problem):
            return [_panels(axis, k, w) for axis, k, w in zip(axes, kinks, widths, strict=True)]
    if any(k.size for k in kinks):
        return [_with_kinks(axis, k) for axis, k in zip(axes, kinks, strict=True)]
    return axes


def initial_state(problem: Problem, time: float, horizon: float) -> State:
    """Return the samples from which `time` can be reached; their extent serves all times up to `horizon`.

    Known values stay on the grid. A landscape is sampled beyond a free boundary as far as the solution sees, more
    finely where the kernel asks for it and the budget allows, and at Gauss points between its kinks.
    """
    grid = problem.grid
    if problem.landscape is None:
        axes = [make_axis(grid, k, _edge(problem, k)) for k in range(grid.dim)]
        field = problem.initial
    else:
        axes = _callable_axes(problem.landscape, problem, time, horizon)
        field = _sampled(problem.landscape, axes)
    if np.isfinite(problem.beta):
        axes = [
            a if a.rule == WEIGHTED else replace(a, rule=choose_rule(a, time / problem.beta, problem.method))
            for a in axes
        ]
    return State(field, tuple(axes), problem.beta)


def heat_state(problem: Problem, variance: float, reach: float) -> State:
    """Return finite samples for the heat equation, `reach` beyond every free boundary."""
    grid = problem.grid
    axes = [make_axis(grid, k, _edge(problem, k)) for k in range(grid.dim)]
    field = problem.initial
    if problem.landscape is not None:
        box = [(low - reach, high + reach) for low, high in zip(grid.lower, grid.upper, strict=True)]
        fine = _coarsest(problem, box)
        axes = [replace(axis, nodes=_axis_nodes(problem, k, box[k], fine)) for k, axis in enumerate(axes)]
        field = _sampled(problem.landscape, axes)
    if not np.isfinite(field).all():
        raise ValueError(
            "f has infinite values where smooth() averages it; use relax(), which takes walls, or finite values."
        )
    return State(field, tuple(replace(a, rule=choose_rule(a, variance, None)) for a in axes), 1.0)
