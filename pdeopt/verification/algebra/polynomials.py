"""Sparse polynomials in named variables, truncated in the first: what the steps of schemes make of symbols."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Union

from pdeopt.verification.algebra.formal import NUMBERS, Elementary

__all__ = ["POLYNOMIALS", "Polynomial", "Ring", "rational"]

BITS = 8
"""Of an exponent; all exponents of a term are one integer, and the product of terms adds them."""

MASK = (1 << BITS) - 1
LARGEST_DENOMINATOR = 100_000
CLOSE = 1e-13


def rational(value: Any) -> Fraction:
    """Return the fraction of small denominator that a number stands for.

    Raises
    ------
    ValueError
        If there is none within 1e-13.

    Examples
    --------
    >>> rational(1 / 3)
    Fraction(1, 3)
    """
    if isinstance(value, int | Fraction):
        return Fraction(value)
    near = Fraction(float(value)).limit_denominator(LARGEST_DENOMINATOR)
    if abs(float(near) - float(value)) > CLOSE * max(1.0, abs(float(value))):
        raise ValueError(f"{value!r} is no fraction of a denominator up to {LARGEST_DENOMINATOR}. Use Fraction('1/3').")
    return near


@dataclass(frozen=True)
class Ring:
    """Polynomials in variables, without terms of a degree above `limit` in the first of them.

    Parameters
    ----------
    names : tuple of str
    limit : int
    """

    names: tuple[str, ...]
    limit: int = MASK

    def __getitem__(self, name: str) -> "Polynomial":
        return Polynomial(self, {1 << BITS * self.names.index(name): 1.0})

    def constant(self, value: float) -> "Polynomial":
        """Return a number as a polynomial."""
        return Polynomial(self, {0: value})

    def exponents(self, key: int) -> dict[str, int]:
        """Return the exponents of a term by variable, without zeros."""
        powers = {name: key >> BITS * i & MASK for i, name in enumerate(self.names)}
        return {name: power for name, power in powers.items() if power}


Number = Union[float, "Polynomial"]


class Polynomial:
    """Arithmetic of polynomials with numbers and with each other.

    Parameters
    ----------
    ring : Ring
    terms : mapping of int to float
        Coefficients by packed exponents.
    """

    __slots__ = ("ring", "terms")

    def __init__(self, ring: Ring, terms: Mapping[int, Any]) -> None:
        self.ring = ring
        self.terms = {key: value for key, value in terms.items() if value != 0.0}

    def _of(self, other: Number) -> "Polynomial":
        return other if isinstance(other, Polynomial) else self.ring.constant(other)

    def __add__(self, other: Number) -> "Polynomial":
        terms = dict(self.terms)
        for key, value in self._of(other).terms.items():
            terms[key] = terms.get(key, 0.0) + value
        return Polynomial(self.ring, terms)

    __radd__ = __add__

    def __neg__(self) -> "Polynomial":
        return self * -1.0

    def __pos__(self) -> "Polynomial":
        return self

    def __sub__(self, other: Number) -> "Polynomial":
        return self + -self._of(other)

    def __rsub__(self, other: Number) -> "Polynomial":
        return -self + other

    def __mul__(self, other: Number) -> "Polynomial":
        limit, others = self.ring.limit, self._of(other).terms
        terms: dict[int, Any] = {}
        for one, a in self.terms.items():
            for two, b in others.items():
                if (one & MASK) + (two & MASK) <= limit:
                    terms[one + two] = terms.get(one + two, 0.0) + a * b
        return Polynomial(self.ring, terms)

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> "Polynomial":
        if isinstance(other, NUMBERS):
            return Polynomial(self.ring, {key: value / other for key, value in self.terms.items()})
        ((divisor, factor),) = self._of(other).terms.items() if len(self._of(other).terms) == 1 else ((None, 1.0),)
        if divisor is None or any(self._below(key, divisor) for key in self.terms):
            raise NotImplementedError("a polynomial is divided by one that is no factor of all its terms.")
        return Polynomial(self.ring, {key - divisor: value / factor for key, value in self.terms.items()})

    def _below(self, key: int, divisor: int) -> bool:
        return any((key >> BITS * i & MASK) < (divisor >> BITS * i & MASK) for i in range(len(self.ring.names)))

    def __pow__(self, power: int) -> "Polynomial":
        if not isinstance(power, int) or power < 0:
            raise NotImplementedError(f"a polynomial to the power {power!r} is none. Use whole powers and sqrt(h).")
        result = self.ring.constant(1.0)
        for _ in range(power):
            result = result * self
        return result

    def root(self) -> "Polynomial":
        """Return the square root of a term of even exponents."""
        even = len(self.terms) == 1 and not any(
            power % 2 for power in self.ring.exponents(next(iter(self.terms))).values()
        )
        if not even:
            raise NotImplementedError("the square root of a polynomial that is not h times a number is none.")
        ((key, value),) = self.terms.items()
        return Polynomial(self.ring, {key // 2: value**0.5})

    def slope(self, name: str) -> "Polynomial":
        """Return the derivative in a variable."""
        place = BITS * self.ring.names.index(name)
        powers = {key: key >> place & MASK for key in self.terms}
        return Polynomial(
            self.ring, {key - (1 << place): value * powers[key] for key, value in self.terms.items() if powers[key]}
        )

    def coefficients(self, *names: str) -> dict[tuple[int, ...], "Polynomial"]:
        """Return the coefficients of all products of some variables, by their exponents."""
        places = [BITS * self.ring.names.index(name) for name in names]
        found: dict[tuple[int, ...], dict[int, Any]] = {}
        for key, value in self.terms.items():
            powers = tuple(key >> place & MASK for place in places)
            rest = key - sum(power << place for power, place in zip(powers, places, strict=True))
            found.setdefault(powers, {})[rest] = value
        return {powers: Polynomial(self.ring, terms) for powers, terms in found.items()}

    def rationals(self) -> dict[int, Fraction]:
        """Return the coefficients as fractions, without zeros."""
        fractions = {key: rational(value) for key, value in self.terms.items()}
        return {key: value for key, value in fractions.items() if value}


def _root(value: Polynomial) -> Polynomial:
    return value.root()


POLYNOMIALS = Elementary({"sqrt": _root})
"""Elementary functions of polynomials."""
