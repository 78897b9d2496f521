"""Decisions on the weak order of a method, and on the order of its stationary averages."""

from collections.abc import Callable, Sequence

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.systems import SDE
from pdeopt.systems.problems import Problem
from pdeopt.verification import torus
from pdeopt.verification.equations import equation_for
from pdeopt.verification.fits import extrapolated_order
from pdeopt.verification.methods import Method, claimed_orders, fitting_system, name_of, stepper_of
from pdeopt.verification.torus import Chain, Circle
from pdeopt.verification.verdict import Verdict, verdict_of

__all__ = ["invariant_bias", "weak_order"]

COARSEST, FINEST, FEWEST = 4, 15, 8
"""By default steps are halved from 2^-4 on: at least eight of them, then until the order is settled, up to 2^-15."""

SETTLED = 0.005
"""An error bar of an order that is small enough to stop at."""

TIER = "exact operators on the circle"


def weak_order(
    method: Method,
    problem: Problem | SDE | None = None,
    *,
    noise: str | None = None,
    claimed: float | None = None,
    steps: Sequence[float] | None = None,
    draws: tuple[str, ...] = ("increment",),
    n_modes: int = 24,
) -> Verdict:
    """Decide the weak order of a method in one dimension, without sampling.

    The error at time 1 is the root mean square, over all starting points on a circle, of the errors of the
    expectations of cos x, sin x and exp(sin x).

    Parameters
    ----------
    method : str, Scheme or callable
        A scheme of the package, or your own ``step(t, x, h, xi, args)``, compiled or not, which returns the next x.
    problem : Problem or SDE, optional
        One-dimensional, with coefficients of period 2 pi that do not depend on time. By default a problem on the
        circle with the noise `noise`.
    noise : {"diagonal", "additive", "general"}, optional
        Of the default problem; by default diagonal where the scheme takes it.
    claimed : float, optional
        By default what the scheme claims, and for your own step the nearest multiple of a half.
    steps : sequence of float, optional
        In geometric sequence, the largest first; each divides the time 1. By default 1/16, 1/32, ... until the order is
        settled.
    draws : tuple of str
        The kinds of the draws `xi` of your own step: one is a float, several are a tuple.
    n_modes : int
        Fourier modes of the functions.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If the problem is not periodic, or the scheme does not take it.

    Notes
    -----
    Expectations over normal draws are Gauss-Hermite sums, over discrete draws finite sums; the reference is the
    exponential of the generator.

    Examples
    --------
    >>> weak_order("euler-maruyama").verdict
    'certified'
    """
    system, circle = equation_for(method, problem, noise), Circle(n_modes)
    observables = _observables(circle)
    exact = torus.exact_expectations(torus.generator(system, circle), observables, 1.0)
    chain_at = _chains(method, system, circle, draws)

    def error(h: float) -> FloatArray:
        return (chain_at(h).expectations(observables, _n_steps(h)) - exact).reshape(-1)

    claim = claimed_orders(method, system.noise)[1] if claimed is None else claimed
    return _decision(method, "weak order", system, error, steps, claim, n_modes)


def invariant_bias(
    method: Method,
    problem: Problem | SDE | None = None,
    *,
    noise: str | None = None,
    claimed: float | None = None,
    steps: Sequence[float] | None = None,
    draws: tuple[str, ...] = ("increment",),
    n_modes: int = 24,
) -> Verdict:
    """Decide the order of the error of stationary averages of a method in one dimension, without sampling.

    The error is the root mean square of the differences of the averages of cos x, sin x, cos 2x and sin 2x under the
    stationary laws of the scheme and of the equation.

    Parameters
    ----------
    method, problem, noise, claimed, steps, draws, n_modes
        As for `weak_order`; steps need not divide 1.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        As for `weak_order`.

    Examples
    --------
    >>> invariant_bias("leimkuhler-matthews").verdict
    'certified'
    """
    system, circle = equation_for(method, problem, noise), Circle(n_modes)
    waves = np.exp(1j * np.outer(circle.nodes, (1.0, 2.0)))
    observables = np.hstack([waves.real, waves.imag])
    exact = torus.law_of(torus.generator(system, circle)) @ observables
    chain_at = _chains(method, system, circle, draws)

    def error(h: float) -> FloatArray:
        return np.asarray(chain_at(h).law() @ observables - exact)

    claim = claimed_orders(method, system.noise)[2] if claimed is None else claimed
    return _decision(method, "order of stationary averages", system, error, steps, claim, n_modes)


def _observables(circle: Circle) -> FloatArray:
    return np.stack([function(circle.nodes) for function in torus.OBSERVABLES], axis=1)


def _chains(method: Method, system: SDE, circle: Circle, draws: tuple[str, ...]) -> Callable[[float], Chain]:
    fitting = fitting_system(method, system)
    stepper = stepper_of(method, fitting, draws)
    return lambda h: torus.chain_of(stepper, fitting.args, h, circle)


def _n_steps(h: float) -> int:
    n = round(1.0 / h)
    if abs(n * h - 1.0) > 1e-12:
        raise ValueError(f"steps contains {h!r}, which does not divide the time 1. Use steps such as 1/16, 1/32, 1/64.")
    return n


def _decision(
    method: Method,
    quantity: str,
    system: SDE,
    error: Callable[[float], FloatArray],
    steps: Sequence[float] | None,
    claimed: float | None,
    n_modes: int,
) -> Verdict:
    taken, errors = (list(steps), [error(h) for h in steps]) if steps is not None else _settled(error)
    evidence = f"problem {system.name or system!r}, {n_modes} Fourier modes"
    rounding = [torus.rounding_of(1.0 / h) for h in taken]
    name = f"{name_of(method)}, {quantity}"
    return verdict_of(name, taken, errors, claimed=claimed, tier=TIER, evidence=evidence, rounding=rounding)


def _settled(error: Callable[[float], FloatArray]) -> tuple[list[float], list[FloatArray]]:
    """Return halved steps and their errors, as many as the error bar of the order asks for."""
    steps = [0.5**level for level in range(COARSEST, COARSEST + FEWEST)]
    errors = [error(h) for h in steps]
    for level in range(COARSEST + FEWEST, FINEST + 1):
        rounding = [torus.rounding_of(1.0 / h) for h in steps]
        if extrapolated_order(steps, np.array(errors), rounding).bar <= SETTLED:
            break
        steps.append(0.5**level)
        errors.append(error(steps[-1]))
    return steps, errors
