"""What counts as an exit of a step, and the mean share of the step that counts for its time, given its two ends."""

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import erfcx, log_ndtr, ndtr

from pdeopt._types import FloatArray

__all__ = ["bridge_shares", "crossing_chance", "end_shares"]

N_TIMES = 32
SMALLEST = 1e-17


def end_shares(x: FloatArray, y: FloatArray, lower: float, upper: float) -> tuple[FloatArray, FloatArray]:
    """Return what a test at the ends of steps alone gives: whether y is inside, and the whole step."""
    inside = (lower < y) & (y < upper)
    return inside.astype(np.float64), np.ones_like(x)


def crossing_chance(a: FloatArray, b: FloatArray, q: FloatArray) -> FloatArray:
    """Return the probability that a Brownian bridge touches a wall.

    Parameters
    ----------
    a, b : arrays
        Distances inside of the wall before and after the step, a > 0.
    q : array
        Variance of the step.
    """
    return np.exp(-2.0 * a * np.maximum(b, 0.0) / q)


def passage_share(a: FloatArray, b: FloatArray, q: FloatArray) -> FloatArray:
    """Return the mean time of the first passage of a bridge that does touch, as a share of the step.

    With s that share, s / (1 - s) is inverse Gaussian of mean a / |b| and shape a^2 / q, and the mean of s is an
    integral of its Laplace transform.
    """
    return np.asarray(a * np.sqrt(0.5 * np.pi / q) * erfcx((a + np.abs(b)) / np.sqrt(2.0 * q)))


def bridge_shares(
    x: FloatArray, y: FloatArray, q: FloatArray, lower: float, upper: float, *, half: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Return what a Brownian bridge between x and y gives: the probability to stay inside, and the mean share.

    Parameters
    ----------
    x, y : arrays
        Ends of the step, x inside.
    q : array
        Variance of the step.
    lower, upper : float
    half : bool
        Whether steps with an exit count by half, in place of the mean time of the first passage.

    Notes
    -----
    As in `sde.Exit`, both walls are bridges of their own, independent given the ends.
    """
    walls = ((x - lower, y - lower), (upper - x, upper - y))
    chances = [crossing_chance(a, b, q) for a, b in walls]
    stays = (1.0 - chances[0]) * (1.0 - chances[1])
    if half:
        return stays, 0.5 * (1.0 + stays)
    lost = [chance * (1.0 - passage_share(a, b, q)) for chance, (a, b) in zip(chances, walls, strict=True)]
    return stays, 1.0 - lost[0] - lost[1] + _lost_twice(walls, chances, q)


def _lost_twice(
    walls: tuple[tuple[FloatArray, FloatArray], ...], chances: list[FloatArray], q: FloatArray
) -> FloatArray:
    """Return the mean share of a step behind the later passage where both walls are touched."""
    lost = np.zeros_like(q)
    likely = np.nonzero(chances[0] * chances[1] > SMALLEST)[0]
    nodes, weights = leggauss(N_TIMES)
    for s, w in zip(0.5 * (1.0 + nodes), 0.5 * weights, strict=True):
        passed = [_passed(a[likely], b[likely], q[likely], float(s)) for a, b in walls]
        lost[likely] += w * passed[0] * passed[1]
    return lost


def _passed(a: FloatArray, b: FloatArray, q: FloatArray, s: float) -> FloatArray:
    """Return the probability that a bridge has touched a wall up to the share s of its step."""
    spread = np.sqrt(q * s * (1.0 - s))
    mean, mirrored = a * (1.0 - s) + b * s, b * s - a * (1.0 - s)
    return np.asarray(ndtr(-mean / spread) + np.exp(log_ndtr(mirrored / spread) - 2.0 * a * b / q))
