"""Densities that diffuse in a potential: over time on a line, at one time on a plane."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from pdeopt.control import DensityEvolution
from pdeopt.plot.frames import LENGTH, LOSS, N_LEVELS, add_bar, check_axes, colours_for, levels_for, number
from pdeopt.plot.kolmogorov import fill_plane
from pdeopt.plot.lines import COLOURS, MOST_NAMES, time_scale

__all__ = ["density"]

GREY = "0.55"
SEEN = 1e-2
"""Share of the largest density from which on a place is one where there is mass."""


def density(found: DensityEvolution, ax: Axes | None = None, *, index: int = -1) -> Axes:
    """Draw an evolution of densities: on a line all of them over the potential, on a plane one of them.

    Parameters
    ----------
    found : DensityEvolution
        On a grid with one or two axes.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    index : int
        Which time, on a plane; on a line the time of the potential.

    Returns
    -------
    Axes
        Of the densities. On a line the potential has an axis of its own, on the right; on a plane it is drawn in white
        contours.

    Raises
    ------
    ValueError
        If the grid has more than two axes.
    """
    check_axes(found.grid, "density")
    ax = plt.subplots(figsize=(6.4, 4.4), layout="constrained")[1] if ax is None else ax
    if found.grid.dim == 1:
        _draw_line(ax, found, index)
    else:
        _draw_plane(ax, found, index)
    return ax


def _draw_line(ax: Axes, found: DensityEvolution, index: int) -> None:
    x, norm = found.grid.axes[0], time_scale(found.times)
    below = ax.twinx()
    below.plot(x, found.potential[index], color=GREY, ls="--", lw=1.0)
    below.set_ylim(_span(found, index))
    below.set_ylabel(f"potential ({LOSS})", color=GREY)
    # The densities before the potential, whose axis was made later.
    ax.set_zorder(below.get_zorder() + 1)
    ax.patch.set_visible(False)
    for time, values in zip(found.times, found.values, strict=True):
        colour = plt.get_cmap(COLOURS)(0.9 * norm(time))
        ax.plot(x, values, color=colour, lw=1.2, label=f"$s = {number(float(time))}$")
    if len(found.times) <= MOST_NAMES:
        ax.legend(fontsize="small", framealpha=0.9)
    else:
        add_bar(norm, ax, "time of the evolution", COLOURS, pad=0.12)
    ax.set(xlabel=f"x ({LENGTH})", ylabel=f"density (1 / {LENGTH})", xlim=(x[0], x[-1]))
    # What starts from a point is a spike at first, and beside it nothing could be seen.
    ax.set_ylim(0.0, 1.08 * float(found.values[1:].max()))
    ax.set_title(f"{found.words}, viscosity {found.viscosity:g}".replace("_", " "), fontsize="medium")


def _span(found: DensityEvolution, index: int) -> tuple[float, float]:
    """Return the range of the potential where there is mass, with a margin."""
    seen = found.values.max(axis=0) > SEEN * found.values[1:].max()
    values = found.potential[index][seen]
    low, high = float(found.potential[index].min()), float(values.max())
    margin = 0.1 * (high - low) or 1.0
    return low - margin, high + margin


def _draw_plane(ax: Axes, found: DensityEvolution, index: int) -> None:
    values, potential = found.values[index], found.potential[index]
    norm = colours_for([values])
    fill_plane(ax, found.grid, values, norm)
    levels = levels_for(colours_for([potential]), N_LEVELS // 2)
    ax.contour(*found.grid.axes, potential.T, levels=levels, colors="white", linewidths=0.7, linestyles="--")
    add_bar(norm, ax, f"density (1 / {LENGTH}$^2$)")
    ax.set_title(f"time {float(found.times[index]):g}, viscosity {found.viscosity:g}", fontsize="medium")
