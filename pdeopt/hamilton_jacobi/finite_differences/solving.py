"""`solve_hamilton_jacobi`: from a problem to its solution at given times."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._cores import n_threads
from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.explicit import SSPRK33, Euler
from pdeopt.hamilton_jacobi.finite_differences.march import March
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.hamilton_jacobi.finite_differences.schemes import Godunov, LaxFriedrichs
from pdeopt.hamilton_jacobi.problem import check_times

__all__ = ["HamiltonJacobiSolution", "solve_hamilton_jacobi"]

SCHEMES = {"godunov": Godunov, "lax-friedrichs": LaxFriedrichs}
STEPPERS = {"euler": Euler, "ssprk33": SSPRK33}


@dataclass(frozen=True, eq=False)
class HamiltonJacobiSolution:
    """Values at times."""

    values: FloatArray
    grid: Grid
    time: float | FloatArray
    n_steps: int
    method: str
    stepper: str


def solve_hamilton_jacobi(
    problem: HamiltonJacobi,
    time: float | Sequence[float] | FloatArray,
    *,
    method: Any = None,
    stepper: Any = None,
    step: float | None = None,
    safety: float = 0.9,
    threads: int | None = None,
) -> HamiltonJacobiSolution:
    """Solve a Hamilton-Jacobi equation by finite differences."""
    times, single = check_times(time)
    scheme = SCHEMES[method or "godunov"]() if method is None or isinstance(method, str) else method
    stepping = STEPPERS[stepper or "euler"]() if stepper is None or isinstance(stepper, str) else stepper
    workers = n_threads(threads)
    with ThreadPoolExecutor(workers) as pool:
        march = March(problem, scheme, stepping, step, safety, pool, workers)
        found = []
        for end in times:
            for _ in march.to(float(end)):
                pass
            found.append(march.values.copy())
    values = found[0] if single else np.stack(found)
    return HamiltonJacobiSolution(
        values, problem.grid, time if single else times, march.n_steps, scheme.name, stepping.name
    )
