"""A table that grows while a network is trained."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pdeopt.networks import Fit

__all__ = ["LiveTable", "describe_result"]

SCORES = {
    "train_loss": "train loss",
    "test_loss": "test loss",
    "validation_loss": "valid loss",
    "train_accuracy": "train %",
    "test_accuracy": "test %",
    "validation_accuracy": "valid %",
}
GROUPS = {"kinetic_half": "T", "friction": "friction"}
"""Columns of each layer: the kinetic temperature between noise and kick, and the thermostat."""

MOST = 5
"""Layers of a group that have a column."""

ROWS = 20
WIDTH = 10


class LiveTable:
    """A row for each record that is looked at, printed at once.

    Parameters
    ----------
    say : callable
        Prints a line.
    n_steps : int
        The last one, which always has a row.
    every : int, optional
        Steps between rows; by default about a twentieth of all.
    """

    def __init__(self, say: Callable[[str], None], n_steps: int, every: int | None = None) -> None:
        self.say, self.n_steps, self.every = say, n_steps, every or max(n_steps // ROWS, 1)
        self.columns: dict[str, str] = {}
        self.due = 0

    def __call__(self, record: Mapping[str, Any]) -> None:
        """Print a record if it is its turn.

        Parameters
        ----------
        record : mapping of str to float
            By name, as in `pdeopt.networks.History`.
        """
        step = int(record["step"])
        if not self.columns:
            self._begin(record)
        if step >= self.due or step == self.n_steps:
            self.say(f"{step:>8}" + "".join(self._cell(name, record[name]) for name in self.columns))
            self.due = (step // self.every + 1) * self.every

    def _begin(self, record: Mapping[str, Any]) -> None:
        """Choose the columns, those of the first record that are numbers, and print their names."""
        self.columns = {name: head for name, head in SCORES.items() if np.isfinite(record.get(name, np.nan))}
        for group, word in GROUPS.items():
            names = [name for name in record if name.startswith(f"{group}.")]
            self.columns |= {name: f"{word} {name.partition('.')[2]}" for name in names[:MOST]}
        self.say(f"{'step':>8}" + "".join(f"{head:>{self._width(head)}}" for head in self.columns.values()))

    def _cell(self, name: str, value: float) -> str:
        width = self._width(self.columns[name])
        return f"{100.0 * value:>{width}.2f}" if name.endswith("accuracy") else f"{value:>{width}.4g}"

    def _width(self, head: str) -> int:
        return max(WIDTH, len(head)) + 2


def describe_result(fit: Fit) -> str:
    """Return how training ended, in a few lines."""
    best = f", with the parameters of step {fit.step}" if fit.step != fit.n_steps else ""
    head = f"{fit.stopped} after {fit.n_steps} steps, {fit.seconds:.3g} s{best}"
    return "\n".join([head, _scores("train", fit.train_loss, fit.train_accuracy), *_test_scores(fit)])


def _test_scores(fit: Fit) -> list[str]:
    return [_scores("test", fit.test_loss, fit.test_accuracy)] if np.isfinite(fit.test_loss) else []


def _scores(name: str, loss: float, accuracy: float) -> str:
    right = f", accuracy {100.0 * accuracy:.2f} %" if np.isfinite(accuracy) else ""
    return f"  {name:<5} loss {loss:.5g}{right}"
