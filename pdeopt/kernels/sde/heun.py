"""Predictor and corrector for Stratonovich equations."""

import numpy as np

from pdeopt._types import Arguments
from pdeopt.kernels.sde.euler import Coefficient, Spread, Step
from pdeopt.kernels.vectors import Vector, plus, plus_times


def stochastic_heun(drift: Coefficient, diffusion: Coefficient, spread: Spread) -> Step:
    """Return the trapezoidal step after an Euler predictor, for drift and noise.

    `Y = X + b h + sigma dW`, then `X + (b + b(Y)) h / 2 + (sigma + sigma(Y)) dW / 2`.
    """

    def stochastic_heun_step(t: float, x: Vector, h: float, xi: Vector, args: Arguments) -> Vector:
        root = np.sqrt(h)
        b, noise = drift(t, x, *args), spread(diffusion(t, x, *args), xi)
        y = plus_times(plus_times(x, h, b), root, noise)
        b = plus(b, drift(t + h, y, *args))
        noise = plus(noise, spread(diffusion(t + h, y, *args), xi))
        return plus_times(plus_times(x, 0.5 * h, b), 0.5 * root, noise)

    return stochastic_heun_step


def euler_heun(drift: Coefficient, diffusion: Coefficient, spread: Spread) -> Step:
    """Return the step whose drift is Euler's and whose noise is trapezoidal.

    `Y = X + sigma dW`, then `X + b h + (sigma + sigma(Y)) dW / 2`.
    """

    def euler_heun_step(t: float, x: Vector, h: float, xi: Vector, args: Arguments) -> Vector:
        root = np.sqrt(h)
        noise = spread(diffusion(t, x, *args), xi)
        y = plus_times(x, root, noise)
        noise = plus(noise, spread(diffusion(t + h, y, *args), xi))
        return plus_times(plus_times(x, h, drift(t, x, *args)), 0.5 * root, noise)

    return euler_heun_step
