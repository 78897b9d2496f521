"""Decisions on the order of mean exit times, without sampling."""

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.landscapes import Landscape
from pdeopt.sde.scheme import COIN, THREE_POINT, TWO_POINT
from pdeopt.systems import SDE, overdamped_langevin
from pdeopt.systems.problems import Problem
from pdeopt.verification.evidence import Evidence, decision
from pdeopt.verification.methods import Method, check_memoryless, checked_claim, fitting_system, name_of, stepper_of
from pdeopt.verification.operators.exit_equation import RESOLVED, deviations, exact_exit_times
from pdeopt.verification.operators.exit_tests import bridge_shares, end_shares
from pdeopt.verification.operators.on_interval import Panels, Test, exit_times
from pdeopt.verification.verdict import Verdict

__all__ = ["exit_order"]

Domain = tuple[float, float]

TESTS = {"naive": 0.5, "bridge": 1.0, "half-step": 1.0, "shifted": 1.0}
"""What decides about an exit, and the order that it has with schemes of weak order at least 1."""

SHIFT = 0.5825971579390107
"""``-zeta(1/2) / sqrt(2 pi)``: by how many standard deviations of a step a walk overshoots a wall on average."""

RESOLUTIONS = (16, 20)


def _spring(x: float) -> float:
    return 0.5 * x * x


def _pull(x: float) -> float:
    return x


def exit_order(
    method: Method,
    problem: Problem | SDE | None = None,
    *,
    domain: Domain | None = None,
    test: str = "naive",
    start: ArrayLike | None = None,
    claimed: float | None = None,
    steps: Sequence[float] | None = None,
    draws: tuple[str, ...] = ("increment",),
) -> Verdict:
    """Decide the order of the mean exit times of a method from an interval, without sampling.

    Parameters
    ----------
    method : str, Scheme or callable
        As for `weak_order`; its first draw is normal.
    problem : Problem or SDE, optional
        Of one component, with coefficients that do not depend on time and noise that vanishes nowhere on the domain.
        By default dX = -X dt + dW.
    domain : (lower, upper), optional
        The interval to leave; by default that of the problem, or (-1, 1).
    test : {"naive", "bridge", "half-step", "shifted"}
        What decides that a path has left. "naive": a step ends outside, and its end is the time, as
        ``sde.Exit(bridge=False)`` does. "bridge": a Brownian bridge between both ends of a step, with the mean time of
        its first passage, as ``sde.Exit()`` does. "half-step": the same, where a step with an exit counts by half.
        "shifted": "naive" in a domain whose ends are moved inwards by 0.5826 standard deviations of a step.
    start : float or sequence of float, optional
        Where paths begin; by default at a quarter, a half and three quarters of the domain.
    claimed : float, optional
        By default 1/2 for "naive" and 1 for the others.
    steps : sequence of float, optional
        In geometric sequence, the largest first. By default 1/16, 1/32, ... until the order is settled.
    draws : tuple of str
        The kinds of the draws of your own step, as for `weak_order`.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If the test is not known, a start is outside of the domain, the problem does not fit, or the step is not smooth
        in its first draw.

    Notes
    -----
    The mean exit time u of the scheme solves ``u = credit + K u`` with the law K of a step that stays inside. It is
    computed to rounding, on polynomials on panels graded towards the ends (Nystroem's method); the exact one is
    quadratures of the boundary value problem ``L u = -1``. The error of "naive" has an expansion in powers of sqrt(h)
    (Gobet and Menozzi 2010, Stochastic Processes and their Applications 120, 130-162).

    Examples
    --------
    >>> print(exit_order("euler-maruyama", test="bridge").summary)
    euler-maruyama, mean exit times, bridge test: certified; claimed 1, order 1.0000 +- 0.0001
    """
    if test not in TESTS:
        raise ValueError(f"test={test!r} is not known. Use one of {', '.join(TESTS)}.")
    system, inside = _problem(problem, domain)
    places = _starts(start, inside)
    evidence = _evidence(method, system, inside, test, places, draws)
    claim = TESTS[test] if claimed is None else checked_claim(claimed)
    return decision(f"{name_of(method)}, mean exit times, {test} test", evidence, steps, claim)


def _problem(problem: Problem | SDE | None, domain: Domain | None) -> tuple[SDE, Domain]:
    given = overdamped_langevin(Landscape(_spring, _pull, name="spring"), 2.0) if problem is None else problem
    system = given.system if isinstance(given, Problem) else given
    own = given.domain if isinstance(given, Problem) else None
    lower, upper = (float(end) for end in domain or own or (-1.0, 1.0))
    if not (lower < upper and math.isfinite(lower) and math.isfinite(upper)):
        raise ValueError(f"domain={(lower, upper)} is no bounded interval. Use lower < upper, such as (-1.0, 1.0).")
    if system.dim != 1:
        raise ValueError(f"system has dim={system.dim}; exits from an interval need dim=1.")
    return system, (lower, upper)


def _starts(start: ArrayLike | None, domain: Domain) -> FloatArray:
    lower, upper = domain
    quarters = lower + (upper - lower) * np.array([0.25, 0.5, 0.75])
    places = quarters if start is None else np.atleast_1d(np.asarray(start, dtype=np.float64))
    if not np.all((lower < places) & (places < upper)):
        raise ValueError(f"start={start!r} is not inside of domain={domain}. Use a start such as {quarters[1]:g}.")
    return places


def _evidence(
    method: Method, system: SDE, domain: Domain, test: str, starts: FloatArray, draws: tuple[str, ...]
) -> Evidence:
    fitting = fitting_system(method, system)
    stepper = stepper_of(method, fitting, draws)
    if not stepper.draws or stepper.draws[0] in (TWO_POINT, THREE_POINT, COIN):
        raise ValueError(
            f"method={name_of(method)!r} draws no normal numbers: its exit times are no smooth functions of the start. "
            "Use a scheme with normal draws, such as method='euler-maruyama'."
        )
    check_memoryless(stepper, starts[:, None], 0.01, fitting.args)
    exact, spread = exact_exit_times(system, domain, starts)
    deviation = deviations(system)

    @cache
    def times(h: float, n: int) -> FloatArray:
        panels, counted = _geometry(domain, test, deviation, h, n)
        return exit_times(stepper, fitting.args, h, panels, counted, starts)

    def error(h: float) -> FloatArray:
        rough, fine = (times(h, n) for n in RESOLUTIONS)
        if not np.allclose(rough, fine, rtol=RESOLVED, atol=0.0):
            raise ValueError(
                f"mean exit times of {name_of(method)!r} at the step {h:g} are not resolved: {rough} and {fine} by two "
                "quadratures. Use a step that is smooth in x and in its first draw, and smaller step sizes."
            )
        return fine - exact

    def rounding(h: float) -> float:
        rough, fine = (times(h, n) for n in RESOLUTIONS)
        return float(np.abs(fine - rough).max() + spread + 1e-14 + 2e-16 / h)

    words = f"{system.name or system!r} on {domain}, from {', '.join(f'{x:g}' for x in starts)}"
    return Evidence(error, rounding, "integral equation of mean exit times", words, most=16)


def _geometry(
    domain: Domain, test: str, deviation: Callable[[FloatArray], FloatArray], h: float, n: int
) -> tuple[Panels, Test]:
    lower, upper = domain
    ends = math.sqrt(h) * deviation(np.array(domain))
    if test == "shifted":
        lower, upper = float(lower + SHIFT * ends[0]), float(upper - SHIFT * ends[1])
    if not lower < upper:
        raise ValueError(f"steps contains {h:g}: shifted ends pass each other. Use smaller steps, such as {h / 16:g}.")

    def counted(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        if test in ("naive", "shifted"):
            return end_shares(x, y, lower, upper)
        return bridge_shares(x, y, h * deviation(x) ** 2, lower, upper, half=test == "half-step")

    return Panels(lower, upper, float(ends.min()), n), counted
