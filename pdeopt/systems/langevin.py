"""Langevin dynamics in a landscape: overdamped, with momenta, and with an adaptive friction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pdeopt._types import Arguments
from pdeopt.landscapes import Landscape
from pdeopt.systems import forces, validation
from pdeopt.systems.sde import SDE

__all__ = [
    "AdaptiveLangevin",
    "Langevin",
    "OverdampedLangevin",
    "adaptive_langevin",
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


@dataclass(frozen=True, eq=False, repr=False)
class AdaptiveLangevin(LandscapeSystem):
    """Adaptive Langevin dynamics, state (q, p, xi); see `adaptive_langevin`.

    Parameters
    ----------
    landscape : Landscape
        The potential f.
    beta : float
        Inverse temperature, positive; ``inf`` for temperature zero.
    noise_amplitude : float
        Noise added to every momentum, sigma_A, at least 0.
    coupling : float
        How fast the friction follows the kinetic energy, epsilon, positive.
    mass : float
        Mass of every coordinate, positive.
    """

    noise_amplitude: float = 1.0
    coupling: float = 1.0
    mass: float = 1.0

    def _facts(self) -> dict[str, Any]:
        f = self.landscape
        amplitude = validation.checked_positive(self.noise_amplitude, "noise_amplitude", example="1.0", zero=True)
        coupling = validation.checked_positive(self.coupling, "coupling", example="1.0")
        mass = validation.checked_positive(self.mass, "mass", example="1.0")
        return {
            "noise_amplitude": amplitude,
            "coupling": coupling,
            "mass": mass,
            "dim": 2 * f.dim + 1,
            "args": (self.beta, amplitude, coupling, mass, *f.args),
            "drift": forces.adaptive_drift(self.gradient, f.dim),
            "diffusion": forces.adaptive_diffusion(f.dim),
        }

    @property
    def mean_friction(self) -> float:
        """Mean of xi under the invariant law, sigma_A^2 beta / (2 mass)."""
        return self.noise_amplitude**2 * self.beta / (2.0 * self.mass)

    @property
    def friction_variance(self) -> float:
        """Variance of xi under the invariant law, epsilon / beta."""
        return self.coupling / self.beta


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


def adaptive_langevin(
    f: Landscape, beta: float = 1.0, *, noise_amplitude: float = 1.0, coupling: float = 1.0, mass: float = 1.0
) -> AdaptiveLangevin:
    """Return Langevin dynamics whose friction xi adapts until the kinetic energy fits the temperature.

    With q and p of d coordinates: dq = p/m dt, dp = -grad f dt - xi p dt + sigma_A dW and
    dxi = epsilon (p^2 / m - d / beta) dt. Gradient noise of unknown size is absorbed by xi.

    Parameters
    ----------
    f : Landscape
        The potential of d coordinates; a missing gradient is numerical.
    beta : float
        Inverse temperature, positive; ``inf`` for temperature zero.
    noise_amplitude : float
        The sigma_A above, at least 0.
    coupling : float
        The epsilon above, positive.
    mass : float
        The m above, positive.

    Returns
    -------
    AdaptiveLangevin
        An `SDE` of dimension 2 d + 1 with additive noise: positions, momenta, then xi,
        ``args = (beta, noise_amplitude, coupling, mass, *f.args)``.

    Raises
    ------
    TypeError, ValueError
        If `f` is not a landscape, or a parameter is out of range.

    Notes
    -----
    The invariant density is exp(-beta (f + p^2 / (2 m))) times that of xi, which is Gaussian with the mean
    sigma_A^2 beta / (2 m) and the variance epsilon / beta. Some papers write the friction as epsilon' xi' and
    dxi' = epsilon' (p^2 / m - d / beta) dt: that is ``coupling=epsilon'**2`` with xi = epsilon' xi'.

    References
    ----------
    .. [1] A. Jones, B. Leimkuhler, "Adaptive stochastic methods for sampling driven molecular systems",
       J. Chem. Phys. 135, 084125, 2011.
    .. [2] B. Leimkuhler, X. Shang, "Adaptive thermostats for noisy gradient systems", SIAM J. Sci. Comput. 38,
       2016, arXiv 1505.06889.

    Examples
    --------
    >>> import pdeopt
    >>> system = pdeopt.adaptive_langevin(pdeopt.landscapes.double_well(), 2.0, noise_amplitude=0.5)
    >>> system.dim, system.mean_friction
    (3, 0.25)
    """
    return AdaptiveLangevin(f, beta, noise_amplitude, coupling, mass)
