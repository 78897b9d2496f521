"""What is to be trained, by which method, on which minibatches: everything that determines a run."""

from dataclasses import dataclass
from functools import cached_property

from pdeopt._types import FloatArray
from pdeopt.kernels.batches import EPOCHS, FRESH, WHOLE_EPOCHS
from pdeopt.networks.data import Data
from pdeopt.networks.mlp import MLP
from pdeopt.optimizers import Method, Structure
from pdeopt.optimizers.machine import Machine

__all__ = ["MODES", "Task"]

MODES = {"epochs": EPOCHS, "whole epochs": WHOLE_EPOCHS, "fresh": FRESH}


@dataclass(frozen=True, eq=False)
class Task:
    """A network, its data and how it is trained.

    Parameters
    ----------
    net : MLP
    data : Data
    method : Method
    n_steps : int
    batch_size : int
    batches : str
        ``"epochs"``, ``"whole epochs"`` or ``"fresh"``.
    initial : str, float or array, shape (n_parameters,)
    seed, run : int
    record_every : int
    """

    net: MLP
    data: Data
    method: Method
    n_steps: int
    batch_size: int
    batches: str
    initial: str | float | FloatArray
    seed: int
    run: int
    record_every: int

    @cached_property
    def structure(self) -> Structure:
        """Names of the slices of the parameters."""
        return Structure(self.net.n_parameters, self.net.slices)

    @cached_property
    def machine(self) -> Machine:
        """The program of the method on this network."""
        return self.method.machine(self.structure)

    @cached_property
    def targets(self) -> tuple[FloatArray, FloatArray]:
        """What outputs are compared with, of the training set and of the test set."""
        return self.data.targets(self.net.loss_name, self.net.sizes[-1])
