"""Evidence from operators on the circle: weak errors and stationary averages of schemes in one dimension."""

from collections.abc import Callable

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.systems import SDE
from pdeopt.verification import torus
from pdeopt.verification.evidence import Evidence, steps_to_one
from pdeopt.verification.methods import Method, fitting_system, stepper_of
from pdeopt.verification.torus import Chain, Circle

__all__ = ["stationary_evidence", "weak_evidence"]

TIER = "exact operators on the circle"
OBSERVABLES = (np.cos, np.sin, lambda x: np.exp(np.sin(x)))
N_WAVES = 2


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
    exact = torus.law_of(torus.generator(system, circle)) @ observables
    chain_at = _chains(method, system, circle, draws)

    def error(h: float) -> FloatArray:
        return np.asarray(chain_at(h).law() @ observables - exact)

    return Evidence(error, _rounding, TIER, _words(system, n_modes))


def _chains(method: Method, system: SDE, circle: Circle, draws: tuple[str, ...]) -> Callable[[float], Chain]:
    fitting = fitting_system(method, system)
    stepper = stepper_of(method, fitting, draws)
    return lambda h: torus.chain_of(stepper, fitting.args, h, circle)


def _rounding(h: float) -> float:
    return torus.rounding_of(1.0 / h)


def _words(system: SDE, n_modes: int) -> str:
    return f"{system.name or system!r}, {n_modes} Fourier modes, all starting points"
