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
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.operator import Operator
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
    march = STEPPERS[stepper or "euler"]() if stepper is None or isinstance(stepper, str) else stepper
    mesh = Mesh(problem.grid, problem.sides(), scheme.ghosts)
    workers = n_threads(threads)
    with ThreadPoolExecutor(workers) as pool:
        operator = Operator(problem, scheme, mesh, pool, workers)
        fields = [mesh.field(problem.initial_values())] + [mesh.empty() for _ in range(march.n_registers - 1)]
        t, n_steps, found = 0.0, 0, []
        for end in times:
            while t < end:
                limits = operator.limits(fields[0], t)
                operator.extra = limits.extra
                most = step or safety * march.ssp / limits.rate
                left = max(int(np.ceil((end - t) / most * (1.0 - 1e-12))), 1)
                march.step(operator, fields, t, (end - t) / left)
                t, n_steps = (end if left == 1 else t + (end - t) / left), n_steps + 1
            found.append(mesh.inside(fields[0]).copy())
    values = found[0] if single else np.stack(found)
    return HamiltonJacobiSolution(values, problem.grid, time if single else times, n_steps, scheme.name, march.name)
