"""The passes between basins: where they are, how high, and how fast they are crossed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from pdeopt._types import ArrayLike, BoolArray, FloatArray, IntArray
from pdeopt.geometry.checks import check_field
from pdeopt.geometry.models import local_model, on_edge
from pdeopt.geometry.trees import written
from pdeopt.geometry.wells import Minima, minima
from pdeopt.grid import Grid

__all__ = ["Saddles", "saddles"]

MOST_ROWS = 12


@dataclass(frozen=True, eq=False, repr=False)
class Saddles:
    """The lowest passes between basins that touch, the lowest first; its text is a table.

    Parameters
    ----------
    points : array, shape (m, d)
        Where they are, refined between the nodes by a quadratic model where that has one negative curvature.
    values : array, shape (m,)
        The field there, by the same model, in units of loss.
    curvature : array, shape (m, d)
        Eigenvalues of the Hessian, ascending, in loss per length^2; NaN beside a wall.
    index : array of int, shape (m,)
        Number of negative ones: 1 at a pass of a smooth field, -1 beside a wall.
    between : array of int, shape (m, 2)
        Rows of `minima` whose basins touch there, the lower minimum first.
    in_tree : array of bool, shape (m,)
        Whether two components of the merge tree join there; other passes are lower on no way between two minima.
    nodes : array of int, shape (m, d)
        The node of each pass.
    at_edge : array of bool, shape (m,)
        Whether it lies on a side of the grid.
    minima : Minima
    """

    points: FloatArray
    values: FloatArray
    curvature: FloatArray
    index: IntArray
    between: IntArray
    in_tree: BoolArray
    nodes: IntArray
    at_edge: BoolArray
    minima: Minima

    def __len__(self) -> int:
        return len(self.values)

    @property
    def climbs(self) -> FloatArray:
        """What is climbed from each of the two minima, shape (m, 2), in units of loss."""
        return self.values[:, None] - self.minima.values[self.between]

    def kramers_rates(self, beta: float) -> FloatArray:
        """Return the rates of crossing each pass from either side, shape (m, 2), per unit of time.

        Parameters
        ----------
        beta : float
            Inverse temperature of `overdamped_langevin(f, beta)`, positive.

        Notes
        -----
        The Eyring-Kramers law ``|l| / (2 pi) sqrt(det H_min / |det H_pass|) exp(-beta climb)``, with `l` the negative
        curvature of the pass; its relative error is of order ``1 / (beta climb)``. NaN where a pass does not have
        one negative curvature, or a minimum is not curved in all directions.

        References
        ----------
        A. Bovier, M. Eckhoff, V. Gayrard, M. Klein, Metastability in reversible diffusion processes I, Journal of the
        European Mathematical Society 6 (2004).
        """
        if not 0 < beta < np.inf:
            raise ValueError(f"beta={beta} must be positive and finite, e.g. beta=10.0.")
        passes = np.where((self.index == 1)[:, None], self.curvature, np.nan)
        bottoms = np.where(self.minima.curvature > 0, self.minima.curvature, np.nan)
        ratio = np.sqrt(bottoms.prod(axis=-1)[self.between] / np.abs(passes.prod(axis=-1))[:, None])
        rates: FloatArray = np.abs(passes[:, :1]) / (2 * np.pi) * ratio * np.exp(-beta * self.climbs)
        return rates

    def __str__(self) -> str:
        rows = [f"{'pass at':>24}  {'value':>10}  {'between':>9}  {'climbs':>21}  curvature"]
        rows += [self._row(k) for k in range(min(len(self), MOST_ROWS))]
        left = len(self) - MOST_ROWS
        return "\n".join(rows if left <= 0 else [*rows, f"{'...':>24}  and {left} higher"])

    def _row(self, k: int) -> str:
        low, high = self.between[k] + 1
        climbs = ", ".join(f"{climb:.4g}" for climb in self.climbs[k])
        bends = ", ".join(f"{entry:.3g}" for entry in self.curvature[k])
        notes = [note for note, holds in (("edge", self.at_edge[k]), ("not in the tree", not self.in_tree[k])) if holds]
        note = f"  ({', '.join(notes)})" if notes else ""
        ends = f"{low} - {high}"
        return f"{written(self.points[k]):>24}  {self.values[k]:>10.5g}  {ends:>9}  {climbs:>21}  {bends}{note}"

    def __repr__(self) -> str:
        return f"<Saddles: {len(self)} passes between {len(self.minima)} minima>"


def saddles(
    values: ArrayLike,
    grid: Grid,
    *,
    gradient: FloatArray | None = None,
    hessian: FloatArray | None = None,
    shallowest: float = 0.0,
) -> Saddles:
    """Find the passes between the basins of a field.

    Parameters
    ----------
    values : array_like, shape ``grid.shape``
        The field; ``+inf`` is a wall. All nodes that touch, diagonally too, are neighbours.
    grid : Grid
        Where it lives; periodic axes close on themselves.
    gradient : array, shape ``grid.shape + (d,)``, optional
        Used to place a pass between nodes; by default from central differences.
    hessian : array, shape ``grid.shape + (d, d)``, optional
        Used for the curvature; by default from central differences.
    shallowest : float
        Minima no deeper than this many units of loss are left out.

    Returns
    -------
    Saddles
        Sorted by height: all passes where components join, and of the others, the lowest between each two basins
        that touch, those that a quadratic model with one negative curvature fits.

    Raises
    ------
    ValueError
        If the shape does not match, or a value is NaN or ``-inf``.

    Notes
    -----
    Where the field is smooth position and value are second order in the spacing; curvature is that at the node, of
    first order.

    Examples
    --------
    >>> import pdeopt
    >>> grid = pdeopt.Grid(-2.0, 2.0, 401)
    >>> found = saddles(pdeopt.landscapes.double_well().on(grid), grid)
    >>> found.values.round(4), found.curvature.round(3), found.between
    (array([0.25]), array([[-1.]]), array([[0, 1]]))
    """
    field = check_field(values, grid)
    found = minima(field, grid, gradient=gradient, hessian=hessian, shallowest=shallowest)
    flat, between = _lowest_passes(field, found.basins, grid)
    in_tree = _spanning(between, len(found))
    nodes = np.stack(np.unravel_index(flat, grid.shape), axis=-1)
    models = [local_model(field, grid, tuple(node), gradient, hessian, 1) for node in nodes.tolist()]
    points = np.array([model.point for model in models]).reshape(-1, grid.dim)
    heights = np.array([model.value for model in models])
    bends = np.array([model.curvature for model in models]).reshape(-1, grid.dim)
    index = np.where(np.isnan(bends).any(axis=1), -1, (bends < 0).sum(axis=1))
    # Two basins may touch lowest where a third begins: that is no pass.
    kept = in_tree | np.array([model.fits for model in models], dtype=bool)
    nodes, between = nodes[kept], between[kept]
    edge = on_edge(nodes, grid)
    return Saddles(points[kept], heights[kept], bends[kept], index[kept], between, in_tree[kept], nodes, edge, found)


def _touching(grid: Grid) -> Iterator[tuple[tuple[slice, ...], tuple[int, ...]]]:
    """Yield for each direction where a step leads into the grid, and by how much to roll it back."""
    for offset in product((-1, 0, 1), repeat=grid.dim):
        if offset <= (0,) * grid.dim:
            continue
        inside = tuple(
            slice(None) if closed else slice(max(0, -step), n - max(0, step))
            for step, n, closed in zip(offset, grid.shape, grid.periodic, strict=True)
        )
        yield inside, tuple(-step for step in offset)


def _lowest_passes(field: FloatArray, basins: IntArray, grid: Grid) -> tuple[IntArray, IntArray]:
    """Return the lowest node between each two basins that touch, the lowest first, and the two."""
    index, axes, found = np.arange(grid.size).reshape(grid.shape), tuple(range(grid.dim)), []
    for inside, shift in _touching(grid):
        here, there = basins[inside], np.roll(basins, shift, axes)[inside]
        apart = (here != there) & (here >= 0) & (there >= 0)
        ends = np.stack([index[inside][apart], np.roll(index, shift, axes)[inside][apart]])
        heights = field.ravel()[ends]
        upper = np.where((heights[1] > heights[0]) | ((heights[1] == heights[0]) & (ends[1] > ends[0])), *ends[::-1])
        found.append(np.stack([upper, np.minimum(here, there)[apart], np.maximum(here, there)[apart]]))
    node, low, high = np.concatenate(found, axis=1)
    order = np.lexsort((node, field.ravel()[node]))
    _, first = np.unique(np.stack([low, high])[:, order], axis=1, return_index=True)
    chosen = order[np.sort(first)]
    return node[chosen], np.stack([low[chosen], high[chosen]], axis=1)


def _spanning(between: IntArray, n: int) -> BoolArray:
    """Return which of the passes, the lowest first, are needed to connect what is connected."""
    weights = np.arange(1.0, len(between) + 1)
    tree = minimum_spanning_tree(coo_array((weights, (between[:, 0], between[:, 1])), shape=(n, n)).tocsr())
    needed = np.zeros(len(between), dtype=bool)
    needed[tree.data.astype(int) - 1] = True
    return needed
