"""Where a wide well and a deeper sharp one stand equally high after relaxation, in closed form."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from pdeopt._types import ArrayLike, FloatArray

__all__ = ["CoexistenceCurve", "wide_versus_sharp_curve"]

LATEST = 1e12
FINE = 4001


@dataclass(frozen=True, eq=False, repr=False)
class CoexistenceCurve:
    """Times and temperatures at which two parabolic wells stand equally high; its text is a short table.

    Parameters
    ----------
    difference : float
        How much lower the sharp well starts, in units of loss.
    sharp, wide : array, shape (n,)
        Curvatures of both wells, ascending, in loss per length^2.
    """

    difference: float
    sharp: FloatArray
    wide: FloatArray

    @property
    def critical_beta(self) -> float:
        """Inverse temperature from which on the sharp well always wins: the largest on the curve.

        It is the limit ``sum log(c_1 / c_2) / (2 difference)`` of late times where no eigenvalue of the sharp well is
        below that of the wide one, else taken over times too.
        """
        limit = float(np.log(self.sharp / self.wide).sum()) / (2.0 * self.difference)
        return limit if self._ordered else max(limit, float(self.beta(self._times()).max()))

    @property
    def _ordered(self) -> bool:
        return bool((self.sharp >= self.wide).all())

    def _times(self) -> FloatArray:
        """Return times that resolve the curve on a logarithmic scale."""
        return np.geomspace(1e-12 / self.sharp[-1], LATEST / self.wide[0], FINE)

    def beta(self, time: ArrayLike) -> FloatArray:
        """Return the inverse temperature at which both wells are equally high at a time; below it the wide one wins."""
        t = np.asarray(time, dtype=float)[..., None]
        gained = np.log1p(self.sharp * t) - np.log1p(self.wide * t)
        return np.asarray(gained.sum(axis=-1) / (2.0 * self.difference))

    def time(self, beta: ArrayLike) -> FloatArray:
        """Return the time at which the wide well becomes the lower one; ``inf`` from the critical beta on.

        Parameters
        ----------
        beta : array_like
            Inverse temperatures, positive.
        """
        betas = np.asarray(beta, dtype=float)
        if not (betas > 0).all():
            raise ValueError(f"beta={beta!r} has to be positive. Use e.g. {0.5 * self.critical_beta:.3g}.")
        if np.ptp(self.sharp) == 0 and np.ptp(self.wide) == 0:
            return self._isotropic(betas)
        return np.asarray(np.vectorize(self._root, otypes=[float])(betas))

    def _isotropic(self, betas: FloatArray) -> FloatArray:
        sharp, wide = float(self.sharp[0]), float(self.wide[0])
        growth = np.exp(np.minimum(2.0 * betas * self.difference / len(self.sharp), 700.0))
        rest = sharp - growth * wide
        with np.errstate(divide="ignore"):
            return np.asarray(np.where(rest > 0, (growth - 1.0) / rest, np.inf))

    def _root(self, beta: float) -> float:
        times = self._times()
        above = np.flatnonzero(self.beta(times) > beta)
        if above.size == 0:
            return np.inf

        def lead(log_time: float) -> float:
            return float(self.beta(np.exp(log_time))) - beta

        first = int(above[0])
        if first == 0:
            return float(times[0])
        low, high = np.log(times[first - 1 : first + 1])
        return float(np.exp(brentq(lead, low, high, xtol=1e-14, rtol=1e-14)))

    def __str__(self) -> str:
        curvatures = [", ".join(f"{c:.6g}" for c in each) for each in (self.sharp, self.wide)]
        lines = [
            f"sharp well of curvature ({curvatures[0]}), {self.difference:.6g} deeper than a wide one of "
            f"({curvatures[1]})",
            f"  critical beta {self.critical_beta:.12g}: from there on the sharp well wins at all times",
            f"  {'beta':>12}{'time':>20}",
        ]
        for part in (0.1, 1 / 3, 2 / 3, 0.9):
            beta = part * self.critical_beta
            lines.append(f"  {beta:>12.6g}{float(self.time(beta)):>20.12g}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<CoexistenceCurve: critical beta {self.critical_beta:.9g}>"


def wide_versus_sharp_curve(levels: ArrayLike, curvatures: ArrayLike, dim: int = 1) -> CoexistenceCurve:
    """Return where a sharp deep well and a wide shallow one change places.

    Parameters
    ----------
    levels : array_like, shape (2,)
        Bottoms of both wells, the sharp one first and lower.
    curvatures : array_like, shape (2,) or (2, n)
        Curvature of each, or the n eigenvalues of its Hessian.
    dim : int
        Number n of coordinates, if curvatures are single numbers; above 1 they are then the same in all directions.

    Returns
    -------
    CoexistenceCurve
        With ``critical_beta``, ``time(beta)`` and ``beta(time)``.

    Raises
    ------
    ValueError
        If the first well is not lower, or is not the sharper one, by the sum and the product of its curvatures.

    Notes
    -----
    A well of Hessian A rises by ``log det(I + t A) / (2 beta)``: exactly so if it is a parabola with no other in sight,
    else by Laplace's approximation. In one dimension the wide well wins for ``t > (r - 1) / (c_1 - r c_2)``,
    ``r = exp(2 beta (a_2 - a_1))``, and in n with ``r = exp(2 beta (a_2 - a_1) / n)``.

    Examples
    --------
    >>> curve = wide_versus_sharp_curve(levels=(-1.0, -0.9), curvatures=(400.0, 1.0))
    >>> round(curve.critical_beta, 7), round(float(curve.time(10.0)), 10)
    (29.9573227, 0.0162732501)
    """
    heights, bends = np.asarray(levels, dtype=float), np.asarray(curvatures, dtype=float)
    if heights.shape != (2,) or not heights[0] < heights[1] < np.inf:
        raise ValueError(
            f"levels={levels!r} has to be two numbers, the lower one of the sharp well first: (-1.0, -0.9)."
        )
    if bends.shape == (2,):
        bends = np.repeat(bends[:, None], dim, axis=1)
    if bends.ndim != 2 or bends.shape[0] != 2 or bends.shape[1] == 0 or not ((bends > 0) & (bends < np.inf)).all():
        raise ValueError(f"curvatures={curvatures!r} has to be two positive numbers, or two rows. Use (400.0, 1.0).")
    sharp, wide = np.sort(bends, axis=1)
    curve = CoexistenceCurve(float(heights[1] - heights[0]), sharp, wide)
    if not curve.critical_beta > 0 or not sharp.sum() > wide.sum():
        raise ValueError(
            f"curvatures={curvatures!r}: the first well, which is deeper, has to be the sharper one. Use (400.0, 1.0); "
            "a deeper and wider well wins at all times and temperatures."
        )
    return curve
