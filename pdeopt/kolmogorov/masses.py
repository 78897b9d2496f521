"""Stationary masses that may differ by more than floats can hold."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray

__all__ = ["Masses"]

LOWEST = -4000
"""Exponent of a number that is 0 as a float, whatever it multiplies."""


@dataclass(frozen=True, eq=False, repr=False)
class Masses:
    """Masses `numbers * 2**exponents` of the states of a process, up to one common factor.

    Parameters
    ----------
    numbers : array, shape (n,)
        At least 0.
    exponents : array of int, shape (n,)

    Examples
    --------
    >>> masses = Masses.from_logarithms([-2000.0, -2000.0, -4000.0])
    >>> masses.values
    array([0.5, 0.5, 0. ])
    """

    numbers: FloatArray
    exponents: IntArray

    @classmethod
    def from_values(cls, values: ArrayLike) -> "Masses":
        """Take plain masses, shape (n,)."""
        numbers, exponents = np.frexp(np.ravel(np.asarray(values, dtype=np.float64)))
        return cls(numbers, exponents.astype(np.int64))

    @classmethod
    def from_logarithms(cls, logarithms: ArrayLike) -> "Masses":
        """Take natural logarithms of masses, shape (n,)."""
        given = np.ravel(np.asarray(logarithms, dtype=np.float64))
        exponents = np.round(given / np.log(2.0)).astype(np.int64)
        return cls(np.exp(given - exponents * np.log(2.0)), exponents)

    @cached_property
    def _above(self) -> tuple[int, float]:
        """The largest exponent, and the sum of the masses in its units."""
        top = int(self.exponents[self.numbers > 0.0].max())
        return top, float(np.ldexp(self.numbers, np.maximum(self.exponents - top, LOWEST)).sum())

    @cached_property
    def values(self) -> FloatArray:
        """Masses with the sum 1, shape (n,); those that underflow are 0."""
        top, total = self._above
        return np.asarray(np.ldexp(self.numbers / total, np.maximum(self.exponents - top, LOWEST)))

    @cached_property
    def logarithms(self) -> FloatArray:
        """Natural logarithms of the masses with the sum 1, shape (n,)."""
        top, total = self._above
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.numbers / total) + (self.exponents - top) * np.log(2.0))

    def root_ratios(self, above: IntArray, below: IntArray) -> FloatArray:
        """Return the roots of the ratios of the masses of the states `above` to those `below`."""
        powers = np.exp2(0.5 * (self.exponents[above] - self.exponents[below]))
        return np.asarray(np.sqrt(self.numbers[above] / self.numbers[below]) * powers)

    def unweighted(self, vector: Any) -> Any:
        """Return a vector, shape (n,), divided by the roots of the masses of the sum 1."""
        top, total = self._above
        powers = np.exp2(np.minimum(-0.25 * np.maximum(self.exponents - top, LOWEST), 1e3))
        return vector * powers / np.sqrt(self.numbers / total) * powers
