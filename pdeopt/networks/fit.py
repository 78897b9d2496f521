"""The record of a trained network."""

from dataclasses import dataclass

from pdeopt._types import FloatArray
from pdeopt.networks.history import History
from pdeopt.networks.task import Task
from pdeopt.optimizers import MethodState

__all__ = ["Fit"]


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """A trained network.

    Parameters
    ----------
    task : Task
        What was trained, and how.
    parameters : array, shape (n_parameters,)
    history : History
    state : MethodState
        What the method carries: training can go on from it.
    """

    task: Task
    parameters: FloatArray
    history: History
    state: MethodState

    @property
    def test_accuracy(self) -> float:
        """Share of right answers on the test set."""
        return float(self.history.test_accuracy[-1])

    @property
    def train_accuracy(self) -> float:
        """Share of right answers on the training set."""
        return float(self.history.train_accuracy[-1])
