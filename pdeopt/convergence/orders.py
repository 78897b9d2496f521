"""The observed order of accuracy of errors against an exact solution."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.convergence.slopes import Fit, fitted_order, local_slopes

__all__ = ["ObservedOrder", "checked_spacings", "observed_order"]

VISIBLE = 100.0
"""Errors are used where they exceed their rounding by this factor."""

WIDEST = 0.25
"""The widest bar with which an order is given: half the distance of the orders that occur."""

FEWEST = 3
"""Errors below this number have one local order at most, and no bar."""


@dataclass(frozen=True, eq=False, repr=False)
class ObservedOrder:
    """An order of accuracy with its error bar, or the reason why there is none.

    Parameters
    ----------
    order, bar : float or None
        None where the errors do not tell.
    slopes : array, shape (n - 1,)
        Local orders from each spacing to the next, of the errors that were used.
    n_used : int
        Errors that exceed rounding.
    statement : str
        What is known, in words.
    """

    order: float | None
    bar: float | None
    slopes: FloatArray
    n_used: int
    statement: str

    @property
    def is_settled(self) -> bool:
        """Whether there is an order with a bar."""
        return self.bar is not None

    def admits(self, order: float) -> bool:
        """Return whether an order lies within the bar.

        Parameters
        ----------
        order : float

        Returns
        -------
        bool
            False where there is no bar.
        """
        return self.order is not None and self.bar is not None and abs(self.order - order) <= self.bar

    def __str__(self) -> str:
        return self.statement

    def __repr__(self) -> str:
        return f"<ObservedOrder {self.statement}>"


def observed_order(spacings: ArrayLike, errors: ArrayLike, *, rounding: ArrayLike = 0.0) -> ObservedOrder:
    """Return the observed order of accuracy of errors, with an error bar.

    Parameters
    ----------
    spacings : array_like, shape (n,)
        Grid spacings or time steps, decreasing, in any ratios; in units of length or time.
    errors : array_like, shape (n,)
        Norms of errors; or errors of a number, with their signs.
    rounding : float or array_like, shape (n,)
        Absolute rounding or solver tolerance in an error. None is used from the first error on that is less than 100
        times that.

    Returns
    -------
    ObservedOrder
        Without an order where fewer than three errors can be used, where signed errors change their sign, and where
        the bar would exceed 0.25.

    Raises
    ------
    ValueError
        If the spacings do not decrease, or differ in number from the errors, or one of either is not finite.

    Notes
    -----
    The error is taken to be ``C h**p (1 + c h**q + ...)`` with q = 1/2, 1 or 2, whichever fits, and irregularities
    such as those of a kink that moves through the cells; p is any number. The bar counts the residuals of the fit,
    other q that fit as well, the whole effect of the next term and rounding, so the last local order always lies
    within. Logarithms, as in ``h log h``, are not recognised. Three errors can agree by accident; five cannot easily.

    References
    ----------
    P. J. Roache, *Perspective: a method for uniform reporting of grid refinement studies*, Journal of Fluids
    Engineering 116 (1994) 405-413.

    Examples
    --------
    >>> h = 0.1 * 0.5 ** np.arange(5)
    >>> print(observed_order(h, 3.0 * h**2 + 5.0 * h**3))
    order 2.003 +- 0.058
    >>> print(observed_order(h, h**2 + 1e-4))
    pre-asymptotic: local orders 1.96 ... 0.88 still change by more than a bar of 0.25; use smaller spacings
    """
    h, e = checked_spacings(spacings), np.asarray(errors, dtype=np.float64)
    if e.shape != h.shape or not np.isfinite(e).all():
        raise ValueError(
            f"errors={e.tolist()} must be one finite number for each of {h.size} spacings, such as {(h**2).tolist()}."
        )
    noise = np.broadcast_to(np.asarray(rounding, dtype=np.float64), h.shape)
    visible = np.abs(e) > VISIBLE * noise
    # Once lost in rounding, an error does not come back.
    n = h.size if visible.all() else int(np.argmin(visible))
    return _of_visible(h[:n], e[:n], noise[:n])


def checked_spacings(spacings: ArrayLike) -> FloatArray:
    """Return spacings as an array.

    Raises
    ------
    ValueError
        If they are not positive and decreasing.
    """
    h = np.asarray(spacings, dtype=np.float64)
    if h.ndim != 1 or h.size < 2 or not (np.isfinite(h).all() and h[-1] > 0.0 and np.all(np.diff(h) < 0.0)):
        raise ValueError(f"spacings={h.tolist()} must be two or more that decrease, such as [0.1, 0.05, 0.025].")
    return h


def _of_visible(h: FloatArray, e: FloatArray, noise: FloatArray) -> ObservedOrder:
    if h.size == 0:
        return _unknown(h, "no error beyond rounding")
    if np.any(np.sign(e) != np.sign(e[-1])):
        k = int(np.argmax(np.sign(e[1:]) != np.sign(e[:-1])))
        where = f"from {e[k]:.3g} at spacing {h[k]:.3g} to {e[k + 1]:.3g} at {h[k + 1]:.3g}"
        return _unknown(h[:0], f"pre-asymptotic: the error changes its sign, {where}; use smaller spacings")
    slopes = local_slopes(h, np.abs(e))
    if h.size < FEWEST:
        listed = f"one local order, {slopes[0]:.2f}," if slopes.size else "no local order"
        return _unknown(slopes, f"{listed} and no bar: {h.size} errors exceed rounding; use {FEWEST} or more")
    return _stated(fitted_order(h, np.abs(e), noise / np.abs(e)), slopes)


def _unknown(slopes: FloatArray, statement: str) -> ObservedOrder:
    return ObservedOrder(None, None, slopes, slopes.size + 1 if slopes.size else 0, statement)


def _stated(fit: Fit, slopes: FloatArray) -> ObservedOrder:
    if fit.bar > WIDEST:
        return _unknown(slopes, _doubt(slopes))
    statement = f"order {fit.order:.3f} +- {max(fit.bar, 5e-4):.3f}"
    return ObservedOrder(fit.order, fit.bar, slopes, slopes.size + 1, statement)


def _doubt(slopes: FloatArray) -> str:
    changes = np.diff(slopes)
    if np.all(changes > 0.0) or np.all(changes < 0.0):
        span = f"local orders {slopes[0]:.2f} ... {slopes[-1]:.2f}"
        return f"pre-asymptotic: {span} still change by more than a bar of {WIDEST:g}; use smaller spacings"
    low, high = (round(float(slope), 2) + 0.0 for slope in (slopes.min(), slopes.max()))
    span = f"local orders between {low:.2f} and {high:.2f}"
    return f"irregular: {span} scatter by more than a bar of {WIDEST:g}; use more spacings"
