"""Answers of a generator: curves with their errors, planes with their sets, spectra and currents."""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from scipy.interpolate import RegularGridInterpolator

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov import Answer
from pdeopt.plot.frames import LENGTH, N_LEVELS, add_bar, add_marks, check_axes, colours_for, levels_for, number
from pdeopt.plot.lines import time_scale

__all__ = ["answer", "current", "spectrum"]

UNITS = {
    "mean exit time": "mean exit time (time)",
    "invariant density": "density (1 / length{power})",
    "density": "density (1 / length{power})",
    "committor": "committor (probability)",
}
"""What values are called on an axis; others by their kind."""

MOST_CURVES = 6
COLOURS = {"committor": "RdBu_r"}
STYLES = ("-", "--", ":")

Sets = Mapping[str, ArrayLike] | None


def answer(
    found: Answer, ax: Axes | None = None, *, sets: Sets = None, marks: ArrayLike | None = None, index: int = -1
) -> Axes:
    """Draw an answer: in one dimension as a curve in the band of its error, in two as filled contours.

    Parameters
    ----------
    found : Answer
        On a grid with one or two axes.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    sets : mapping of str to array of bool, optional
        Sets of nodes to show, by name, such as ``{"inside": inside}``.
    marks : array_like, shape (n, 2), optional
        Points to mark and number, in two dimensions.
    index : int
        Which time, where there are several and two dimensions; in one all are drawn.

    Returns
    -------
    Axes
        With units on its axes.

    Raises
    ------
    ValueError
        If the grid has more than two axes.
    """
    check_axes(found.grid, "answer")
    ax = plt.subplots(figsize=(6.4, 4.4), layout="constrained")[1] if ax is None else ax
    if found.grid.dim == 1:
        _draw_curves(ax, found, sets)
    else:
        _draw_plane(ax, found, sets, index)
        add_marks(ax, marks)
    ax.set_title(found.kind)
    return ax


def current(
    grid: Grid, field: ArrayLike, ax: Axes | None = None, *, density: float = 1.1, colour: str = "0.15"
) -> Axes:
    """Draw a vector field on a plane as streamlines whose width shows its size.

    Parameters
    ----------
    grid : Grid
        With two axes.
    field : array_like, shape ``(*grid.shape, 2)``
        Such as a probability current, per unit of length and time.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    density : float
        Of the streamlines, 1 for about 30 across.
    colour : str
        Of the lines, as Matplotlib calls it.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the field does not have two components at each node of the grid.
    """
    vectors = np.asarray(field, dtype=float)
    if grid.dim != 2 or vectors.shape != (*grid.shape, 2):
        raise ValueError(f"field has shape {vectors.shape} on a grid of shape {grid.shape}: it needs (*grid.shape, 2).")
    ax = plt.subplots(figsize=(6.4, 4.8), layout="constrained")[1] if ax is None else ax
    x, y, u, v = _even(grid, vectors)
    size = np.hypot(u, v)
    widths = 0.2 + 2.4 * np.sqrt(size / max(float(size.max()), np.finfo(float).tiny))
    ax.streamplot(x, y, u, v, color=colour, linewidth=widths, density=density, arrowsize=0.8)
    _frame_plane(ax, grid)
    return ax


def spectrum(found: Any, grid: Grid, *, count: int = 4) -> list[Axes]:
    """Draw the times in which the slowest modes decay, and the eigenfunctions of some of them.

    Parameters
    ----------
    found : Spectrum
        What `Generator.spectrum` returned: `eigenvalues` of minus the generator and `eigenfunctions`.
    grid : Grid
        With one or two axes.
    count : int
        How many eigenfunctions: in one dimension in one picture, in two side by side, without the constant one.

    Returns
    -------
    list of Axes
        The first shows the times.

    Raises
    ------
    ValueError
        If the grid has more than two axes.
    """
    check_axes(grid, "spectrum")
    values, functions = np.asarray(found.eigenvalues), np.real(np.asarray(found.eigenfunctions))
    first = 1 if abs(values[0]) <= 1e-9 * abs(values[-1]) else 0
    shown = range(first, min(first + count, len(values)))
    panels = 2 if grid.dim == 1 else 1 + len(shown)
    _, row = plt.subplots(1, panels, figsize=(3.6 * panels + 1.0, 3.8), layout="constrained")
    axes = list(np.ravel(np.asarray(row, dtype=object)))
    _draw_times(axes[0], values, first)
    if grid.dim == 1:
        _draw_modes(axes[1], grid, functions, shown)
    for ax, k in zip(axes[1:], shown if grid.dim == 2 else (), strict=False):
        _draw_mode(ax, grid, functions[k], k)
    return axes


def _draw_curves(ax: Axes, found: Answer, sets: Sets) -> None:
    x = found.grid.axes[0]
    rows, errors = np.atleast_2d(found.values), np.atleast_2d(found.error)
    timed = isinstance(found.time, np.ndarray)
    times = np.asarray(found.time if timed else np.arange(len(rows)), dtype=float)
    norm = time_scale(times)
    for time, values, error in zip(times, rows, errors, strict=True):
        colour = "C0" if len(rows) == 1 else plt.get_cmap("plasma")(0.9 * norm(time))
        ax.plot(x, values, color=colour, label=f"$t = {number(time)}$" if timed else None)
        band = np.where(np.isfinite(error), error, 0.0)
        ax.fill_between(x, values - band, values + band, color=colour, alpha=0.25, lw=0)
    for k, (name, mask) in enumerate((sets or {}).items()):
        _shade(ax, x, np.asarray(mask, dtype=bool), f"C{k + 1}", name)
    ax.set(xlabel=f"x ({LENGTH})", ylabel=_units(found), xlim=(x[0], x[-1]))
    if len(rows) > MOST_CURVES:
        add_bar(norm, ax, "time", "plasma")
    elif timed or sets:
        ax.legend(fontsize="small", framealpha=0.9)


def _shade(ax: Axes, x: FloatArray, mask: Any, colour: str, name: str) -> None:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    for k, (first, last) in enumerate(edges.reshape(-1, 2)):
        ax.axvspan(x[first], x[last - 1], color=colour, alpha=0.12, lw=0, label=None if k else name)


def _draw_plane(ax: Axes, found: Answer, sets: Sets, index: int) -> None:
    values = found.values if found.values.ndim == 2 else found.values[index]
    norm = Normalize(0.0, 1.0) if found.kind == "committor" else colours_for([values])
    fill_plane(ax, found.grid, values, norm, COLOURS.get(found.kind, "viridis"))
    x, y = found.grid.axes
    for style, (name, mask) in zip(cycle(STYLES), (sets or {}).items(), strict=False):
        ax.contour(
            x, y, np.asarray(mask, dtype=float).T, levels=[0.5], colors="black", linestyles=style, linewidths=1.5
        )
        ax.plot([], [], color="black", ls=style, label=name)
    if sets:
        ax.legend(fontsize="small", framealpha=0.9)
    add_bar(norm, ax, _units(found), COLOURS.get(found.kind, "viridis"))


def fill_plane(ax: Axes, grid: Grid, values: FloatArray, norm: Normalize, colours: str = "viridis") -> None:
    """Fill the contours of a field on a plane and label the axes."""
    levels = levels_for(norm, 20 if colours != "viridis" else N_LEVELS)
    field = np.ma.masked_invalid(values.T)
    ax.contourf(*grid.axes, field, levels=levels, norm=norm, cmap=colours, extend="both")
    ax.contour(*grid.axes, field, levels=levels[::2], colors="white", linewidths=0.35, alpha=0.6)
    _frame_plane(ax, grid)


def _frame_plane(ax: Axes, grid: Grid) -> None:
    x, y = grid.axes
    ax.set(xlabel=f"x ({LENGTH})", ylabel=f"y ({LENGTH})", xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    if 1 / 3 < np.ptp(x) / np.ptp(y) < 3:
        ax.set_aspect("equal")


def _units(found: Answer) -> str:
    power = "" if found.grid.dim == 1 else f"$^{found.grid.dim}$"
    return UNITS.get(found.kind, found.kind).format(power=power)


def _even(grid: Grid, vectors: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return a field on even axes, with y first, as streamlines need it."""
    axes = [np.linspace(nodes[0], nodes[-1], nodes.size) for nodes in grid.axes]
    if not all(grid.uniform):
        vectors = RegularGridInterpolator(grid.axes, vectors)(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1))
    return axes[0], axes[1], vectors[..., 0].T, vectors[..., 1].T


def _draw_times(ax: Axes, values: Any, first: int) -> None:
    index, rates = np.arange(first, len(values)), np.real(values[first:])
    ax.semilogy(index, 1.0 / rates, "o-", color="C0", lw=0.8)
    if np.iscomplexobj(values) and np.any(np.imag(values)):
        turning = np.flatnonzero(np.imag(values[first:]) != 0.0)
        ax.semilogy(index[turning], 1.0 / rates[turning], "s", color="C1", label="rotating (complex)")
        ax.legend(fontsize="small")
    ax.set_xticks(index)
    ax.grid(True, which="major", axis="y", color="0.9")
    ax.set(xlabel="mode", ylabel="implied timescale (time)", title="decay by the factor e")


def _draw_modes(ax: Axes, grid: Grid, functions: FloatArray, shown: range) -> None:
    for k in shown:
        ax.plot(grid.axes[0], functions[k] / np.abs(functions[k]).max(), label=f"mode {k}", color=f"C{k - shown[0]}")
    ax.axhline(0.0, color="0.7", lw=0.8, zorder=0)
    ax.set(xlabel=f"x ({LENGTH})", ylabel="eigenfunction (maximum 1)", title="eigenfunctions")
    ax.set_xlim(grid.axes[0][0], grid.axes[0][-1])
    ax.legend(fontsize="small")


def _draw_mode(ax: Axes, grid: Grid, function: FloatArray, k: int) -> None:
    scaled = function / np.abs(function).max()
    fill_plane(ax, grid, scaled, Normalize(-1.0, 1.0), "RdBu_r")
    ax.set_title(f"mode {k}")
