"""The record of an ensemble's statistics."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import comb
from typing import Any, TypeVar

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.sde.statistics.autocorrelation import Autocorrelation
from pdeopt.sde.statistics.histograms import Histogram
from pdeopt.sde.statistics.quantiles import Quantiles

__all__ = ["EnsembleStatistics"]

Record = TypeVar("Record")

PLAIN = ("times", "count", "n_invalid", "mean", "central_moments", "covariance")


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
    histograms : tuple of Histogram or None
        One per value.
    sketch : Quantiles or None
        What `quantile` reads.
    correlation : Autocorrelation or None
        Autocorrelation along the paths, its window and error.
    """

    times: FloatArray
    names: tuple[str, ...]
    count: IntArray
    n_invalid: IntArray
    mean: FloatArray
    central_moments: FloatArray
    covariance: FloatArray | None = None
    histograms: tuple[Histogram | None, ...] = ()
    sketch: Quantiles | None = None
    correlation: Autocorrelation | None = None

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

    def histogram(self, value: int | str = 0) -> Histogram:
        """Return the histogram of a value, given by index or name.

        Raises
        ------
        ValueError
            If there is no such value or its histogram was not collected.
        """
        if isinstance(value, str) and value not in self.names:
            raise ValueError(f"value={value!r} is none of {', '.join(self.names)}. Use one of these names.")
        index = self.names.index(value) if isinstance(value, str) else value
        if not 0 <= index < len(self.names):
            raise ValueError(f"value={value} is outside the {len(self.names)} values. Use value=0.")
        found = self.histograms[index] if self.histograms else None
        return _collected(found, f"the histogram of {self.names[index]}", "histogram=edges")

    def quantile(self, q: ArrayLike) -> FloatArray:
        """Return quantiles at every time.

        Parameters
        ----------
        q : array_like
            Levels from 0 to 1.

        Returns
        -------
        array, shape ``np.shape(q) + (n_times, n_values)``
            Each within ``sketch.accuracy`` (relative) of the value of rank ``floor(q (n - 1))`` in the sorted values
            (``method="lower"`` of `numpy.quantile`), or within ``sketch.absolute_accuracy`` near zero. The extremes,
            q = 0 and 1, are exact. NaN where there is no value.

        Raises
        ------
        ValueError
            If a level is not within 0 and 1, or no quantiles were collected.
        """
        return _collected(self.sketch, "a quantile", "quantiles=True").quantile(q)

    @property
    def autocorrelation(self) -> FloatArray:
        """Autocorrelation by lag in saves, shape (n_lags + 1, n_values); see `Autocorrelation` for the definition."""
        return _collected(self.correlation, "autocorrelation", "autocorrelation=100").values

    @property
    def integrated_autocorrelation_time(self) -> FloatArray:
        """Sum of the autocorrelation over all lags of either sign within a window, in saves, shape (n_values,)."""
        return _collected(self.correlation, "the autocorrelation time", "autocorrelation=100").integrated_time

    @property
    def effective_sample_size(self) -> FloatArray:
        """Number of independent values that all paths and saves are worth for a mean, shape (n_values,)."""
        return _collected(self.correlation, "the effective sample size", "autocorrelation=100").effective_sample_size

    def to_arrays(self) -> dict[str, Any]:
        """Return all the fields as arrays by name, such as `numpy.savez` takes."""
        arrays: dict[str, Any] = {name: getattr(self, name) for name in PLAIN if getattr(self, name) is not None}
        arrays["names"] = np.asarray(self.names)
        for name, record in self._records().items():
            arrays |= {f"{name}.{key}": array for key, array in record.to_arrays().items()}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> "EnsembleStatistics":
        """Return the statistics that `to_arrays` was called on.

        Raises
        ------
        ValueError
            If an array is missing; the message names it.
        """
        missing = [name for name in (*PLAIN[:-1], "names") if name not in arrays]
        if missing:
            raise ValueError(f"arrays lacks {', '.join(missing)}; use EnsembleStatistics.to_arrays to make them.")
        names = tuple(str(name) for name in arrays["names"])
        plain = {name: np.asarray(arrays[name]) for name in PLAIN if name in arrays}
        return cls(
            names=names,
            histograms=tuple(_part(Histogram, f"histogram{index}", arrays) for index in range(len(names))),
            sketch=_part(Quantiles, "quantiles", arrays),
            correlation=_part(Autocorrelation, "autocorrelation", arrays),
            **plain,
        )

    def _records(self) -> dict[str, Histogram | Quantiles | Autocorrelation]:
        histograms = {f"histogram{index}": record for index, record in enumerate(self.histograms)}
        records = {**histograms, "quantiles": self.sketch, "autocorrelation": self.correlation}
        return {name: record for name, record in records.items() if record is not None}

    def _moment(self, order: int, what: str) -> FloatArray:
        highest = len(self.central_moments) + 1
        if not 2 <= order <= highest:
            needed = f"Use Statistics(moments={order})." if 2 <= order <= 8 else "Use an order from 0 to 8."
            raise ValueError(f"{what} needs the moment of order {order}, collected are {highest}. {needed}")
        moment: FloatArray = self.central_moments[order - 2]
        return moment

    def __str__(self) -> str:
        last = self.times.size - 1
        few, many = int(self.count[last].min()), int(self.count[last].max())
        paths = f"{many}" if few == many else f"{few} to {many}"
        rows = [f"Statistics of {paths} paths at {self.times.size} times, here at time {self.times[last]:g}"]
        columns = self._columns()
        width = max([5, *(len(name) for name in self.names)])
        rows.append("  " + "value".ljust(width) + "".join(title.rjust(14) for title in columns))
        for index, name in enumerate(self.names):
            cells = "".join(f"{column()[last, index]:14.6g}" for column in columns.values())
            rows.append(f"  {name.ljust(width)}{cells}")
        if self.correlation is not None:
            sizes = ", ".join(f"{size:.4g}" for size in self.effective_sample_size)
            rows.append(f"  effective sample size over all paths and times {sizes}")
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


def _collected(record: Record | None, what: str, request: str) -> Record:
    if record is None:
        raise ValueError(f"{what} was not collected. Use Statistics({request}).")
    return record


def _part(record: Any, name: str, arrays: Mapping[str, Any]) -> Any:
    found = {key.removeprefix(f"{name}."): array for key, array in arrays.items() if key.startswith(f"{name}.")}
    return record.from_arrays(found) if found else None


def _positive(count: IntArray) -> FloatArray:
    positive: FloatArray = np.where(count > 0, count, np.nan)
    return positive


def _over(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    return numerator / np.where(denominator > 0, denominator, np.nan)
