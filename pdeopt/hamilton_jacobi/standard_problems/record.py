"""A standard problem: an equation on its domain, times, and the exact solution where there is one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences import Hamiltonian, HamiltonJacobi
from pdeopt.systems.validation import checked_positive

__all__ = ["StandardProblem"]

FEWEST = 2


@dataclass(frozen=True, eq=False, repr=False)
class StandardProblem:
    """A problem on which solvers are compared.

    Parameters
    ----------
    name : str
        In the catalogue.
    words : str
        What is solved, in one line.
    hamiltonian : Hamiltonian
    initial : callable
        Of points of shape (..., d).
    domain : pair of tuples of float
        Its lower and its upper ends, one per axis.
    times : tuple of float
        When solutions are compared.
    exact : callable, optional
        Of a time and points of shape (..., d).
    exact_until : float
        Until when the exact solution holds.
    periodic : bool
    boundary : str
        Of axes that are not periodic.
    source : callable, optional
    reference : str
        Where it comes from.
    """

    name: str
    words: str
    hamiltonian: Hamiltonian
    initial: Callable[[FloatArray], FloatArray]
    domain: tuple[tuple[float, ...], tuple[float, ...]]
    times: tuple[float, ...]
    exact: Callable[[float, FloatArray], FloatArray] | None = None
    exact_until: float = field(default=float("inf"), kw_only=True)
    periodic: bool = field(default=True, kw_only=True)
    boundary: str = field(default="extrapolation", kw_only=True)
    source: Callable[..., Any] | None = field(default=None, kw_only=True)
    reference: str = field(default="", kw_only=True)

    @property
    def dim(self) -> int:
        """Number of axes."""
        return len(self.domain[0])

    def grid(self, n: int) -> Grid:
        """Return the grid with n nodes an axis.

        Parameters
        ----------
        n : int
            At least two.

        Returns
        -------
        Grid

        Raises
        ------
        ValueError
            If `n` is no such number.
        """
        return self._uniform(n, "n")

    def on(self, grid: int | Grid, viscosity: float = 0.0) -> HamiltonJacobi:
        """Return the problem on a grid.

        Parameters
        ----------
        grid : Grid or int
            Or its number of nodes an axis.
        viscosity : float
            Exact solutions are those without.

        Returns
        -------
        HamiltonJacobi

        Raises
        ------
        TypeError, ValueError
            If the grid or the viscosity do not fit.
        """
        where = self._where(grid)
        values = self.initial(where.points())
        return HamiltonJacobi(values, where, self.hamiltonian, viscosity, self.source, self.boundary)

    def solution(self, time: float, grid: int | Grid) -> FloatArray:
        """Return the exact solution on a grid.

        Parameters
        ----------
        time : float
        grid : Grid or int

        Returns
        -------
        array, shape ``grid.shape``

        Raises
        ------
        ValueError
            If none is known at this time, or the time or the grid do not fit.
        """
        number = checked_positive(time, "time", example=repr(self.times[0]), zero=True)
        if self.exact is None or number > self.exact_until:
            raise ValueError(
                f"{self.name} has no exact solution at time={time:g}; use a fine grid as the reference"
                + (f", or a time up to {self.exact_until!r}." if self.exact else ".")
            )
        return self.exact(number, self._where(grid).points())

    def _uniform(self, n: Any, name: str) -> Grid:
        if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < FEWEST:
            raise ValueError(f"{name}={n!r} must be a whole number of nodes, at least {FEWEST}; use {name}=64.")
        return Grid(*self.domain, (int(n),) * self.dim, self.periodic)

    def _where(self, grid: Any) -> Grid:
        if not isinstance(grid, Grid):
            return self._uniform(grid, "grid")
        if grid.dim != self.dim:
            raise ValueError(
                f"grid has {grid.dim} axes, {self.name} has {self.dim}; use a number of nodes, such as grid=64."
            )
        return grid

    def __repr__(self) -> str:
        return f"<StandardProblem {self.name}: {self.words}>"
