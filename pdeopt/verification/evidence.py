"""What a tier of evidence supplies: the errors of a method as a function of the step, and how it knows them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.verification.fits import extrapolated_order

__all__ = ["Evidence", "settled_errors"]

COARSEST, FINEST, FEWEST = 4, 15, 8
"""By default steps are halved from 2^-4 on: at least eight of them, then until the order is settled, up to 2^-15."""

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
    """

    error: Callable[[float], FloatArray]
    rounding: Callable[[float], float]
    tier: str
    words: str


def settled_errors(evidence: Evidence) -> tuple[list[float], list[FloatArray]]:
    """Return halved steps and their errors, as many as the error bar of the order asks for."""
    steps = [0.5**level for level in range(COARSEST, COARSEST + FEWEST)]
    errors = [evidence.error(h) for h in steps]
    for level in range(COARSEST + FEWEST, FINEST + 1):
        rounding = [evidence.rounding(h) for h in steps]
        if extrapolated_order(steps, np.array(errors), rounding).bar <= SETTLED:
            break
        steps.append(0.5**level)
        errors.append(evidence.error(steps[-1]))
    return steps, errors


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
