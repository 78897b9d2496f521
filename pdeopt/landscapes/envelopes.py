"""Hard and soft minima of quadratics and of lines: many wells, and a closed-form relaxation."""

from functools import partial

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kernels._points import LARGEST_TUPLE
from pdeopt.kernels.landscapes import linear, parabolas
from pdeopt.landscapes.entries import cube, entry, require_positive
from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.mixtures import mixture, refuse_other_beta
from pdeopt.landscapes.soft_minima import SoftMinimum
from pdeopt.landscapes.validation import parallel_arrays

__all__ = ["log_sum_exp", "piecewise_parabolas", "wide_versus_sharp"]


def piecewise_parabolas(
    levels: ArrayLike = (0.0, 0.2, 0.1),
    curvatures: ArrayLike = (4.0, 1.0, 16.0),
    centers: ArrayLike = (-1.0, 0.5, 1.5),
    *,
    name: str = "piecewise_parabolas",
) -> Landscape:
    """Lowest of several parabolas, ``min_k (a_k + c_k |x - m_k|^2 / 2)``, in any dimension.

    Parameters
    ----------
    levels, curvatures : array_like, shape (k,)
        The a and c above; curvatures are positive.
    centers : array_like, shape (k, d) or (k,)
        The m above; without a last axis, of one dimension.
    name : str
        Used in messages and tables.

    Returns
    -------
    Landscape
        With all of its local minima. On a tie derivatives are those of the first parabola. Kinks are declared
        in one dimension; above, they are slanted, and ``kinks_complete`` is False. At ``beta=inf`` it relaxes
        in closed form: c_k becomes c_k / (1 + c_k time).

    Raises
    ------
    ValueError
        If shapes do not match or a curvature is not positive.
    """
    a, c, m = parallel_arrays({"levels": levels, "curvatures": curvatures, "centers": centers})
    if not (c > 0).all():
        raise ValueError(
            f"curvatures={curvatures!r} has the entry {c.min()}, which is not positive. Use e.g. 1.0 there."
        )
    heights = a + 0.5 * c * ((m[:, None] - m) ** 2).sum(axis=-1)
    # A bottom under another parabola is no minimum.
    bottoms = m[a <= heights.min(axis=1)]
    return entry(
        parabolas,
        "piecewise_parabolas",
        name=name,
        dim=m.shape[1],
        args=(a, c, m),
        kinks=_crossings(a, c, m[:, 0]) if m.shape[1] == 1 else (),
        kinks_complete=m.shape[1] == 1 or len(a) == 1,
        curvature=(-np.inf if len(a) > 1 else c[0], c.max()),
        minima=bottoms,
        domain=(m.min(axis=0) - 1.0, m.max(axis=0) + 1.0),
        relaxation=partial(_relaxed_parabolas, a, c, m, name),
    )


def _crossings(levels: FloatArray, curvatures: FloatArray, centers: FloatArray) -> list[float]:
    """Positions where two parabolas cross and no third is lower."""
    kinks = []
    for j, k in zip(*np.triu_indices(len(levels), 1), strict=True):
        coefficients = [
            0.5 * (curvatures[j] - curvatures[k]),
            curvatures[k] * centers[k] - curvatures[j] * centers[j],
            levels[j] - levels[k] + 0.5 * (curvatures[j] * centers[j] ** 2 - curvatures[k] * centers[k] ** 2),
        ]
        for root in np.roots(coefficients):
            # A pair may cross above a third parabola, where nothing is seen of it.
            heights = levels + 0.5 * curvatures * (root.real - centers) ** 2
            if root.imag == 0 and heights[j] <= heights.min() + 1e-12 * max(1.0, np.abs(heights).max()):
                kinks.append(float(root.real))
    return kinks


def _relaxed_parabolas(
    levels: FloatArray, curvatures: FloatArray, centers: FloatArray, name: str, time: float, beta: float
) -> Landscape:
    if np.isfinite(beta):
        raise ValueError(
            f"beta={beta}: parabolas with a hard minimum relax in closed form only at zero temperature. Use beta=inf."
        )
    return piecewise_parabolas(levels, curvatures / (1 + time * curvatures), centers, name=name)


def wide_versus_sharp(
    levels: ArrayLike = (-1.0, -0.9),
    curvatures: ArrayLike = (400.0, 1.0),
    centers: ArrayLike = (-1.0, 1.0),
    beta: float | None = None,
) -> Landscape:
    """Sharp deep well beside a wide shallow one: which one relaxation prefers turns with time and beta.

    Parameters
    ----------
    levels, curvatures : array_like, shape (2,)
        Depth and curvature, the sharp well first.
    centers : array_like, shape (2, d) or (2,)
        Positions of the wells.
    beta : float, optional
        By default the hard minimum of two parabolas. Given, their soft minimum at this inverse temperature,
        which is smooth and relaxes in closed form there.

    Returns
    -------
    Landscape
        By the Laplace approximation in one dimension the wide well wins at times beyond (r - 1) / (c_1 - r
        c_2), r = exp(2 beta (a_2 - a_1)), and only for beta below log(c_1 / c_2) / (2 (a_2 - a_1)).

    Raises
    ------
    ValueError
        If shapes do not match, or a curvature or `beta` is not positive.
    """
    hard = piecewise_parabolas(levels, curvatures, centers, name="wide_versus_sharp")
    if beta is None:
        return hard
    require_positive(beta=beta)
    a, c, m = hard.args
    variances = 1.0 / (beta * c)
    covariances = variances[:, None] * np.ones(hard.dim)
    # Weights that undo the normalisation of each Gaussian: the peaks are exp(-beta a).
    log_weights = -beta * a + 0.5 * hard.dim * np.log(2 * np.pi / (beta * c))
    return mixture(log_weights, m, covariances, float(beta), "wide_versus_sharp")


def log_sum_exp(weights: ArrayLike = (0.5, 0.5), slopes: ArrayLike = (-1.0, 1.0), beta: float = 1.0) -> Landscape:
    """Soft minimum of lines, -(1/beta) log sum_k w_k exp(beta a_k . x): concave, no minimum.

    Parameters
    ----------
    weights : array_like, shape (k,)
        Positive.
    slopes : array_like, shape (k, d) or (k,)
        The a above; without a last axis, of one dimension.
    beta : float
        Inverse temperature of the definition, positive and finite.

    Returns
    -------
    Landscape
        At its own `beta` it relaxes in closed form: w_k becomes ``w_k exp(beta time |a_k|^2 / 2)``.

    Raises
    ------
    ValueError
        If a weight or `beta` is not positive, or shapes do not match.
    """
    require_positive(beta=beta)
    w, a = parallel_arrays({"weights": weights, "slopes": slopes})
    if not (w > 0).all():
        raise ValueError(f"weights={weights!r} has the entry {w.min()}, which is not positive. Leave that line out.")
    return _log_sum_exp(np.log(w), a, float(beta))


def _log_sum_exp(heights: FloatArray, slopes: FloatArray, beta: float) -> Landscape:
    gaps = np.linalg.norm(slopes[:, None] - slopes, axis=-1)
    return entry(
        linear,
        "log_sum_exp",
        dim=slopes.shape[1],
        args=(heights, slopes, beta),
        lipschitz=float(np.linalg.norm(slopes, axis=1).max()),
        curvature=(-0.25 * beta * float(gaps.max()) ** 2, 0.0),
        domain=cube(-3.0, 3.0, slopes.shape[1]),
        structure=SoftMinimum(beta, heights, beta * slopes) if slopes.shape[1] > LARGEST_TUPLE else None,
        relaxation=partial(_relaxed_log_sum_exp, heights, slopes, beta),
    )


def _relaxed_log_sum_exp(heights: FloatArray, slopes: FloatArray, own: float, time: float, beta: float) -> Landscape:
    refuse_other_beta(beta, own)
    return _log_sum_exp(heights + 0.5 * beta * time * (slopes**2).sum(axis=1), slopes, beta)
