"""Langevin dynamics in a landscape whose friction adapts to noise of unknown size."""

from dataclasses import dataclass
from typing import Any

from pdeopt.landscapes import Landscape
from pdeopt.systems import forces, validation
from pdeopt.systems.dynamics import LandscapeSystem

__all__ = ["AdaptiveLangevin", "adaptive_langevin"]


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
