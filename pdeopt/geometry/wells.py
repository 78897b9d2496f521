"""Minima of a field."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import ArrayLike, BoolArray, FloatArray, IntArray
from pdeopt.geometry.checks import check_field, check_not_negative
from pdeopt.geometry.models import local_model, on_edge
from pdeopt.geometry.trees import merge_tree
from pdeopt.grid import Grid

__all__ = ["Minima", "minima"]

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
    at_edge: BoolArray
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
    Where the field is smooth position and value are second order in the spacing; curvature is that at the node, of
    first order.

    Examples
    --------
    >>> import pdeopt
    >>> grid = pdeopt.Grid(-2.0, 2.0, 401)
    >>> found = minima(pdeopt.landscapes.double_well().on(grid), grid)
    >>> found.points.ravel().round(3), found.depth.round(3)
    (array([-1.,  1.]), array([ inf, 0.25]))
    """
    check_not_negative("shallowest", shallowest)
    field = check_field(values, grid)
    rounding = ROUNDING * float(np.abs(field[np.isfinite(field)]).max(initial=0.0))
    tree = merge_tree(field, grid, shallowest=max(shallowest, rounding))
    models = [local_model(field, grid, tuple(node), gradient, hessian) for node in tree.nodes.tolist()]
    points = np.array([model.point for model in models]).reshape(-1, grid.dim)
    heights = np.array([model.value for model in models])
    bends = np.array([model.curvature for model in models]).reshape(-1, grid.dim)
    edge = on_edge(tree.nodes, grid)
    return Minima(points, heights, bends, tree.persistence, tree.nodes, edge, tree.basins, grid)


def _nearest(axis: FloatArray, places: FloatArray, grid: Grid, k: int) -> IntArray:
    inside = grid.lower[k] + np.mod(places - grid.lower[k], grid.extent[k]) if grid.periodic[k] else places
    nodes: IntArray = np.abs(np.asarray(inside)[..., None] - axis).argmin(axis=-1)
    return nodes
