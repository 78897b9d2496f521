"""Motion in periodic media that are not at rest: a tilted washboard by quadrature, and flows that stir."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, sin, sqrt
from typing import Any

import numpy as np
from numba import njit
from scipy.special import logsumexp

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.homogenization.medium_checks import check_landscape, check_period, checked_period, checked_positive
from pdeopt.kolmogorov import EffectiveDynamics, Generator
from pdeopt.landscapes import Landscape
from pdeopt.systems import SDE

__all__ = ["Washboard", "cellular_flow", "effective_transport", "shear_flow", "tilted_washboard"]

ORDER = 16
COARSEST, FINEST = 16, 2048
STEEPEST = 650.0
AGREED = 1e-14
DEFAULT_NODES = {1: 256, 2: 48, 3: 16}


@dataclass(frozen=True)
class Washboard:
    """Mean velocity and diffusivity of dX = (F - v') dt + sqrt(2 / beta) dW, v periodic.

    Parameters
    ----------
    velocity : float
        Length per time.
    diffusivity : float
        Length^2 per time.
    velocity_error, diffusivity_error : float
        Changes from half as many places.
    n : int
        Places in a period.
    """

    velocity: float
    diffusivity: float
    velocity_error: float
    diffusivity_error: float
    n: int

    def __str__(self) -> str:
        return (
            f"velocity {self.velocity:.15g} +- {self.velocity_error:.1e}, diffusivity {self.diffusivity:.15g} +- "
            f"{self.diffusivity_error:.1e}; {self.n} places"
        )


def tilted_washboard(potential: Landscape, force: float, *, period: float, beta: float = 1.0) -> Washboard:
    """Return the velocity and the diffusivity of a particle that is pulled over a periodic potential.

    Parameters
    ----------
    potential : Landscape
        The periodic v, of one dimension.
    force : float
        F, of either sign.
    period : float
    beta : float
        Inverse temperature.

    Returns
    -------
    Washboard

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, v does not repeat, or beta (range of v + force times period) is above 650.

    Notes
    -----
    With D = 1 / beta and ``I(x) = int_0^period exp(beta (v(x) - v(x - y) - F y)) dy``, and J(x) the same with v(x + y)
    and the other sign of v: velocity = (1 - exp(-beta F period)) D / <I>, diffusivity = D <I^2 J> / <I>^3, <> the mean
    over a period. Near the force at which the wells vanish it exceeds D by orders of magnitude.

    References
    ----------
    P. Reimann et al., *Giant acceleration of free diffusion by use of tilted periodic potentials*, Phys. Rev. Lett. 87
    (2001) 010602.

    Examples
    --------
    >>> import math
    >>> import pdeopt
    >>> v = pdeopt.Landscape(lambda x: math.cos(x))
    >>> print(tilted_washboard(v, 0.5, period=2 * math.pi, beta=2.0).velocity.__round__(12))
    0.175593406037
    """
    check_landscape(potential, "potential", (1,))
    length, beta = checked_period(period, 1)[0], checked_positive(beta, "beta")
    check_period(potential, (length,), "potential")
    if not np.isfinite(force):
        raise ValueError(f"force={force!r} must be a finite number, e.g. 0.5.")
    reach = beta * (float(np.ptp(potential(np.linspace(0.0, length, 257)))) + abs(force) * length)
    if reach > STEEPEST:
        raise ValueError(
            f"beta={beta:g} times the rise {reach / beta:g} of the tilted potential over a period is above the limit "
            f"{STEEPEST:g}. Use beta <= {STEEPEST * beta / reach:.3g}."
        )
    n, last = COARSEST, _washboard(potential, abs(force), np.sign(force) or 1.0, length, beta, COARSEST)
    while True:
        n *= 2
        found = _washboard(potential, abs(force), np.sign(force) or 1.0, length, beta, n)
        change = np.abs(found - last)
        if (change <= AGREED * np.abs(found)).all() or n >= FINEST:
            velocity, diffusivity = float(np.copysign(found[0], force)), float(found[1])
            return Washboard(velocity, diffusivity, float(change[0]), float(change[1]), n)
        last = found


def _washboard(f: Landscape, force: float, sign: float, length: float, beta: float, n: int) -> FloatArray:
    """Return velocity and diffusivity for a force to the right in v(sign * x), by n places and n / 4 panels."""
    x, w = np.polynomial.legendre.leggauss(ORDER)
    n_panels = n // 4
    half = 0.5 * length / n_panels
    y = (half * (2.0 * np.arange(n_panels)[:, None] + 1.0 + x)).ravel()
    weights = np.tile(half * w, n_panels)
    places = length * np.arange(n)[:, None] / n
    before, after = (beta * np.asarray(f(sign * one)) for one in (places - y, places + y))
    here = beta * np.asarray(f(sign * places[:, 0]))[:, None]
    log_i = logsumexp(here - before - beta * force * y, b=weights, axis=1)
    log_j = logsumexp(after - here - beta * force * y, b=weights, axis=1)
    log_mean = logsumexp(log_i) - np.log(n)
    ratio = np.exp(logsumexp(2.0 * log_i + log_j) - np.log(n) - 3.0 * log_mean)
    return np.array([-np.expm1(-beta * force * length) * np.exp(-log_mean), ratio]) / beta


def shear_flow(amplitude: float = 1.0, *, diffusivity: float = 1.0) -> SDE:
    """Return dX = amplitude sin(Y) dt + sqrt(2 D) dW, dY = sqrt(2 D) dW', of period 2 pi.

    Parameters
    ----------
    amplitude : float
        Length per time.
    diffusivity : float
        D, positive.

    Notes
    -----
    Along x the effective diffusivity is ``D + amplitude^2 / (2 D)``.
    """
    return _stirred("shear flow", _shear, amplitude, diffusivity)


def cellular_flow(amplitude: float = 1.0, *, diffusivity: float = 1.0) -> SDE:
    """Return dX = u dt + sqrt(2 D) dW with the stream function psi = amplitude sin x sin y, u = (-psi_y, psi_x).

    Parameters
    ----------
    amplitude : float
        Length^2 per time.
    diffusivity : float
        D, positive.

    Notes
    -----
    The effective diffusivity is isotropic, and grows like sqrt(D amplitude) where D is small.
    """
    return _stirred("cellular flow", _cells, amplitude, diffusivity)


def _stirred(name: str, velocity: Any, amplitude: float, diffusivity: float) -> SDE:
    noise = sqrt(2.0 * checked_positive(diffusivity, "diffusivity"))
    if not np.isfinite(amplitude):
        raise ValueError(f"amplitude={amplitude!r} must be a finite number, e.g. 1.0.")
    return SDE(velocity, _noise, noise="additive", dim=2, args=(float(amplitude), noise), name=name)


@njit
def _shear(t: float, x: Any, amplitude: float, noise: float) -> Any:
    return amplitude * sin(x[1]), 0.0


@njit
def _cells(t: float, x: Any, amplitude: float, noise: float) -> Any:
    return -amplitude * sin(x[0]) * cos(x[1]), amplitude * cos(x[0]) * sin(x[1])


@njit
def _noise(t: float, x: Any, amplitude: float, noise: float) -> Any:
    return noise, noise


def effective_transport(
    system: SDE, period: float | Sequence[float], *, n: int | None = None, levels: int | None = None
) -> EffectiveDynamics:
    """Return mean velocity and diffusivity of a process in a periodic medium, which need not be reversible.

    Parameters
    ----------
    system : SDE
        Of one to three dimensions, with periodic drift and diffusion.
    period : float or sequence of float
        For all axes or one per axis; the cell starts at 0.
    n : int, optional
        Nodes per axis of the coarsest grid; by default 256, 48 and 16 in one, two and three dimensions.
    levels : int, optional
        Number of grids, each of half the spacing, to extrapolate from.

    Returns
    -------
    pdeopt.kolmogorov.EffectiveDynamics
        With errors from the change between grids.

    Notes
    -----
    For potentials `effective_diffusivity` has bounds on both sides; for tilted ones on a line `tilted_washboard` is by
    quadrature.

    Examples
    --------
    >>> import math
    >>> stirred = effective_transport(cellular_flow(), 2 * math.pi, n=24)
    >>> round(float(stirred.diffusivity[0, 0]), 8)
    1.11773042
    """
    lengths = checked_period(period, system.dim)
    nodes = DEFAULT_NODES.get(system.dim, 16) if n is None else n
    grid = Grid((0.0,) * system.dim, lengths, (nodes,) * system.dim, periodic=True)
    return Generator(system, grid).effective_dynamics(levels=levels)
