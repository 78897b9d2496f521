"""What a training run looked like: losses, accuracies, temperatures, thermostats and weights against the step."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from pdeopt._types import FloatArray
from pdeopt.networks.ensemble_results import TrainingEnsemble
from pdeopt.networks.fit import Fit
from pdeopt.networks.history import QUANTILES, History

__all__ = ["plot_history"]

SETS = {"train": "-", "test": "--", "validation": ":"}
Drawing = Callable[[Axes], None]
PANEL = (4.4, 3.2)
COLUMNS = 3
STEP = "steps"
LINEAR_SHARE = 0.1
"""Share of the temperatures that are drawn linearly: configurational ones may be negative."""


def plot_history(
    result: Fit | TrainingEnsemble, panels: str | Sequence[str] | None = None, axes: Sequence[Axes] | None = None
) -> list[Axes]:
    """Draw what was recorded of a run, or the means over the runs of an ensemble.

    Parameters
    ----------
    result : Fit or TrainingEnsemble
    panels : str or sequence of str, optional
        Of ``"loss"``, ``"accuracy"``, ``"temperature"``, ``"friction"`` and ``"weights"``; by default all that were
        recorded, of an ensemble the first two.
    axes : sequence of Axes, optional
        Where to draw, one for each panel, and for ``"weights"`` one for each tensor; by default in a new figure.

    Returns
    -------
    list of Axes
        Bands are two standard errors of an ensemble's means; in the panels of weights, quantiles.

    Raises
    ------
    ValueError
        If a panel is unknown or was not recorded; the message lists those that were.
    """
    known = _known(result)
    chosen = list(known) if panels is None else [panels] if isinstance(panels, str) else list(panels)
    missing = [name for name in chosen if name not in known]
    if missing or not chosen:
        raise ValueError(f"panels={panels!r}: there is no {missing}. Use some of {', '.join(map(repr, known))}.")
    jobs = [job for name in chosen for job in known[name]]
    places = _new_axes(len(jobs)) if axes is None else list(axes)
    if len(places) != len(jobs):
        raise ValueError(f"axes holds {len(places)}, but {len(jobs)} are drawn. Use that many, or none.")
    for job, ax in zip(jobs, places, strict=True):
        job(ax)
        ax.set_xlabel(STEP)
        if ax.get_legend_handles_labels()[1]:
            ax.legend(fontsize="x-small")
    return places


def _new_axes(n: int) -> list[Axes]:
    columns = min(n, COLUMNS)
    rows = -(-n // columns)
    size = (PANEL[0] * columns, PANEL[1] * rows)
    grid = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)[1].ravel()
    for spare in grid[n:]:
        spare.remove()
    return list(grid[:n])


def _known(result: Fit | TrainingEnsemble) -> dict[str, list[Drawing]]:
    """Return what can be drawn: for each panel, the functions that draw its axes."""
    found: dict[str, list[Drawing]] = {}
    for which in ("loss", "accuracy"):
        if _recorded(result, which):
            found[which] = [partial(_draw_scores, result, which)]
    history = result.history
    if isinstance(history, History):
        if history.kinetic_half or history.configurational:
            found["temperature"] = [partial(_draw_temperatures, history)]
        if history.friction:
            found["friction"] = [partial(_draw_frictions, history)]
        if history.quantiles:
            found["weights"] = [partial(_draw_weights, history, tensor) for tensor in history.quantiles]
    return found


def _recorded(result: Fit | TrainingEnsemble, which: str) -> dict[str, FloatArray]:
    """Return the columns of a score by set of data, those without a number left out."""
    found = {}
    for name in SETS:
        if isinstance(result, Fit):
            column = result.history.columns.get(f"{name}_{which}", np.nan)
        else:
            column = getattr(result.history, f"{name}_{which}", np.nan)
        if np.isfinite(column).any():
            found[name] = np.asarray(column, dtype=np.float64)
    return found


def _draw_scores(result: Fit | TrainingEnsemble, which: str, ax: Axes) -> None:
    steps = result.history.steps
    for k, (name, column) in enumerate(_recorded(result, which).items()):
        mean, error = (column, None) if column.ndim == 1 else _mean(column)
        ax.plot(steps, mean, SETS[name], color=f"C{k}", label=name)
        if error is not None:
            ax.fill_between(steps, mean - 2.0 * error, mean + 2.0 * error, color=f"C{k}", alpha=0.25, lw=0)
    if isinstance(result, Fit) and result.step != result.n_steps:
        ax.axvline(result.step, color="0.5", lw=0.8, label="best")
    ax.set_ylabel("mean loss" if which == "loss" else "share of right answers")
    if which == "loss":
        ax.set_yscale("log")


def _mean(column: FloatArray) -> tuple[FloatArray, FloatArray | None]:
    """Return the mean over runs, and its standard error; runs that blew up are left out."""
    runs = column[np.isfinite(column).all(axis=1)]
    error = runs.std(axis=0, ddof=1) / np.sqrt(len(runs)) if len(runs) > 1 else None
    return runs.mean(axis=0), error


def _draw_temperatures(history: History, ax: Axes) -> None:
    kinds: dict[str, tuple[dict[str, FloatArray], dict[str, Any]]] = {
        "kinetic": (history.kinetic_half, {"ls": "-", "lw": 0.7, "alpha": 0.6}),
        "thermostat": (history.thermostat, {"ls": "-", "lw": 1.6}),
        "configurational": (history.configurational, {"ls": ":", "lw": 1.0}),
    }
    names = list(dict.fromkeys(name for group, _ in kinds.values() for name in group))
    for kind, (group, look) in kinds.items():
        for name, column in group.items():
            ax.plot(history.steps, column, color=f"C{names.index(name)}", label=f"{kind}, {name}", **look)
    sizes = np.abs(np.concatenate([column for group, _ in kinds.values() for column in group.values()]))
    sizes = sizes[np.isfinite(sizes) & (sizes > 0.0)]
    if sizes.size:
        ax.set_yscale("symlog", linthresh=float(np.quantile(sizes, LINEAR_SHARE)))
    ax.set_ylabel("temperature (loss)")


def _draw_frictions(history: History, ax: Axes) -> None:
    for k, (name, column) in enumerate(history.friction.items()):
        ax.plot(history.steps, column, color=f"C{k}", label=name)
    ax.set_ylabel("friction (1 / time)")


def _draw_weights(history: History, tensor: str, ax: Axes) -> None:
    """Draw nested bands between quantiles around the median."""
    columns, n = history.quantiles[tensor].T, len(QUANTILES)
    for k in range(n // 2):
        label = f"{100.0 * (QUANTILES[n - 1 - k] - QUANTILES[k]):.0f} %"
        ax.fill_between(history.steps, columns[k], columns[n - 1 - k], color="C0", alpha=0.2, lw=0, label=label)
    ax.plot(history.steps, columns[n // 2], color="C0", label="median")
    ax.set_ylabel(tensor)
