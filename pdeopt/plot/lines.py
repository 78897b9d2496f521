"""Curves of a one-dimensional landscape over time."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.plot.frames import Evolution, add_bar, number, times_of, words_of

__all__ = ["curves"]

MOST_NAMES = 6
COLOURS = "plasma"


def curves(result: Evolution, ax: Axes | None = None, *, marks: ArrayLike | None = None) -> Axes:
    """Draw a one-dimensional landscape and its relaxations, one curve for each time.

    Parameters
    ----------
    result : Relaxation or HamiltonJacobiSolution
        On a grid with one axis.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    marks : array_like, shape (n,), optional
        Positions to mark by a vertical line.

    Returns
    -------
    Axes
        With a legend of times, or a colour bar where there are more than six.

    Raises
    ------
    ValueError
        If the grid has more than one axis.
    """
    if result.grid.dim != 1:
        raise ValueError(f"curves needs a grid with one axis, this one has {result.grid.dim}; use contours or surface.")
    ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")[1] if ax is None else ax
    times = times_of(result)
    norm = time_scale(times)
    x = result.grid.axes[0]
    ax.plot(
        x,
        np.where(np.isfinite(result.initial), result.initial, np.nan),
        color="0.45",
        ls="--",
        label="$t = 0$",
    )
    for time, values in zip(times, result.values.reshape(times.size, -1), strict=True):
        ax.plot(x, values, color=plt.get_cmap(COLOURS)(0.9 * norm(time)), label=f"$t = {number(time)}$")
    for place in () if marks is None else np.ravel(np.asarray(marks, dtype=float)):
        ax.axvline(place, color="0.6", lw=0.8, zorder=0)
    words = words_of(result)
    _name_times(ax, times, norm, words.time)
    ax.set(xlabel=words.axis("x"), ylabel=words.height, title=_title(result), xlim=(x[0], x[-1]))
    return ax


def _title(result: Evolution) -> str:
    parts = (result.name.replace("_", " "), words_of(result).parameter)
    return ", ".join(part for part in parts if part)


def time_scale(times: FloatArray) -> Normalize:
    """Return a logarithmic colour scale of times, or a plain one where it cannot be."""
    if times.size > 1 and times.min() > 0 and times.max() > 4 * times.min():
        return LogNorm(times.min(), times.max())
    return Normalize(times.min() - (times.size == 1), times.max() + (times.max() == times.min()))


def _name_times(ax: Axes, times: FloatArray, norm: Normalize, label: str) -> None:
    if times.size <= MOST_NAMES:
        ax.legend(fontsize="small", framealpha=0.9)
    else:
        add_bar(norm, ax, label, COLOURS)
