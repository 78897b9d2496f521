"""What a scheme makes of Langevin dynamics in the harmonic well, in closed form: symbols in place of numbers."""

from dataclasses import dataclass
from itertools import product, takewhile
from math import exp, lcm
from typing import Any

from pdeopt.landscapes import Landscape
from pdeopt.sde.langevin import LangevinScheme, Parts, spring_energy, spring_force
from pdeopt.sde.scheme import UNIFORM, Scheme, Stepper
from pdeopt.sde.schemes import get
from pdeopt.sde.splitting import Splitting
from pdeopt.systems import langevin
from pdeopt.verification.algebra.formal import filled, formal
from pdeopt.verification.algebra.symbolic import (
    Symbols,
    elementary_in_symbols,
    exact_series,
    lyapunov_solution,
    series_in,
    symbols_of,
    sympy_of,
)

__all__ = ["HarmonicLaw", "stationary_covariance"]

TERMS = 5
SAMPLES = (0.1, 0.7, 1.3, 2.6, 11.0)


@dataclass(frozen=True, eq=False, repr=False)
class HarmonicLaw:
    """A scheme for dq = p dt, dp = -w^2 q dt - gamma p dt + sqrt(2 gamma tau) dW, in SymPy's expressions.

    They are in h, w, gamma and ``c = exp(-gamma h)``.

    Parameters
    ----------
    name : str
    position, cross, momentum : expression
        Of the stationary law: <q^2> w^2 / tau, <q p> / tau and <p^2> / tau; 1, 0 and 1 for the equation itself.
    bias : tuple of three tuples
        Coefficients of h, h^2, ... of the errors of these three.
    conditions : tuple of three expressions
        The step is stable where all are positive: Jury's 1 - D, 1 - T + D and 1 + T + D of trace and determinant.
    mean, covariance : Matrix
        Of one step for tau = 1, in a root r of c: ``x -> mean x + noise``.
    defects : (int, int)
        The powers of h by which mean and covariance of one step differ from those of the equation.
    """

    name: str
    position: Any
    cross: Any
    momentum: Any
    bias: tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]
    conditions: tuple[Any, Any, Any]
    mean: Any
    covariance: Any
    defects: tuple[int, int]

    @property
    def weak_order(self) -> int:
        """The order of mean and covariance at a fixed time, from any start: one less than that of the defects."""
        return min(self.defects) - 1

    @property
    def is_symmetric(self) -> bool:
        """Whether a mean step back undoes one forth, as for palindromes: errors then have even powers of h alone."""
        sympy = sympy_of("this")
        symbols = {str(symbol): symbol for symbol in self.mean.free_symbols}
        turned = {symbols["h"]: -symbols["h"]} | ({symbols["r"]: 1 / symbols["r"]} if "r" in symbols else {})
        return bool((self.mean * self.mean.subs(turned, simultaneous=True)).applyfunc(sympy.cancel) == sympy.eye(2))

    def leading_bias(self, entry: str) -> tuple[int, Any]:
        """Return power and coefficient of the first error of an entry, (0, 0) if it has none up to h^4.

        Parameters
        ----------
        entry : {"position", "cross", "momentum"}
        """
        coefficients = self.bias[("position", "cross", "momentum").index(entry)]
        skipped = len(list(takewhile(lambda value: value == 0, coefficients)))
        return (skipped + 1, coefficients[skipped]) if skipped < len(coefficients) else (0, 0)

    def __str__(self) -> str:
        labels = {"position": "<q^2> w^2 / tau", "cross": "<q p> / tau", "momentum": "<p^2> / tau"}
        lines = [f"{self.name} in the harmonic well, c = exp(-gamma h)"]
        for entry, label in labels.items():
            power, value = self.leading_bias(entry)
            error = f"error ({value}) h^{power}" if power else f"no error up to h^{TERMS - 1}"
            lines.append(f"  {label:16} {getattr(self, entry)}   {error}")
        lines += [f"  stable where 0 < {one}" for one in self.conditions if may_fail(one)]
        mean, covariance = self.defects
        lines.append(
            f"  weak order {self.weak_order}: a step errs by h^{mean} in its mean, h^{covariance} in its covariance"
        )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<HarmonicLaw {self.name!r}: {self.position}, {self.cross}, {self.momentum}>"


def may_fail(condition: Any) -> bool:
    """Tell whether an expression is negative at some of many points with positive h, w and gamma."""
    symbols = {str(symbol): symbol for symbol in condition.free_symbols}
    for h, w, gamma in product(SAMPLES, repeat=3):
        values = {"h": h, "w": w, "gamma": gamma, "c": exp(-gamma * h)}
        if condition.subs({symbol: values[name] for name, symbol in symbols.items()}) < 0:
            return True
    return False


def stationary_covariance(method: str | Scheme) -> HarmonicLaw:
    """Return the stationary covariance of a scheme in the harmonic well in closed form, and what follows from one step.

    Parameters
    ----------
    method : str or Scheme
        A splitting word such as "BAOAB", or another scheme for Langevin dynamics that carries no noise from step to
        step.

    Returns
    -------
    HarmonicLaw
        Closed forms, the series of their errors, the limit of stability, and the weak order in finite time.

    Raises
    ------
    ImportError
        If SymPy is not installed.
    ValueError
        If the scheme accepts or rejects, or carries noise.

    Notes
    -----
    The step of the scheme itself is applied to symbols; the discrete Lyapunov equation is solved in them.

    Examples
    --------
    >>> law = stationary_covariance("BAOAB")  # doctest: +SKIP
    >>> law.position, law.cross, law.momentum  # doctest: +SKIP
    (1, 0, -(h*w - 2)*(h*w + 2)/4)
    """
    scheme = get(method)
    sympy_of("verification.stationary_covariance")
    symbols = _symbols_for(scheme)
    mean, noise = _one_step(scheme, symbols)
    covariance = (noise * noise.T).applyfunc(symbols.without_roots)
    qq, qp, pp = lyapunov_solution(mean, covariance)
    found = (qq * symbols.w**2, qp, pp)
    bias = [tuple(series_in(one - exact, symbols, TERMS)[1:]) for one, exact in zip(found, (1, 0, 1), strict=True)]
    position, cross, momentum = (symbols.in_c(one) for one in found)
    conditions, defects = _conditions(mean, symbols), _defects(mean, covariance, symbols)
    return HarmonicLaw(
        scheme.name, position, cross, momentum, (bias[0], bias[1], bias[2]), conditions, mean, covariance, defects
    )


def _symbols_for(scheme: Scheme) -> Symbols:
    word = scheme.word if isinstance(scheme, Splitting) else ""
    return symbols_of(lcm(*(max(word.count(letter), 1) for letter in "OUV")))


def _one_step(scheme: Scheme, symbols: Symbols) -> tuple[Any, Any]:
    """Return mean and noise of one step from a point to a point, for tau = 1."""
    stepper, sympy = _stepper(scheme), sympy_of("this")
    if UNIFORM in stepper.draws:
        raise ValueError(f"method={scheme.name!r} accepts or rejects, so that it has no matrices. Use method='baoab'.")
    elementary, made = elementary_in_symbols(symbols)
    begin, prepare, step = (formal(part, elementary, made) for part in (stepper.begin, stepper.prepare, stepper.step))
    args = (sympy.Integer(1), symbols.gamma, sympy.Integer(1), symbols.w**2)
    constants = prepare(symbols.h, args)

    def stepped(*given: Any) -> list[Any]:
        begun = begin(0, given[:2], args)
        after = numbers_of(step(0, begun, symbols.h, filled(stepper.xi, iter(given[2:])), constants))
        kept = numbers_of(begin(0, tuple(after[:2]), args))
        if any(sympy.nsimplify(sympy.expand(x - y), rational=True) != 0 for x, y in zip(after, kept, strict=True)):
            raise ValueError(f"method={scheme.name!r} carries noise from step to step. Use method='baoab'.")
        return [sympy.nsimplify(sympy.expand(one), rational=True) for one in after[:2]]

    columns = [stepped(*sympy.eye(2 + len(stepper.draws)).row(k)) for k in range(2 + len(stepper.draws))]
    return sympy.Matrix(columns[:2]).T.applyfunc(sympy.cancel), sympy.Matrix(columns[2:]).T


def _stepper(scheme: Scheme) -> Stepper:
    if isinstance(scheme, LangevinScheme):
        return scheme.bind(Parts(spring_force, spring_energy, 1))
    return scheme.stepper(langevin(Landscape(spring_energy, spring_force, args=(1.0,)), 1.0, 1.0))


def numbers_of(value: Any) -> list[Any]:
    """Return the entries of nested tuples in order."""
    return [number for part in value for number in numbers_of(part)] if isinstance(value, tuple) else [value]


def _conditions(mean: Any, symbols: Symbols) -> tuple[Any, Any, Any]:
    """Return Jury's expressions, all positive where both eigenvalues lie in the unit circle."""
    trace, determinant = mean.trace(), mean.det()
    low, right, left = (
        symbols.in_c(one) for one in (1 - determinant, 1 - trace + determinant, 1 + trace + determinant)
    )
    return low, right, left


def _defects(mean: Any, covariance: Any, symbols: Symbols) -> tuple[int, int]:
    found = [[series_in(one, symbols, TERMS) for one in matrix] for matrix in (mean, covariance)]
    exact = exact_series(symbols, TERMS)
    return _first_difference(found[0], exact[0]), _first_difference(found[1], exact[1])


def _first_difference(entries: list[list[Any]], exact: list[Any]) -> int:
    sympy = sympy_of("this")
    for k, matrix in enumerate(exact):
        if any(sympy.expand(entry[k] - other) != 0 for entry, other in zip(entries, matrix, strict=True)):
            return k
    return len(exact)
