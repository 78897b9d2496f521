"""Euler-Maruyama and its relatives: one evaluation a step."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments
from pdeopt.kernels.vectors import Vector, plus_times

Step = Callable[[float, Any, float, Any, Arguments], Any]
Coefficient = Callable[..., Any]


def euler_maruyama(drift: Coefficient, diffusion: Coefficient, spread: Callable[[Any, Vector], Vector]) -> Step:
    """Return the step `X + b h + sigma sqrt(h) xi` (Maruyama 1955)."""

    def euler_maruyama_step(t: float, x: Vector, h: float, xi: Vector, args: Arguments) -> Vector:
        noise = spread(diffusion(t, x, *args), xi)
        return plus_times(plus_times(x, h, drift(t, x, *args)), np.sqrt(h), noise)

    return euler_maruyama_step
