"""The record of an ensemble's statistics."""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

import numpy as np

from pdeopt._types import FloatArray, IntArray

__all__ = ["EnsembleStatistics"]


@dataclass(frozen=True, eq=False, repr=False)
class EnsembleStatistics:
    """Statistics of an ensemble over its paths, at every save time.

    Parameters
    ----------
    times : array, shape (n_times,)
    names : tuple of str
        Names of the values.
    count : array of int, shape (n_times, n_values)
        Number of finite values, over which all the rest is taken.
    n_invalid : array of int, shape (n_times, n_values)
        Number of values that are not finite.
    mean : array, shape (n_times, n_values)
        NaN where there is no finite value.
    central_moments : array, shape (moments - 1, n_times, n_values)
        Means of ``(x - mean)^k`` for k = 2, 3, ... up to the highest order asked for.
    covariance : array, shape (n_times, n_values, n_values), or None
        Unbiased, over the paths whose values are all finite.
    """

    times: FloatArray
    names: tuple[str, ...]
    count: IntArray
    n_invalid: IntArray
    mean: FloatArray
    central_moments: FloatArray
    covariance: FloatArray | None = None

    @property
    def variance(self) -> FloatArray:
        """Unbiased variance, shape (n_times, n_values); NaN for fewer than two values."""
        degrees = np.where(self.count > 1, self.count - 1.0, np.nan)
        return self._moment(2, "variance") * (self.count / degrees)

    @property
    def standard_deviation(self) -> FloatArray:
        """Square root of the variance."""
        deviation: FloatArray = np.sqrt(self.variance)
        return deviation

    @property
    def standard_error(self) -> FloatArray:
        """Standard error of the mean: the square root of variance over count."""
        error: FloatArray = np.sqrt(self.variance / _positive(self.count))
        return error

    @property
    def variance_error(self) -> FloatArray:
        """Standard error of the variance, ``sqrt((m4 - (n - 3)/(n - 1) s^4)/n)``; needs ``moments=4``."""
        n = _positive(self.count)
        fourth = self._moment(4, "variance_error")
        inner = (fourth - (n - 3) * _over(self.variance**2, n - 1)) / n
        error: FloatArray = np.sqrt(np.maximum(inner, 0.0))
        return error

    @property
    def skewness(self) -> FloatArray:
        """Third central moment over the 3/2 power of the second; NaN where all values are equal."""
        return _over(self._moment(3, "skewness"), self.central_moments[0] ** 1.5)

    @property
    def kurtosis(self) -> FloatArray:
        """Excess kurtosis: fourth central moment over the square of the second, less 3 (zero for a normal law)."""
        return _over(self._moment(4, "kurtosis"), self.central_moments[0] ** 2) - 3.0

    def central_moment(self, order: int) -> FloatArray:
        """Return the mean of ``(x - mean)^order``, shape (n_times, n_values).

        Raises
        ------
        ValueError
            If the order was not collected.
        """
        if order in (0, 1):
            return np.where(self.count > 0, 1.0 - order, np.nan)
        return self._moment(order, f"central_moment({order})")

    def raw_moment(self, order: int) -> FloatArray:
        """Return the mean of ``x^order``, shape (n_times, n_values).

        Raises
        ------
        ValueError
            If the order was not collected.
        """
        terms = [comb(order, k) * self.mean ** (order - k) * self.central_moment(k) for k in range(order + 1)]
        total: FloatArray = np.sum(terms, axis=0)
        return total

    def _moment(self, order: int, what: str) -> FloatArray:
        highest = len(self.central_moments) + 1
        if not 2 <= order <= highest:
            needed = f"Use Statistics(moments={order})." if 2 <= order <= 8 else "Use an order from 0 to 8."
            raise ValueError(f"{what} needs the moment of order {order}, collected are {highest}. {needed}")
        moment: FloatArray = self.central_moments[order - 2]
        return moment

    def __str__(self) -> str:
        last = self.times.size - 1
        few, many = int(self.count.min(initial=0)), int(self.count.max(initial=0))
        paths = f"{many}" if few == many else f"{few} to {many}"
        rows = [f"Statistics of {paths} paths at {self.times.size} times, here at time {self.times[last]:g}"]
        columns = self._columns()
        width = max([5, *(len(name) for name in self.names)])
        rows.append("  " + "value".ljust(width) + "".join(title.rjust(14) for title in columns))
        for index, name in enumerate(self.names):
            cells = "".join(f"{column()[last, index]:14.6g}" for column in columns.values())
            rows.append(f"  {name.ljust(width)}{cells}")
        if self.n_invalid.any():
            rows.append(f"  {int(self.n_invalid.sum())} values are not finite and left out")
        return "\n".join(rows)

    __repr__ = __str__

    def _columns(self) -> dict[str, Callable[[], FloatArray]]:
        needs: dict[str, tuple[int, Callable[[], FloatArray]]] = {
            "mean": (1, lambda: self.mean),
            "error": (2, lambda: self.standard_error),
            "variance": (2, lambda: self.variance),
            "skewness": (3, lambda: self.skewness),
            "kurtosis": (4, lambda: self.kurtosis),
        }
        return {name: column for name, (order, column) in needs.items() if order <= len(self.central_moments) + 1}


def _positive(count: IntArray) -> FloatArray:
    positive: FloatArray = np.where(count > 0, count, np.nan)
    return positive


def _over(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    return numerator / np.where(denominator > 0, denominator, np.nan)
