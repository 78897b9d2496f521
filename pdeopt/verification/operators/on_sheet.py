"""Evidence from operators in two variables: Langevin dynamics of one position, and equations with two components."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from pdeopt._types import BoolArray, FloatArray
from pdeopt.sde.scheme import UNIFORM, Stepper
from pdeopt.systems import SDE, Langevin
from pdeopt.verification.draws import RULES, Rule, normal_rule
from pdeopt.verification.evidence import Evidence, steps_to_one
from pdeopt.verification.methods import Method, fitting_system, stepper_of
from pdeopt.verification.operators.line import Line
from pdeopt.verification.operators.sheet import Sheet, exact_expectations, expectations, law_of, step_operator
from pdeopt.verification.operators.torus import PERIOD, Circle
from pdeopt.verification.operators.transitions import Ends

__all__ = ["generator", "is_periodic", "stationary_evidence", "weak_evidence"]

TIER = "exact operators in two variables"

N_MODES, N_MOMENTA = 12, 24
FEW: Mapping[str, Rule] = {
    **RULES,
    "increment": normal_rule(10),
    "friction": normal_rule(10),
    "time-integral": normal_rule(7),
    "normal": normal_rule(7),
}
"""Steps have twice as many draws as in one variable."""

OF = ((0,), (0,), (1,), (1,), (0, 1))
"""The variables of each observable."""

FEWER: Mapping[str, Rule] = {**FEW, "increment": normal_rule(6), "friction": normal_rule(6)}
"""For the later draws of schemes that accept or refuse, beside many values of the first."""

FEWEST: Mapping[str, Rule] = {**RULES, **dict.fromkeys(("increment", "friction"), normal_rule(7))}
FEWEST = {**FEWEST, **dict.fromkeys(("time-integral", "normal"), normal_rule(5))}
"""For steps of more than three draws."""

MANY = 3

CENTRAL = 2.0
"""Momenta of starting points lie within this many standard deviations."""

FINER = (16, 24)
"""Highest modes of the starting points over which the change of a law is averaged, and momenta of these."""

FEW_MOMENTA = 16


def weak_evidence(method: Method, system: SDE, draws: tuple[str, ...]) -> Evidence:
    """Return the errors at time 1 of averages of a few functions, from all central nodes."""
    sheet = _sheet(system)
    observables, central = _observables(sheet), _central(sheet)
    exact = exact_expectations(generator(system, sheet), observables, 1.0)
    operator = _operators(method, system, sheet, draws)

    def error(h: float) -> FloatArray:
        found = expectations(operator(h), observables, steps_to_one(h))
        return np.asarray(found - exact)[central].ravel()

    return Evidence(error, _rounding, TIER, _words(system, sheet), coarsest=0.25, fewest=5, most=8)


def stationary_evidence(
    method: Method, system: SDE, draws: tuple[str, ...], components: tuple[int, ...] | None
) -> Evidence:
    """Return the errors of stationary averages of the same functions, or of those of one component."""
    sheet = _sheet(system)
    kept = [k for k, variables in enumerate(OF) if components is None or set(variables) <= set(components)]
    observables = _observables(sheet)[:, kept]
    law = law_of(generator(system, sheet), sheet)
    operator = _operators(method, system, sheet, draws)
    if UNIFORM in stepper_of(method, fitting_system(method, system), draws).draws:
        return _defects(method, system, sheet, draws, law, observables)

    def error(h: float) -> FloatArray:
        return np.asarray((law_of(operator(h) - np.eye(sheet.size), sheet) - law) @ observables)

    return Evidence(error, _rounding, TIER, _words(system, sheet), coarsest=0.25, fewest=5, most=8)


def _defects(
    method: Method, system: SDE, sheet: Sheet, draws: tuple[str, ...], law: FloatArray, observables: FloatArray
) -> Evidence:
    """Return the same for a scheme that accepts or refuses, as `on_circle` does."""
    fitting = fitting_system(method, system)
    stepper = stepper_of(method, fitting, draws)
    finer = [_sheet(system, n, FEW_MOMENTA) for n in FINER]
    density = law / sheet.scales**2

    @cache
    def biases(h: float) -> list[FloatArray]:
        operator = step_operator(stepper, fitting.args, h, sheet, FEWER)
        sums = np.linalg.solve(np.eye(sheet.size) - operator + sheet.scales**2, observables)
        return [_change(stepper, fitting, h, sheet, density, starts) @ sums for starts in finer]

    def rounding(h: float) -> float:
        rough, fine = biases(h)
        return _rounding(h) + float(np.abs(fine - rough).max())

    words = f"{_words(system, sheet)}; changes of the exact law by a step, by two quadratures"
    return Evidence(lambda h: biases(h)[1], rounding, TIER, words, coarsest=0.5, fewest=4, most=4)


def _change(stepper: Stepper, system: SDE, h: float, sheet: Sheet, density: FloatArray, starts: Sheet) -> FloatArray:
    """Return what one step changes of a law, as averages of the functions of the nodes."""
    values = sheet.averages(Ends(np.arange(starts.size), starts.nodes, np.ones(starts.size)), starts.size)
    masses = starts.scales**2 * (values @ density)
    return masses @ (step_operator(stepper, system.args, h, sheet, FEWER, starts.nodes) - values)


def _observables(sheet: Sheet) -> FloatArray:
    """Return cos x, sin x, cos y, sin y and sin x sin y, or with momenta cos q, sin q, p, p^2 and p sin q."""
    x, y = sheet.nodes.T
    if isinstance(sheet.second, Line):
        return np.stack([np.cos(x), np.sin(x), y, y * y, y * np.sin(x)], axis=1)
    return np.stack([np.cos(x), np.sin(x), np.cos(y), np.sin(y), np.sin(x) * np.sin(y)], axis=1)


def _central(sheet: Sheet) -> BoolArray:
    """Tell which nodes are not far out on a line."""
    axis, x = sheet.second, sheet.nodes[:, 1]
    return np.asarray(np.abs(x) <= CENTRAL * axis.scale) if isinstance(axis, Line) else np.ones(x.size, dtype=np.bool_)


def is_periodic(system: Langevin) -> bool:
    """Tell whether the gradient of a potential of one position has the period 2 pi, and so has the potential."""
    rest, places = system.args[3:], (0.1, 1.7, 4.0)
    functions = (system.value, system.gradient)
    here, there = ([f(q + shift, *rest) for f in functions for q in places] for shift in (0.0, PERIOD))
    return system.dim == 2 and np.allclose(here, there, rtol=0, atol=1e-9)


def _sheet(system: SDE, n_modes: int = N_MODES, n_momenta: int = N_MOMENTA) -> Sheet:
    first = Circle(n_modes)
    return Sheet(
        first, Line(n_momenta, float(np.sqrt(system.mass / system.beta))) if isinstance(system, Langevin) else first
    )


def coefficients(system: SDE, points: FloatArray, t: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Return drifts, shape (n, 2), and covariances of the noise, shape (n, 2, 2)."""
    pairs = [tuple(point) for point in points.tolist()]
    drift = np.array([system.compiled_drift(t, x, *system.args) for x in pairs])
    sigma = np.array([system.compiled_diffusion(t, x, *system.args) for x in pairs])
    if system.diffusion_form == "vector":
        sigma = sigma[:, :, None] * np.eye(2)
    sigma = sigma.reshape(len(pairs), 2, -1)
    return drift, sigma @ np.swapaxes(sigma, 1, 2)


def generator(system: SDE, sheet: Sheet) -> FloatArray:
    """Return the generator of an equation, a matrix on values at the nodes.

    Raises
    ------
    ValueError
        If its coefficients depend on time, or are not periodic on a circle.
    """
    ito = system.as_ito()
    drift, noise = coefficients(ito, sheet.nodes)
    shifts = [PERIOD * np.eye(2)[k] for k, axis in enumerate((sheet.first, sheet.second)) if isinstance(axis, Circle)]
    others = [coefficients(ito, sheet.nodes, 1.0), *(coefficients(ito, sheet.nodes + shift) for shift in shifts)]
    for other in others:
        if not (np.allclose(drift, other[0], atol=1e-9) and np.allclose(noise, other[1], atol=1e-9)):
            raise ValueError(
                f"the coefficients of {system!r} are not of period 2 pi in every component, or depend on t. Use "
                "functions of sines and cosines, or Langevin dynamics."
            )
    first = sum(drift[:, k, None] * sheet.derivative(1 - k, k) for k in (0, 1))
    second = sum(0.5 * noise[:, i, j, None] * sheet.derivative(2 - i - j, i + j) for i in (0, 1) for j in (0, 1))
    return np.asarray(first + second)


def _operators(method: Method, system: SDE, sheet: Sheet, draws: tuple[str, ...]) -> Callable[[float], FloatArray]:
    fitting = fitting_system(method, system)
    stepper = stepper_of(method, fitting, draws)
    rules = FEWER if UNIFORM in stepper.draws else FEWEST if len(stepper.draws) > MANY else FEW
    return lambda h: step_operator(stepper, fitting.args, h, sheet, rules)


def _rounding(h: float) -> float:
    return 1e-12 + 1e-14 / h


def _words(system: SDE, sheet: Sheet) -> str:
    second = "Fourier functions" if isinstance(sheet.second, Circle) else "polynomials of the momentum"
    sizes = sheet.first.nodes.size, sheet.second.nodes.size
    return f"{system.name or system!r}, {sizes[0]} Fourier functions by {sizes[1]} {second}, all starting points"
