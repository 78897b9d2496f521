"""Figure 1 of the paper, from numbers of our own."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from pdeopt._types import FloatArray
from pdeopt.control import PaperFigure, Smoothing
from pdeopt.plot.frames import LENGTH, LOSS

__all__ = ["paper_figure"]

TITLES = {"exact": "exact: relax", "differences": "finite differences: Godunov, Euler"}
COLOURS = {"viscous": "indianred", "inviscid": "royalblue", "sgd": "0.25"}
NAMES = {"viscous": "viscous descent", "inviscid": "inviscid descent", "sgd": "SGD"}
SCALES = {"viscous": 1.0, "inviscid": 1.0 / 3.0, "sgd": 0.25}
"""By which the densities are multiplied in the published figure."""


def paper_figure(found: PaperFigure, *, index: int = 1) -> list[Axes]:
    """Draw the landscape, its two relaxations and the densities on them, by both solvers side by side.

    Parameters
    ----------
    found : PaperFigure
    index : int
        Which time of the densities: 1 for time 9, as in the published figure, 2 for time 10.

    Returns
    -------
    list of Axes
        The exact solver and finite differences. Densities stand on their curves, those of the inviscid equation at a
        third of their height and those of gradient descent at a fourth, as in the published figure.
    """
    _, row = plt.subplots(1, 2, figsize=(12.0, 4.8), sharey=True, layout="constrained")
    axes = list(row)
    for ax, (kind, title) in zip(axes, TITLES.items(), strict=True):
        _draw_start(ax, found)
        for curve in found.curves:
            _draw_curve(ax, found.grid.axes[0], curve, kind, index)
        ax.set(xlabel=f"x ({LENGTH})", title=title, xlim=(found.grid.lower[0], found.grid.upper[0]))
    axes[0].set_ylabel(LOSS)
    axes[1].legend(loc="upper center", fontsize="small", framealpha=0.9)
    return axes


def _draw_start(ax: Axes, found: PaperFigure) -> None:
    x, f = found.grid.axes[0], found.sgd.exact
    ax.plot(x, f, "k", lw=0.8, label="f")
    _stand(ax, x, f, found.sgd.density.values[0], "0.5", 0.35, "density at the start")


def _draw_curve(ax: Axes, x: FloatArray, curve: Smoothing, kind: str, index: int) -> None:
    values = getattr(curve, kind)
    density = curve.density if kind == "exact" else curve.density_differences
    colour, when = COLOURS[curve.name], f"at time {float(density.times[index]):g}"
    if curve.time > 0.0:
        ax.plot(x, values, color=colour, lw=1.4, label=f"u {curve.name}, time {curve.time:g}")
    label = f"{'density of SGD' if curve.name == 'sgd' else f'density, {curve.name}'}, {when}"
    _stand(ax, x, values, SCALES[curve.name] * density.values[index], colour, 0.7, label)


def _stand(
    ax: Axes, x: FloatArray, base: FloatArray, height: FloatArray, colour: str, alpha: float, label: str
) -> None:
    seen = np.flatnonzero(height > 1e-3 * height.max())
    part = slice(max(int(seen[0]) - 1, 0), int(seen[-1]) + 2)
    ax.fill_between(x[part], base[part], (base + height)[part], color=colour, alpha=alpha, lw=0.0, label=label)
