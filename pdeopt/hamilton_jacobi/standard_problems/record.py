"""A standard problem: an equation on its domain, times, and the exact solution where there is one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences import Hamiltonian, HamiltonJacobi

__all__ = ["StandardProblem"]


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

        Returns
        -------
        Grid
        """
        return Grid(*self.domain, (n,) * self.dim, self.periodic)

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
        """
        where = grid if isinstance(grid, Grid) else self.grid(grid)
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
            If none is known at this time.
        """
        if self.exact is None or time > self.exact_until:
            raise ValueError(
                f"{self.name} has no exact solution at time={time:g}; use a fine grid as the reference"
                + (f", or a time up to {self.exact_until:.6g}." if self.exact else ".")
            )
        where = grid if isinstance(grid, Grid) else self.grid(grid)
        return self.exact(time, where.points())

    def __repr__(self) -> str:
        return f"<StandardProblem {self.name}: {self.words}>"
