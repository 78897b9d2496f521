"""Linear systems of chains of neighbours on a line with all digits."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kernels.kolmogorov import chains as kernels
from pdeopt.kolmogorov.masses import Masses

__all__ = ["Chain"]


@dataclass(frozen=True, eq=False, repr=False)
class Chain:
    """A process on a line that jumps to neighbours, and `M`, minus its generator.

    Parameters
    ----------
    up, down : array, shape (n,)
        Rates from each state to the next and to the one before, at least 0; ``up[-1]`` and ``down[0]`` are 0.
    killing : float or array, shape (n,), default 0
        Rates at which the process ends, at least 0.

    Raises
    ------
    ValueError
        If shapes differ, a rate is negative or not finite, or an end has a rate outward.

    Notes
    -----
    As for `Elimination`, which this is for a line: nothing is subtracted, results have all their digits.

    Examples
    --------
    >>> chain = Chain(up=[1e-17, 1.0, 0.0], down=[0.0, 3.0, 0.0], killing=[0.0, 0.0, 1.0])
    >>> chain.solve([1.0, 1.0, 0.0])
    array([4.e+17, 3.e+17, 0.e+00])
    """

    up: FloatArray
    down: FloatArray
    killing: FloatArray

    def __init__(self, up: ArrayLike, down: ArrayLike, killing: ArrayLike = 0.0) -> None:
        # Written out because the fields are checked arrays of one shape.
        rates = {"up": np.asarray(up, dtype=np.float64), "down": np.asarray(down, dtype=np.float64)}
        n = rates["up"].size
        rates["killing"] = np.broadcast_to(np.asarray(killing, dtype=np.float64), (n,))
        for name, values in rates.items():
            _check_rates(name, values, n)
            object.__setattr__(self, name, np.ascontiguousarray(values))
        if rates["up"][-1] != 0.0 or rates["down"][0] != 0.0:
            raise ValueError(
                f"up[-1]={self.up[-1]:g} and down[0]={self.down[0]:g} lead off the chain; use 0, and add them to "
                "killing at the ends if they are losses."
            )

    @property
    def closed(self) -> bool:
        """Whether nothing is ever lost, so that `M` is singular."""
        return not self.killing.any()

    def solve(self, source: ArrayLike) -> FloatArray:
        """Return `x` with `M x = source`, shape (n,).

        Raises
        ------
        ValueError
            If there are states from which no killing is in reach, or `source` has another shape.
        """
        return self._substituted(source, kernels.substitute_chain)

    def solve_transposed(self, source: ArrayLike) -> FloatArray:
        """Return `y` with `y M = source`: mean times spent in each state, from masses `source` at the start."""
        return self._substituted(source, kernels.substitute_chain_transposed)

    @cached_property
    def pivots(self) -> FloatArray:
        """Pivots of the elimination from the first state to the last."""
        pivots = np.empty(self.up.size)
        stuck = kernels.eliminate_chain(self.up, self.down, self.killing, pivots)
        if stuck >= 0:
            raise ValueError(
                f"from state {stuck} no killing is in reach: nothing leads out, or only rates that round to zero, "
                "over a high barrier. Use a smaller set or a lower beta, give killing > 0 to some "
                "state (1 to one where the process is stopped), or use masses."
            )
        return pivots

    @cached_property
    def masses(self) -> Masses:
        """Stationary masses without the killing, `m_i up_i = m_{i+1} down_{i+1}`."""
        if not (self.up[:-1].all() and self.down[1:].all()):
            cut = int(np.flatnonzero((self.up[:-1] == 0.0) | (self.down[1:] == 0.0))[0])
            raise ValueError(f"states {cut} and {cut + 1} have no rates both ways; use positive ones, or two chains.")
        numbers, exponents = np.empty(self.up.size), np.empty(self.up.size, dtype=np.int64)
        kernels.chain_masses(self.up, self.down, exponents, numbers)
        return Masses(numbers, exponents)

    def _substituted(self, source: ArrayLike, kernel: Any) -> FloatArray:
        work = np.array(source, dtype=np.float64)
        if work.shape != self.up.shape:
            raise ValueError(f"source has shape {work.shape} for {self.up.size} states; give one number for each.")
        kernel(self.up, self.down, self.pivots, work)
        return work


def _check_rates(name: str, values: FloatArray, n: int) -> None:
    if values.shape != (n,) or n == 0:
        raise ValueError(f"{name} has shape {values.shape} beside up of {n} states; give one rate per state.")
    if not (values.min() >= 0.0 and values.max() < np.inf):
        wrong = values[~((values >= 0.0) & (values < np.inf))][0]
        raise ValueError(f"{name} has the entry {wrong:g}; a rate is a finite number of at least 0, such as 1.")
