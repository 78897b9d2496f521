"""Paths of minimisers, backwards in time."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from pdeopt.control import MinimiserPath

__all__ = ["minimiser_path"]

SIZE = (6.4, 4.0)
MOST = 8
STYLES = {"fold": "--", "branch": ":"}


def minimiser_path(path: MinimiserPath, ax: Axes | None = None) -> Axes:
    """Draw the coordinates of a path of minimisers against the time of the relaxation.

    Parameters
    ----------
    path : MinimiserPath
        Of more than eight coordinates the first eight.
    ax : Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    Axes
        Logarithmic in time down to the last positive one, with zero at its left end, and a line where a branch ended.
    """
    ax = plt.subplots(figsize=SIZE, layout="constrained")[1] if ax is None else ax
    positive = path.times[path.times > 0.0]
    times = np.where(path.times > 0.0, path.times, 0.5 * positive.min())
    for k, coordinate in enumerate(path.points.T[:MOST]):
        ax.semilogx(times, coordinate, ".-", ms=3, lw=1.0, label=f"x[{k}]")
    for turn in path.turns:
        ax.axvline(turn.time, color="0.5", ls=STYLES[turn.kind], label=f"{turn.kind} at {turn.time:.3g}")
    ax.set(xlabel="time of the relaxation (length$^2$ / loss)", ylabel="minimiser (length)")
    ax.set_title(f"{path.name}, beta {path.beta:g}")
    ax.legend(fontsize="small")
    return ax
