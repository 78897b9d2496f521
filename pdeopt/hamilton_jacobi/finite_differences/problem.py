"""The statement of a Hamilton-Jacobi problem."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import Arguments, ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences import checks
from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian
from pdeopt.hamilton_jacobi.finite_differences.trials import check_trial
from pdeopt.hamilton_jacobi.finite_differences.walls import Dirichlet, Wall, checked_walls
from pdeopt.landscapes import Landscape

__all__ = ["HamiltonJacobi"]


@dataclass(frozen=True, eq=False, repr=False)
class HamiltonJacobi:
    """The equation `u_t + H(t, x, u, grad u) = nu(x) lap u + s(t, x)` on a box, with `u = f` at time zero.

    Parameters
    ----------
    initial : Landscape or array_like, shape ``grid.shape``
        f, finite.
    grid : Grid
        One to three axes, uniform or stretched.
    hamiltonian : Hamiltonian, callable or str
        By default ``"quadratic"``, ``|p|^2 / 2``; ``"eikonal"`` is ``|p|``. A bare function of ``(t, x, u, p)`` is one
        of which nothing more is known.
    viscosity : float, Landscape or array_like, shape ``grid.shape``
        nu, not negative, in units of length^2 per time; ``1 / (2 beta)`` is that of `pdeopt.relax`.
    source : callable, optional
        s, an ``@njit`` function of ``(t, x, *source_args)``, with `x` a float in one dimension, else a tuple. Steps are
        not chosen by how fast it changes in time: give `tolerance` or `step` where it oscillates.
    boundary : str, Dirichlet, or sequence
        ``"reflecting"`` (no slope across the wall, which goes through the outermost nodes), ``"extrapolation"`` (the
        slope goes on), or values at the wall: `Dirichlet`. For all walls, or one entry per axis, each for both ends or
        a pair (lower, upper). A periodic axis overrides it.
    source_args : tuple
        Parameters of the source.

    Raises
    ------
    TypeError, ValueError
        If something does not fit the grid, is not finite, or a function does not return what it should where it was
        tried; the message names it and a value that works.

    See Also
    --------
    pdeopt.hamilton_jacobi.finite_differences.solving.solve_hamilton_jacobi : solves it.

    Examples
    --------
    >>> import pdeopt
    >>> grid = pdeopt.Grid(-1.0, 1.0, 65, periodic=True)
    >>> HamiltonJacobi(np.cos(np.pi * grid.axes[0]), grid, viscosity=0.01)
    <HamiltonJacobi u_t + |p|^2 / 2 = 0.01 lap u on 65 nodes, periodic>
    """

    initial: Landscape | ArrayLike
    grid: Grid
    hamiltonian: Hamiltonian = field(default="quadratic")  # type: ignore[assignment]  # a name becomes a record
    viscosity: float | Landscape | ArrayLike = 0.0
    source: Callable[..., Any] | None = None
    boundary: Any = "reflecting"
    source_args: Arguments = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        checks.check_grid(self.grid)
        object.__setattr__(self, "hamiltonian", checks.checked_hamiltonian(self.hamiltonian))
        # Checked when the record is made, kept as what was given.
        assert self.initial_values.shape == self.grid.shape
        assert self.viscosity_values.ndim in (0, self.grid.dim)
        assert len(self.walls) == self.grid.dim
        checks.check_source(self.source, self.source_args, self.grid)
        checks.check_walls(self.walls, self.grid)
        check_trial(self.hamiltonian, self.grid, self.initial_values)

    @cached_property
    def initial_values(self) -> FloatArray:
        """The initial data on the grid."""
        return checks.checked_field(self.initial, self.grid, "initial")

    @cached_property
    def viscosity_values(self) -> FloatArray:
        """The viscosity, a number (of no dimension) or values on the grid."""
        return checks.checked_viscosity(self.viscosity, self.grid)

    @cached_property
    def walls(self) -> tuple[tuple[Wall, Wall], ...]:
        """What is at the lower and the upper end of each axis: a name, or values."""
        return checked_walls(self.boundary, self.grid)

    @property
    def args(self) -> tuple[Arguments, Arguments]:
        """Parameters of the Hamiltonian and of the source, as kernels take them."""
        return self.hamiltonian.args, self.source_args

    @property
    def slopes_decay(self) -> bool:
        """Whether translations and comparison keep slopes from growing: one bound of a step then holds for all time."""
        free = all(wall in ("periodic", "reflecting") for pair in self.walls for wall in pair)
        return self.hamiltonian.autonomous and free and self.source is None and self.viscosity_values.ndim == 0

    def on(self, grid: Grid) -> "HamiltonJacobi":
        """Return the same problem on another grid.

        Parameters
        ----------
        grid : Grid
            If it is not made of every k-th node of this one, everything must be given by functions.

        Returns
        -------
        HamiltonJacobi

        Raises
        ------
        TypeError, ValueError
            If it is no grid of as many axes, or not made of such nodes where it has to be.
        """
        checks.check_grid(grid)
        if grid.dim != self.grid.dim:
            raise ValueError(f"grid has {grid.dim} axes, the problem {self.grid.dim}; use as many, as in problem.grid.")
        moved = {name: checks.moved(getattr(self, name), self.grid, grid, name) for name in ("initial", "viscosity")}
        walls = tuple(tuple(_moved(wall, self.grid, grid) for wall in pair) for pair in self.walls)
        return HamiltonJacobi(
            moved["initial"],
            grid,
            self.hamiltonian,
            moved["viscosity"],
            self.source,
            walls,
            source_args=self.source_args,
        )

    def __repr__(self) -> str:
        nu = self.viscosity_values
        right = [f"{nu:g} lap u" if nu.ndim == 0 else "nu(x) lap u"] * bool(np.any(nu > 0.0))
        right += ["s(t, x)"] * (self.source is not None)
        walls = dict.fromkeys(wall if isinstance(wall, str) else "dirichlet" for pair in self.walls for wall in pair)
        shape = " x ".join(map(str, self.grid.shape))
        return (
            f"<HamiltonJacobi u_t + {self.hamiltonian.name} = {' + '.join(right) or '0'} on {shape} nodes, "
            f"{', '.join(walls)}>"
        )


def _moved(wall: Wall, grid: Grid, other: Grid) -> Wall:
    if isinstance(wall, Dirichlet):
        return Dirichlet(checks.moved(wall.value, grid, other, "value"), args=wall.args)
    return wall
