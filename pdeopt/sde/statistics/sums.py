"""The sums behind moments and covariances, each a set of arrays with the time first."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.statistics.covariances import add_covariances, merge_covariances
from pdeopt.kernels.statistics.moments import add_moments, merge_moments

__all__ = ["Covariances", "Moments", "Part"]


class Part(ABC):
    """One kind of sums of an accumulator.

    `names` are the attributes that hold all of its state between chunks.

    They have the time as first axis if `per_time`, else no axis of times.
    """

    names: ClassVar[tuple[str, ...]]
    per_time: ClassVar[bool] = True

    @abstractmethod
    def add(self, first_time: int, values: FloatArray, invalid: IntArray) -> None:
        """Add the values of consecutive times, shape (k, n_values, lanes), with the non-finite entries of each row."""

    @abstractmethod
    def merge(self, other: Any) -> None:
        """Merge the sums of other paths, which come after these."""

    def begin_chunk(self) -> None:  # noqa: B027
        """Forget the paths of the chunk before."""


class Moments(Part):
    """Means and central sums of powers up to `order`, of every time and value."""

    names = ("count", "origin", "sums")

    def __init__(self, n_times: int, n_values: int, order: int) -> None:
        self.count: IntArray = np.zeros((n_times, n_values), dtype=np.int64)
        self.origin: FloatArray = np.zeros((n_times, n_values))
        self.sums: FloatArray = np.zeros((n_times, n_values, order))

    def add(self, first_time: int, values: FloatArray, invalid: IntArray) -> None:
        """Add the values of consecutive times."""
        at = slice(first_time, first_time + len(values))
        scratch = np.empty(values.shape[2] + 8)
        add_moments(values, invalid, scratch, self.count[at], self.origin[at], self.sums[at])

    def merge(self, other: "Moments") -> None:
        """Merge the sums of other paths."""
        merge_moments(self.count, self.origin, self.sums, other.count, other.origin, other.sums)

    def mean(self) -> FloatArray:
        """Return the mean, NaN where there is no value."""
        mean: FloatArray = np.where(self.count > 0, self.origin + self.sums[..., 0], np.nan)
        return mean

    def variance(self) -> FloatArray:
        """Return the unbiased variance, NaN for fewer than two values."""
        degrees = np.where(self.count > 1, self.count - 1.0, np.nan)
        variance: FloatArray = self.sums[..., 1] / degrees
        return variance

    def central(self) -> FloatArray:
        """Return the central moments from order 2 on, with the order as first axis."""
        counts = np.where(self.count > 0, self.count, np.nan)
        return np.moveaxis(self.sums[..., 1:], -1, 0) / counts


class Covariances(Part):
    """Sums of products of deviations, over the paths whose values are all finite."""

    names = ("count", "origin", "mean", "sums")

    def __init__(self, n_times: int, n_values: int) -> None:
        self.count: IntArray = np.zeros(n_times, dtype=np.int64)
        self.origin: FloatArray = np.zeros((n_times, n_values))
        self.mean: FloatArray = np.zeros((n_times, n_values))
        self.sums: FloatArray = np.zeros((n_times, n_values, n_values))

    def add(self, first_time: int, values: FloatArray, invalid: IntArray) -> None:
        """Add the values of consecutive times."""
        at = slice(first_time, first_time + len(values))
        n, lanes = values.shape[1:]
        scratch = (np.empty((n, lanes)), np.empty(lanes, dtype=np.bool_), np.empty((n + 2, n)))
        add_covariances(values, invalid, *scratch, self.count[at], self.origin[at], self.mean[at], self.sums[at])

    def merge(self, other: "Covariances") -> None:
        """Merge the sums of other paths."""
        work = np.empty((2, self.mean.shape[1]))
        merge_covariances(
            self.count,
            self.origin,
            self.mean,
            self.sums,
            other.count,
            other.origin,
            other.mean,
            other.sums,
            work,
        )

    def covariance(self) -> FloatArray:
        """Return the unbiased covariance matrices, NaN where fewer than two paths are complete."""
        upper = np.triu(self.sums)
        symmetric = upper + np.swapaxes(np.triu(self.sums, 1), 1, 2)
        degrees = np.where(self.count > 1, self.count - 1.0, np.nan)
        covariance: FloatArray = symmetric / degrees[:, None, None]
        return covariance
