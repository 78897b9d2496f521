"""Contours, surfaces and strips of two-dimensional landscapes."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from mpl_toolkits.mplot3d import Axes3D  # type: ignore[import-untyped]

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.plot.frames import (
    COLOURS,
    Evolution,
    Frame,
    add_bar,
    add_marks,
    colours_for,
    first_frame,
    frame,
    levels_for,
    times_of,
)

__all__ = ["contours", "strip", "surface"]

N_ARROWS = 17
PANEL = 3.1


def contours(
    result: Evolution,
    ax: Axes | None = None,
    *,
    index: int = -1,
    initial: bool = False,
    arrows: bool = False,
    prox: bool = False,
    marks: ArrayLike | None = None,
    norm: Normalize | None = None,
    bar: bool = True,
) -> Axes:
    """Draw filled contours of a landscape with two axes; one with three is cut across z at its minimum.

    Parameters
    ----------
    result : Relaxation or HamiltonJacobiSolution
        On a grid with two or three axes.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    index : int
        Which time, where there are several.
    initial : bool
        Draw the landscape at time zero instead.
    arrows : bool
        Add arrows down the gradient; all of one length, its size is read from the contours.
    prox : bool
        Add lines from points to where they come from, ``x - time * gradient``.
    marks : array_like, shape (n, 2), optional
        Points to mark and number, such as trained networks.
    norm : matplotlib.colors.Normalize, optional
        Scale of the colours, to share one among pictures.
    bar : bool
        Whether to add a colour bar.

    Returns
    -------
    Axes
        With labels, title and colour bar.

    Raises
    ------
    ValueError
        If the grid has one axis.
    """
    view = _plane(first_frame(result) if initial else frame(result, index))
    ax = plt.subplots(figsize=picture_size(view.grid), layout="compressed")[1] if ax is None else ax
    norm = colours_for([view.values]) if norm is None else norm
    fill(ax, view, norm)
    if arrows and not initial:
        _add_arrows(ax, view)
    if prox and not initial:
        _add_prox(ax, view)
    add_marks(ax, marks)
    if bar:
        add_bar(norm, ax, view.words.height)
    return ax


def picture_size(grid: Grid) -> tuple[float, float]:
    """Return width and height in inches of a single picture of a plane, with room for labels and a bar."""
    return 6.4, float(np.clip(5.0 * grid.extent[1] / grid.extent[0], 2.4, 5.2)) + 0.75


def _plane(view: Frame) -> Frame:
    if view.grid.dim != 2:
        raise ValueError(
            f"this picture needs a grid with two axes, this one has {view.grid.dim}; use pdeopt.plot.curves."
        )
    return view


def fill(ax: Axes, view: Frame, norm: Normalize) -> None:
    """Fill the contours of one frame and label its axes."""
    x, y = view.grid.axes
    field = np.ma.masked_invalid(view.values.T)
    levels = levels_for(norm)
    ax.contourf(x, y, field, levels=levels, norm=norm, cmap=COLOURS, extend="both")
    ax.contour(x, y, field, levels=levels[::2], colors="white", linewidths=0.35, alpha=0.6)
    ax.set(xlabel=view.words.axis("x"), ylabel=view.words.axis("y"), title=view.title)
    ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    ax.set_facecolor("0.8")
    if 1 / 4 < np.ptp(x) / np.ptp(y) < 4:
        ax.set_aspect("equal")


def _sparse(view: Frame, name: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a derived field at a few nodes, and the coordinates of these."""
    rows, columns = (np.linspace(0, n - 1, min(n, N_ARROWS) + 2).round().astype(int)[1:-1] for n in view.grid.shape)
    x, y = np.meshgrid(view.grid.axes[0][rows], view.grid.axes[1][columns], indexing="ij")
    return x, y, view.field(name)[np.ix_(rows, columns)]


def _add_arrows(ax: Axes, view: Frame) -> None:
    x, y, gradient = _sparse(view, "gradient")
    size = np.linalg.norm(gradient, axis=-1)
    down = -gradient / np.where(size > 0, size, 1.0)[..., None]
    ax.quiver(x, y, down[..., 0], down[..., 1], color="white", alpha=0.8, pivot="mid", scale=28, width=0.0028)


def _add_prox(ax: Axes, view: Frame) -> None:
    x, y, origin = _sparse(view, "prox")
    ends = [np.stack([x, origin[..., 0]]), np.stack([y, origin[..., 1]])]
    ax.plot(ends[0].reshape(2, -1), ends[1].reshape(2, -1), color="white", lw=0.6, alpha=0.7)
    ax.plot(origin[..., 0].ravel(), origin[..., 1].ravel(), ".", color="tab:orange", markersize=4)


def surface(
    result: Evolution,
    ax: Axes3D | None = None,
    *,
    index: int = -1,
    initial: bool = False,
    norm: Normalize | None = None,
    n_lines: int = 90,
) -> Axes3D:
    """Draw a landscape with two axes as a surface.

    Parameters
    ----------
    result : Relaxation or HamiltonJacobiSolution
        On a grid with two or three axes.
    ax : Axes3D, optional
        Where to draw; by default in a new figure.
    index : int
        Which time, where there are several.
    initial : bool
        Draw the landscape at time zero instead.
    norm : matplotlib.colors.Normalize, optional
        Scale of the colours, to share one among pictures.
    n_lines : int
        Mesh lines per axis.

    Returns
    -------
    Axes3D
        With labels, title and colour bar.

    Raises
    ------
    ValueError
        If the grid has one axis.
    """
    view = _plane(first_frame(result) if initial else frame(result, index))
    norm = colours_for([view.values]) if norm is None else norm
    if ax is None:
        ax = plt.figure(figsize=(7.0, 5.0), layout="constrained").add_subplot(projection="3d")
    x, y = np.meshgrid(*view.grid.axes, indexing="ij")
    heights = np.where(np.isfinite(view.values), view.values, np.nan)
    style: dict[str, Any] = {
        "cmap": COLOURS,
        "norm": norm,
        "rcount": n_lines,
        "ccount": n_lines,
        "linewidth": 0,
    }
    ax.plot_surface(x, y, heights, antialiased=False, **style)
    ax.set(xlabel=view.words.axis("x"), ylabel=view.words.axis("y"), title=view.title)
    ax.set_zlabel(view.words.height)
    add_bar(norm, ax, view.words.height, pad=0.12)
    return ax


def strip(results: Evolution | Sequence[Evolution], *, marks: ArrayLike | None = None) -> list[Axes]:
    """Draw the landscape and several times side by side, with one colour bar; one row for each result.

    Parameters
    ----------
    results : Relaxation or HamiltonJacobiSolution, or sequence of them
        On one grid with two or three axes; one row each, such as one for each `beta`.
    marks : array_like, shape (n, 2), optional
        Points to mark and number.

    Returns
    -------
    list of Axes
        Row by row; the first of each row shows time zero.

    Raises
    ------
    ValueError
        If the grid has one axis, or there is no result.
    """
    rows = list(results) if isinstance(results, Sequence) else [results]
    if not rows:
        raise ValueError("results is empty; pass at least one relaxation.")
    views = [[_plane(first_frame(r)), *(_plane(frame(r, k)) for k in range(times_of(r).size))] for r in rows]
    norm = colours_for([view.values for row in views for view in row])
    panels = _panels(views)
    for view, ax in zip((view for row in views for view in row), panels, strict=True):
        fill(ax, view, norm)
        add_marks(ax, marks)
        ax.label_outer()
    add_bar(norm, panels, views[0][0].words.height)
    return panels


def _panels(views: list[list[Frame]]) -> list[Axes]:
    grid = views[0][0].grid
    shape = float(np.clip(grid.extent[1] / grid.extent[0], 0.4, 1.6))
    columns = max(len(row) for row in views)
    size = (PANEL * columns + 1.2, PANEL * shape * len(views) + 0.6)
    figure = plt.figure(figsize=size, layout="compressed")
    cells = figure.add_gridspec(len(views), columns)
    return [figure.add_subplot(cells[r, c]) for r, row in enumerate(views) for c in range(len(row))]
