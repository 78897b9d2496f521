"""Evidence from operators on the circle: weak errors and stationary averages of schemes in one dimension."""

from collections.abc import Callable
from functools import cache

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.sde.scheme import UNIFORM, Stepper
from pdeopt.systems import SDE
from pdeopt.verification.evidence import Evidence, steps_to_one
from pdeopt.verification.methods import Method, fitting_system, stepper_of
from pdeopt.verification.operators import torus
from pdeopt.verification.operators.torus import Chain, Circle

__all__ = ["stationary_evidence", "weak_evidence"]

TIER = "exact operators on the circle"
OBSERVABLES = (np.cos, np.sin, lambda x: np.exp(np.sin(x)))
N_WAVES = 2
MANY = (128, 192)
"""Starting points over which the change of a law is averaged."""


def weak_evidence(method: Method, system: SDE, draws: tuple[str, ...], n_modes: int) -> Evidence:
    """Return the errors at time 1 of E cos, E sin and E exp(sin), from every node."""
    circle = Circle(n_modes)
    observables = np.stack([function(circle.nodes) for function in OBSERVABLES], axis=1)
    exact = torus.exact_expectations(torus.generator(system, circle), observables, 1.0)
    chain_at = _chains(method, system, circle, draws)

    def error(h: float) -> FloatArray:
        return (chain_at(h).expectations(observables, steps_to_one(h)) - exact).reshape(-1)

    return Evidence(error, _rounding, TIER, _words(system, n_modes))


def stationary_evidence(method: Method, system: SDE, draws: tuple[str, ...], n_modes: int) -> Evidence:
    """Return the errors of the stationary averages of cos and sin of x and 2 x."""
    circle = Circle(n_modes)
    waves = np.exp(1j * np.outer(circle.nodes, np.arange(1, N_WAVES + 1)))
    observables = np.hstack([waves.real, waves.imag])
    law = torus.law_of(torus.generator(system, circle))
    if UNIFORM in stepper_of(method, fitting_system(method, system), draws).draws:
        return _defects(method, system, circle, draws, law, observables)
    exact = law @ observables
    chain_at = _chains(method, system, circle, draws)

    def error(h: float) -> FloatArray:
        return np.asarray(chain_at(h).law() @ observables - exact)

    return Evidence(error, _rounding, TIER, _words(system, n_modes))


def _defects(
    method: Method, system: SDE, circle: Circle, draws: tuple[str, ...], law: FloatArray, observables: FloatArray
) -> Evidence:
    """Return the same for a scheme that accepts or refuses, by what a step changes of the law of the equation.

    Kinks make the operator itself exact to few digits. The change is averaged over many more starting points than the
    operator has nodes; the bias x solves ``x (1 - P) = change``, so that it is as exact as the change.
    """
    fitting = fitting_system(method, system)
    stepper, n = stepper_of(method, fitting, draws), circle.nodes.size

    @cache
    def biases(h: float) -> list[FloatArray]:
        operator = torus.averages_after(stepper, fitting.args, h, circle, circle.nodes)
        # With x @ ones = 0 added, the equations have one solution.
        whole = (np.eye(n) - operator + 1.0 / n).T
        changes = [_change(stepper, fitting, h, circle, law, m) for m in MANY]
        return [np.linalg.solve(whole, change) @ observables for change in changes]

    def rounding(h: float) -> float:
        rough, fine = biases(h)
        return _rounding(h) + float(np.abs(fine - rough).max())

    words = f"{_words(system, n // 2)}; changes of the exact law by a step, two quadratures over {MANY} points"
    return Evidence(lambda h: biases(h)[1], rounding, TIER, words, coarsest=0.25, fewest=4, most=4)


def _change(stepper: Stepper, system: SDE, h: float, circle: Circle, law: FloatArray, n_starts: int) -> FloatArray:
    """Return what one step changes of a law, as averages of the functions of the nodes."""
    starts = 2.0 * np.pi * np.arange(n_starts) / n_starts
    values = circle.values(starts)
    density = values @ law / n_starts * circle.nodes.size
    return density @ (torus.averages_after(stepper, system.args, h, circle, starts) - values)


def _chains(method: Method, system: SDE, circle: Circle, draws: tuple[str, ...]) -> Callable[[float], Chain]:
    fitting = fitting_system(method, system)
    stepper = stepper_of(method, fitting, draws)
    return lambda h: torus.chain_of(stepper, fitting.args, h, circle)


def _rounding(h: float) -> float:
    return torus.rounding_of(1.0 / h)


def _words(system: SDE, n_modes: int) -> str:
    return f"{system.name or system!r}, {n_modes} Fourier modes, all starting points"
