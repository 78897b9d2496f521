"""Which well wins over time and temperature, and curvature beside its bounds."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from pdeopt._types import FloatArray
from pdeopt.geometry import CoexistenceCurve, CurvatureBounds, PhaseDiagram
from pdeopt.plot.frames import TIME

__all__ = ["curvature", "phase_diagram"]

WELLS = plt.get_cmap("Pastel1")
FINE = 400
CURVATURE = "curvature (loss / length$^2$)"


def phase_diagram(result: PhaseDiagram, ax: Axes | None = None, *, curve: CoexistenceCurve | None = None) -> Axes:
    """Draw which well holds the global minimum, over inverse temperature and time.

    Parameters
    ----------
    result : PhaseDiagram
        With at least two finite inverse temperatures and two times.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    curve : CoexistenceCurve, optional
        A boundary in closed form to draw over it, with its critical temperature.

    Returns
    -------
    Axes
        Both axes logarithmic; dots with error bars are boundaries found by root finding.

    Raises
    ------
    ValueError
        If there are fewer than two finite inverse temperatures or times.
    """
    finite = np.isfinite(result.betas)
    if finite.sum() < 2 or result.times.size < 2:
        raise ValueError(
            f"the diagram has {int(finite.sum())} finite betas and {result.times.size} times; a picture needs two each."
        )
    ax = plt.subplots(figsize=(6.4, 4.4), layout="constrained")[1] if ax is None else ax
    betas, n_wells = result.betas[finite], len(result.wells)
    colours = ListedColormap([WELLS(k % WELLS.N) for k in range(n_wells)])
    cells = (_edges(betas), _edges(result.times))
    ax.pcolormesh(*cells, result.winner[finite].T, cmap=colours, vmin=-0.5, vmax=n_wells - 0.5)
    found = np.array([(b.beta, b.time, b.error) for b in result.boundaries]).reshape(-1, 3)
    # Where a well is lost, or the values are not known better, the bar says how little is known.
    lower = np.minimum(found[:, 2], 0.999 * found[:, 1])
    ax.errorbar(found[:, 0], found[:, 1], (lower, found[:, 2]), fmt="ko", ms=4, lw=1.0, label="measured")
    _add_curve(ax, curve, cells)
    ax.set(xscale="log", yscale="log", xlabel=r"inverse temperature $\beta$ (1 / loss)", ylabel=TIME)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=12))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.set_minor_formatter(NullFormatter())
    ax.set(xlim=(cells[0][0], cells[0][-1]), ylim=(cells[1][0], cells[1][-1]))
    ax.set_title(f"lowest well of {result.name.replace('_', ' ')}" if result.name else "lowest well")
    seen = np.unique(result.winner[finite])
    patches = [Patch(color=colours(int(k)), label=_well(result, int(k))) for k in seen]
    ax.legend(handles=[*patches, *ax.get_legend_handles_labels()[0]], fontsize="small", framealpha=0.9)
    return ax


def _edges(centres: FloatArray) -> FloatArray:
    """Return edges of cells about points, half-way between them on a logarithmic scale."""
    logs = np.log(centres)
    middles = 0.5 * (logs[1:] + logs[:-1])
    return np.asarray(np.exp(np.concatenate([[2 * logs[0] - middles[0]], middles, [2 * logs[-1] - middles[-1]]])))


def _add_curve(ax: Axes, curve: CoexistenceCurve | None, cells: tuple[FloatArray, FloatArray]) -> None:
    if curve is None:
        return
    times = np.geomspace(cells[1][0], cells[1][-1], FINE)
    ax.plot(curve.beta(times), times, "k-", lw=1.2, label="closed form")
    if cells[0][0] < curve.critical_beta < cells[0][-1]:
        ax.axvline(curve.critical_beta, color="k", ls=":", lw=1.0, label=rf"$\beta_c = {curve.critical_beta:.4g}$")


def _well(result: PhaseDiagram, k: int) -> str:
    place = ", ".join(f"{x + 0.0:.3g}" for x in result.wells[k].round(6))
    return f"well {k} at ({place}), curvature {np.mean(result.curvature[k]):.3g}"


def curvature(result: CurvatureBounds, ax: Axes | None = None) -> Axes:
    """Draw the extreme curvatures of a relaxation over time, each beside its bound.

    Parameters
    ----------
    result : CurvatureBounds
        At two times or more.
    ax : Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    Axes
        Solid lines are measured, dashed ones of the same colour their bounds; time is logarithmic.

    Raises
    ------
    ValueError
        If there is one time only.
    """
    shown = ("largest eigenvalue", "any direction, 1/t", "least eigenvalue")
    if len(result.named(shown[0])) < 2:
        raise ValueError("the bounds are at one time only; pass several to curvature_bounds, e.g. (0.01, 0.1, 1.0).")
    ax = plt.subplots(figsize=(6.4, 4.4), layout="constrained")[1] if ax is None else ax
    for name, colour in zip(shown, ("tab:red", "0.4", "tab:blue"), strict=True):
        rows = result.named(name)
        times = [row.time for row in rows]
        if name != shown[1]:
            ax.plot(times, [row.measured for row in rows], color=colour, marker=".", label=f"{name}, measured")
        bounds = [row.bound if np.isfinite(row.bound) else np.nan for row in rows]
        label = "$1/t$" if name == shown[1] else f"{name}, bound"
        ax.plot(times, bounds, color=colour, ls=":" if name == shown[1] else "--", label=label)
    ax.axhline(0.0, color="0.8", lw=0.8, zorder=0)
    # The bounds run off to infinity at both ends; what was measured sets the scale.
    heights = [row.measured for name in (shown[0], shown[2]) for row in result.named(name)]
    room = 0.5 * (max(heights) - min(heights)) + 1e-300
    ax.set(xscale="log", xlabel=TIME, ylabel=CURVATURE, ylim=(min(heights) - room, max(heights) + room))
    name = result.name.replace("_", " ") or "values"
    ax.set_title(rf"{name}, $\beta = {result.beta:g}$")
    ax.legend(fontsize="small", framealpha=0.9)
    return ax
