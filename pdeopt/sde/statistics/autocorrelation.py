"""Autocorrelation of values along paths, in time averages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.kernels.statistics.correlations import add_correlations, merge_correlations
from pdeopt.sde.statistics.sums import Part

__all__ = ["Autocorrelation", "Correlations"]

WINDOW = 5.0
"""A window of lags is wide enough at this multiple of the autocorrelation time within it."""


@dataclass(frozen=True, eq=False)
class Autocorrelation:
    """Autocorrelation of the deviations from the mean over all paths and saves, for stationary runs.

    Parameters
    ----------
    values : array, shape (n_lags + 1, n_values)
        ``C_k / C_0`` with ``C_k`` the mean of ``(x_s - m)(x_{s+k} - m)`` over all paths and all saves s, and m the mean
        of all values. NaN for a value that never varies.
    pairs : array of int, shape (n_lags + 1, n_values)
        Number of pairs at each lag; ``pairs[0]`` is the number of values.
    n_times : int
        Number of saves.

    Notes
    -----
    The integrated time is ``1 + 2 sum_{k=1}^W values[k]`` with an automatic window as of Madras and Sokal: the least W
    that is at least five times ``1 + 2 sum_{k=1}^W |values[k]|``. (They sum the values themselves; magnitudes keep
    an oscillation from closing the window early.) A run that has not forgotten its start has no such function
    of the lag alone: leave out its first saves.

    References
    ----------
    N. Madras, A. D. Sokal, J. Stat. Phys. 50 (1988) 109, appendix C.
    """

    values: FloatArray
    pairs: IntArray
    n_times: int

    @property
    def window(self) -> IntArray:
        """Number of lags in the integrated time, shape (n_values,): `n_lags` where no window is wide enough."""
        fits = self._fits()
        last = len(self.values) - 1
        window: IntArray = np.where(fits.any(axis=0), fits.argmax(axis=0), last)
        return window

    @property
    def window_fits(self) -> BoolArray:
        """Whether the window is within the lags; if not, collect more of them: the integrated time is cut short."""
        fits: BoolArray = np.any(self._fits(), axis=0)
        return fits

    @property
    def integrated_time(self) -> FloatArray:
        """Integrated autocorrelation time, counted in saves, shape (n_values,); 1 for independent values."""
        return self._summed(np.zeros(len(self.values)))

    @property
    def integrated_time_error(self) -> FloatArray:
        """Standard error of the integrated time, ``time sqrt(2 (2 W + 1) / N)`` for N values."""
        error: FloatArray = self.integrated_time * np.sqrt(2 * (2 * self.window + 1) / np.maximum(1, self.pairs[0]))
        return error

    @property
    def effective_sample_size(self) -> FloatArray:
        """Number of independent values whose mean varies as does the mean over all paths and saves.

        It counts the values over ``1 + 2 sum_{k=1}^W (1 - k/n_times) values[k]``.
        """
        time = self._summed(np.arange(len(self.values)) / self.n_times)
        size: FloatArray = self.pairs[0] / np.where(time > 0, time, np.nan)
        return size

    def to_arrays(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {"values": self.values, "pairs": self.pairs, "n_times": np.asarray(self.n_times)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> "Autocorrelation":
        """Return the record that `to_arrays` was called on."""
        return cls(np.asarray(arrays["values"]), np.asarray(arrays["pairs"]), int(arrays["n_times"]))

    def _fits(self) -> BoolArray:
        partial = 2 * np.cumsum(np.abs(self.values), axis=0) - 1
        fits: BoolArray = np.asarray(np.arange(len(self.values))[:, None] >= WINDOW * partial)
        return fits

    def _summed(self, discount: FloatArray) -> FloatArray:
        partial = 2 * np.cumsum(self.values * (1 - discount)[:, None], axis=0) - 1
        total: FloatArray = np.take_along_axis(partial, self.window[None], axis=0)[0]
        return total


class Correlations(Part):
    """Sums of products over pairs of saves of one path, by value and lag."""

    names = ("origin", "count", "sums")
    per_time = False

    def __init__(self, n_values: int, n_lags: int) -> None:
        self.origin: FloatArray = np.full(n_values, np.nan)
        self.count: IntArray = np.zeros((n_values, n_lags + 1, 1), dtype=np.int64)
        self.sums: FloatArray = np.zeros((n_values, n_lags + 1, 3))
        self.begin_chunk()

    def begin_chunk(self) -> None:
        """Forget the paths of the chunk before."""
        self.n_seen = self.next_time = 0
        self.rows: FloatArray = np.empty((*self.count.shape[:2], 0))
        self.means: FloatArray = np.empty(self.count.shape[:2])
        self.gaps: IntArray = np.zeros(self.count.shape[:2], dtype=np.int64)

    def add(self, first_time: int, values: FloatArray, invalid: IntArray) -> None:
        """Add the values of consecutive times."""
        self._follow(first_time, values.shape[2])
        scratch = np.empty(self.count.shape[1])
        ring = (self.rows, self.means)
        add_correlations(values, invalid, self.n_seen, scratch, self.origin, *ring, self.gaps, self.count, self.sums)
        self.n_seen += len(values)
        self.next_time = first_time + len(values)

    def _follow(self, first_time: int, lanes: int) -> None:
        if self.n_seen == 0:
            self.rows = np.empty((*self.count.shape[:2], lanes))
        if self.n_seen > 0 and (first_time, lanes) != (self.next_time, self.rows.shape[2]):
            raise ValueError(
                f"first_time={first_time} with {lanes} lanes does not continue a chunk of {self.rows.shape[2]} lanes. "
                f"Use first_time={self.next_time}, or call begin_chunk before other paths."
            )

    def merge(self, other: "Correlations") -> None:
        """Merge the sums of other paths."""
        merge_correlations(self.origin, self.count, self.sums, other.origin, other.count, other.sums)

    def result(self, n_times: int) -> Autocorrelation:
        """Return the autocorrelation so far."""
        pairs = np.moveaxis(self.count[..., 0], 0, 1).copy()
        later, earlier, products = np.moveaxis(self.sums, (0, 1, 2), (2, 1, 0))
        counts = np.where(pairs > 0, pairs, np.nan)
        covariance = products / counts + (later - later[0]) * (earlier - later[0])
        variance = np.where(covariance[0] > 0, covariance[0], np.nan)
        return Autocorrelation(covariance / variance, pairs, n_times)
