"""Figures computed again: means beside printed ones, curves, scans, losses along segments and decision boundaries."""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from pdeopt._types import FloatArray
from pdeopt.networks.data import Data
from pdeopt.networks.ensemble_results import TrainingEnsemble
from pdeopt.networks.figures.reproduction import Reproduction
from pdeopt.networks.segments import Segment

__all__ = ["plot_boundary", "plot_reproduction", "plot_segments"]

ACCURACY = "test accuracy (%)"
OURS = "ours, two standard errors"
COLOURS = "RdBu_r"
CLASSES = ("#2166ac", "#b2182b")
N_NODES = 200
MOST_LINES = 40


def plot_reproduction(result: Reproduction) -> list[Axes]:
    """Draw a figure of a paper with our numbers.

    Parameters
    ----------
    result : Reproduction

    Returns
    -------
    list of Axes
        Of a new figure. Printed numbers are crosses, ours have bars of two standard errors.

    Raises
    ------
    ValueError
        If the user stopped the runs before the first method was done.
    """
    if not result.ensembles:
        raise ValueError("result has no ensembles, nothing to draw. Run reproduce again, to its end.")
    axes = DRAWN[result.settings.picture](result)
    axes[0].figure.suptitle(result.title, fontsize="medium")
    return axes


def panels(count: int, width: float = 4.2, height: float = 4.2) -> list[Axes]:
    """Return panels side by side in a new figure, three in a row at most."""
    columns = 2 if count == 4 else min(count, 3)
    rows = -(-count // columns)
    size = (width * columns + 0.6, height * rows)
    grid = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)[1].ravel()
    for spare in grid[count:]:
        spare.remove()
    return list(grid[:count])


def draw_means(result: Reproduction) -> list[Axes]:
    """Draw every row of the table as a point with its printed number."""
    ax = panels(1, 6.4, 0.9 + 0.42 * len(result.rows))[0]
    for k, row in enumerate(result.rows):
        ours = ax.errorbar(row.ours, k, xerr=2.0 * row.standard_error, fmt="o", color="C0", capsize=3)
        ax.plot([row.ours - row.deviation, row.ours + row.deviation], [k, k], color="C0", lw=6, alpha=0.15)
        ours.set_label(OURS if k == 0 else "")
        if row.published:
            ax.plot(row.published.value, k, "x", color="C3", ms=9, mew=2, label="printed" if k == 0 else "")
    texts = [f"{row.label}\n{row.quantity.split('_')[0]}, step {row.step}" for row in result.rows]
    ax.set_yticks(range(len(texts)), texts, fontsize="small")
    ax.invert_yaxis()
    ax.set_xlabel("accuracy (%); pale: a standard deviation of one run")
    ax.legend(fontsize="small", loc="best")
    return [ax]


def draw_curves(result: Reproduction) -> list[Axes]:
    """Draw test accuracy and losses against the step."""
    left, right = panels(2, 4.8)
    for k, (label, ensemble) in enumerate(result.ensembles.items()):
        history, colour = ensemble.history, f"C{k}"
        mean, error = 100.0 * history.mean("test_accuracy"), 200.0 * history.standard_error("test_accuracy")
        left.plot(history.steps, mean, color=colour, label=label)
        left.fill_between(history.steps, mean - error, mean + error, color=colour, alpha=0.2, lw=0)
        for one in result.settings.arm(label).published:
            left.plot(one.step, one.value, "x", color=colour, ms=8, mew=2)
        right.plot(history.steps, history.mean("test_loss"), color=colour)
        right.plot(history.steps, history.mean("train_loss"), ":", color=colour)
    left.set(xlabel="step", ylabel=ACCURACY, title="bands: two standard errors; crosses: printed")
    left.legend(fontsize="small")
    right.set(xlabel="step", ylabel="loss", yscale="log", title="test loss, dotted: training loss")
    for ax in (left, right):
        ax.title.set_fontsize("small")
    return [left, right]


def draw_scan(result: Reproduction) -> list[Axes]:
    """Draw test accuracies against one setting."""
    ax = panels(1, 6.4)[0]
    arms = [result.settings.arm(label) for label in result.ensembles]
    settings = np.array([arm.coordinates[0] for arm in arms])
    for k, group in enumerate(dict.fromkeys(arm.group for arm in arms)):
        rows = [(arm.coordinates[0], result.row(arm.label)) for arm in arms if arm.group == group]
        x, mean, error = np.array([(at, row.ours, 2.0 * row.standard_error) for at, row in rows]).T
        ax.errorbar(x, mean, error, fmt="o-", ms=4, color=f"C{k}", capsize=3, label=group)
    if (settings == 0.0).any():
        least = settings[settings > 0.0].min()
        ax.set_xscale("symlog", linthresh=least)
        ax.set_xlim(-0.5 * least, 2.0 * settings.max())
    else:
        ax.set_xscale("log")
    ax.set(xlabel=result.settings.axes[0], ylabel=ACCURACY)
    ax.legend(fontsize="small")
    return [ax]


def draw_map(result: Reproduction) -> list[Axes]:
    """Draw test accuracies over two settings."""
    ax = panels(1, 6.4)[0]
    places = {result.settings.arm(label).coordinates: result.row(label).ours for label in result.ensembles}
    first, second = (sorted({place[axis] for place in places}) for axis in (0, 1))
    field = np.array([[places.get((a, b), np.nan) for a in first] for b in second])
    image = ax.imshow(field, origin="lower", aspect="auto", cmap="viridis")
    for (row, column), value in np.ndenumerate(field):
        ax.text(column, row, f"{value:.0f}", ha="center", va="center", color="white", fontsize="small")
    ax.set_xticks(range(len(first)), [f"{value:g}" for value in first])
    ax.set_yticks(range(len(second)), [f"{value:g}" for value in second])
    ax.set(xlabel=result.settings.axes[0], ylabel=result.settings.axes[1])
    ax.figure.colorbar(image, ax=ax, label=ACCURACY)
    return [ax]


def draw_segments(result: Reproduction) -> list[Axes]:
    """Draw the loss along every segment, a panel for each pair of ends."""
    axes = panels(len(result.segments), 3.6, 3.4)
    for ax, (name, lines) in zip(axes, result.segments.items(), strict=True):
        plot_segments(lines, ax)
        ax.set_title(name, fontsize="medium")
    return axes


def plot_segments(segments: Sequence[Segment], ax: Axes | None = None) -> Axes:
    """Draw the training loss along segments, and its median.

    Parameters
    ----------
    segments : sequence of Segment
        All with the same positions.
    ax : Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    Axes
        Logarithmic.
    """
    ax = panels(1)[0] if ax is None else ax
    positions, losses = segments[0].positions, np.array([one.train_loss for one in segments])
    ax.semilogy(positions, losses[:MOST_LINES].T, color="C0", lw=0.7, alpha=0.4)
    ax.semilogy(positions, np.median(losses, axis=0), color="C3", lw=2.0, label=f"median of {len(losses)}")
    ax.axhline(np.log(2.0), color="0.5", ls="--", lw=0.8, label="log 2, a constant answer")
    ax.set(xlabel="position s on the segment", ylabel="training loss")
    ax.legend(fontsize="small")
    return ax


def draw_boundaries(result: Reproduction) -> list[Axes]:
    """Draw the classifier of the first run of every method."""
    data = result.settings.data(result.seed)
    axes = panels(len(result.ensembles), 3.6, 3.6)
    for ax, (label, ensemble) in zip(axes, result.ensembles.items(), strict=True):
        plot_boundary(ensemble, data, ax)
        ax.set_title(f"{label}: {100.0 * ensemble.test_accuracy[0]:.1f} %", fontsize="medium")
    return axes


def plot_boundary(ensemble: TrainingEnsemble, data: Data, ax: Axes | None = None, *, run: int = 0) -> Axes:
    """Draw what a classifier of two classes answers in the plane, and the test points.

    Parameters
    ----------
    ensemble : TrainingEnsemble
        With one output; averaged over the last steps if they were kept.
    data : Data
        Of this run, with two coordinates and two classes.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    run : int
        Which run.

    Returns
    -------
    Axes
        Filled by the probability of class 1, with a line at one half.

    Raises
    ------
    ValueError
        If the data are not in the plane.
    """
    if data.dim != 2 or data.n_classes != 2:
        raise ValueError(
            f"data={data!r} is not drawn: use data of two classes with two coordinates, e.g. pdeopt.networks.spirals()."
        )
    ax = panels(1)[0] if ax is None else ax
    x, y = axes_around(data.x_test if data.n_test else data.x_train)
    nodes = np.stack(np.meshgrid(x, y), axis=-1)
    chance = ensemble.answers(nodes.reshape(-1, 2), run)[:, 0].reshape(nodes.shape[:2])
    ax.contourf(x, y, chance, levels=np.linspace(0.0, 1.0, 11), cmap=COLOURS, alpha=0.55)
    ax.contour(x, y, chance, levels=[0.5], colors="0.2", linewidths=0.8)
    for label, colour in enumerate(CLASSES):
        ax.plot(*data.x_test[data.y_test == label].T, ".", color=colour, ms=2.5)
    ax.set(aspect="auto", xticks=[], yticks=[])
    return ax


def axes_around(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return nodes of two axes around points."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = 0.08 * (high - low)
    first, second = (np.linspace(a, b, N_NODES) for a, b in zip(low - room, high + room, strict=True))
    return first, second


DRAWN: dict[str, Callable[[Reproduction], list[Axes]]] = {
    "means": draw_means,
    "curves": draw_curves,
    "scan": draw_scan,
    "map": draw_map,
    "segments": draw_segments,
    "boundaries": draw_boundaries,
}
