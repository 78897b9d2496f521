"""Adaptive Langevin dynamics by composing exact flows in any order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pdeopt.kernels.sde import adaptive as points
from pdeopt.kernels.sde import adaptive_arrays as arrays
from pdeopt.kernels.sde.langevin import carries_gradient, plan
from pdeopt.kernels.sde.langevin_arrays import beginning_without_gradient
from pdeopt.sde.binding import fitting_method
from pdeopt.sde.langevin import Parts, parts_of
from pdeopt.sde.scheme import INCREMENT, Orders, Scheme, Stepper
from pdeopt.systems import SDE, AdaptiveLangevin

__all__ = ["AdaptiveSplitting", "is_adaptive_word"]

ALPHABETS = ({"A", "B", "E", "O"}, {"A", "B", "C", "D", "E"})
"""Letters that together make up the whole equation."""

SHANG = {"A", "B", "D", "O"}
"""The letters of Leimkuhler and Shang, whose D is E."""


def is_adaptive_word(name: str) -> bool:
    """Tell whether a name, in any case, is a word of letters that make up adaptive Langevin dynamics."""
    return set(name.upper()) in (*ALPHABETS, SHANG)


@dataclass(frozen=True)
class AdaptiveSplitting(Scheme):
    """A splitting scheme for adaptive Langevin dynamics, whose friction xi is a variable.

    Parameters
    ----------
    word : str
        Letters in the order of time. A letter that occurs n times acts for h/n each time.

        ====== =====================================================================
        A      the position moves: dq = p/m dt
        B      the gradient kicks: dp = -grad f dt
        C      friction: dp = -xi p dt
        D      noise: dp = noise_amplitude dW
        E      the friction adapts: dxi = coupling (p^2 / m - dim / beta) dt
        O      C and D at once, for xi of either sign
        ====== =====================================================================

        In a word with D and O but without E, such as ``"BADODAB"``, D means E: so Leimkuhler and Shang write.

    Raises
    ------
    ValueError
        If the letters do not make up adaptive Langevin dynamics: those of ABEO or of ABCDE.

    Notes
    -----
    Palindromes have weak order 2, other words 1. In any word the sum over steps of
    ``h coupling (p^2 / m - dim / beta)``, p at E, is the change of xi.

    References
    ----------
    .. [1] B. Leimkuhler, X. Shang, "Adaptive thermostats for noisy gradient systems", SIAM J. Sci. Comput. 38,
       2016, arXiv 1505.06889.

    Examples
    --------
    >>> AdaptiveSplitting("BADODAB").word, AdaptiveSplitting("ACDEDCAB").evaluations
    ('BAEOEAB', (1, 0))
    """

    word: str
    interpretation: ClassVar[str] = "any"
    arrays: ClassVar[bool] = True
    reference: ClassVar[str] = "Leimkuhler and Shang 2016"

    def __post_init__(self) -> None:
        if not is_adaptive_word(self.word):
            raise ValueError(
                f"word={self.word!r} is no splitting of adaptive Langevin dynamics: it must consist of the letters "
                "A, B, E and O, or of A, B, C, D and E. Use word='BADODAB'."
            )
        word = self.word.upper()
        object.__setattr__(self, "word", word.replace("D", "E") if set(word) == SHANG else word)

    @property
    def name(self) -> str:
        """The word in small letters."""
        return self.word.lower()

    @property
    def orders(self) -> Mapping[str, Orders]:
        """Orders of the word: weak 2 if it reads the same backwards."""
        return {"additive": Orders(1.0, 2.0 if self.word == self.word[::-1] else 1.0)}

    @property
    def evaluations(self) -> tuple[float, float]:
        """Gradients a step, and 0."""
        return plan(self.word, carries=carries_gradient(self.word)).count("G"), 0

    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system.

        Raises
        ------
        TypeError
            If the system was not made by `pdeopt.adaptive_langevin`.
        """
        if not isinstance(system, AdaptiveLangevin):
            raise TypeError(
                f"method={self.name!r} steps adaptive Langevin dynamics; {system!r} is none. "
                f"Make the system by pdeopt.adaptive_langevin(f, beta), or use method={fitting_method(system)!r}."
            )
        return self.bind(parts_of(system))

    def bind(self, parts: Parts) -> Stepper:
        """Bind the scheme to the parts of a system; its arguments are (beta, noise_amplitude, coupling, mass, ...)."""
        dim, n_draws = parts.dim, sum(points.N_DRAWS[letter] for letter in self.word)
        prepare, draws = points.word_constants(self.word, dim), (INCREMENT,) * (n_draws * dim)
        if parts.uses_arrays:
            return self._in_place(parts, draws)
        xi = parts.vector if n_draws == 1 else (parts.vector,) * n_draws
        flat, triple = (0.0,) * (2 * dim + 1), (parts.vector, parts.vector, 0.0)
        step = points.splitting(self.word, parts.gradient)
        if carries_gradient(self.word):
            begin = points.beginning(dim, parts.gradient)
            return Stepper(step, flat, (triple, parts.vector), xi, draws, begin, prepare, splits=n_draws)
        begin = points.beginning_without_gradient(dim)
        return Stepper(step, flat, triple, xi, draws, begin, prepare, splits=n_draws)

    def _in_place(self, parts: Parts, draws: tuple[str, ...]) -> Stepper:
        dim, carries = parts.dim, carries_gradient(self.word)
        step = arrays.splitting(self.word, parts.gradient, dim)
        begin = arrays.beginning(dim, parts.gradient) if carries else beginning_without_gradient
        flat, n_work = 2 * dim + 1, 0 if carries else dim
        prepare, n_state = points.word_constants(self.word, dim), flat + (dim if carries else 0)
        return Stepper(step, flat, n_state, len(draws), draws, begin, prepare, in_place=True, n_work=n_work)
