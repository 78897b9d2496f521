"""Langevin dynamics in a landscape: overdamped, and with momenta."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pdeopt._types import Arguments
from pdeopt.landscapes import Landscape
from pdeopt.systems import forces, validation
from pdeopt.systems.sde import SDE

__all__ = [
    "Langevin",
    "OverdampedLangevin",
    "langevin",
    "overdamped_langevin",
]


@dataclass(frozen=True, eq=False, repr=False)
class LandscapeSystem(SDE):
    """A system whose force is minus the gradient of a landscape; its SDE fields follow from its own.

    Parameters
    ----------
    landscape : Landscape
        The potential f.
    beta : float
        Inverse temperature, positive; ``inf`` for temperature zero.
    """

    drift: Callable[..., Any] = field(init=False)
    diffusion: Callable[..., Any] = field(init=False)
    noise: str = field(init=False, default="additive")
    dim: int = field(init=False)
    n_noise: int | None = field(init=False, default=None)
    interpretation: str = field(init=False, default="ito")
    args: Arguments = field(init=False)
    diffusion_jacobian: Callable[..., Any] | None = field(init=False, default=None)
    name: str = field(init=False)
    landscape: Landscape
    beta: float = 1.0

    def __post_init__(self) -> None:
        if not isinstance(self.landscape, Landscape):
            raise TypeError(
                f"f={self.landscape!r} is not a Landscape. Make one: pdeopt.Landscape(value, gradient, dim=...)."
            )
        positive = validation.checked_positive(self.beta, "beta", example="1.0", infinite=True)
        self._set(beta=positive, name=self.landscape.name)
        self._set(**self._facts())
        super().__post_init__()

    def _set(self, **facts: Any) -> None:
        for name, fact in facts.items():
            object.__setattr__(self, name, fact)

    def _facts(self) -> dict[str, Any]:
        raise NotImplementedError

    @cached_property
    def gradient(self) -> Callable[..., Any]:
        """Gradient of the landscape as a dispatcher of ``(x, *landscape.args)``.

        Above eight coordinates of the landscape of ``(x, *landscape.args, out)``.
        """
        dispatcher: Callable[..., Any] = forces.point_gradient(self.landscape)
        return dispatcher

    @cached_property
    def value(self) -> Callable[..., Any]:
        """Value of the landscape as a dispatcher of ``(x, *landscape.args)``."""
        dispatcher: Callable[..., Any] = forces.compiled_functions(self.landscape)[0]
        return dispatcher

    @property
    def temperature(self) -> float:
        """The temperature, 1 / beta."""
        return 1.0 / self.beta


@dataclass(frozen=True, eq=False, repr=False)
class OverdampedLangevin(LandscapeSystem):
    """Overdamped Langevin dynamics, dX = -grad f dt + sqrt(2 / beta) dW; see `overdamped_langevin`.

    Parameters
    ----------
    landscape : Landscape
        The potential f.
    beta : float
        Inverse temperature, positive; ``inf`` for gradient descent without noise.
    """

    def _facts(self) -> dict[str, Any]:
        f = self.landscape
        return {
            "dim": f.dim,
            "args": (self.beta, *f.args),
            "drift": forces.overdamped_drift(self.gradient, f.dim),
            "diffusion": forces.overdamped_diffusion(f.dim),
        }


@dataclass(frozen=True, eq=False, repr=False)
class Langevin(LandscapeSystem):
    """Langevin dynamics with momenta, state (q, p); see `langevin`.

    Parameters
    ----------
    landscape : Landscape
        The potential f.
    beta : float
        Inverse temperature, positive; ``inf`` for no noise.
    friction : float
        Rate at which momentum is lost, per unit of time; at least 0.
    mass : float
        Mass of every coordinate, positive.
    """

    friction: float = 1.0
    mass: float = 1.0

    def _facts(self) -> dict[str, Any]:
        f = self.landscape
        friction = validation.checked_positive(self.friction, "friction", example="1.0", zero=True)
        mass = validation.checked_positive(self.mass, "mass", example="1.0")
        return {
            "friction": friction,
            "mass": mass,
            "dim": 2 * f.dim,
            "args": (self.beta, friction, mass, *f.args),
            "drift": forces.langevin_drift(self.gradient, f.dim),
            "diffusion": forces.langevin_diffusion(f.dim),
        }


def overdamped_langevin(f: Landscape, beta: float = 1.0) -> OverdampedLangevin:
    """Return overdamped Langevin dynamics, dX = -grad f dt + sqrt(2 / beta) dW.

    Parameters
    ----------
    f : Landscape
        The potential, of any dimension; a missing gradient is numerical.
    beta : float
        Inverse temperature, positive; ``inf`` for the gradient flow without noise.

    Returns
    -------
    OverdampedLangevin
        An `SDE` with additive noise, ``args = (beta, *f.args)``, and the fields `landscape` and `beta`.

    Raises
    ------
    TypeError, ValueError
        If `f` is not a landscape, or `beta` not positive.

    Notes
    -----
    The invariant density is proportional to exp(-beta f).

    Examples
    --------
    >>> import pdeopt
    >>> pdeopt.overdamped_langevin(pdeopt.landscapes.double_well(), beta=4.0)
    <OverdampedLangevin 'double_well': dim 1, additive noise, Ito, args (4.0,)>
    """
    return OverdampedLangevin(f, beta)


def langevin(f: Landscape, beta: float = 1.0, friction: float = 1.0, mass: float = 1.0) -> Langevin:
    """Return Langevin dynamics, dq = p/m dt, dp = -grad f dt - friction p dt + sqrt(2 friction m / beta) dW.

    Parameters
    ----------
    f : Landscape
        The potential of d coordinates; a missing gradient is numerical.
    beta : float
        Inverse temperature, positive; ``inf`` for no noise.
    friction : float
        Rate at which momentum is lost, per unit of time; 0 gives Hamilton's equations.
    mass : float
        Mass m of every coordinate, positive.

    Returns
    -------
    Langevin
        An `SDE` of dimension 2 d with additive noise: positions first, then momenta,
        ``args = (beta, friction, mass, *f.args)``.

    Raises
    ------
    TypeError, ValueError
        If `f` is not a landscape, or a parameter is out of range.

    Notes
    -----
    The invariant density is proportional to exp(-beta (f(q) + p^2 / (2 m))).

    Examples
    --------
    >>> import pdeopt
    >>> pdeopt.langevin(pdeopt.landscapes.double_well(), beta=4.0, friction=0.5)
    <Langevin 'double_well': dim 2, additive noise, Ito, args (4.0, 0.5, 1.0)>
    """
    return Langevin(f, beta, friction, mass)
