"""When the time steppers are stable: their stability functions, and the smallest weights of their implicit parts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.steppers.names import scheme_of
from pdeopt.kolmogorov.steppers.scheme import Scheme
from pdeopt.kolmogorov.steppers.split_schemes import (
    CraigSneyd,
    Douglas,
    HundsdorferVerwer,
    ModifiedCraigSneyd,
    SplitScheme,
)
from pdeopt.kolmogorov.steppers.unsplit import GAMMA, MEMORY, TRBDF2, BackwardEuler, CrankNicolson

__all__ = ["largest_growth", "smallest_theta", "stability_function"]

ComplexArray = npt.NDArray[np.complex128]

SMALLEST, LARGEST = 1e-5, 1e6
"""Sizes of dt times an eigenvalue, from far below 1 to far above."""
FINE, COARSE = 330, 30
"""How many sizes are tried, without and with angles."""
STEEP = 0.5 * np.pi * np.append(0.0, np.logspace(-4.0, 0.0, 9))
"""Angles to the imaginary axis, close to which growth begins; 1/2 pi is pure diffusion."""
CANDIDATES = 10
"""Places that are refined, the best of so many ranges of sizes along the first axis."""


def stability_function(
    scheme: Scheme | str, z0: npt.ArrayLike, z1: npt.ArrayLike, z2: npt.ArrayLike = 0.0
) -> ComplexArray:
    """Return by what a step multiplies a mode whose parts have the eigenvalues z / dt.

    Parameters
    ----------
    scheme : Scheme or str
    z0 : array_like
        Of the mixed part, times the step.
    z1, z2 : array_like
        Of the parts along the two axes, times the step.

    Returns
    -------
    array of complex
        In the shape that the arguments broadcast to.

    References
    ----------
    K. J. in 't Hout and B. D. Welfert, *Unconditional stability of second-order ADI schemes applied to
    multi-dimensional diffusion equations with mixed derivative terms*, Applied Numerical Mathematics 59 (2009) 677-692.

    Examples
    --------
    >>> abs(stability_function("modified-craig-sneyd", 0.0, -1e12)).round(3)
    np.float64(0.875)
    """
    method = scheme_of(scheme)
    mixed, first, second = (np.asarray(z, dtype=np.complex128) for z in (z0, z1, z2))
    if isinstance(method, SplitScheme):
        return _split_function(method, mixed, first, second)
    if type(method) not in UNSPLIT:
        raise ValueError(f"scheme={method!r} has no stability function here: use one of the time steppers.")
    return UNSPLIT[type(method)](mixed + first + second)


def largest_growth(scheme: Scheme | str, correlation: float = 1.0, drift: bool = True) -> float:
    """Return by how much the stability function of a two-dimensional scheme exceeds 1 at worst.

    Parameters
    ----------
    scheme : Scheme or str
    correlation : float
        Largest size of the correlation of the two components of the noise, from 0 to 1.
    drift : bool
        Whether eigenvalues along the axes fill the left half-plane; negative numbers only, as of pure diffusion, if
        not.

    Returns
    -------
    float
        The maximum of ``|R| - 1`` over ``|z0|`` <= 2 correlation sqrt(Re z1 Re z2), z0 real; 0 if no mode grows.

    Notes
    -----
    A search on a grid of sizes and angles, refined from its best places by simplices.
    """
    if not 0.0 <= correlation <= 1.0:
        raise ValueError(f"correlation={correlation} must lie in [0, 1], such as 1.0 for every correlation.")
    method = scheme_of(scheme)
    places, sizes = _searched(method, correlation, drift)
    parts = np.array_split(np.arange(sizes.size), CANDIDATES)
    best = [part[np.argmax(sizes[part])] for part in parts]
    return max(0.0, *(_polished(method, places[:, k], correlation, drift) for k in best))


def smallest_theta(
    scheme: type[SplitScheme] | str,
    correlation: float = 1.0,
    drift: bool = True,
    *,
    tolerance: float = 1e-9,
    width: float = 1e-3,
) -> float:
    """Return the smallest theta from which a two-dimensional scheme is stable for every step.

    Parameters
    ----------
    scheme : type or str
        Such as ``ModifiedCraigSneyd`` or ``"modified-craig-sneyd"``.
    correlation, drift
        As for `largest_growth`.
    tolerance : float
        Growth in a step that counts as none: near the bound it vanishes faster than linearly.
    width : float
        To which theta is known.

    Returns
    -------
    float
        Between 0.1 and 1.
    """
    kind = type(scheme_of(scheme)) if isinstance(scheme, str) else scheme
    if kind not in (Douglas, CraigSneyd, ModifiedCraigSneyd, HundsdorferVerwer):
        raise ValueError(f"scheme={scheme!r} has no theta: use Douglas, CraigSneyd, or another that sweeps the axes.")
    low, high = 0.1, 1.0
    while high - low > width:
        middle = 0.5 * (low + high)
        stable = _is_stable(kind(theta=middle), correlation, drift, tolerance)
        low, high = (low, middle) if stable else (middle, high)
    return high


def _is_stable(scheme: Scheme, correlation: float, drift: bool, tolerance: float) -> bool:
    seen = float(_searched(scheme, correlation, drift)[1].max())
    return seen <= tolerance and largest_growth(scheme, correlation, drift) <= tolerance


def _searched(scheme: Scheme, correlation: float, drift: bool) -> tuple[FloatArray, FloatArray]:
    radii = np.log(np.geomspace(SMALLEST, LARGEST, COARSE if drift else FINE))
    angles = STEEP if drift else STEEP[-1:]
    mirrored = np.unique(np.append(angles, np.pi - angles))
    phases = np.arccos(np.array([-1.0, -0.5, 0.5, 1.0]))
    places: FloatArray = np.array(np.meshgrid(radii, radii, angles, mirrored, phases, indexing="ij")).reshape(5, -1)
    return places, _size(scheme, places, correlation, drift)


def _split_function(scheme: SplitScheme, z0: ComplexArray, z1: ComplexArray, z2: ComplexArray) -> ComplexArray:
    p, z = (1.0 - scheme.theta * z1) * (1.0 - scheme.theta * z2), z0 + z1 + z2
    axes, cross = scheme.second_weights()
    if isinstance(scheme, HundsdorferVerwer):
        return 1.0 + z / p * (2.0 + (0.5 * z - 1.0) / p)
    again = 0.0 if isinstance(scheme, Douglas) else (axes * (z1 + z2) + cross * z0) / p
    return 1.0 + z / p * (1.0 + again)


def _two_stages(z: ComplexArray) -> ComplexArray:
    pole = 1.0 - 0.5 * GAMMA * z
    middle = (1.0 + 0.5 * GAMMA * z) / pole
    return ((1.0 + MEMORY) * middle - MEMORY) / pole


UNSPLIT: dict[type[Scheme], Callable[[ComplexArray], ComplexArray]] = {
    BackwardEuler: lambda z: 1.0 / (1.0 - z),
    CrankNicolson: lambda z: (1.0 + 0.5 * z) / (1.0 - 0.5 * z),
    TRBDF2: _two_stages,
}


def _size(scheme: Scheme, place: FloatArray, correlation: float, drift: bool) -> FloatArray:
    first, second, angle, other, phase = place
    r1, r2 = np.exp(first), np.exp(second)
    # Distances to the imaginary axis, from sines that keep their digits close to it.
    x1, x2 = (r1 * abs(np.sin(angle)), r2 * abs(np.sin(other))) if drift else (r1, r2)
    y1, y2 = (r1 * np.cos(angle), r2 * np.cos(other)) if drift else (0.0, 0.0)
    z0 = 2.0 * correlation * np.sqrt(x1 * x2) * np.cos(phase)
    return np.abs(stability_function(scheme, z0, -x1 + 1j * y1, -x2 + 1j * y2)) - 1.0


def _polished(scheme: Scheme, place: FloatArray, correlation: float, drift: bool) -> float:
    def depth(q: FloatArray) -> float:
        return -float(_size(scheme, np.append(np.clip(q[:2], -14.0, 20.0), q[2:]), correlation, drift))

    options: Any = {"maxiter": 800, "xatol": 1e-9, "fatol": 1e-16}
    # A simplex that has shrunk begins anew from where it is: ridges of |R| are long and thin.
    for _ in range(3):
        found = minimize(depth, place, method="Nelder-Mead", options=options)
        place = found.x
    return -float(found.fun)
