"""Errors against steps, with the slope of the order in question."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from pdeopt._types import FloatArray
from pdeopt.convergence import EOCTable
from pdeopt.convergence.slopes import local_slopes
from pdeopt.verification import Verdict

__all__ = ["eoc", "verdict"]

COLOURS = {"certified": "C0", "refuted": "C3", "inconclusive": "C1"}
MARKS = "os^Dv<>"
SIZE = (6.4, 4.4)
MOST_TICKS = 7


def verdict(v: Verdict, ax: Axes | None = None) -> Axes:
    """Draw the errors of a verdict against the steps, beside a line of the claimed order.

    Parameters
    ----------
    v : Verdict
        Errors that vanish are left out.
    ax : Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    Axes
        Logarithmic, with the local slopes at the points, and two standard errors where the verdict has some.
    """
    ax = plt.subplots(figsize=SIZE, layout="constrained")[1] if ax is None else ax
    shown = v.errors > 0.0
    h, e = v.steps[shown], v.errors[shown]
    colour = COLOURS[v.verdict]
    bars = getattr(v, "standard_errors", None)
    if bars is None:
        ax.plot(h, e, "o", color=colour, label="errors")
    else:
        ax.errorbar(h, e, 2.0 * bars[shown], fmt="o", color=colour, capsize=3, label="errors, two standard errors")
    if h.size:
        _finish_scales(ax)
        _add_line(ax, h, e, v.claimed)
        _annotate_slopes(ax, h, e)
        ax.legend(loc="lower right", fontsize="small")
    ax.set(xlabel="step h (time)", ylabel="error (units of the observables)")
    ax.set_title(f"{v.name}: {v.verdict}\n{v.summary.rpartition('; ')[2]}", fontsize="medium")
    return ax


def eoc(table: EOCTable, ax: Axes | None = None) -> Axes:
    """Draw the columns of a table of errors against the spacing, with their orders in the legend.

    Parameters
    ----------
    table : EOCTable
        Errors that vanish are left out.
    ax : Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    Axes
        Logarithmic; beside each column with an order a line of that slope.
    """
    ax = plt.subplots(figsize=SIZE, layout="constrained")[1] if ax is None else ax
    if any(np.any(column) for column in table.errors.values()):
        _finish_scales(ax)
    for k, (name, column) in enumerate(table.errors.items()):
        h, e, order = np.asarray(table.spacings), np.asarray(column), table.orders[name]
        words = str(order).partition(":")[0]
        ax.plot(h[e > 0.0], e[e > 0.0], MARKS[k % len(MARKS)], color=f"C{k}", label=f"{name}: {words}")
        if order.order is not None:
            last = order.n_used - 1
            ax.plot(h, e[last] * (h / h[last]) ** order.order, color=f"C{k}", lw=0.9)
    spacings = np.asarray(table.spacings)
    if spacings.size <= MOST_TICKS:
        ax.set_xticks(spacings, [f"{h:.2g}" for h in spacings], fontsize="small")
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set(xlabel=f"spacing h ({table.unit})" if table.unit else "spacing h", ylabel="error")
    ax.legend(fontsize="small")
    return ax


def _finish_scales(ax: Axes) -> None:
    ax.set(xscale="log", yscale="log")
    ax.grid(True, which="major", color="0.9")
    ax.set_axisbelow(True)


def _add_line(ax: Axes, h: FloatArray, e: FloatArray, claimed: float) -> None:
    """Add the line of the claimed order through the error of the coarsest step."""
    if np.isfinite(claimed):
        ax.plot(h, e[0] * (h / h[0]) ** claimed, "--", color="0.5", lw=1.0, label=f"claimed: order {claimed:g}")


def _annotate_slopes(ax: Axes, h: FloatArray, e: FloatArray) -> None:
    middles = np.sqrt(h[:-1] * h[1:]), np.sqrt(e[:-1] * e[1:])
    for x, y, slope in zip(*middles, local_slopes(h, e), strict=True):
        behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        ax.annotate(f"{slope:.2f}", (x, y), (6, -11), textcoords="offset points", fontsize=7, color="0.3", bbox=behind)
