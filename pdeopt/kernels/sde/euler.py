"""Euler-Maruyama and its relatives: one evaluation a step."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments
from pdeopt.kernels.vectors import Vector, dot, plus_times

Step = Callable[[float, Any, float, Any, Arguments], Any]
Coefficient = Callable[..., Any]
Spread = Callable[[Any, Vector], Vector]


def euler_maruyama(drift: Coefficient, diffusion: Coefficient, spread: Spread) -> Step:
    """Return the step `X + b h + sigma sqrt(h) xi` (Maruyama 1955)."""

    def euler_maruyama_step(t: float, x: Vector, h: float, xi: Vector, args: Arguments) -> Vector:
        noise = spread(diffusion(t, x, *args), xi)
        return plus_times(plus_times(x, h, drift(t, x, *args)), np.sqrt(h), noise)

    return euler_maruyama_step


def tamed_euler(drift: Coefficient, diffusion: Coefficient, spread: Spread) -> Step:
    """Return the step `X + b h / (1 + h |b|) + sigma sqrt(h) xi` (Hutzenthaler, Jentzen and Kloeden 2012)."""

    def tamed_euler_step(t: float, x: Vector, h: float, xi: Vector, args: Arguments) -> Vector:
        b = drift(t, x, *args)
        tamed = h / (1.0 + h * np.sqrt(dot(b, b)))
        return plus_times(plus_times(x, tamed, b), np.sqrt(h), spread(diffusion(t, x, *args), xi))

    return tamed_euler_step
