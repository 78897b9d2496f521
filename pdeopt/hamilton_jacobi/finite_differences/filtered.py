"""Filtered schemes: accurate where the solution is smooth, and convergent for any Hamiltonian."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.explicit import SSPRK33, Explicit
from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian
from pdeopt.hamilton_jacobi.finite_differences.limits import Limits
from pdeopt.hamilton_jacobi.finite_differences.parameters import check_word, has_parts
from pdeopt.hamilton_jacobi.finite_differences.schemes import SCHEME, Godunov
from pdeopt.hamilton_jacobi.finite_differences.walls import Wall
from pdeopt.hamilton_jacobi.finite_differences.weno import WENO5
from pdeopt.kernels.hamilton_jacobi.filters import filter_step
from pdeopt.systems.validation import checked_positive

__all__ = ["Filtered", "FilteredStep"]

Function = Callable[..., Any]


@dataclass(frozen=True)
class Filtered:
    """A monotone scheme that hands over to an accurate one wherever both nearly agree.

    Parameters
    ----------
    constant : float
        C of the threshold `C sum_k a_k r_k sqrt(h_k / L_k)`: by how much the two may differ per unit of time, with the
        largest speed a, the range of slopes r, the spacing h and the length L of each axis. Where the solution is
        smooth, they differ by about `a h |u_xx| / 2`.
    filter : "cut" or "continuous"
        From the threshold on, the monotone step (Bokanowski, Falcone and Sahu), or a line from one to the other
        between one and two thresholds (Oberman and Salvador).
    monotone : scheme
        First order; by default `Godunov`.
    accurate : scheme
        By default `WENO5`. By its name ``"filtered"``, the scheme takes Lax-Friedrichs fluxes for both where that of
        Godunov would need a search for extrema in several dimensions.

    Raises
    ------
    TypeError, ValueError
        If `constant` is not positive and finite, the filter unknown, or one of both schemes does not fit.

    Notes
    -----
    As the threshold goes to zero with h, the scheme is monotone up to a term that vanishes: it converges to the
    viscosity solution, for every Hamiltonian for which the monotone scheme does. Steps are those of the monotone
    scheme.

    References
    ----------
    O. Bokanowski, M. Falcone, S. Sahu, *An efficient filtered scheme for some first order time-dependent
    Hamilton-Jacobi equations*, SIAM J. Sci. Comput. 38 (2016) A171-A195.

    A. M. Oberman, T. Salvador, *Filtered schemes for Hamilton-Jacobi equations: a simple construction of convergent
    accurate difference schemes*, J. Comput. Phys. 284 (2015) 367-388.

    Examples
    --------
    >>> import pdeopt
    >>> speeds_and_slopes = np.array([2.0, -1.0, 3.0])
    >>> round(Filtered(constant=0.5).threshold(speeds_and_slopes, pdeopt.Grid(0.0, 1.0, 101)), 6)
    0.4
    """

    constant: float = 0.2
    filter: str = "cut"
    monotone: Any = field(default_factory=Godunov)
    accurate: Any = field(default_factory=WENO5)
    name: ClassVar[str] = "filtered"
    order: ClassVar[int] = 5

    def __post_init__(self) -> None:
        checked_positive(self.constant, "constant", example="0.2")
        check_word(self.filter, "filter", ("cut", "continuous"))
        if not has_parts(self.monotone, SCHEME) or self.monotone.order > 1:
            raise TypeError(f"monotone={self.monotone!r} is no scheme of first order; use monotone=Godunov().")
        if not has_parts(self.accurate, SCHEME) or isinstance(self.accurate, Filtered):
            raise TypeError(f"accurate={self.accurate!r} is no scheme that can be filtered; use accurate=WENO5().")

    @property
    def ghosts(self) -> int:
        """Ghost nodes of the wider of both."""
        return max(int(self.monotone.ghosts), int(self.accurate.ghosts))

    @property
    def stiffness(self) -> float:
        """The largest eigenvalue of both second differences, per that of three points."""
        return max(float(self.monotone.stiffness), float(self.accurate.stiffness))

    def threshold(self, extra: FloatArray, grid: Grid) -> float:
        """Return the threshold, from the largest speeds, the least and the largest slopes."""
        speeds, least, most = extra.reshape(3, grid.dim)
        lengths = np.array([axis[-1] - axis[0] for axis in grid.axes])
        return self.constant * float(np.sum(speeds * (most - least) * np.sqrt(np.asarray(grid.spacing) / lengths)))

    def check_grid(self, grid: Grid) -> None:
        """Raise ValueError if an axis is stretched."""
        self.accurate.check_grid(grid)

    def between(self, walls: tuple[tuple[Wall, Wall], ...]) -> "Filtered":
        """Return the scheme for these walls."""
        return replace(self, monotone=self.monotone.between(walls), accurate=self.accurate.between(walls))

    def chunk(self, dim: int) -> tuple[Function, Function, Function]:
        """Return what opens a chunk of a row for the monotone scheme."""
        return self.monotone.chunk(dim)  # type: ignore[no-any-return]

    def flux(self, hamiltonian: Hamiltonian, dim: int) -> Function:
        """Return the flux of the monotone scheme."""
        return self.monotone.flux(hamiltonian, dim)  # type: ignore[no-any-return]

    @property
    def uses_ranges(self) -> bool:
        """Whether speeds at a node depend on the slopes of all nodes."""
        return bool(self.monotone.uses_ranges)

    def speeds(self, hamiltonian: Hamiltonian) -> Function:
        """Return the function that bounds the speeds of a node."""
        return self.monotone.speeds(hamiltonian)  # type: ignore[no-any-return]

    def adjusted(self, limits: Limits, spacings: FloatArray) -> Limits:
        """Return what bounds a step of the monotone scheme."""
        return self.monotone.adjusted(limits, spacings)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class FilteredStep(Explicit):
    """An Euler step of the monotone scheme and a step of SSPRK(3,3) of the accurate one, filtered, for `Filtered`."""

    name: ClassVar[str] = "filtered"
    order: ClassVar[int] = 3
    n_registers: ClassVar[int] = 3
    ssp: ClassVar[float] = 1.0
    wide: ClassVar[float] = 1.0

    def step(self, operator: Any, fields: list[FloatArray], t: float, dt: float) -> None:
        """Advance ``fields[0]``."""
        scheme = operator.scheme
        SSPRK33().step(operator.beside(scheme.accurate), fields, t, dt)
        accurate, old, monotone = fields
        operator.stage(old, old, monotone, t, (0.0, 1.0, dt))
        threshold = dt * scheme.threshold(operator.extra, operator.mesh.grid)
        filter_step(monotone, threshold, scheme.filter == "continuous", accurate)
