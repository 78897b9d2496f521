"""Losses as terminal functions of a network's state: a few functions for any number of labels."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, log_softmax, softmax

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.networks.checks import checked_targets

__all__ = ["Readout", "TerminalLoss", "terminal_loss"]


@dataclass(frozen=True, eq=False)
class Readout:
    """Logits of a state: a linear map, or the state itself.

    Parameters
    ----------
    weight : array, shape (n_out, d), optional
    bias : array, shape (n_out,), optional
    """

    weight: FloatArray | None = None
    bias: FloatArray | None = None

    def __call__(self, x: FloatArray) -> FloatArray:
        """Return the logits of states, shape (n, d), as an array of shape (n, n_out)."""
        z = x if self.weight is None else x @ self.weight.T
        return z if self.bias is None else z + self.bias


class TerminalLoss(ABC):
    """The mean loss as that of ``sum_k coefficients[k, i] u_k(x_i) + offsets[i]``, with functions u_k of the logits.

    Attributes
    ----------
    coefficients : array, shape (n_functions, n)
    offsets : array, shape (n,)
    """

    coefficients: FloatArray
    offsets: FloatArray

    def of_each(self, z: FloatArray) -> FloatArray:
        """Return the loss of each point from its logits, shape (n, n_out), or from several sets of them in turn."""
        sets = self.values(z).reshape(len(self.coefficients), -1, len(self.offsets))
        found: FloatArray = (self.coefficients[:, None] * sets).sum(axis=0) + self.offsets
        return found.ravel()

    @abstractmethod
    def values(self, z: FloatArray) -> FloatArray:
        """Return the functions of logits, shape (n, n_out), as an array of shape (n_functions, n)."""

    @abstractmethod
    def slopes(self, z: FloatArray, masses: FloatArray) -> FloatArray:
        """Return the derivative of ``sum(masses * values(z))`` by the logits, shape (n, n_out)."""

    @abstractmethod
    def density(self, masses: FloatArray) -> FloatArray:
        """Return the mass of all points from the masses of functions, whose axis is the third last or so."""


class _Labels(TerminalLoss):
    def __init__(self, targets: FloatArray) -> None:
        self.labels, found = np.unique(targets, axis=0, return_inverse=True)
        which = np.asarray(found).reshape(-1)
        self.coefficients = np.equal(np.arange(len(self.labels))[:, None], which).astype(float)
        self.offsets = np.zeros(len(targets))

    def density(self, masses: FloatArray) -> FloatArray:
        """Return the sum over labels, an axis behind that of time."""
        total: FloatArray = masses.sum(axis=1)
        return total


class _Logistic(_Labels):
    def values(self, z: FloatArray) -> FloatArray:
        """Return ``softplus(z) - y z`` for every y, summed over outputs."""
        found: FloatArray = np.logaddexp(0.0, z).sum(axis=1) - self.labels @ z.T
        return found

    def slopes(self, z: FloatArray, masses: FloatArray) -> FloatArray:
        """Return the derivative by the logits."""
        found: FloatArray = masses.sum(axis=0)[:, None] * expit(z) - masses.T @ self.labels
        return found


class _Softmax(_Labels):
    def values(self, z: FloatArray) -> FloatArray:
        """Return ``log sum exp(z) - z_y`` for every y."""
        found: FloatArray = -log_softmax(z, axis=1).T[self._classes]
        return found

    def slopes(self, z: FloatArray, masses: FloatArray) -> FloatArray:
        """Return the derivative by the logits."""
        found: FloatArray = masses.sum(axis=0)[:, None] * softmax(z, axis=1)
        found[:, self._classes] -= masses.T
        return found

    @property
    def _classes(self) -> Any:
        return self.labels[:, 0].astype(int)


class _Squared(TerminalLoss):
    def __init__(self, targets: FloatArray) -> None:
        self.coefficients = np.concatenate([np.ones((1, len(targets))), targets.T])
        self.offsets = 0.5 * (targets**2).sum(axis=1)

    def values(self, z: FloatArray) -> FloatArray:
        """Return half the square of the logits, and less each of them."""
        return np.concatenate([0.5 * (z**2).sum(axis=1)[None], -z.T])

    def slopes(self, z: FloatArray, masses: FloatArray) -> FloatArray:
        """Return the derivative by the logits."""
        found: FloatArray = masses[0][:, None] * z - masses[1:].T
        return found

    def density(self, masses: FloatArray) -> FloatArray:
        """Return the mass of the square, whose coefficients are the same for all points."""
        squares: FloatArray = masses[:, 0]
        return squares


def terminal_loss(name: str, y: ArrayLike, n: int, n_out: int) -> TerminalLoss:
    """Return the terminal functions of a loss for the targets of n points."""
    targets = checked_targets(y, name, n, n_out)
    kinds: dict[str, Callable[[FloatArray], TerminalLoss]]
    kinds = {"logistic": _Logistic, "softmax": _Softmax, "squared": _Squared}
    return kinds[name](targets)
