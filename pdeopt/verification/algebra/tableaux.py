"""Tableaux of stochastic Runge-Kutta schemes in exact fractions, read off the step of a scheme itself.

A scheme steps once on symbols: every evaluation of drift and diffusion is answered by a new symbol, and where it was
asked, and what the step makes of all answers, is the tableau.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pdeopt.sde.scheme import COIN, INCREMENT, TIME_INTEGRAL, Scheme, Stepper
from pdeopt.sde.schemes import get
from pdeopt.systems import SDE
from pdeopt.verification.algebra.formal import formal_step
from pdeopt.verification.algebra.polynomials import POLYNOMIALS, Polynomial, Ring, rational

__all__ = ["Tableau", "tableau_of"]

Matrix = tuple[tuple[Any, ...], ...]
Row = tuple[Any, ...]

MOST = 8
"""Evaluations of drift, and of diffusion, a step."""

ROOT_3 = 3.0**0.5


@dataclass(frozen=True)
class Tableau:
    """Coefficients of a stochastic Runge-Kutta scheme of Roessler's for one Brownian motion.

    With I1 the increment, I11 and I111 the iterated integrals and I10 the time integral of a step, stages are

        H0_i = X + h sum_j A0_ij f(t + c0_j h, H0_j) + I10 / h sum_j B0_ij g(t + c1_j h, H1_j),
        H1_i = X + h sum_j A1_ij f(t + c0_j h, H0_j) + sqrt(h) sum_j B1_ij g(t + c1_j h, H1_j),

    and the step is

        X + h sum_i alpha_i f(H0_i) + sum_i (b1_i I1 + b2_i I11 / sqrt(h) + b3_i I10 / h + b4_i I111 / h) g(H1_i).

    Parameters
    ----------
    name : str
    A0, B0 : sequences of rows
        Fractions, or what `fractions.Fraction` takes, such as "3/4"; or numbers of SymPy. Stages of f and g may differ
        in number: with p of f and q of g they have the shapes (p, p) and (p, q).
    alpha : sequence, of length p
    beta : sequence of four sequences of length q
        b1 to b4; for additive noise `beta[1]` and `beta[3]` are 0. Shorter ones are continued by rows of zeros.
    A1, B1 : sequences of rows, optional
        Of the shapes (q, p) and (q, q); None for additive noise, where the place of an evaluation of g does not matter.
    c0, c1 : sequences, optional
        Times of the stages; by default the row sums of A0 and A1.
    """

    name: str
    A0: Matrix
    B0: Matrix
    alpha: Row
    beta: Matrix
    A1: Matrix | None = None
    B1: Matrix | None = None
    c0: Row | None = None
    c1: Row | None = None

    def __post_init__(self) -> None:
        p, q = len(self.alpha), len(self.beta[0])
        betas = [*self.beta, *[(0,) * q] * (4 - len(self.beta))]
        self._set(alpha=_row(self.alpha, p, "alpha"), beta=tuple(_row(one, q, "beta") for one in betas))
        for name, shape in (("A0", (p, p)), ("B0", (p, q)), ("A1", (q, p)), ("B1", (q, q))):
            if getattr(self, name) is not None:
                self._set(**{name: _matrix(getattr(self, name), shape, name)})
        times = [sums(self.A0) if self.c0 is None else self.c0, (0,) * q if self.A1 is None else sums(self.A1)]
        times[1] = times[1] if self.c1 is None else self.c1
        self._set(c0=_row(times[0], p, "c0"), c1=_row(times[1], q, "c1"))

    def _set(self, **facts: Any) -> None:
        for name, fact in facts.items():
            object.__setattr__(self, name, fact)

    @property
    def is_additive(self) -> bool:
        """Whether it is for additive noise alone."""
        return self.B1 is None


def sums(matrix: Matrix) -> Row:
    """Return the sums of rows."""
    return tuple(sum(row) for row in matrix)


def _number(value: Any) -> Any:
    return Fraction(value) if isinstance(value, str) else value if hasattr(value, "free_symbols") else rational(value)


def _row(values: Sequence[Any], length: int, name: str) -> Row:
    if len(values) != length:
        raise ValueError(f"{name}={values!r} has {len(values)} entries; the number of stages is {length}.")
    return tuple(_number(value) for value in values)


def _matrix(rows: Sequence[Sequence[Any]], shape: tuple[int, int], name: str) -> Matrix:
    if len(rows) != shape[0]:
        raise ValueError(f"{name} has {len(rows)} rows. Use {shape[0]} rows of {shape[1]} entries.")
    return tuple(_row(row, shape[1], name) for row in rows)


@dataclass(frozen=True)
class Asked:
    """Where a step asked for drift or diffusion, in order."""

    ring: Ring
    letter: str
    places: list[tuple[Polynomial, Polynomial]]

    def answer(self, t: Polynomial, x: Polynomial) -> Polynomial:
        """Return the symbol of one more evaluation."""
        self.places.append((self.ring.constant(0.0) + t, self.ring.constant(0.0) + x))
        return self.ring[f"{self.letter}{len(self.places)}"]


def tableau_of(method: str | Scheme, *, additive: bool = False) -> Tableau:
    """Return the tableau of a scheme of the package.

    Parameters
    ----------
    method : str or Scheme
    additive : bool
        Whether to take its step for additive noise.

    Returns
    -------
    Tableau

    Raises
    ------
    ValueError
        If the step is none of this form.

    Examples
    --------
    >>> tableau_of("sra1", additive=True).B0
    ((Fraction(0, 1), Fraction(0, 1)), (Fraction(0, 1), Fraction(3, 2)))
    """
    scheme = get(method)
    letters = [f"{letter}{k + 1}" for letter in "fg" for k in range(MOST)]
    ring = Ring(("r", "t", "x", "w", "u", "coin", *letters))
    f, g = Asked(ring, "f", []), Asked(ring, "g", [])
    stepper = _asking_stepper(scheme, f, g, additive)
    try:
        after = _formal_result(stepper, ring)
        p, q = len(f.places), len(g.places)
        stages = [[_stage(x, ring, p, q, noise) for _, x in asked.places] for asked, noise in ((f, "u"), (g, ""))]
        alpha, beta = _last(after, ring, p, q)
        times = [tuple(_time(t, ring) for t, _ in asked.places) for asked in (f, g)]
    except (KeyError, NotImplementedError, TypeError, ValueError) as error:
        raise ValueError(
            f"method={scheme.name!r} has no tableau of Roessler's form: {error}. Use a scheme that has one, such as "
            "method='sriw1', or give a Tableau."
        ) from error
    (A0, B0), (A1, B1) = (tuple(zip(*part, strict=True)) for part in stages)
    if additive:
        return Tableau(scheme.name, A0, B0, alpha, beta, c0=times[0], c1=times[1])
    return Tableau(scheme.name, A0, B0, alpha, beta, A1, B1, c0=times[0], c1=times[1])


def _asking_stepper(scheme: Scheme, f: Asked, g: Asked, additive: bool) -> Stepper:
    def drift(t: Any, x: Any) -> Any:
        return f.answer(t, x)

    def diffusion(t: Any, x: Any) -> Any:
        return g.answer(t, x)

    return scheme.stepper(SDE(drift, diffusion, "additive" if additive else "diagonal"))


def _formal_result(stepper: Stepper, ring: Ring) -> Polynomial:
    """Return what a step makes of the symbols, whose draws are w and u: I1 / sqrt(h) and I10 / h**1.5."""
    w, h = ring["w"], ring["r"] * ring["r"]
    symbols: dict[str, Any] = {INCREMENT: w, TIME_INTEGRAL: ROOT_3 * (2.0 * ring["u"] - w), COIN: 1.0}
    unknown = sorted(set(stepper.draws) - symbols.keys())
    if unknown:
        raise ValueError(f"it takes draws of the kind {unknown[0]!r}")
    draws = [symbols[kind] for kind in stepper.draws]
    after: Polynomial = formal_step(stepper, POLYNOMIALS)(ring["t"], [ring["x"]], h, draws, ())
    return after


def _stage(place: Polynomial, ring: Ring, p: int, q: int, noise: str) -> tuple[Row, Row]:
    """Return the rows of A and B of the stage at a place, whose noise is I10 / h or sqrt(h)."""
    wanted: dict[str, int] = {noise: 1} if noise else {}
    terms = _terms(place, ring)
    a = [terms.pop(_key({"r": 2, f"f{j + 1}": 1}), 0) for j in range(p)]
    b = [terms.pop(_key({"r": 1, f"g{j + 1}": 1} | wanted), 0) for j in range(q)]
    _check_point(terms)
    return tuple(a), tuple(b)


def _last(after: Polynomial, ring: Ring, p: int, q: int) -> tuple[Row, Matrix]:
    """Return alpha and beta; I11 is h (w^2 - 1) / 2 and I111 h^1.5 (w^3 - 3 w) / 6."""
    terms = _terms(after, ring)
    alpha = [terms.pop(_key({"r": 2, f"f{j + 1}": 1}), 0) for j in range(p)]
    betas = []
    for j in range(q):
        of = {"r": 1, f"g{j + 1}": 1}
        none, w, w2, w3 = (terms.pop(_key(of | {"w": power}), 0) for power in range(4))
        if none != -w2:
            raise ValueError(f"g{j + 1} has the factor {none} + {w2} w^2")
        betas.append((w + 3 * w3, 2 * w2, terms.pop(_key(of | {"u": 1}), 0), 6 * w3))
    _check_point(terms)
    return tuple(alpha), tuple(zip(*betas, strict=True))


def _time(t: Polynomial, ring: Ring) -> Fraction:
    terms = _terms(t, ring)
    if terms.pop(_key({"t": 1}), 0) != 1 or terms.keys() - {_key({"r": 2})}:
        raise ValueError("a stage is at no time t + c h")
    return terms.get(_key({"r": 2}), Fraction(0))


def _terms(polynomial: Polynomial, ring: Ring) -> dict[frozenset[tuple[str, int]], Fraction]:
    return {_key(ring.exponents(key)): value for key, value in polynomial.rationals().items()}


def _key(exponents: dict[str, int]) -> frozenset[tuple[str, int]]:
    return frozenset((name, power) for name, power in exponents.items() if power)


def _check_point(terms: dict[frozenset[tuple[str, int]], Fraction]) -> None:
    """Raise unless nothing is left but the point itself."""
    if terms != {_key({"x": 1}): Fraction(1)}:
        other = next((dict(key) for key in terms if key != _key({"x": 1})), {"x": 1})
        raise ValueError(f"it has a term in {other}")
