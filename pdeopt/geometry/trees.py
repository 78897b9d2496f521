"""The merge tree of a field: its minima, how deep they are, and which they join."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.geometry.checks import NEIGHBOURS, check_choice, check_field, check_not_negative
from pdeopt.geometry.flooding import NONE, flood
from pdeopt.geometry.storing import grid_content, grid_of, read
from pdeopt.grid import Grid
from pdeopt.results import write_atomically

__all__ = ["MergeTree", "merge_tree"]

MOST_ROWS = 12
MOST_BARRIERS = 4096
ARRAYS = ("births", "deaths", "nodes", "saddles", "parent", "spills", "basins")


@dataclass(frozen=True, eq=False, repr=False)
class MergeTree:
    """The minima of a field and how the components of its sublevel sets join; the lowest minimum comes first.

    Parameters
    ----------
    births : array, shape (n,)
        The field at each minimum, in units of loss.
    deaths : array, shape (n,)
        How high the water stands when its component joins that of a lower minimum, ``inf`` where it never does.
    nodes : array of int, shape (n, d)
        Where the minima are.
    saddles : array of int, shape (n, d)
        Where the components join, -1 where they never do.
    parent : array of int, shape (n,)
        Row of the minimum whose component goes on, -1 where there is none.
    spills : array of int, shape (n,)
        Row of the basin on the other side of the saddle, -1 where there is none.
    basins : array of int, shape ``grid.shape``
        For each node the row of the minimum it drains into, -1 on a wall.
    grid : Grid
    neighbours : str
        ``"all"`` or ``"axes"``, see `merge_tree`.
    """

    births: FloatArray
    deaths: FloatArray
    nodes: IntArray
    saddles: IntArray
    parent: IntArray
    spills: IntArray
    basins: IntArray
    grid: Grid
    neighbours: str = "all"

    def __len__(self) -> int:
        return len(self.births)

    @property
    def persistence(self) -> FloatArray:
        """How deep each minimum is: ``deaths - births``, in units of loss."""
        return self.deaths - self.births

    @property
    def points(self) -> FloatArray:
        """Coordinates of the nodes of the minima, shape (n, d)."""
        return places(self.nodes, self.grid)

    @property
    def saddle_points(self) -> FloatArray:
        """Coordinates of the nodes of the saddles, shape (n, d); NaN where there is none."""
        found = places(self.saddles, self.grid)
        found[self.parent == NONE] = np.nan
        return found

    def simplified(self, shallowest: float) -> "MergeTree":
        """Return the tree without minima that are no deeper; their basins spill over their saddles.

        Parameters
        ----------
        shallowest : float
            In units of loss, not negative.
        """
        check_not_negative("shallowest", shallowest)
        kept = np.flatnonzero(self.persistence > shallowest)
        owner = np.where(self.persistence > shallowest, np.arange(len(self)), self.spills)
        while (owner != owner[owner]).any():
            owner = owner[owner]
        row = np.full(len(self) + 1, NONE)
        row[kept] = np.arange(kept.size)
        row[:-1] = row[owner]
        return MergeTree(
            self.births[kept],
            self.deaths[kept],
            self.nodes[kept],
            self.saddles[kept],
            row[self.parent[kept]],
            row[self.spills[kept]],
            row[self.basins],
            self.grid,
            self.neighbours,
        )

    def barriers(self) -> FloatArray:
        """Return the height of the lowest way between any two minima, shape (n, n).

        Returns
        -------
        array
            Symmetric, ``births`` on the diagonal and ``inf`` where walls lie between. Subtract ``births[:, None]``
            for what has to be climbed from the minimum of each row.

        Raises
        ------
        ValueError
            If there are more than 4096 minima.
        """
        if len(self) > MOST_BARRIERS:
            least = np.sort(self.persistence)[-MOST_BARRIERS // 2]
            raise ValueError(
                f"barriers() of {len(self)} minima is a matrix of {len(self)}^2 numbers, above the limit of "
                f"{MOST_BARRIERS}^2. Use simplified({least:.4g}).barriers()."
            )
        heights = np.full((len(self), len(self)), np.inf)
        np.fill_diagonal(heights, self.births)
        members = {row: [row] for row in range(len(self))}
        # Of equal deaths the higher minimum's comes first: its parent may be the next one.
        for row in np.lexsort((-np.arange(len(self)), self.deaths)).tolist():
            eldest = int(self.parent[row])
            if eldest != NONE:
                heights[np.ix_(members[row], members[eldest])] = self.deaths[row]
                heights[np.ix_(members[eldest], members[row])] = self.deaths[row]
                members[eldest] += members.pop(row)
        return heights

    def save(self, path: str | Path) -> Path:
        """Write the record to an .npz file; nothing is left half-written."""
        target = Path(path).with_suffix(".npz")
        content = {name: getattr(self, name) for name in ARRAYS} | grid_content(self.grid)
        write_atomically(target, content | {"neighbours": np.asarray(self.neighbours)})
        return target

    @classmethod
    def load(cls, path: str | Path) -> "MergeTree":
        """Read a record written by `save`."""
        content = read(path, "merge tree", (*ARRAYS, "neighbours", "periodic"))
        arrays: dict[str, Any] = {name: content[name] for name in ARRAYS}
        return cls(**arrays, grid=grid_of(content), neighbours=str(content["neighbours"]))

    def __str__(self) -> str:
        rows = [f"{'minimum at':>24}  {'birth':>10}  {'death':>10}  {'persistence':>11}  {'into':>4}  saddle at"]
        for row in np.argsort(-self.persistence, kind="stable")[:MOST_ROWS].tolist():
            place, saddle = written(self.points[row]), written(self.saddle_points[row])
            numbers = f"{self.births[row]:>10.5g}  {self.deaths[row]:>10.5g}  {self.persistence[row]:>11.4g}"
            joins = f"{self.parent[row] + 1:>4}  {saddle}" if self.parent[row] != NONE else f"{'':>4}"
            rows.append(f"{row + 1:>4}{place:>20}  {numbers}  {joins}".rstrip())
        left = len(self) - MOST_ROWS
        return "\n".join(rows if left <= 0 else [*rows, f"{'...':>24}  and {left} less persistent"])

    def __repr__(self) -> str:
        return f"<MergeTree: {len(self)} minima on {' x '.join(map(str, self.grid.shape))} nodes>"


def places(nodes: IntArray, grid: Grid) -> FloatArray:
    """Return the coordinates of nodes of shape (n, d)."""
    return np.stack([axis[nodes[:, k]] for k, axis in enumerate(grid.axes)], axis=-1)


def written(place: FloatArray) -> str:
    """Return a point as text."""
    return "(" + ", ".join(f"{entry:.4g}" for entry in place + 0.0) + ")"


def merge_tree(values: ArrayLike, grid: Grid, *, neighbours: str = "all", shallowest: float = 0.0) -> MergeTree:
    """Find the minima of a field, how deep they are, and which component of its sublevel sets joins which.

    Parameters
    ----------
    values : array_like, shape ``grid.shape``
        The field; ``+inf`` is a wall.
    grid : Grid
        Where it lives; periodic axes close on themselves.
    neighbours : {"all", "axes"}
        Which nodes touch: all ``3^d - 1`` around a node, or the ``2 d`` along the axes.
    shallowest : float
        Minima no deeper than this many units of loss are left out; by default those of depth zero, which are nodes of
        a plateau.

    Returns
    -------
    MergeTree
        One row for each minimum, sorted by value.

    Raises
    ------
    ValueError
        If the shape does not match, a value is NaN or ``-inf``, or `neighbours` is unknown.

    Notes
    -----
    The pairs (birth, death) are the persistence diagram of sublevel sets in dimension zero, of the cubical complex
    with values on its top-dimensional cells for ``"all"``, and with values on its vertices for ``"axes"``. A valley
    that runs slantwise through the nodes stays one minimum for ``"all"`` only, hence the default. Equal values are
    ordered by their index. Where components join, the one with the lowest minimum goes on.

    References
    ----------
    H. Edelsbrunner, J. Harer, Computational Topology (2010), chapter VII.

    Examples
    --------
    >>> import pdeopt
    >>> grid = pdeopt.Grid(-2.0, 2.0, 401)
    >>> tree = merge_tree(pdeopt.landscapes.double_well().on(grid), grid)
    >>> tree.persistence.round(3), tree.saddle_points[1].round(3)
    (array([ inf, 0.25]), array([0.]))
    """
    check_choice("neighbours", neighbours, NEIGHBOURS)
    check_not_negative("shallowest", shallowest)
    field = check_field(values, grid)
    found = flood(field, grid, neighbours)
    flat, dies = field.ravel(), found.saddles != NONE
    deaths = np.where(dies, flat[found.saddles], np.inf)
    nodes, saddles = (
        np.stack(np.unravel_index(flat_index, grid.shape), axis=-1)
        for flat_index in (found.minima, np.maximum(found.saddles, 0))
    )
    saddles[~dies] = NONE
    basins = found.basins.reshape(grid.shape)
    tree = MergeTree(flat[found.minima], deaths, nodes, saddles, found.into, found.doors, basins, grid, neighbours)
    return tree if (tree.persistence > shallowest).all() else tree.simplified(shallowest)
