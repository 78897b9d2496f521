"""Series, exact flows and solutions in symbols, where SymPy is installed (``pip install 'pdeopt[symbolic]'``)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from pdeopt.kernels._specialise import plain_function
from pdeopt.kernels.sde.langevin import free_variance
from pdeopt.kernels.sde.verlet import mean_remainder
from pdeopt.verification.algebra.formal import Elementary

__all__ = [
    "Symbols",
    "elementary_in_symbols",
    "exact_series",
    "lyapunov_solution",
    "series_in",
    "symbols_of",
    "sympy_of",
]

ORDERS_LOST = 14
"""Powers of h that numerator and denominator may have in common."""


def sympy_of(name: str) -> Any:
    """Return SymPy.

    Raises
    ------
    ImportError
        If it is not installed; the message names the extra.
    """
    try:
        return import_module("sympy")
    except ImportError as error:
        raise ImportError(f"{name} needs SymPy. Install it by pip install 'pdeopt[symbolic]'.") from error


@dataclass(frozen=True, eq=False)
class Symbols:
    """Symbols of a step in the harmonic well, and the square roots that it takes.

    Parameters
    ----------
    parts : int
        ``root ** parts`` is exp(-gamma h).
    h, w, gamma, c, root : Symbol
        Step, frequency, friction, exp(-gamma h), and a root of that.
    radicands : dict
        What the symbols of square roots are roots of.
    """

    parts: int
    h: Any
    w: Any
    gamma: Any
    c: Any
    root: Any
    radicands: dict[Any, Any] = field(default_factory=dict)

    def in_c(self, expression: Any) -> Any:
        """Return an expression with powers of c in place of those of its root, in factors."""
        sympy = sympy_of("this")
        return sympy.factor(expression.subs(self.root, self.c ** sympy.Rational(1, self.parts)))

    def without_roots(self, expression: Any) -> Any:
        """Return an expression of degree two in the symbols of square roots without these."""
        sympy = sympy_of("this")
        roots = list(self.radicands)
        if not roots:
            return sympy.cancel(expression)
        polynomial = sympy.Poly(sympy.expand(expression), *roots)
        total = sympy.Integer(0)
        for powers, factor in polynomial.terms():
            inside = sympy.prod(self.radicands[one] ** power for one, power in zip(roots, powers, strict=True))
            total += factor * sympy.sqrt(sympy.factor(inside))
        return sympy.cancel(total.replace(sympy.Abs, self.unsigned))

    def unsigned(self, expression: Any) -> Any:
        """Return the absolute value of an expression that is nowhere 0."""
        sympy = sympy_of("this")
        example = {self.h: 1, self.w: 2, self.gamma: 1, self.root: sympy.exp(-sympy.Rational(1, self.parts))}
        return expression if expression.subs(example).evalf() > 0 else -expression


def symbols_of(parts: int) -> Symbols:
    """Return new symbols, all of them positive."""
    return Symbols(parts, *sympy_of("this").symbols("h w gamma c r", positive=True))


def elementary_in_symbols(symbols: Symbols) -> tuple[Elementary, dict[int, Any]]:
    """Return elementary functions of SymPy's expressions, and functions to take in place of some kernels.

    Parameters
    ----------
    symbols : Symbols
        Square roots are noted there.

    Returns
    -------
    Elementary
    overrides : dict
        By the identity of a kernel that chooses between a series and its closed form: the closed form.
    """
    sympy = sympy_of("this")

    def exp(x: Any) -> Any:
        ratio = sympy.nsimplify(-x * symbols.parts / (symbols.gamma * symbols.h), rational=True)
        return symbols.root**ratio if ratio.is_number else sympy.exp(x)

    def expm1(x: Any) -> Any:
        return exp(x) - 1

    def sqrt(x: Any) -> Any:
        if x.is_number:
            return sympy.sqrt(x)
        new = sympy.Symbol(f"k{len(symbols.radicands)}", positive=True)
        symbols.radicands[new] = sympy.factor(sympy.nsimplify(x, rational=True))
        return new

    def spread(z: Any) -> Any:
        return (2 * z - 3 + 4 * exp(-z) - exp(-2 * z)) / z**2

    def remainder(z: Any) -> Any:
        return (exp(-z) - 1 + z) / z**2

    def first(x: Any, _: Any) -> Any:
        return x

    functions: dict[str, Callable[..., Any]] = {"sqrt": sqrt, "exp": exp, "expm1": expm1, "max": first}
    overrides = {free_variance: spread, mean_remainder: remainder}
    return Elementary(functions), {id(plain_function(kernel)): new for kernel, new in overrides.items()}


def lyapunov_solution(mean: Any, noise: Any) -> list[Any]:
    """Return the entries 11, 12 and 22 of C with C = M C M' + Q, for two by two matrices of rational functions."""
    sympy = sympy_of("this")
    (a, b), (c, d) = mean.tolist()
    images = [[a * a, 2 * a * b, b * b], [a * c, a * d + b * c, b * d], [c * c, 2 * c * d, d * d]]
    both = sympy.eye(3) - sympy.Matrix(images)
    right = sympy.Matrix([noise[0, 0], noise[0, 1], noise[1, 1]])
    matrices = import_module("sympy.polys.matrices")
    left, other = matrices.DomainMatrix.from_Matrix(both).to_field().unify(matrices.DomainMatrix.from_Matrix(right))
    return [sympy.factor(one) for one in left.to_field().lu_solve(other.to_field()).to_Matrix()]


def series_in(expression: Any, symbols: Symbols, terms: int) -> list[Any]:
    """Return the coefficients of 1, h, ..., h**(terms - 1) of a rational function of h and the root of exp(-gamma h).

    Raises
    ------
    ValueError
        If the function is not bounded near h = 0.
    """
    sympy = sympy_of("this")
    above, below = sympy.fraction(sympy.cancel(sympy.together(expression)))
    numerator, denominator = (_taylor(part, symbols, terms + ORDERS_LOST) for part in (above, below))
    low = next(k for k, value in enumerate(denominator) if value != 0)
    if any(numerator[:low]):
        raise ValueError(f"{expression} is not bounded near h = 0.")
    found: list[Any] = []
    for k in range(terms):
        rest = numerator[low + k] - sum(denominator[low + j] * found[k - j] for j in range(1, k + 1))
        found.append(sympy.factor(rest / denominator[low]))
    return found


def _taylor(expression: Any, symbols: Symbols, depth: int) -> list[Any]:
    """Return the first coefficients of a polynomial in h and the root."""
    sympy = sympy_of("this")
    found = [sympy.Integer(0)] * depth
    for (power, start), factor in sympy.Poly(expression, symbols.root, symbols.h).terms():
        rate = -symbols.gamma * sympy.Rational(power, symbols.parts)
        for k in range(depth - start):
            found[start + k] += factor * rate**k / sympy.factorial(k)
    return [sympy.expand(value) for value in found]


def exact_series(symbols: Symbols, terms: int) -> tuple[list[Any], list[Any]]:
    """Return the coefficients of the mean exp(A h) and the covariance C of the equation after a time h.

    With C' = A C + C A' + S, for tau = 1.
    """
    sympy = sympy_of("this")
    drift = sympy.Matrix([[0, 1], [-(symbols.w**2), -symbols.gamma]])
    heat = sympy.Matrix([[0, 0], [0, 2 * symbols.gamma]])
    means, covariances = [sympy.eye(2)], [sympy.zeros(2, 2)]
    for k in range(1, terms):
        growth = drift * covariances[-1] + covariances[-1] * drift.T + (heat if k == 1 else sympy.zeros(2, 2))
        means.append(drift * means[-1] / k)
        covariances.append(growth / k)
    return means, covariances
