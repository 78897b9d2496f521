"""Slopes of fifth order where the solution is smooth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian
from pdeopt.hamilton_jacobi.finite_differences.limits import Limits
from pdeopt.hamilton_jacobi.finite_differences.parameters import check_word
from pdeopt.hamilton_jacobi.finite_differences.schemes import Godunov, LaxFriedrichs
from pdeopt.hamilton_jacobi.finite_differences.walls import Wall
from pdeopt.kernels.hamilton_jacobi import chunks
from pdeopt.kernels.hamilton_jacobi.curvature import sixth_order_curvature, three_point_curvature
from pdeopt.kernels.hamilton_jacobi.weno import weno5_slopes
from pdeopt.systems.validation import checked_positive

__all__ = ["WENO5"]

Function = Callable[..., Any]

WIDE_STIFFNESS = 68.0 / 45.0
"""The largest eigenvalue of the sixth-order second difference, per that of three points."""


@dataclass(frozen=True)
class WENO5:
    """One-sided slopes from three cubics each, weighted by their smoothness: fifth order where the solution is smooth.

    Parameters
    ----------
    numerical : "godunov" or "lax-friedrichs"
        The numerical Hamiltonian of the two slopes at a node.
    speed : "local", "global", float or sequence of float
        For Lax-Friedrichs, as in `LaxFriedrichs`.
    diffusion : "sixth" or "three-point"
        The second differences of the viscous term: of sixth order, so that the whole is of fifth, or of second. Where a
        wall is neither periodic nor reflecting, or an implicit stepper meets a viscosity that varies, always the
        latter.
    epsilon : float
        Added to the smoothness indicators, which are squared second differences over h: slopes squared.

    Raises
    ------
    ValueError
        If a name is unknown, `epsilon` is not positive and finite, or `speed` is not one of `LaxFriedrichs`.

    Notes
    -----
    Uniform axes only. The scheme is not monotone: there is no proof that it converges to the viscosity solution, and
    for Hamiltonians that are neither convex nor concave it may not; `Filtered` is for these. At kinks it is of first
    order with Lax-Friedrichs.

    References
    ----------
    G.-S. Jiang and D. Peng, *Weighted ENO schemes for Hamilton-Jacobi equations*, SIAM J. Sci. Comput. 21 (2000)
    2126-2143.

    Examples
    --------
    >>> WENO5("lax-friedrichs", speed="global").order
    5
    """

    numerical: str = "godunov"
    speed: str | float | Sequence[float] | FloatArray = "local"
    diffusion: str = "sixth"
    epsilon: float = 1e-6
    order: ClassVar[int] = 5
    ghosts: ClassVar[int] = 3

    def __post_init__(self) -> None:
        check_word(self.numerical, "numerical", ("godunov", "lax-friedrichs"))
        check_word(self.diffusion, "diffusion", ("sixth", "three-point"))
        checked_positive(self.epsilon, "epsilon", example="1e-6")
        object.__setattr__(self, "speed", LaxFriedrichs(self.speed).speed)

    @property
    def name(self) -> str:
        """A label."""
        return "weno5" if self.numerical == "godunov" else "weno5-lax-friedrichs"

    @property
    def stiffness(self) -> float:
        """The largest eigenvalue of the second difference, per that of three points."""
        return WIDE_STIFFNESS if self.diffusion == "sixth" else 1.0

    def check_grid(self, grid: Grid) -> None:
        """Raise ValueError if an axis is stretched."""
        for axis, uniform in enumerate(grid.uniform):
            if not uniform:
                raise ValueError(
                    f"method={self.name!r} needs uniform axes, and axis {axis} of the grid is stretched. "
                    "Use method='godunov', or a Grid of lower, upper and shape."
                )

    def between(self, walls: tuple[tuple[Wall, Wall], ...]) -> "WENO5":
        """Return the scheme for these walls: beside those that are not even, three points alone are consistent."""
        even = all(wall in ("periodic", "reflecting") for pair in walls for wall in pair)
        return self if even else replace(self, diffusion="three-point")

    def chunk(self, dim: int) -> tuple[Function, Function, Function]:
        """Return what opens a chunk of a row, and reads slopes and Laplacians of its nodes."""
        epsilon = float(self.epsilon)

        def slopes(
            values: FloatArray, start: int, count: int, stride: int, r: float, minus: FloatArray, plus: FloatArray
        ) -> None:
            weno5_slopes(values, start, count, stride, r, epsilon, minus, plus)

        curvature = sixth_order_curvature if self.diffusion == "sixth" else three_point_curvature
        return chunks.written_chunk(slopes, curvature, dim)

    @property
    def base(self) -> Godunov | LaxFriedrichs:
        """The first-order scheme with the same numerical Hamiltonian."""
        return Godunov() if self.numerical == "godunov" else LaxFriedrichs(self.speed)

    def flux(self, hamiltonian: Hamiltonian, dim: int) -> Function:
        """Return the numerical Hamiltonian."""
        return self.base.flux(hamiltonian, dim)

    @property
    def uses_ranges(self) -> bool:
        """Whether speeds at a node depend on the slopes of all nodes."""
        return self.base.uses_ranges

    def speeds(self, hamiltonian: Hamiltonian) -> Function:
        """Return the function that bounds the speeds of a node."""
        return self.base.speeds(hamiltonian)

    def adjusted(self, limits: Limits, spacings: FloatArray) -> Limits:
        """Return what bounds a step of this scheme."""
        return self.base.adjusted(limits, spacings)
