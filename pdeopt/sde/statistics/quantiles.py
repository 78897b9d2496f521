"""Quantiles of values at every time, from counts by the leading bits of their doubles."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, log2
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.kernels.statistics.sketches import add_sketches, find_quantiles, merge_sketches
from pdeopt.sde.statistics.sums import Part

__all__ = ["Quantiles", "Sketches"]

OCTAVES = 32
"""Magnitudes below 2^(1 - OCTAVES) of the largest are one bin."""

MANTISSA_BITS = 52


@dataclass(frozen=True, eq=False)
class Quantiles:
    """Sketches of the laws of values at every time.

    Parameters
    ----------
    mantissa_bits : int
        Bins have relative width ``2^-mantissa_bits``.
    count : array of int, shape (n_times, n_values)
    bounds : array, shape (n_times, n_values, 2)
        Least and largest value, exact.
    counts : array of int, shape (n_times, n_values, 2, m)
        Counts of negative and of other values, by key modulo m.
    """

    mantissa_bits: int
    count: IntArray
    bounds: FloatArray
    counts: IntArray

    @property
    def accuracy(self) -> float:
        """Largest relative error of a quantile, apart from `absolute_accuracy`."""
        return float(2.0**-self.mantissa_bits)

    @property
    def absolute_accuracy(self) -> FloatArray:
        """Largest error of quantiles near zero, shape (n_times, n_values): ``2^-31`` of the largest magnitude."""
        accuracy: FloatArray = np.abs(self.bounds).max(axis=2) * 2.0 ** (1 - OCTAVES)
        return accuracy

    def quantile(self, q: ArrayLike) -> FloatArray:
        """Return quantiles, shape ``np.shape(q) + (n_times, n_values)``."""
        levels = np.asarray(q, dtype=float)
        if not ((levels >= 0) & (levels <= 1)).all():
            raise ValueError(f"q={q!r} is not within 0 and 1. Use q=0.5 for the median.")
        found = np.empty((levels.size, *self.count.shape))
        shift = MANTISSA_BITS - self.mantissa_bits
        find_quantiles(levels.ravel(), self.count, self.counts, self.bounds, shift, found)
        return found.reshape(levels.shape + self.count.shape)

    def to_arrays(self) -> dict[str, Any]:
        """Return the fields by name."""
        bits = np.asarray(self.mantissa_bits)
        return {"mantissa_bits": bits, "count": self.count, "bounds": self.bounds, "counts": self.counts}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> "Quantiles":
        """Return the record that `to_arrays` was called on."""
        fields = (np.ascontiguousarray(arrays[name]) for name in ("count", "bounds", "counts"))
        return cls(int(arrays["mantissa_bits"]), *fields)


class Sketches(Part):
    """Counts by sign, exponent and first mantissa bits, of every time and value."""

    names = ("bounds", "counts")

    def __init__(self, n_times: int, n_values: int, accuracy: float) -> None:
        self.mantissa_bits = ceil(-log2(accuracy))
        self.bounds: FloatArray = np.full((n_times, n_values, 2), np.nan)
        self.counts: IntArray = np.zeros((n_times, n_values, 2, OCTAVES << self.mantissa_bits), dtype=np.int64)

    def add(self, first_time: int, values: FloatArray, invalid: IntArray) -> None:
        """Add the values of consecutive times."""
        at = slice(first_time, first_time + len(values))
        scratch = np.empty(values.shape[2])
        add_sketches(values, invalid, scratch, MANTISSA_BITS - self.mantissa_bits, self.bounds[at], self.counts[at])

    def merge(self, other: "Sketches") -> None:
        """Merge the counts of other paths."""
        shift = MANTISSA_BITS - self.mantissa_bits
        merge_sketches(self.bounds, self.counts, other.bounds, other.counts, shift)

    def result(self, count: IntArray) -> Quantiles:
        """Return the sketches so far, of `count` values each."""
        return Quantiles(self.mantissa_bits, count, self.bounds.copy(), self.counts.copy())
