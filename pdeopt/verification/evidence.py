"""What a tier of evidence supplies: the errors of a method as a function of the step, and how it knows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.verification.fits import extrapolated_order
from pdeopt.verification.verdict import Verdict, verdict_of

__all__ = ["Evidence", "checked_steps", "decision", "settled_errors", "steps_to_one"]

SETTLED = 0.005
"""An error bar of an order that is small enough to stop at."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Errors without noise.

    Parameters
    ----------
    error : callable
        Of the step size: an array of errors with their signs, of one length for all steps.
    rounding : callable
        Of the step size: how large an error may be by rounding alone.
    tier, words : str
        The kind of evidence; problem and resolution.
    coarsest : float
        The first step, where a user gives none; the next ones are halved.
    fewest, most : int
        Numbers of steps: as many as the order needs to be settled.
    """

    error: Callable[[float], FloatArray]
    rounding: Callable[[float], float]
    tier: str
    words: str
    coarsest: float = 0.0625
    fewest: int = 8
    most: int = 12


def settled_errors(evidence: Evidence) -> tuple[list[float], list[FloatArray]]:
    """Return halved steps and their errors, as many as the error bar of the order asks for."""
    steps = [evidence.coarsest * 0.5**k for k in range(evidence.fewest)]
    errors = [_finite_error(evidence, h) for h in steps]
    while len(steps) < evidence.most:
        rounding = [evidence.rounding(h) for h in steps]
        if extrapolated_order(steps, np.array(errors), rounding).bar <= SETTLED:
            break
        steps.append(0.5 * steps[-1])
        errors.append(_finite_error(evidence, steps[-1]))
    return steps, errors


def _finite_error(evidence: Evidence, h: float) -> FloatArray:
    error = evidence.error(h)
    if not np.all(np.isfinite(error)):
        finer = [0.25 * h * 0.5**k for k in range(6)]
        raise ValueError(
            f"the method left the finite numbers with step {h:g} on {evidence.words}. Use finer steps, such as "
            f"steps={finer}, or a method that stays finite there."
        )
    return error


def _errors_at(steps: list[float], evidence: Evidence) -> tuple[list[float], list[FloatArray]]:
    return steps, [_finite_error(evidence, h) for h in steps]


def checked_steps(steps: Sequence[float]) -> list[float]:
    """Return step sizes as numbers.

    Raises
    ------
    ValueError
        If there are none, or they are not positive, finite and in decreasing geometric sequence.
    """
    try:
        sizes = [float(h) for h in steps]
    except (TypeError, ValueError):
        sizes = []
    valid = bool(sizes) and all(0.0 < h < np.inf for h in sizes)
    if not valid or not all(h < sizes[0] and abs(h - q) < 1e-9 * h for h, q in _continued(sizes)):
        raise ValueError(
            f"steps={steps!r} must be one or more positive numbers in decreasing geometric sequence. Use at least four "
            f"to get an order, such as steps={[0.5**k for k in range(4, 10)]}."
        )
    return sizes


def _continued(sizes: list[float]) -> list[tuple[float, float]]:
    """Return all steps but the first, and what the first two say they should be."""
    ratio = sizes[1] / sizes[0] if len(sizes) > 1 else 1.0
    return [(h, sizes[0] * ratio**k) for k, h in enumerate(sizes) if k > 0]


def decision(name: str, evidence: Evidence, steps: Sequence[float] | None, claimed: float | None) -> Verdict:
    """Return the verdict on a claim, at the steps given or at as many as settle it."""
    taken, errors = settled_errors(evidence) if steps is None else _errors_at(checked_steps(steps), evidence)
    rounding = [evidence.rounding(h) for h in taken]
    return verdict_of(
        name, taken, errors, claimed=claimed, tier=evidence.tier, evidence=evidence.words, rounding=rounding
    )


def steps_to_one(h: float) -> int:
    """Return the number of steps to time 1.

    Raises
    ------
    ValueError
        If the step does not divide it.
    """
    n = round(1.0 / h)
    if n < 1 or abs(n * h - 1.0) > 1e-12:
        raise ValueError(f"steps contains {h!r}, which does not divide the time 1. Use steps such as 1/16, 1/32, 1/64.")
    return n
