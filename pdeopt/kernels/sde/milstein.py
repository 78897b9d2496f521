"""Milstein's scheme and Platen's version without derivatives."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments
from pdeopt.kernels.matrices import columns, contracted_each, images
from pdeopt.kernels.sde.areas import Integrals
from pdeopt.kernels.sde.euler import Coefficient, Spread, Step
from pdeopt.kernels.vectors import Vector, apply, minus, plus, plus_times, times

Increments = Callable[[Any], Vector]


def milstein(
    drift: Coefficient, diffusion: Coefficient, jacobian: Coefficient, spread: Spread, along: Spread, shift: float
) -> Step:
    """Return the step `X + b h + sigma dW + (sigma' sigma) (dW^2 - shift h) / 2` (Milstein 1974).

    For diagonal and scalar noise; `along(jacobian, sigma)` is the derivative of sigma along itself. The shift is 1
    for Ito equations, 0 for Stratonovich ones.
    """

    def milstein_step(t: float, x: Vector, h: float, xi: Vector, args: Arguments) -> Vector:
        sigma = diffusion(t, x, *args)
        slope = along(jacobian(t, x, *args), sigma)
        noise = plus_times(plus_times(x, h, drift(t, x, *args)), np.sqrt(h), spread(sigma, xi))
        return plus_times(noise, 0.5 * h, times(slope, minus(times(xi, xi), shift)))

    return milstein_step


def milstein_by_matrix(
    drift: Coefficient, diffusion: Coefficient, jacobian: Coefficient, increments: Increments, integrals: Integrals
) -> Step:
    """Return Milstein's step for rows of noise, `X_i + b_i h + sigma_i dW + sum_jlk d_k sigma_ij sigma_kl I_lj`."""

    def milstein_matrix_step(t: float, x: Vector, h: float, xi: Any, args: Arguments) -> Vector:
        sigma = diffusion(t, x, *args)
        directions = images(sigma, columns(integrals(xi)))
        correction = contracted_each(jacobian(t, x, *args), directions)
        noise = plus_times(plus_times(x, h, drift(t, x, *args)), np.sqrt(h), apply(sigma, increments(xi)))
        return plus_times(noise, h, correction)

    return milstein_matrix_step


def platen(drift: Coefficient, diffusion: Coefficient, spread: Spread) -> Step:
    """Return Milstein's step with a difference for the derivative (Kloeden and Platen 1992, equation 11.1.3).

    `Y = X + b h + sigma sqrt(h)`, then `X + b h + sigma dW + (sigma(Y) - sigma) (dW^2 - h) / (2 sqrt(h))`; for
    diagonal and scalar noise and Ito equations.
    """

    def platen_step(t: float, x: Vector, h: float, xi: Vector, args: Arguments) -> Vector:
        root, sigma = np.sqrt(h), diffusion(t, x, *args)
        moved = plus_times(x, h, drift(t, x, *args))
        difference = minus(diffusion(t, plus_times(moved, root, sigma), *args), sigma)
        noise = plus(spread(sigma, xi), times(difference, times(0.5, minus(times(xi, xi), 1.0))))
        return plus_times(moved, root, noise)

    return platen_step


def platen_by_matrix(
    drift: Coefficient, diffusion: Coefficient, increments: Increments, integrals: Integrals, n_motions: int
) -> Step:
    """Return Platen's step for rows of noise: one more evaluation of the diffusion for every Brownian motion."""

    def platen_matrix_step(t: float, x: Vector, h: float, xi: Any, args: Arguments) -> Vector:
        root, sigma = np.sqrt(h), diffusion(t, x, *args)
        moved, directions, rows = plus_times(x, h, drift(t, x, *args)), columns(sigma), integrals(xi)
        noise = apply(sigma, increments(xi))
        for k in range(n_motions):
            shifted = diffusion(t, plus_times(moved, root, directions[k]), *args)
            noise = plus(noise, minus(apply(shifted, rows[k]), apply(sigma, rows[k])))
        return plus_times(moved, root, noise)

    return platen_matrix_step


def draws_themselves(xi: Vector) -> Vector:
    """Return the draws: the increments of a scheme that draws nothing else."""
    return xi


def first_draws(xi: Any) -> Vector:
    """Return the increments of draws that go on with others."""
    return xi[0]
