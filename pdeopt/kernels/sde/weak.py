"""Schemes of weak order 2 with three-point increments.

RI6 (Roessler 2009): Heun's method for the drift, differences of the diffusion around it. Its random variables take few
values, so that an expectation over a step is a finite sum.
"""

from typing import Any

import numpy as np

from pdeopt._types import Arguments
from pdeopt.kernels._points import with_item
from pdeopt.kernels.matrices import columns
from pdeopt.kernels.sde.euler import Coefficient, Spread, Step
from pdeopt.kernels.vectors import Vector, apply, minus, plus, plus_times, times


def ri6(drift: Coefficient, diffusion: Coefficient, spread: Spread, ones: Vector) -> Step:
    """Return the step of RI6 for diagonal or scalar noise, and for any noise that is additive."""

    def ri6_step(t: float, x: Vector, h: float, xi: Vector, args: Arguments) -> Vector:
        root, b, sigma = np.sqrt(h), drift(t, x, *args), diffusion(t, x, *args)
        moved, jump, noise = plus_times(x, h, b), spread(sigma, ones), spread(sigma, xi)
        ahead = diffusion(t + h, plus_times(moved, root, jump), *args)
        behind = diffusion(t + h, plus_times(moved, -root, jump), *args)
        b = plus(b, drift(t + h, plus_times(moved, root, noise), *args))
        q = minus(times(xi, xi), 1.0)
        noise = plus(times(2.0, noise), plus(spread(ahead, plus(xi, q)), spread(behind, minus(xi, q))))
        return plus_times(plus_times(x, 0.5 * h, b), 0.25 * root, noise)

    return ri6_step


def mixed_products(n_motions: int) -> Any:
    """Return a function of (k, xi, eta): the row `I_kl / h`, l different from k, of discrete iterated integrals.

    They are `(xi_k xi_l -+ eta) / 2`, minus with `eta_k` for k < l, plus with `eta_l` for k > l.
    """
    zeros = (0.0,) * n_motions

    def row(k: int, xi: Vector, eta: Any) -> Vector:
        out = zeros
        for l in range(n_motions):  # noqa: E741
            if l > k:
                out = with_item(out, l, 0.5 * (xi[k] * xi[l] - eta[k]))
            elif l < k:
                out = with_item(out, l, 0.5 * (xi[k] * xi[l] + eta[l]))
        return out

    return row


def ri6_by_matrix(drift: Coefficient, diffusion: Coefficient, n_motions: int) -> Step:
    """Return the step of RI6 for rows of noise of at least two motions.

    Draws are (three-point, one for every motion; two-point, one for every motion but the last).
    """
    mixed = mixed_products(n_motions)

    def ri6_matrix_step(t: float, x: Vector, h: float, draws: Any, args: Arguments) -> Vector:
        xi, eta = draws
        root, b, sigma = np.sqrt(h), drift(t, x, *args), diffusion(t, x, *args)
        moved, directions = plus_times(x, h, b), columns(sigma)
        total = times(0.0, x)
        for k in range(n_motions):
            ahead = columns(diffusion(t + h, plus_times(moved, root, directions[k]), *args))[k]
            behind = columns(diffusion(t + h, plus_times(moved, -root, directions[k]), *args))[k]
            q = xi[k] * xi[k] - 1.0
            total = plus(total, plus(times(xi[k] + q, ahead), times(xi[k] - q, behind)))
            cross = apply(sigma, mixed(k, xi, eta))
            ahead = columns(diffusion(t, plus_times(x, root, cross), *args))[k]
            behind = columns(diffusion(t, plus_times(x, -root, cross), *args))[k]
            total = plus(total, plus(times(xi[k] + 2.0, ahead), times(xi[k] - 2.0, behind)))
        b = plus(b, drift(t + h, plus_times(moved, root, apply(sigma, xi)), *args))
        return plus_times(plus_times(x, 0.5 * h, b), 0.25 * root, total)

    return ri6_matrix_step
