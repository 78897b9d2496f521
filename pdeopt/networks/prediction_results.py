"""The record of predicted and trained weights."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.stats import t

from pdeopt._types import FloatArray

__all__ = ["PredictionCheck"]

LEVEL = 0.95
"""Of confidence, for all compared quantities together."""

SHOWN = 12
"""Quantities told in a table one by one."""


@dataclass(frozen=True, eq=False, repr=False)
class PredictionCheck:
    """Weights of a random network as pictures of it predict them, and as many trainings find them.

    Parameters
    ----------
    pictures : tuple of str
        ``"masks"``, the network itself, first.
    names : tuple of str
        Of the quantities that are compared, by default the parameters.
    predicted : array, shape (n_pictures, n_quantities)
    trained : array, shape (n_runs, n_quantities)
        Of the runs that stayed finite, each the mean over its last steps.
    parameters : array, shape (n_pictures, n_parameters)
        Where each picture has its optimum.
    trained_parameters : array, shape (n_runs, n_parameters)
    losses : array, shape (n_pictures,)
        At each optimum in its own picture.
    network_losses : array, shape (n_pictures,)
        Mean loss of the network itself over all its noise with these parameters.
    trained_losses : array, shape (min(n_runs, 50),)
        The same with trained parameters.
    facts : dict
        What was trained, and how.

    Notes
    -----
    Intervals are Student's, 95 % for all quantities together (Bonferroni): a picture is inside when all its quantities
    are.
    """

    pictures: tuple[str, ...]
    names: tuple[str, ...]
    predicted: FloatArray
    trained: FloatArray
    parameters: FloatArray
    trained_parameters: FloatArray
    losses: FloatArray
    network_losses: FloatArray
    trained_losses: FloatArray
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def n_runs(self) -> int:
        """Number of runs that stayed finite."""
        return len(self.trained)

    @property
    def mean(self) -> FloatArray:
        """Mean over the runs of each quantity, shape (n_quantities,)."""
        return np.asarray(self.trained.mean(axis=0))

    @property
    def standard_error(self) -> FloatArray:
        """Standard errors of these means, shape (n_quantities,)."""
        return np.asarray(self.trained.std(axis=0, ddof=1) / np.sqrt(self.n_runs))

    @property
    def half_width(self) -> FloatArray:
        """Half the widths of the confidence intervals, shape (n_quantities,)."""
        return np.asarray(t.ppf(1.0 - 0.5 * (1.0 - LEVEL) / len(self.names), self.n_runs - 1) * self.standard_error)

    @property
    def difference(self) -> FloatArray:
        """Predicted less trained, shape (n_pictures, n_quantities)."""
        return np.asarray(self.predicted - self.mean)

    @property
    def inside(self) -> dict[str, bool]:
        """Whether the intervals of the trained quantities hold the prediction of a picture."""
        within = np.abs(self.difference) <= self.half_width
        return {name: bool(np.all(row)) for name, row in zip(self.pictures, within, strict=True)}

    def __repr__(self) -> str:
        verdicts = ", ".join(f"{name} {_word(held)}" for name, held in self.inside.items())
        return f"<PredictionCheck over {self.n_runs} runs, half-width {self.half_width.max():.2g}: {verdicts}>"

    def __str__(self) -> str:
        columns = [f"{name:>22}" for name in self.pictures]
        lines = [f"{'':<24}{'trained':>24}{''.join(columns)}"]
        order = np.argsort(-np.abs(self.difference).max(axis=0), kind="stable")[:SHOWN]
        for i in sorted(order.tolist()):
            own = f"{self.mean[i]:.6f} +- {self.half_width[i]:.6f}"
            cells = [
                f"{value:.6f} ({away:+.6f})"
                for value, away in zip(self.predicted[:, i], self.difference[:, i], strict=True)
            ]
            lines.append(f"{self.names[i]:<24}{own:>24}{''.join(f'{cell:>22}' for cell in cells)}")
        if len(self.names) > SHOWN:
            lines.append(f"... and {len(self.names) - SHOWN} more that differ less")
        losses = "".join(f"{loss:>22.8f}" for loss in self.network_losses)
        lines.append(f"{'loss of the network':<24}{self.trained_losses.mean():>24.8f}{losses}")
        own = "".join(f"{loss:>22.8f}" for loss in self.losses)
        lines.append(f"{'loss in the picture':<48}{own}")
        verdicts = "".join(f"{_word(held):>22}" for held in self.inside.values())
        lines.append(f"{f'{LEVEL:.0%} over {self.n_runs} runs':<48}{verdicts}")
        return "\n".join(lines)


def _word(held: bool) -> str:
    return "inside" if held else "outside"
