"""The statement of a Hamilton-Jacobi problem."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pdeopt._types import Arguments, ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian, quadratic
from pdeopt.landscapes import Landscape

__all__ = ["HamiltonJacobi"]


@dataclass(frozen=True, eq=False)
class HamiltonJacobi:
    """The equation `u_t + H(t, x, u, grad u) = nu(x) lap u + s(t, x)` on a box, with `u = f` at time zero.

    Parameters
    ----------
    initial : Landscape or array_like, shape ``grid.shape``
        f, finite.
    grid : Grid
        One to three axes.
    hamiltonian : Hamiltonian
        By default ``|p|^2 / 2``.
    viscosity : float, Landscape or array_like, shape ``grid.shape``
        nu, not negative; ``1 / (2 beta)`` is that of `pdeopt.relax`.
    source : callable, optional
        s, an ``@njit`` function of ``(t, x, *args)``.
    boundary : str or sequence
        ``"reflecting"``, ``"extrapolation"``: for all walls, or one entry per axis, each a name or a pair of names (lower, upper). A periodic axis
        overrides it.
    args : tuple
        Passed to H and s after their own arguments.
    """

    initial: Landscape | ArrayLike
    grid: Grid
    hamiltonian: Hamiltonian = field(default_factory=quadratic)
    viscosity: float | Landscape | ArrayLike = 0.0
    source: Callable[..., Any] | None = None
    boundary: Any = "reflecting"
    args: Arguments = ()

    def initial_values(self) -> FloatArray:
        """Return f on the grid."""
        f = self.initial
        return np.array(f.on(self.grid) if isinstance(f, Landscape) else f, dtype=float)

    def viscosity_values(self) -> FloatArray:
        """Return nu, a number or values on the grid."""
        nu = self.viscosity
        return np.asarray(nu.on(self.grid) if isinstance(nu, Landscape) else nu, dtype=float)

    def sides(self) -> tuple[tuple[str, str], ...]:
        """Return the kinds of the walls of each axis."""
        given = [self.boundary] * self.grid.dim if isinstance(self.boundary, str) else list(self.boundary)
        pairs = [(one, one) if isinstance(one, str) else tuple(one) for one in given]
        return tuple(
            ("periodic", "periodic") if wraps else (str(pair[0]), str(pair[1]))
            for pair, wraps in zip(pairs, self.grid.periodic, strict=True)
        )

    @property
    def slopes_decay(self) -> bool:
        """Whether translations and comparison keep slopes from growing: one bound of the step then holds for all time."""
        same_everywhere = self.source is None and np.ndim(self.viscosity_values()) == 0
        walls = {side for pair in self.sides() for side in pair}
        return self.hamiltonian.autonomous and same_everywhere and walls <= {"periodic", "reflecting"}
