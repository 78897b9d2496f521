"""The record of a trained network."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.networks.history import History, table
from pdeopt.networks.known import network_of
from pdeopt.networks.network import Network
from pdeopt.networks.storing import read_arrays, write_arrays
from pdeopt.optimizers import MethodState, Structure

__all__ = ["Fit", "load"]

PARTS = ("history", "vectors")
WORDS = ("step", "seconds", "stopped")
PLAIN = ("parameters", "last", "snapshots", "snapshot_steps")


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """A trained network.

    Parameters
    ----------
    net : MLP or ResNet
    parameters : array, shape (n_parameters,)
        The last ones; where training could stop early, the best ones.
    history : History
    state : MethodState
        What the method carries after the last step.
    last : array, shape (n_parameters,)
        Parameters after the last step, from which training goes on.
    snapshots : array, shape (n_saved, n_parameters)
        Parameters at `snapshot_steps`.
    snapshot_steps : int array, shape (n_saved,)
    facts : dict
        What was trained, and how: plain numbers and words.
    step : int
        Steps that `parameters` are the result of.
    seconds : float
        Wall time of the steps and looks.
    stopped : str
        ``"finished"``, ``"early"``, ``"interrupted"``, ``"blown up"``, or ``"under way"`` in a checkpoint.
    """

    net: Network
    parameters: FloatArray
    history: History
    state: MethodState
    last: FloatArray
    snapshots: FloatArray
    snapshot_steps: IntArray
    facts: Mapping[str, Any]
    step: int
    seconds: float = 0.0
    stopped: str = "finished"

    @property
    def n_steps(self) -> int:
        """Steps done."""
        return self.state.n_steps

    @property
    def train_loss(self) -> float:
        """Mean loss of `parameters` over the training set."""
        return self._score("train_loss")

    @property
    def test_loss(self) -> float:
        """Mean loss of `parameters` over the test set, NaN without one."""
        return self._score("test_loss")

    @property
    def train_accuracy(self) -> float:
        """Share of right answers on the training set, NaN without classes."""
        return self._score("train_accuracy")

    @property
    def test_accuracy(self) -> float:
        """Share of right answers on the test set, NaN without one."""
        return self._score("test_accuracy")

    def save(self, path: str | Path) -> Path:
        """Write everything but the data to an .npz file, which appears only when it is whole.

        Parameters
        ----------
        path : str or Path
            Without a suffix, .npz is added. An existing file is replaced.

        Returns
        -------
        Path
            Of the file, which `pdeopt.networks.load` reads.
        """
        found: dict[str, Any] = {name: getattr(self, name) for name in PLAIN}
        found |= {f"history.{name}": column for name, column in self.history.columns.items()}
        found |= {f"vectors.{name}": vector for name, vector in self.state.vectors.items()}
        words = {name: getattr(self, name) for name in WORDS} | {"facts": dict(self.facts), "net": self.net.description}
        words |= {"n_steps": self.state.n_steps, "frictions": dict(self.state.frictions)}
        return write_arrays(path, found, words)

    def _score(self, name: str) -> float:
        # Parameters between two records, as in a checkpoint, have the scores of the one before.
        row = int(np.searchsorted(self.history.steps, self.step, side="right")) - 1
        return float(getattr(self.history, name)[row])

    def __repr__(self) -> str:
        state = "" if self.stopped == "finished" else f" ({self.stopped})"
        known = f"test accuracy {self.test_accuracy:.4g}, " if np.isfinite(self.test_accuracy) else ""
        return (
            f"<Fit of {self.net} by {self.facts['method']}, {self.n_steps} steps{state}: {known}"
            f"train loss {self.train_loss:.4g}, {self.seconds:.3g} s>"
        )

    def __str__(self) -> str:
        """Return what was done, and its scores, in a short table."""
        facts = self.facts
        loss, accuracy = np.array([[self.train_loss, self.test_loss], [self.train_accuracy, self.test_accuracy]])
        scores = table(["", "loss", "accuracy"], [np.array(["train", "test"]), loss, accuracy])
        batches = f"steps of {facts['batch_size']} of {facts['n_train']} points ({facts['data']})"
        best = f", parameters of step {self.step}" if self.step != self.n_steps else ""
        return "\n".join(
            [
                f"{self.net}",
                f"  {facts['method']}",
                f"  {self.n_steps} {batches}, seed {facts['seed']}, initial {facts['initial']}",
                *("  " + row for row in scores.splitlines()),
                f"  {self.stopped}{best}; {self.seconds:.3g} s",
            ]
        )


def load(path: str | Path) -> Fit:
    """Read a trained network that `Fit.save` or a checkpoint of `train` wrote.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Fit
        The data are not in the file.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, or it is none of these.
    """
    found, words = read_arrays(path, PLAIN)
    net = network_of(words["net"])
    groups: dict[str, dict[str, Any]] = {name: {} for name in PARTS}
    for name, array in found.items():
        group, _, rest = name.partition(".")
        if group in groups:
            groups[group][rest] = array
    structure = Structure(net.n_parameters, net.slices)
    state = MethodState(words["n_steps"], groups["vectors"], words["frictions"], structure)
    plain = {name: found[name] for name in PLAIN} | {name: words[name] for name in WORDS}
    return Fit(net, history=History(groups["history"]), state=state, facts=words["facts"], **plain)
