"""What bounds a step."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """What bounds a step: the largest `sum_k (speed_k / h_k + 2 nu / h_k^2)` of all nodes, its first part, and more.

    Speeds and the smallest and largest slopes have one row per axis. `pull` is the largest derivative of the
    Hamiltonian with respect to the value, part of `transport`; `diffusion` the largest `sum_k 2 nu / h_k^2`.
    """

    rate: float
    transport: float
    speeds: FloatArray
    slopes: FloatArray
    pull: float = 0.0
    diffusion: float = 0.0

    @property
    def extra(self) -> FloatArray:
        """Return what fluxes take."""
        return np.concatenate([self.speeds, self.slopes[:, 0], self.slopes[:, 1]])

    def lie_in(self, extra: FloatArray) -> bool:
        """Return whether all slopes lie in the ranges that fluxes were told of."""
        d = self.speeds.size
        return bool((self.slopes[:, 0] >= extra[d : 2 * d]).all() and (self.slopes[:, 1] <= extra[2 * d :]).all())
