"""Orders and errors from computed solutions alone: Richardson extrapolation and the grid convergence index."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.convergence.norms import norm_named
from pdeopt.convergence.orders import ObservedOrder, checked_spacings, observed_order

__all__ = ["Richardson", "observed_order_from_solutions", "restricted", "richardson"]

SAFETY = 1.25
"""Roache's factor of safety for three grids or more."""

SAFETY_ASSUMED = 3.0
"""The same where the order is assumed, not observed."""

DOUBT = 0.5
"""What an order without a bar may be wrong by."""

ROUNDS = 200
"""Iterations for the order of differences, at most."""

SMALLEST = 4e-16
"""Relative rounding of a computed value."""


@dataclass(frozen=True, eq=False, repr=False)
class Richardson:
    """What solutions on three or more grids say about their errors.

    Parameters
    ----------
    order : ObservedOrder
        From the differences of successive solutions; with three grids there is one local order and no bar.
    used : float
        The order of the extrapolation: the observed or local one, or the assumed one.
    values : array
        Extrapolated values at the nodes of the coarsest grid, in the units of the solutions.
    error : array of the same shape
        Estimate of what `values` may be wrong by.
    errors : array, shape (n,)
        Estimated norms of the errors of the solutions.
    index : array, shape (n - 1,)
        Grid convergence index of every solution but the first: the safety factor times its estimated error, relative
        to its norm.
    ratios : array, shape (n - 2,)
        Quotients of successive differences by what `used` predicts: near 1 in the asymptotic range.
    """

    order: ObservedOrder
    used: float
    values: FloatArray
    error: FloatArray
    errors: FloatArray
    index: FloatArray
    ratios: FloatArray

    def __str__(self) -> str:
        shares = ", ".join(f"{share:.2%}" for share in self.index)
        return (
            f"{self.order}\nextrapolated with order {self.used:.3f}; "
            f"error of the finest solution {self.errors[-1]:.2e}, of the extrapolation {np.max(self.error):.2e}\n"
            f"grid convergence index {shares}; ratios {', '.join(f'{ratio:.3f}' for ratio in self.ratios)}"
        )

    def __repr__(self) -> str:
        return f"<Richardson {self.order}>"


def observed_order_from_solutions(
    spacings: ArrayLike, values: Sequence[ArrayLike], *, norm: str = "max", rounding: float | None = None
) -> ObservedOrder:
    """Return the observed order of accuracy of solutions on several grids, without an exact solution.

    Parameters
    ----------
    spacings, values, norm, rounding
        As for `richardson`.

    Returns
    -------
    ObservedOrder
        With a bar from four grids on.

    Raises
    ------
    ValueError
        As for `richardson`.

    Examples
    --------
    >>> h = np.array([0.2, 0.125, 0.1, 0.0625, 0.05])
    >>> print(observed_order_from_solutions(h, 1.0 + h**2))
    order 2.000 +- 0.001
    """
    h, common = checked_spacings(spacings), _on_common_nodes(spacings, values)
    return _order_of_differences(h, common, norm, rounding)[0]


def richardson(
    spacings: ArrayLike,
    values: Sequence[ArrayLike],
    *,
    norm: str = "max",
    order: float | None = None,
    rounding: float | None = None,
) -> Richardson:
    """Extrapolate solutions on three or more grids to spacing zero, and estimate their errors.

    Parameters
    ----------
    spacings : array_like, shape (n,)
        Decreasing, in any ratios.
    values : sequence of array_like
        Solutions, the coarsest first: numbers; or arrays of one shape, at common points; or arrays on nested grids, of
        ``m`` nodes an axis and then ``k (m - 1) + 1`` (nodes at both ends) or ``k m`` (periodic, first node common),
        which are restricted to the nodes of the coarsest by strides. Averages over cells are first restricted by you.
    norm : {"max", "l1", "l2"}
        Of differences: the largest, the mean, the root mean square.
    order : float, optional
        Assumed instead of the observed one for the extrapolation.
    rounding : float, optional
        Absolute rounding or solver tolerance in a value; by default four units of the largest value's last place.

    Returns
    -------
    Richardson

    Raises
    ------
    ValueError
        If there are fewer than three solutions, grids are not nested, or differences do not shrink, so that there is
        no order to extrapolate with.

    Notes
    -----
    The order solves ``|u1 - u2| / |u2 - u3| = (h1**p - h2**p) / (h2**p - h3**p)``, by the iteration of [2]. Where
    there are more grids all differences are fitted as errors are in `observed_order`. The index is that of [1], with
    the factor 1.25, or 3 for an assumed order. `error` is the change of the extrapolation by the finest solution, and
    what the bar of the order makes of it, or 1/2 in place of a bar where there is none.

    References
    ----------
    [1] P. J. Roache, *Perspective: a method for uniform reporting of grid refinement studies*, Journal of Fluids
    Engineering 116 (1994) 405-413. [2] I. B. Celik, U. Ghia, P. J. Roache, C. J. Freitas, H. Coleman, P. E. Raad,
    *Procedure for estimation and reporting of uncertainty due to discretization in CFD applications*, Journal of Fluids
    Engineering 130 (2008) 078001.

    Examples
    --------
    >>> h = np.array([0.4, 0.2, 0.1])
    >>> found = richardson(h, 1.0 + h**2)
    >>> round(found.used, 9), round(float(found.values), 9)
    (2.0, 1.0)
    """
    h, common = checked_spacings(spacings), _on_common_nodes(spacings, values)
    found, local = _order_of_differences(h, common, norm, rounding)
    used = _usable(order, found, local)
    size = norm_named(norm)
    factors = 1.0 / ((h[:-1] / h[1:]) ** used - 1.0)
    limits = common[1:] + _along(factors, common) * (common[1:] - common[:-1])
    differences = np.abs(_differences(common, size))
    fine_errors = differences * factors
    errors = np.concatenate([[fine_errors[0] * (h[0] / h[1]) ** used], fine_errors])
    norms = np.array([size(one) for one in common[1:]])
    safety = SAFETY if order is None else SAFETY_ASSUMED
    predicted = (h[:-2] ** used - h[1:-1] ** used) / (h[1:-1] ** used - h[2:] ** used)
    ratios = differences[:-1] / differences[1:] / predicted
    return Richardson(
        found, used, limits[-1], _error(h, common, limits, used, found), errors, safety * fine_errors / norms, ratios
    )


def _error(h: FloatArray, common: FloatArray, limits: FloatArray, used: float, found: ObservedOrder) -> FloatArray:
    """Return the change of the extrapolation by the finest solution, and by the bar of the order."""
    lower = max(used - (DOUBT if found.bar is None else found.bar), 0.5 * used)
    swing = 1.0 / ((h[-2] / h[-1]) ** lower - 1.0) - 1.0 / ((h[-2] / h[-1]) ** used - 1.0)
    return np.asarray(np.abs(limits[-1] - limits[-2]) + swing * np.abs(common[-1] - common[-2]))


def _differences(common: FloatArray, size: Callable[[FloatArray], float]) -> FloatArray:
    """Return norms of the differences of successive solutions; those of numbers with their signs."""
    changes = np.diff(common, axis=0)
    return changes if common.ndim == 1 else np.array([size(change) for change in changes])


def _along(factors: FloatArray, common: FloatArray) -> FloatArray:
    return factors.reshape(-1, *(1,) * (common.ndim - 1))


def _usable(order: float | None, found: ObservedOrder, local: float) -> float:
    used = order if order is not None else local if found.order is None else found.order
    if not (np.isfinite(used) and used > 0.0):
        raise ValueError(
            f"the differences of the solutions do not shrink as a power of the spacing ({found}). Use smaller "
            "spacings, or assume an order, such as order=2."
        )
    return float(used)


def _order_of_differences(
    h: FloatArray, common: FloatArray, norm: str, rounding: float | None
) -> tuple[ObservedOrder, float]:
    """Return the order of the differences of successive solutions, and the last local order."""
    if h.size < 3:
        raise ValueError(f"spacings={h.tolist()} are {h.size} grids; use three or more.")
    differences = _differences(common, norm_named(norm))
    noise = 2.0 * (SMALLEST * float(np.abs(common).max()) if rounding is None else rounding)
    local = _local_order(h[-3:], differences[-2:])
    if np.any(differences == 0.0) or np.isnan(local):
        return observed_order(h[:-1], differences, rounding=noise), local
    order = local
    for _ in range(ROUNDS):
        shares = 1.0 - (h[1:] / h[:-1]) ** order
        found = observed_order(h[:-1], differences / shares, rounding=noise / shares)
        before, order = order, local if found.order is None else found.order
        if not order > 0.0 or abs(order - before) < 1e-10:
            break
    return _with_local(found, local), local


def _with_local(found: ObservedOrder, local: float) -> ObservedOrder:
    if found.slopes.size != 1:
        return found
    words = f"one local order, {local:.3f}, and no bar: a fourth grid gives one"
    return ObservedOrder(None, None, np.array([local]), found.n_used, words)


def _local_order(h: FloatArray, differences: FloatArray) -> float:
    """Return the order of three grids by bisection; NaN where differences do not shrink or differ in sign."""
    wanted = float(differences[0] / differences[1]) if differences[1] != 0.0 else np.inf

    def ratio(p: float) -> float:
        return float((h[0] ** p - h[1] ** p) / (h[1] ** p - h[2] ** p))

    low, high = 1e-6, 40.0
    if not ratio(low) < wanted < ratio(high):
        return float("nan")
    while high - low > 1e-13 * high:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if ratio(middle) < wanted else (low, middle)
    return 0.5 * (low + high)


def _on_common_nodes(spacings: ArrayLike, values: Sequence[ArrayLike]) -> FloatArray:
    n = np.size(np.asarray(spacings))
    arrays = [np.asarray(one, dtype=np.float64) for one in values]
    if len(arrays) != n:
        raise ValueError(f"values has {len(arrays)} solutions for {n} spacings; give one for each.")
    if not all(np.isfinite(one).all() for one in arrays):
        raise ValueError("values has entries that are not finite; leave their nodes out, or mask them with 0 in all.")
    return np.stack([restricted(one, arrays[0].shape, k) for k, one in enumerate(arrays)])


def restricted(fine: FloatArray, shape: tuple[int, ...], k: int) -> FloatArray:
    """Return solution `k` at the nodes of a coarser grid.

    Raises
    ------
    ValueError
        If grids are not nested.
    """
    strides = [_stride(n, m) for n, m in zip(fine.shape, shape, strict=False)]
    if fine.ndim != len(shape) or None in strides:
        raise ValueError(
            f"values[{k}] of shape {fine.shape} is not nested in {shape}: m nodes of an axis go with "
            "k (m - 1) + 1, or with k m where it is periodic. Give all solutions at common points."
        )
    return fine[tuple(slice(None, None, stride) for stride in strides)]


def _stride(fine: int, coarse: int) -> int | None:
    if coarse > 1 and (fine - 1) % (coarse - 1) == 0:
        return (fine - 1) // (coarse - 1)
    return fine // coarse if fine % coarse == 0 else None
