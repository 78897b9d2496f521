"""What is to be trained, by which method, on which minibatches: everything that determines a run."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.batches import EPOCHS, FRESH, WHOLE_EPOCHS
from pdeopt.networks.data import Data
from pdeopt.networks.network import Network
from pdeopt.optimizers import Method, Structure
from pdeopt.optimizers.machine import Machine

__all__ = ["MODES", "Task"]

MODES = {"epochs": EPOCHS, "whole epochs": WHOLE_EPOCHS, "fresh": FRESH}


@dataclass(frozen=True, eq=False)
class Task:
    """A network, its data and how it is trained.

    Parameters
    ----------
    net : MLP or ResNet
    data : Data
    method : Method
    n_steps : int
    batch_size : int
    batches : str
        ``"epochs"``, ``"whole epochs"`` or ``"fresh"``.
    initial : str, float or array, shape (n_parameters,)
    seed, run : int
    record_every : int
    blas : bool, optional
        Whether gradients are products of matrices; by default where that is faster.
    """

    net: Network
    data: Data
    method: Method
    n_steps: int
    batch_size: int
    batches: str
    initial: str | float | FloatArray
    seed: int
    run: int
    record_every: int
    blas: bool | None = None

    @cached_property
    def by_products(self) -> bool:
        """Whether gradients on minibatches are products of matrices by BLAS."""
        return self.net.prefers_blas(self.batch_size) if self.blas is None else self.blas

    @cached_property
    def structure(self) -> Structure:
        """Names of the slices of the parameters."""
        return Structure(self.net.n_parameters, self.net.slices)

    @cached_property
    def machine(self) -> Machine:
        """The program of the method on this network."""
        return self.method.machine(self.structure)

    def numbers(self, steps: IntArray) -> FloatArray:
        """Return the numbers of the program at some steps, shape (len(steps), n, 6), one row if they never change."""
        return self.machine.constants(steps) if self._fixed is None else self._fixed

    @cached_property
    def _fixed(self) -> FloatArray | None:
        found = self.machine.constants(np.arange(2))
        return found if len(found) == 1 else None

    @cached_property
    def targets(self) -> tuple[FloatArray, FloatArray]:
        """What outputs are compared with, of the training set and of the test set."""
        return self.data.targets(self.net.loss_name, self.net.sizes[-1])

    @property
    def start(self) -> FloatArray:
        """The parameters before the first step; drawn ones differ from run to run."""
        if isinstance(self.initial, np.ndarray):
            return self.initial
        return self.net.initial(self.seed + self.run, self.initial)

    @property
    def facts(self) -> dict[str, Any]:
        """What is trained, and how, as plain numbers and words."""
        drawn = "given" if isinstance(self.initial, np.ndarray) else self.initial
        words = {"method": str(self.method), "data": self.data.name, "batches": self.batches, "initial": drawn}
        numbers = {"n_steps": self.n_steps, "batch_size": self.batch_size, "record_every": self.record_every}
        rows = {"n_train": self.data.n_train, "n_test": self.data.n_test}
        return words | numbers | rows | {"seed": self.seed, "run": self.run, "blas": bool(self.by_products)}

    @cached_property
    def data_mark(self) -> str:
        """A digest of the training set."""
        return digest(self.data.x_train, self.targets[0])

    def method_mark(self, n_steps: int) -> str:
        """Return a digest of what the method does in the first steps: its program, and its numbers at some of them."""
        powers = 2 ** np.arange(max(n_steps, 1).bit_length())
        steps = np.unique(np.concatenate(([0], powers - 1, [max(n_steps - 1, 0)])))
        return digest(self.machine.code, np.array([self.numbers(steps[[k]])[0] for k in range(steps.size)]))


def digest(*arrays: Any) -> str:
    """Return a digest of the bytes of arrays."""
    found = hashlib.blake2b(digest_size=16)
    for array in arrays:
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()
