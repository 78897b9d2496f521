"""Merge trees: in height as a dendrogram and a persistence diagram, in time as the paths of minima."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator

from pdeopt._types import FloatArray, IntArray
from pdeopt.geometry import MergeTree, TrackedMinima
from pdeopt.plot.frames import COLOURS, LENGTH, LOSS, TIME, add_bar, number

__all__ = ["merge_tree", "persistence", "tracked_minima"]

MOST_NAMES = 16
MARGIN = 0.08
SIZE = (6.4, 4.2)


def merge_tree(tree: MergeTree, ax: Axes | None = None, *, n_minima: int = 40) -> Axes:
    """Draw a merge tree as a dendrogram: one line for each minimum, from its value up to where it joins a lower one.

    Parameters
    ----------
    tree : MergeTree
    ax : Axes, optional
        Where to draw; by default in a new figure.
    n_minima : int
        Only so many are drawn, the deepest, at least one.

    Returns
    -------
    Axes
        Minima side by side, under their numbers in the tree, against height; coloured by depth.

    Raises
    ------
    ValueError
        If there is no minimum, or `n_minima` is less than one.
    """
    rows = _deepest(tree, n_minima)
    ax = plt.subplots(figsize=SIZE, layout="constrained")[1] if ax is None else ax
    place, top = _places(tree, rows), _top(tree, rows)
    births, ends = tree.births[rows], np.minimum(tree.deaths[rows], top)
    norm = Normalize(0.0, float((ends - births).max()))
    colours = [tuple(rgba) for rgba in plt.get_cmap(COLOURS)(0.9 * norm(ends - births)).tolist()]
    ax.vlines(place[rows], births, ends, colors=colours, lw=2.0)
    ax.scatter(place[rows], births, color=colours, s=18, zorder=3)
    joins = rows[tree.parent[rows] >= 0]
    ax.hlines(tree.deaths[joins], place[tree.parent[joins]], place[joins], colors="0.45", lw=1.0, zorder=0)
    some = rows if rows.size <= MOST_NAMES else rows[:0]
    ax.set_xticks(place[some], [str(row + 1) for row in some.tolist()])
    title = "merge tree" if rows.size == len(tree) else f"merge tree, the {rows.size} deepest of {len(tree)} minima"
    ax.set(xlabel="minimum", ylabel=LOSS, title=title, xlim=(-0.7, rows.size - 0.3))
    add_bar(norm, ax, f"depth ({LOSS})")
    return ax


def _deepest(tree: MergeTree, n_minima: int) -> IntArray:
    """Return the rows of the deepest minima, ascending: with each its parent, which is at least as deep."""
    if len(tree) == 0 or n_minima < 1:
        raise ValueError(f"n_minima={n_minima} of a tree of {len(tree)} leaves nothing to draw; use at least 1.")
    rows: IntArray = np.sort(np.argsort(-tree.persistence, kind="stable")[:n_minima])
    return rows


def _places(tree: MergeTree, rows: IntArray) -> FloatArray:
    """Return the places of rows side by side such that no two lines cross."""
    groups = {row: [row] for row in rows.tolist()}
    for row in rows[np.lexsort((-rows, tree.deaths[rows]))].tolist():
        if tree.parent[row] >= 0:
            # What lies between a minimum and its parent has ended further down.
            groups[int(tree.parent[row])] += groups.pop(row)
    place = np.full(len(tree), np.nan)
    place[[row for group in groups.values() for row in group]] = np.arange(rows.size)
    return place


def _top(tree: MergeTree, rows: IntArray) -> float:
    """Return a height above all that is drawn, where lines without an end stop."""
    known = np.concatenate([tree.births[rows], tree.deaths[rows][np.isfinite(tree.deaths[rows])]])
    return float(known.max() + MARGIN * (np.ptp(known) or 1.0))


def persistence(tree: MergeTree, ax: Axes | None = None) -> Axes:
    """Draw the persistence diagram of a merge tree: one point for each minimum, death against birth.

    Parameters
    ----------
    tree : MergeTree
        With at least one minimum.
    ax : Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    Axes
        The depth of a minimum is its height above the diagonal; minima that never die are triangles on a line at the
        top.

    Raises
    ------
    ValueError
        If there is no minimum.
    """
    rows = _deepest(tree, max(len(tree), 1))
    ax = plt.subplots(figsize=(5.2, 4.6), layout="constrained")[1] if ax is None else ax
    top, lasting = _top(tree, rows), np.isinf(tree.deaths)
    low = float(tree.births.min()) - MARGIN * (top - float(tree.births.min()))
    ax.plot([low, top], [low, top], color="0.6", lw=0.8, zorder=0)
    ax.axhline(top, color="0.6", lw=0.8, ls=":", zorder=0)
    ax.plot(tree.births[~lasting], tree.deaths[~lasting], "o", color="tab:blue", ms=4, alpha=0.7)
    ax.plot(tree.births[lasting], np.full(int(lasting.sum()), top), "^", color="tab:orange", ms=7, label="never dies")
    ax.legend(loc="lower right")
    ax.set(xlabel=f"birth ({LOSS})", ylabel=f"death ({LOSS})", title=f"persistence of {len(tree)} minima")
    ax.set_xlim(low, top)
    return ax


def tracked_minima(tracked: TrackedMinima, ax: Axes | None = None, *, axis: int = 0) -> Axes:
    """Draw the positions of minima over time: lines that end on those whose basins take their place.

    Parameters
    ----------
    tracked : TrackedMinima
    ax : Axes, optional
        Where to draw; by default in a new figure.
    axis : int
        Which coordinate to show, from 0.

    Returns
    -------
    Axes
        Position against time, on a scale of square roots; a dot where a minimum ends, a ring where one appears, and
        what lasts in bold.

    Raises
    ------
    ValueError
        If there is no such coordinate.
    """
    dim = tracked.grid.dim
    if not 0 <= axis < dim:
        raise ValueError(f"axis={axis} is no coordinate of a grid with {dim} axes; use 0 to {dim - 1}.")
    ax = plt.subplots(figsize=SIZE, layout="constrained")[1] if ax is None else ax
    lasting = set(tracked.survivors.tolist())
    colours = plt.get_cmap("tab10")
    for row in range(len(tracked)):
        width = 2.4 if row in lasting else 1.2
        ax.plot(tracked.times, tracked.points[:, row, axis], color=colours(row % 10), lw=width)
        _join(ax, tracked, row, axis, tracked.deaths[row], int(tracked.into[row]), -1, ".")
        _join(ax, tracked, row, axis, tracked.births[row], int(tracked.origin[row]), 0, "o")
    ax.set_xscale("function", functions=(_root, np.square))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    name = tracked.name.replace("_", " ")
    heat = "heat equation" if tracked.beta == 0 else rf"$\beta = {number(tracked.beta)}$"
    ax.set(xlabel=TIME if tracked.beta else "variance (length$^2$)", ylabel=f"{'xyz'[axis]} ({LENGTH})")
    ax.set(title=f"{name}, {heat}" if name else heat, xlim=(0.0, float(tracked.times[-1])))
    return ax


def _root(time: FloatArray) -> FloatArray:
    # Matplotlib asks for margins below zero as well.
    return np.sqrt(np.maximum(time, 0.0))


def _join(
    ax: Axes, tracked: TrackedMinima, row: int, axis: int, time: float, other: int, which: int, mark: str
) -> None:
    """Draw the line from the first or last place of a minimum to the other one at that time."""
    if other < 0:
        return
    place = tracked.points[np.flatnonzero(np.isfinite(tracked.values[:, row]))[which], row, axis]
    seen = np.isfinite(tracked.values[:, other])
    there = np.interp(time, tracked.times[seen], tracked.points[seen, other, axis])
    ax.plot([time, time], [place, there], color="0.45", lw=0.8, ls="--", zorder=0)
    ax.plot(time, place, mark, color="0.2", ms=6, mfc="0.2" if mark == "." else "white", zorder=4)
