"""What schemes for Langevin dynamics share: the parts of a system, and how large a step may be."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._points import LARGEST_TUPLE, from_row, pattern_of
from pdeopt.sde import linear
from pdeopt.sde.binding import fitting_method
from pdeopt.sde.scheme import Scheme, Stepper
from pdeopt.systems import SDE, AdaptiveLangevin, Langevin
from pdeopt.systems.forces import position_gradient

__all__ = ["LangevinScheme", "Parts", "parts_of", "spring_energy", "spring_force"]


@dataclass(frozen=True, eq=False)
class Parts:
    """A potential as functions, and the dimension of its points.

    Parameters
    ----------
    gradient, value : callable
        Functions of ``(q, *args)``; where `uses_arrays`, of ``(q, out, args)`` and of ``(q, args)``.
    dim : int
        Number of positions.
    uses_arrays : bool
        Whether a state is one array, stepped in place.
    """

    gradient: Callable[..., Any]
    value: Callable[..., Any]
    dim: int
    uses_arrays: bool = False

    @property
    def flat(self) -> Any:
        """A point of the system, positions first."""
        return 2 * self.dim if self.uses_arrays else (0.0,) * (2 * self.dim)

    @property
    def vector(self) -> Any:
        """A position, or a vector of draws."""
        return 0.0 if self.dim == 1 else (0.0,) * self.dim


def parts_of(system: Langevin | AdaptiveLangevin) -> Parts:
    """Return the parts of a system of Langevin dynamics, adaptive or not."""
    dim = system.landscape.dim
    if not system.uses_arrays:
        return Parts(system.gradient, system.value, dim)
    return Parts(position_gradient(system.gradient, dim), _position_value(system.value, dim), dim, uses_arrays=True)


@lru_cache(maxsize=256)
def _position_value(value: Callable[..., Any], dim: int) -> Callable[..., Any]:
    pattern = pattern_of(dim)

    def from_tuple(q: FloatArray, args: Arguments) -> Any:
        return value(from_row(q, pattern), *args)

    def from_array(q: FloatArray, args: Arguments) -> Any:
        return value(q, *args)

    return from_tuple if dim <= LARGEST_TUPLE else from_array


@dataclass(frozen=True)
class LangevinScheme(Scheme):
    """A scheme for `dq = p/m dt, dp = -grad f dt - gamma p dt + sqrt(2 gamma m / beta) dW`."""

    interpretation: ClassVar[str] = "any"
    arrays: ClassVar[bool] = True

    @abstractmethod
    def bind(self, parts: Parts) -> Stepper:
        """Bind the scheme to the parts of a system; its arguments are (beta, friction, mass, ...)."""

    def check(self, system: Langevin) -> None:
        """Raise if the scheme does not fit the parameters of a system; none does that by default."""

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system.

        Raises
        ------
        TypeError
            If the system was not made by `pdeopt.langevin`.
        """
        if not isinstance(system, Langevin):
            raise TypeError(
                f"method={self.name!r} steps Langevin dynamics; {system!r} is none. "
                f"Make the system by pdeopt.langevin(f, beta, friction), or use method={fitting_method(system)!r}."
            )
        self.check(system)
        return self.bind(parts_of(system))

    def stability_limit(self, frequency: float, friction: float) -> float:
        """Return the largest stable step on the potential `frequency**2 q**2 / 2` of unit mass.

        Parameters
        ----------
        frequency : float
            Positive; for mass m and curvature k, ``sqrt(k / m)``.
        friction : float
            At least 0.

        Returns
        -------
        float
            Where the spectral radius of the mean of one step passes 1; ``inf`` if that is beyond ``1e6 / frequency``.

        Examples
        --------
        >>> from pdeopt.sde import Splitting
        >>> round(Splitting("BAOAB").stability_limit(frequency=4.0, friction=1.0), 12)
        0.5
        """
        stepper = self.bind(Parts(spring_force, spring_energy, 1))
        args = (float("inf"), friction, 1.0, frequency**2)
        return linear.largest_stable_step(lambda h: linear.mean_matrix(stepper, h, args), 1.0 / frequency)


def spring_force(q: float, stiffness: float) -> float:
    """Return the gradient of `spring_energy`."""
    return stiffness * q


def spring_energy(q: float, stiffness: float) -> float:
    """Return the harmonic potential."""
    return 0.5 * stiffness * q * q
