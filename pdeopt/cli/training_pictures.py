"""The picture of a training run: histories, and in the plane the boundary between two classes."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pdeopt import plot
from pdeopt.networks import Data, Fit, TrainingEnsemble
from pdeopt.networks.ensemble_results import EnsembleHistory

__all__ = ["draw_training"]

COLUMNS = 3
PANEL = (4.6, 3.6)


def draw_training(found: Fit | TrainingEnsemble, data: Data) -> Figure:
    """Draw losses, accuracies, temperatures and thermostats, and the boundary of a network (of an ensemble, the first).

    Parameters
    ----------
    found : Fit or TrainingEnsemble
    data : Data
        Of the run, of an ensemble those of its first run.
    """
    names = _panels(found, data)
    in_plane = data.dim == 2 and data.n_classes == 2 and found.net.sizes[-1] == 1
    axes = _axes(len(names) + in_plane)
    plot.plot_history(found, names, axes[: len(names)])
    if in_plane:
        plot.plot_boundary(found if isinstance(found, TrainingEnsemble) else as_ensemble(found), data, axes[-1])
        axes[-1].set_title("chance of class 1, and test points", fontsize="medium")
    figure = axes[0].get_figure(root=True)
    assert figure is not None
    return figure


def _panels(found: Fit | TrainingEnsemble, data: Data) -> list[str]:
    names = ["loss", "accuracy"] if data.n_classes else ["loss"]
    if isinstance(found, TrainingEnsemble):
        return names
    history = found.history
    more = {"temperature": history.kinetic_half or history.configurational, "friction": history.friction}
    return [*names, *(name for name, recorded in more.items() if recorded)]


def _axes(n: int) -> list[Axes]:
    columns = min(n, COLUMNS)
    rows = -(-n // columns)
    size = (PANEL[0] * columns, PANEL[1] * rows)
    grid = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)[1].ravel()
    for spare in grid[n:]:
        spare.remove()
    return list(grid[:n])


def as_ensemble(fit: Fit) -> TrainingEnsemble:
    """Return a trained network as an ensemble of one run, without its history."""
    net, none = fit.net, np.empty((1, 0))
    history = EnsembleHistory(np.empty(0, dtype=np.int64), none, none, none, none)
    facts = {"net": net.description}
    scores, last = np.full((1, 4), np.nan), np.empty((1, 0, net.n_parameters))
    return TrainingEnsemble(fit.parameters[None], history, scores, np.ones(1, dtype=bool), last, facts=facts)
