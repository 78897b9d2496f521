"""Minimisation of a loss that comes with its gradient."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import Bounds, minimize
from tqdm import tqdm

from pdeopt._types import FloatArray

__all__ = ["Descent", "descended"]

Objective = Callable[[FloatArray], tuple[float, FloatArray]]


class Descent(NamedTuple):
    """Where a descent ended, its values from the start on, the largest slope at the end, and what was said."""

    parameters: FloatArray
    history: list[float]
    slope: float
    message: str


def descended(
    objective: Objective,
    start: FloatArray,
    max_iterations: int,
    tolerance: float,
    progress: bool,
    radius: float = np.inf,
) -> Descent:
    """Minimise by L-BFGS until no component of the gradient is above the tolerance, none moving beyond a radius."""
    history = [objective(start)[0]]
    hidden = None if progress else True
    with tqdm(total=max_iterations, unit="iteration", delay=2.0, leave=False, disable=hidden) as bar:

        def seen(intermediate_result: Any) -> None:
            history.append(float(intermediate_result.fun))
            bar.set_postfix_str(f"loss {history[-1]:.6g}")
            bar.update()

        options: Any = {"maxiter": max_iterations, "gtol": tolerance, "ftol": 0.0, "maxcor": 30, "maxfun": 10**9}
        box = Bounds(start - radius, start + radius)
        found = minimize(objective, start, (), jac=True, method="L-BFGS-B", bounds=box, callback=seen, options=options)
    return Descent(np.asarray(found.x), history, float(np.abs(found.jac).max()), str(found.message))
