"""Local slopes of errors, and the limit of noisy ones by least squares."""

from typing import NamedTuple

import numpy as np

from pdeopt._types import ArrayLike, FloatArray

__all__ = ["Fit", "fitted_order", "local_slopes"]

NEXT_POWERS = (0.5, 1.0, 2.0)
"""By which the power of the next term of an error may exceed that of its first."""

QUANTILES = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""Of Student's t at 0.975, for 1 to 10 degrees of freedom."""

AS_GOOD = 5.0
"""Fits whose residuals exceed the smallest by no more than this factor explain the errors as well."""

EXACT = 1e-12
"""Residuals of a logarithm that are rounding."""

WINDOW = 5
"""Errors in a fit, at least, where there are as many."""


class Fit(NamedTuple):
    """An order and its error bar."""

    order: float
    """Limit of the local slopes; ``inf`` where the errors are rounding alone, NaN where too few are more."""
    bar: float
    """What the limit may be wrong by, as far as the extrapolation itself shows."""


def local_slopes(steps: ArrayLike, errors: ArrayLike) -> FloatArray:
    """Return the slopes of log error over log step, from each step to the next.

    Parameters
    ----------
    steps, errors : array_like, shape (n,)
        Step sizes, and positive errors.

    Returns
    -------
    array, shape (n - 1,)

    Examples
    --------
    >>> local_slopes([0.4, 0.2, 0.1], [16.0, 4.0, 1.0]).round(12).tolist()
    [2.0, 2.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.diff(np.log(errors)) / np.diff(np.log(steps)))


def fitted_order(spacings: FloatArray, errors: FloatArray, noise: FloatArray) -> Fit:
    """Return the order of three or more positive errors.

    Parameters
    ----------
    spacings, errors : array, shape (n,)
        The largest spacing first.
    noise : array, shape (n,)
        Relative errors of the errors.

    Returns
    -------
    Fit

    Notes
    -----
    Least squares for a, p and c in ``log e = a + p log h + c h**q`` with q = 1/2, 1 and 2, over all errors and over
    the finest ones, five or more. The bar is the sum of the 95 % half-width from the residuals, of what another q that
    fits as well would change, of the distance to the last local slope, which is the whole effect of the next term, and
    of the noise. The window of the smallest bar is taken. Three errors leave no residuals: the order is then the
    last slope and the bar twice its change, or more where the spacings are close.
    """
    slopes = local_slopes(spacings, errors)
    if errors.size == 3:
        closeness = max(1.0, 1.0 / (float(np.min(spacings[:-1] / spacings[1:])) - 1.0))
        inherited = 2.0 * float(noise[-2:].sum() / np.log(spacings[-2] / spacings[-1]))
        return Fit(float(slopes[-1]), 2.0 * closeness * abs(float(slopes[1] - slopes[0])) + inherited)
    starts = range(errors.size - min(errors.size, WINDOW) + 1)
    fits = [_window(spacings[k:], errors[k:], noise[k:], float(slopes[-1])) for k in starts]
    return min(fits, key=lambda fit: fit.bar)


def _window(spacings: FloatArray, errors: FloatArray, noise: FloatArray, last: float) -> Fit:
    fits = sorted(_least_squares(spacings, errors, noise, power) for power in NEXT_POWERS)
    residual, order, half_width = fits[0]
    rivals = [other for size, other, _ in fits if size <= max(AS_GOOD * residual, EXACT)]
    return Fit(order, half_width + max(abs(other - order) for other in rivals) + abs(order - last))


def _least_squares(
    spacings: FloatArray, errors: FloatArray, noise: FloatArray, power: float
) -> tuple[float, float, float]:
    """Return the size of the residuals, the order, and its half-width by residuals and noise."""
    h = spacings / spacings[0]
    matrix = np.stack([np.ones_like(h), np.log(h), h**power], axis=1)
    inverse = np.linalg.pinv(matrix)
    values = np.log(errors)
    solution = inverse @ values
    freedom = h.size - matrix.shape[1]
    residual = float(np.sqrt(np.sum((values - matrix @ solution) ** 2) / freedom))
    quantile = QUANTILES[min(freedom, len(QUANTILES)) - 1]
    half_width = quantile * residual * np.linalg.norm(inverse[1]) + np.abs(inverse[1]) @ noise
    return residual, float(solution[1]), float(half_width)
