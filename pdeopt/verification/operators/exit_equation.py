"""Mean exit times of an equation itself, by quadratures of its boundary value problem."""

from collections.abc import Callable

import numpy as np
from numpy.polynomial import Chebyshev

from pdeopt._types import FloatArray
from pdeopt.systems import SDE

__all__ = ["deviations", "exact_exit_times"]

Domain = tuple[float, float]

RESOLVED = 1e-8
"""Difference between two resolutions, relative, above which mean exit times count as not computed."""

DEGREES = (96, 160)


def deviations(system: SDE) -> Callable[[FloatArray], FloatArray]:
    """Return the standard deviation of the noise per root of time, as a function of places."""

    def deviation(x: FloatArray) -> FloatArray:
        places, back = np.unique(x, return_inverse=True)
        rows = [np.atleast_1d(system.compiled_diffusion(0.0, float(place), *system.args)) for place in places]
        return np.asarray(np.linalg.norm(rows, axis=1)[back])

    return deviation


def exact_exit_times(system: SDE, domain: Domain, starts: FloatArray) -> tuple[FloatArray, float]:
    """Return the mean exit times of an equation from points, and how far two resolutions differ.

    Parameters
    ----------
    system : SDE
        Of one component.
    domain : (lower, upper)
    starts : array, shape (k,)

    Raises
    ------
    ValueError
        If the coefficients depend on time, the noise vanishes, or the two resolutions differ by more than 1e-8.

    Notes
    -----
    With s' = exp(-2 int b / sigma^2) and m' = 2 / (sigma^2 s'), the solution of L u = -1 has u' = s' (C - m).
    """
    variances(system, np.linspace(*domain, DEGREES[0] + 1))
    with np.errstate(over="ignore", invalid="ignore"):
        rough, fine = (by_quadratures(system.as_ito(), domain, n)(starts) for n in DEGREES)
    spread = float(np.abs(fine - rough).max())
    if not spread <= RESOLVED * float(np.abs(fine).max()):
        raise ValueError(
            f"mean exit times of {system!r} from {domain} are not resolved by polynomials: {rough} and {fine}. Use "
            "smooth coefficients, noise away from 0, or a smaller domain."
        )
    return fine, spread


def by_quadratures(system: SDE, domain: Domain, degree: int) -> Chebyshev:
    def polynomial(function: Callable[[FloatArray], FloatArray]) -> Chebyshev:
        return Chebyshev.interpolate(function, degree, domain)

    def ratio(x: FloatArray) -> FloatArray:
        return 2.0 * drifts(system, x) / variance(x)

    def variance(x: FloatArray) -> FloatArray:
        return variances(system, x)

    exponent = polynomial(ratio).integ(lbnd=domain[0])
    speed = polynomial(lambda x: 2.0 / variance(x) * np.exp(exponent(x))).integ(lbnd=domain[0])
    scale = polynomial(lambda x: np.exp(-exponent(x))).integ(lbnd=domain[0])
    weighted = polynomial(lambda x: np.exp(-exponent(x)) * speed(x)).integ(lbnd=domain[0])
    return weighted(domain[1]) / scale(domain[1]) * scale - weighted


def drifts(system: SDE, x: FloatArray) -> FloatArray:
    values, later = (np.array([system.compiled_drift(t, float(at), *system.args) for at in x]) for t in (0.0, 1.0))
    if not np.array_equal(values, later):
        raise ValueError(f"the drift of {system!r} depends on time. Use coefficients that do not.")
    return values


def variances(system: SDE, x: FloatArray) -> FloatArray:
    values = deviations(system)(x) ** 2
    if not values.min() > 0.0:
        raise ValueError(f"the noise of {system!r} vanishes at x={x[values.argmin()]:g}. Use noise away from 0.")
    return values
