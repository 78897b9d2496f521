"""One sweep over the axes, and what time changes in it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.stencil import Split
from pdeopt.kolmogorov.steppers.jumps import Jumps
from pdeopt.kolmogorov.steppers.lines import LineSolver

__all__ = ["Change", "Sweep"]


@dataclass(frozen=True, eq=False, repr=False)
class Change:
    """What time makes of explicit parts, the later one minus the earlier one.

    Parameters
    ----------
    later, earlier : Jumps
    """

    later: Jumps
    earlier: Jumps

    @classmethod
    def between(cls, new: Split, old: Split, axes: float, cross: float) -> "Change":
        """Return the change from one split to another, with factors for their parts."""
        return cls(Jumps.of(new, axes, cross), Jumps.of(old, -axes, -cross))

    def add_to(self, base: FloatArray, values: FloatArray) -> None:
        """Add the change of values to `base`."""
        self.later.added_to(base, values, base)
        self.earlier.added_to(base, values, base)

    @cached_property
    def transposed(self) -> "Change":
        """The transposed change."""
        return Change(self.later.transposed, self.earlier.transposed)


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """Corrections d_k = (I - theta dt A_k)^{-1} (d_{k-1} + theta dt (A_k - A_k at the beginning) u), axis by axis.

    Parameters
    ----------
    solvers : tuple of LineSolver
    changes : tuple of Change
        What time makes of the axes' parts; none where the generator does not depend on it.
    """

    solvers: tuple[LineSolver, ...]
    changes: tuple[Change, ...]

    def run(self, start: FloatArray, values: FloatArray | None) -> FloatArray:
        """Return the last correction; without values what time changes is left out."""
        given, result = start, np.empty_like(start)
        for k, solver in enumerate(self.solvers):
            if self.changes and values is not None:
                given = given.copy() if given is start else given
                self.changes[k].add_to(given, values)
            solver.solve(given, result)
            given = result
        return result

    def transpose(self, result: FloatArray, values: FloatArray | None) -> FloatArray:
        """Turn a last correction into the transposed start, in place; what belongs to the values is added to them."""
        for k in range(len(self.solvers) - 1, -1, -1):
            self.solvers[k].transposed.solve(result, result)
            if self.changes and values is not None:
                self.changes[k].transposed.add_to(values, result)
        return result
