"""Eigenfunctions where stationary masses are too small for floats."""

from typing import Any

import numpy as np

from pdeopt.kolmogorov.elimination import Layout
from pdeopt.kolmogorov.shifts import Eliminating

__all__ = ["with_tails"]

SMALL = -1100.0
"""Logarithm of masses whose roots times a function are no longer normal floats to all digits."""
ROUNDS = 8


def with_tails(problem: Eliminating, value: complex, function: Any) -> Any:
    """Return an eigenfunction, shape (n,), that is right also where masses underflow.

    Notes
    -----
    There ``M phi = value phi`` is solved with what is known around; the value is far below the rates at which states
    of such masses are left, so that a few rounds of ``phi <- M^-1 (value phi + known)`` settle it.
    """
    order, rates = problem.layout.order, problem.layout.rates
    far = problem.masses.logarithms[order] < SMALL
    if not far.any():
        return function
    out = np.array(function, dtype=np.result_type(function, value))
    around, outward = out[order[~far]], rates[far][:, ~far]
    losses = outward @ np.ones(around.size) + problem.losses[order[far]]
    inverse = Layout.of(rates[far][:, far]).eliminate(losses)
    known = outward @ around
    found = np.zeros_like(known)
    for _ in range(ROUNDS):
        found = inverse.solve(known + value * found)
    out[order[far]] = found
    return out
