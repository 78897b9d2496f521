"""Langevin dynamics by composing exact flows in any order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from pdeopt.kernels.sde import langevin as points
from pdeopt.kernels.sde import langevin_arrays as arrays
from pdeopt.sde.langevin import LangevinScheme, Parts
from pdeopt.sde.scheme import FRICTION, TIME_INTEGRAL, Orders, Stepper
from pdeopt.systems import Langevin

__all__ = ["Splitting", "is_word"]

ALPHABETS = ({"A", "B", "O"}, {"B", "U"}, {"A", "V"}, {"A", "B"})
"""Letters that together make up the whole equation; the last without its friction."""

KINDS = {"O": (FRICTION,), "U": (FRICTION, TIME_INTEGRAL), "V": (FRICTION,)}


def is_word(name: str) -> bool:
    """Tell whether a name, in any case, is a word of letters that make up Langevin dynamics."""
    return set(name.upper()) in ALPHABETS


@dataclass(frozen=True)
class Splitting(LangevinScheme):
    """A splitting scheme for Langevin dynamics: exact flows of its parts, one after the other.

    Parameters
    ----------
    word : str
        Letters in the order of time. A letter that occurs n times acts for h/n each time.

        ====== =======================================================================================
        A      the position moves: dq = p/m dt
        B      the gradient kicks: dp = -grad f dt
        O      friction and noise: dp = -friction p dt + sqrt(2 friction m / beta) dW
        U      A and O at once
        V      B and O at once, with the position at rest
        ====== =======================================================================================

    Raises
    ------
    ValueError
        If the letters do not make up Langevin dynamics: those of ABO, BU or AV. A and B alone are allowed for
        friction 0.

    Notes
    -----
    Palindromes have weak order 2, other words 1; the strong order is 1, or 2 for palindromes with U. On a potential
    of largest frequency w, words over A, B and O with one force a step are stable for ``h < 2 / w``:
    see `stability_limit`. BAOAB has the smallest error of averages over positions.

    References
    ----------
    .. [1] B. Leimkuhler, C. Matthews, "Rational construction of stochastic numerical methods for molecular
       sampling", Appl. Math. Res. Express, 2013, arXiv 1203.5428.
    .. [2] J. M. Sanz-Serna, K. C. Zygalakis, "Wasserstein distance estimates for the distributions of numerical
       approximations to ergodic stochastic differential equations", J. Mach. Learn. Res. 22, 2021 (UBU).

    Examples
    --------
    >>> scheme = Splitting("BAOAB")
    >>> scheme.name, scheme.orders["additive"].weak, scheme.evaluations
    ('baoab', 2.0, (1, 0))
    """

    word: str
    reference: ClassVar[str] = "Leimkuhler and Matthews 2013"

    def __post_init__(self) -> None:
        if not is_word(self.word):
            raise ValueError(
                f"word={self.word!r} is no splitting of Langevin dynamics: it must consist of the letters A, B and O, "
                "of B and U, or of A and V. Use word='BAOAB'."
            )
        object.__setattr__(self, "word", self.word.upper())

    @property
    def name(self) -> str:
        """The word in small letters."""
        return self.word.lower()

    @property
    def is_palindrome(self) -> bool:
        """Whether the word reads the same backwards: the scheme is symmetric."""
        return self.word == self.word[::-1]

    @property
    def orders(self) -> Mapping[str, Orders]:
        """Orders of the word.

        A word that friction at one end alone keeps from being a palindrome is conjugate to one by a map that
        leaves the invariant law alone.
        """
        core = self.word.strip("O")
        strong = 2.0 if self.is_palindrome and "U" in self.word else 1.0
        weak = 2.0 if self.is_palindrome else 1.0
        return {"additive": Orders(strong, weak, 2.0 if core == core[::-1] else 1.0)}

    @property
    def evaluations(self) -> tuple[float, float]:
        """Gradients a step, and 0."""
        return points.plan(self.word, carries=points.carries_gradient(self.word)).count("G"), 0

    def check(self, system: Langevin) -> None:
        """Raise if a word without friction meets a system with."""
        if set(self.word) == {"A", "B"} and system.friction > 0.0:
            raise ValueError(
                f"word={self.word!r} has no friction; this system has friction={system.friction}. "
                "Use method='baoab', or friction=0.0."
            )

    def bind(self, parts: Parts) -> Stepper:
        """Bind the scheme to the parts of a system."""
        kinds = [kind for letter in self.word for kind in KINDS.get(letter, ())]
        draws = tuple(kind for kind in kinds for _ in range(parts.dim))
        prepare, splits = points.word_constants(self.word), max(self.word.count("O"), self.word.count("V"), 1)
        if parts.uses_arrays:
            return replace(self._in_place(parts, draws), splits=splits)
        xi = parts.vector if len(kinds) == 1 else (parts.vector,) * len(kinds)
        step, pair = points.splitting(self.word, parts.gradient), (parts.vector, parts.vector)
        if points.carries_gradient(self.word):
            begin = points.beginning(parts.dim, parts.gradient)
            return Stepper(step, parts.flat, (pair, parts.vector), xi, draws, begin, prepare, splits=splits)
        begin = points.beginning_without_gradient(parts.dim)
        return Stepper(step, parts.flat, pair, xi, draws, begin, prepare, splits=splits)

    def _in_place(self, parts: Parts, draws: tuple[str, ...]) -> Stepper:
        carries = points.carries_gradient(self.word)
        step: Any = arrays.splitting(self.word, parts.gradient, parts.dim)
        begin = arrays.beginning(parts.dim, parts.gradient) if carries else arrays.beginning_without_gradient
        n_state, n_work = (3 * parts.dim, 0) if carries else (2 * parts.dim, parts.dim)
        prepare = points.word_constants(self.word)
        return Stepper(step, parts.flat, n_state, len(draws), draws, begin, prepare, in_place=True, n_work=n_work)
