"""Scans over settings of training: a heat map for two of them, a curve with error bars for one."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.patches import Rectangle

from pdeopt._types import FloatArray
from pdeopt.networks.scan_results import Scan, words

__all__ = ["plot_scan"]

MOST_TEXTS = 120
"""Cells that get their number written in."""

WIDE = 30.0
"""Ratio of values from which on their axis is logarithmic."""


def plot_scan(scan: Scan, ax: Axes | None = None, *, name: str = "test_accuracy") -> Axes:
    """Draw the means of a scan.

    Parameters
    ----------
    scan : Scan
        Over one or two settings; fix others by `Scan.at`.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    name : str
        ``"test_accuracy"``, ``"train_accuracy"``, ``"test_loss"`` or ``"train_loss"``.

    Returns
    -------
    Axes
        Of two settings a heat map, the first one upwards, with the best cell framed; a cell in which runs blew up has
        their number instead of a mean. Of one setting means with two standard errors.

    Raises
    ------
    ValueError
        If there are more settings, or none.
    """
    if len(scan.settings) not in (1, 2):
        raise ValueError(
            f"the scan has {len(scan.settings)} settings ({', '.join(scan.settings)}); a picture needs one or two. "
            "Fix others, e.g. scan.at({'sigma': 0.01})."
        )
    size = (6.4, 4.4)
    ax = plt.subplots(figsize=size, layout="constrained")[1] if ax is None else ax
    scale = 100.0 if name.endswith("accuracy") else 1.0
    means, errors = scale * scan.mean(name), scale * scan.standard_error(name)
    label = f"mean {name.replace('_', ' ')}" + (" (%)" if scale == 100.0 else "")
    if len(scan.settings) == 1:
        return _curve(scan, ax, means, errors, label)
    return _heat_map(scan, ax, means, label, name)


def _curve(scan: Scan, ax: Axes, means: FloatArray, errors: FloatArray, label: str) -> Axes:
    ((setting, values),) = scan.settings.items()
    numbers = all(isinstance(value, int | float) for value in values)
    places = np.array(values, dtype=float) if numbers else np.arange(len(values), dtype=float)
    ax.errorbar(places, means, 2.0 * np.nan_to_num(errors), fmt="o-", ms=5, lw=1.2, capsize=3)
    bad = scan.n_blown_up > 0
    for place, count in zip(places[bad], scan.n_blown_up[bad], strict=True):
        ax.axvline(place, color="0.6", ls=":", lw=1.0)
        ax.text(place, 0.02, f" {count} blew up", transform=ax.get_xaxis_transform(), rotation=90, fontsize="small")
    if not numbers:
        ax.set_xticks(places, words(values))
    elif places.min() > 0.0 and places.max() > WIDE * places.min():
        ax.set_xscale("log")
    ax.set(xlabel=setting.replace("_", " "), ylabel=label, title=_title(scan))
    return ax


def _heat_map(scan: Scan, ax: Axes, means: FloatArray, label: str, name: str) -> Axes:
    (row, rows), (column, columns) = scan.settings.items()
    mesh = ax.pcolormesh(np.ma.masked_invalid(means), cmap="viridis" if name.endswith("accuracy") else "viridis_r")
    ax.set_facecolor("0.85")
    ax.set_yticks(np.arange(len(rows)) + 0.5, words(rows))
    ax.set_xticks(np.arange(len(columns)) + 0.5, words(columns))
    if means.size <= MOST_TEXTS:
        _write(scan, ax, mesh, means, ".1f" if name.endswith("accuracy") else ".3g")
    best = _best(scan, name)
    if best is not None:
        place = (columns.index(best[column]), rows.index(best[row]))
        ax.add_patch(Rectangle(place, 1, 1, fill=False, ec="crimson", lw=2.0, clip_on=False, zorder=3))
    ax.set(xlabel=column.replace("_", " "), ylabel=row.replace("_", " "), title=_title(scan))
    ax.figure.colorbar(mesh, ax=ax, label=label)
    return ax


def _best(scan: Scan, name: str) -> dict[str, Any] | None:
    whole = np.isfinite(scan.runs(name)).all(axis=-1)
    return scan.best_for(name) if whole.any() else None


def _write(scan: Scan, ax: Axes, mesh: QuadMesh, means: FloatArray, form: str) -> None:
    """Write the mean into each cell, in black or white, or how many of its runs blew up."""
    for (i, j), mean in np.ndenumerate(means):
        count = int(scan.n_blown_up[i, j])
        text = f"{count} blew up" if count else (f"{mean:{form}}" if np.isfinite(mean) else "")
        red, green, blue, _ = mesh.to_rgba(np.array([mean]))[0]
        dark = np.isfinite(mean) and 0.3 * red + 0.6 * green + 0.1 * blue < 0.5
        ax.text(j + 0.5, i + 0.5, text, ha="center", va="center", fontsize="small", color="w" if dark else "k")


def _title(scan: Scan) -> str:
    chosen = scan.facts.get("fixed", {})
    fixed = ", ".join(f"{name.replace('_', ' ')} {words([value])[0]}" for name, value in chosen.items())
    return f"{scan.n_runs} runs each" + (f", {fixed}" if fixed else "")
