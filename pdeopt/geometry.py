"""The shape of a field on a grid: its minima, how deep and how curved they are, and their basins."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
from scipy.ndimage import minimum_filter
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.grid import Grid

__all__ = ["Minima", "minima"]

WALL = -1
ROUNDING = 8 * np.finfo(float).eps


@dataclass(frozen=True, eq=False)
class Minima:
    """The local minima of a field, the lowest first; its text is a table.

    Parameters
    ----------
    points : array, shape (n, d)
        Where they are, refined between the nodes by a quadratic model.
    values : array, shape (n,)
        The field there, by the same model, in units of loss.
    curvature : array, shape (n, d)
        Eigenvalues of the Hessian, ascending, in loss per length^2; NaN beside a wall.
    depth : array, shape (n,)
        How far the lowest pass to a lower minimum lies above; ``inf`` where there is no such pass.
    nodes : array of int, shape (n, d)
        The node of each minimum.
    at_edge : array of bool, shape (n,)
        Whether the node lies on a side of the grid, so that the field may go on falling outside.
    basins : array of int, shape ``grid.shape``
        For each node the row of the minimum it drains into, -1 on a wall.
    grid : Grid
    """

    points: FloatArray
    values: FloatArray
    curvature: FloatArray
    depth: FloatArray
    nodes: IntArray
    at_edge: IntArray
    basins: IntArray
    grid: Grid

    def __len__(self) -> int:
        return len(self.values)

    def containing(self, points: ArrayLike) -> IntArray:
        """Return the rows of the minima into whose basins points of shape (..., d) drain."""
        places = np.asarray(points, dtype=float)
        nodes = [_nearest(axis, places[..., k], self.grid, k) for k, axis in enumerate(self.grid.axes)]
        found: IntArray = self.basins[tuple(nodes)]
        return found

    def __str__(self) -> str:
        rows = [f"{'minimum at':>24}  {'value':>10}  {'depth':>10}  curvature"]
        rows += [self._row(k) for k in range(len(self))]
        return "\n".join(rows)

    def _row(self, k: int) -> str:
        place = "(" + ", ".join(f"{entry:.4g}" for entry in self.points[k] + 0.0) + ")"
        bends = ", ".join(f"{entry:.3g}" for entry in self.curvature[k])
        edge = "  (edge)" if self.at_edge[k] else ""
        return f"{place:>24}  {self.values[k]:>10.5g}  {self.depth[k]:>10.4g}  {bends}{edge}"


def minima(
    values: ArrayLike,
    grid: Grid,
    *,
    gradient: FloatArray | None = None,
    hessian: FloatArray | None = None,
    shallowest: float = 0.0,
) -> Minima:
    """Find the local minima of a field and their basins.

    Parameters
    ----------
    values : array_like, shape ``grid.shape``
        The field; ``+inf`` is a wall. All nodes that touch, diagonally too, are neighbours.
    grid : Grid
        Where it lives; periodic axes close on themselves.
    gradient : array, shape ``grid.shape + (d,)``, optional
        Used to place a minimum between nodes; by default from central differences.
    hessian : array, shape ``grid.shape + (d, d)``, optional
        Used for the curvature; by default from central differences.
    shallowest : float
        Minima no deeper than this many units of loss are left out, and their basins spill into the next one.

    Returns
    -------
    Minima
        Sorted by value. A plateau counts once.

    Raises
    ------
    ValueError
        If the shape does not match, or a value is NaN or ``-inf``.

    Notes
    -----
    The depth is the persistence of the minimum: water poured in spills to a lower one when it is this deep.
    Position, value and curvature are second order in the spacing where the field is smooth.

    Examples
    --------
    >>> import pdeopt
    >>> grid = pdeopt.Grid(-2.0, 2.0, 401)
    >>> found = minima(pdeopt.landscapes.double_well().on(grid), grid)
    >>> found.points.ravel().round(3), found.depth.round(3)
    (array([-1.,  1.]), array([ inf, 0.25]))
    """
    field = _checked(values, grid)
    lowest, depth, basins = _watershed(field, grid, shallowest)
    nodes = np.stack(np.unravel_index(lowest, grid.shape), axis=-1)
    models = [_model(field, grid, tuple(node), gradient, hessian) for node in nodes.tolist()]
    points = np.array([point for point, _, _ in models]).reshape(-1, grid.dim)
    heights = np.array([value for _, value, _ in models])
    bends = np.array([curvature for _, _, curvature in models]).reshape(-1, grid.dim)
    return Minima(points, heights, bends, depth, nodes, _on_edge(nodes, grid), basins, grid)


def _checked(values: ArrayLike, grid: Grid) -> FloatArray:
    field = np.asarray(values, dtype=float)
    if field.shape != grid.shape:
        raise ValueError(
            f"values has shape {field.shape}, the grid {grid.shape}. Use one value per node of the grid."
        )
    bad = np.isnan(field) | (field == -np.inf)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(f"values is {field[where]} at index {where}; use numbers, or np.inf for a wall.")
    return field


def _watershed(field: FloatArray, grid: Grid, shallowest: float) -> tuple[IntArray, FloatArray, IntArray]:
    """Return flat indices of the minima, their depths, and the basin of each node."""
    order = np.argsort(field, axis=None, kind="stable")
    rank = np.empty(field.size, dtype=np.int64)
    rank[order] = np.arange(field.size)
    modes: list[Literal["wrap", "nearest"]] = ["wrap" if closed else "nearest" for closed in grid.periodic]
    target = order[minimum_filter(rank.reshape(grid.shape), size=3, mode=modes).ravel()]
    while (target != target[target]).any():
        target = target[target]
    flat = field.ravel()
    # In the order of rank, row 0 is the global minimum; nodes inside walls are no basins.
    seeds = order[(target[order] == order) & np.isfinite(flat[order])]
    number = np.full(field.size, WALL)
    number[seeds] = np.arange(seeds.size)
    labels = np.where(np.isfinite(flat), number[target], WALL)
    depth, owner = _merged(flat, seeds, _passes(labels, rank, grid), order, shallowest)
    kept = np.flatnonzero(owner == np.arange(seeds.size))
    row = np.full(seeds.size + 1, WALL)
    row[:-1] = np.searchsorted(kept, owner)
    return seeds[kept], depth[kept], row[labels].reshape(grid.shape)


def _neighbours(grid: Grid) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield flat indices of all pairs of touching nodes, one direction at a time."""
    index = np.arange(grid.size).reshape(grid.shape)
    for offset in product((-1, 0, 1), repeat=grid.dim):
        if offset <= (0,) * grid.dim:
            continue
        rolled = np.roll(index, [-step for step in offset], axis=range(grid.dim))
        inside = tuple(
            slice(None) if closed else slice(max(0, -step), n - max(0, step))
            for step, n, closed in zip(offset, grid.shape, grid.periodic, strict=True)
        )
        yield index[inside].ravel(), rolled[inside].ravel()


def _passes(labels: IntArray, rank: IntArray, grid: Grid) -> list[tuple[int, int, int]]:
    """Return rank and basins of the passes in the minimum spanning tree of the basins, lowest first."""
    found = []
    n = int(labels.max()) + 1
    for left, right in _neighbours(grid):
        a, b = labels[left], labels[right]
        apart = (a != b) & (a != WALL) & (b != WALL)
        a, b, height = a[apart], b[apart], np.maximum(rank[left[apart]], rank[right[apart]])
        found.append(np.stack([height, np.minimum(a, b), np.maximum(a, b)]))
    height, a, b = np.concatenate(found, axis=1)
    sorted_by_height = np.argsort(height, kind="stable")
    _, first = np.unique((a * n + b)[sorted_by_height], return_index=True)
    chosen = sorted_by_height[first]
    # Shifted by one: a weight of zero would be no edge.
    graph = coo_array((height[chosen] + 1.0, (a[chosen], b[chosen])), shape=(n, n))
    tree = coo_array(minimum_spanning_tree(graph.tocsr()))
    rows = zip((tree.data - 1).astype(int).tolist(), tree.row.tolist(), tree.col.tolist(), strict=True)
    return sorted(rows)


def _root(parent: list[int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def _merged(
    flat: FloatArray, seeds: IntArray, passes: list[tuple[int, int, int]], order: IntArray, shallowest: float
) -> tuple[FloatArray, IntArray]:
    """Flood the basins: return the depth of each, and who owns it once shallow ones have spilled."""
    bottom = flat[seeds]
    smallest = max(shallowest, ROUNDING * float(np.abs(flat[np.isfinite(flat)]).max(initial=0.0)))
    depth = np.full(seeds.size, np.inf)
    joined, owner = list(range(seeds.size)), list(range(seeds.size))
    for height, a, b in passes:
        deep, shallow = sorted((_root(joined, a), _root(joined, b)))
        depth[shallow] = flat[order[height]] - bottom[shallow]
        joined[shallow] = deep
        if depth[shallow] <= smallest:
            # It spills over this pass, into the basin on the other side.
            owner[shallow] = b if _root(owner, a) == shallow else a
    return depth, np.array([_root(owner, k) for k in range(seeds.size)], dtype=np.int64)


def _model(
    field: FloatArray,
    grid: Grid,
    node: tuple[int, ...],
    gradient: FloatArray | None,
    hessian: FloatArray | None,
) -> tuple[FloatArray, float, FloatArray]:
    """Return position, value and curvature of a minimum from a quadratic model about its node."""
    place = np.array([axis[i] for axis, i in zip(grid.axes, node, strict=True)])
    slope, bend = _differences(field, grid, node)
    slope = slope if gradient is None else gradient[node]
    bend = bend if hessian is None else hessian[node]
    if not (np.isfinite(bend).all() and np.isfinite(slope).all()):
        return place, float(field[node]), np.full(grid.dim, np.nan)
    curvature = np.linalg.eigvalsh(bend).astype(np.float64)
    inner = ~_on_edge(np.array([node]), grid)[0]
    step = np.linalg.solve(bend, -slope) if curvature[0] > 0 and inner else np.zeros(grid.dim)
    if (np.abs(step) > grid.spacing).any():
        step = np.zeros(grid.dim)
    return _wrapped(place + step, grid), float(field[node] + 0.5 * slope @ step), curvature


def _wrapped(point: FloatArray, grid: Grid) -> FloatArray:
    lower, extent = np.array(grid.lower), np.array(grid.extent)
    return np.where(grid.periodic, lower + np.mod(point - lower, extent), point)


def _on_edge(nodes: IntArray, grid: Grid) -> IntArray:
    ends = (nodes == 0) | (nodes == np.array(grid.shape) - 1)
    edge: IntArray = (ends & ~np.array(grid.periodic)).any(axis=-1)
    return edge


def _stencil(grid: Grid, node: tuple[int, ...], k: int) -> tuple[list[int], list[float], list[float]]:
    """Return three nodes along an axis, and the weights of the first and second derivative at `node`."""
    n, axis, i = grid.shape[k], grid.axes[k], node[k]
    if n < 3:
        return [i], [0.0], [0.0]
    middle = i if grid.periodic[k] else min(max(i, 1), n - 2)
    places = [(middle + step) % n for step in (-1, 0, 1)]
    x = [
        float(axis[p]) + grid.extent[k] * ((middle + step) // n)
        for p, step in zip(places, (-1, 0, 1), strict=True)
    ]
    first, second = [], []
    for a in range(3):
        b, c = (other for other in range(3) if other != a)
        scale = (x[a] - x[b]) * (x[a] - x[c])
        first.append((2 * float(axis[i]) - x[b] - x[c]) / scale)
        second.append(2 / scale)
    return places, first, second


def _differences(field: FloatArray, grid: Grid, node: tuple[int, ...]) -> tuple[FloatArray, FloatArray]:
    """Return gradient and Hessian at a node from three nodes per axis."""
    dim = grid.dim
    rules = [_stencil(grid, node, k) for k in range(dim)]
    slope, bend = np.zeros(dim), np.zeros((dim, dim))
    for k in range(dim):
        index: tuple[Any, ...] = (*node[:k], rules[k][0], *node[k + 1 :])
        line = field[index]
        with np.errstate(invalid="ignore"):
            slope[k], bend[k, k] = rules[k][1] @ line, rules[k][2] @ line
    for k, m in product(range(dim), repeat=2):
        if k < m:
            bend[k, m] = bend[m, k] = _mixed(field, [*node], rules, k, m)
    return slope, bend


def _mixed(
    field: FloatArray,
    node: list[int],
    rules: list[tuple[list[int], list[float], list[float]]],
    k: int,
    m: int,
) -> float:
    total = 0.0
    for (p, a), (q, b) in product(zip(*rules[k][:2], strict=True), zip(*rules[m][:2], strict=True)):
        if a and b:
            node[k], node[m] = p, q
            total += a * b * float(field[tuple(node)])
    return total


def _nearest(axis: FloatArray, places: FloatArray, grid: Grid, k: int) -> IntArray:
    inside = grid.lower[k] + np.mod(places - grid.lower[k], grid.extent[k]) if grid.periodic[k] else places
    nodes: IntArray = np.abs(np.asarray(inside)[..., None] - axis).argmin(axis=-1)
    return nodes
