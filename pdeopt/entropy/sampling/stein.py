"""Functions whose mean under exp(-E) vanishes by integration by parts: lap P - grad P . grad E."""

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["stein_functions"]

DEGREE_ON_A_LINE = 4


def stein_functions(w: FloatArray, slope: FloatArray, weights: FloatArray, degree: int) -> FloatArray:
    """Return lap P - grad P . grad E for the monomials P up to a degree, on a line up to the fourth.

    Parameters
    ----------
    w, slope : array, shape (n, d)
        Draws and the gradient of E.
    weights : array, shape (n,)
        With mean one; monomials are centred and scaled by the weighted mean and spread.
    degree : {0, 1, 2}

    Returns
    -------
    array, shape (n, p)
    """
    if not degree:
        return np.zeros((len(w), 0))
    center = weights @ w / weights.sum()
    scale = np.sqrt(weights @ (w - center) ** 2 / weights.sum())
    scale = np.where(scale > 0, scale, 1.0)
    v, g = (w - center) / scale, slope * scale
    if w.shape[1] == 1:
        return np.hstack(
            [k * (k - 1) * v ** max(k - 2, 0) - k * v ** (k - 1) * g for k in range(1, DEGREE_ON_A_LINE + 1)]
        )
    if degree == 1:
        return -g
    rows, columns = np.triu_indices(w.shape[1])
    twice = v[:, rows] * g[:, columns] + v[:, columns] * g[:, rows]
    return np.hstack([-g, 2.0 * (rows == columns) - twice])
