"""`pdeopt solve --eoc`: errors and orders on several grids."""

from argparse import Namespace
from itertools import pairwise

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.cli.solving_problem import Question
from pdeopt.convergence import refinement_table
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import solve_hamilton_jacobi

__all__ = ["orders_table"]

CELLS = {1: (64, 128, 256, 512), 2: (32, 64, 128, 256), 3: (12, 24, 48)}
FEWEST = 4


def orders_table(question: Question, options: Namespace, time: float) -> str:
    """Return errors against the exact solution, or else each solution against the next finer one."""
    if question.on is None:
        raise ValueError(f"--eoc needs a problem on several grids; {question.name} has one alone.")
    if options.shape is not None:
        raise ValueError("--shape does not go with --eoc, which names the cells of each grid; leave it out.")
    own = question.problem.grid
    cells = options.eoc or CELLS[own.dim]
    if len(cells) < 2 or min(cells) < FEWEST or any(b <= a for a, b in pairwise(cells)):
        raise ValueError(f"--eoc {' '.join(map(str, cells))} must be growing numbers from {FEWEST} on, e.g. 32 64 128.")
    names = ("method", "stepper", "step", "tolerance", "threads")
    settings = {name: getattr(options, name) for name in names}
    seen = []

    def grid(n: int) -> Grid:
        return Grid(own.lower, own.upper, [n + (not wraps) for wraps in own.periodic], own.periodic)

    def solve(n: int) -> FloatArray:
        assert question.on is not None
        seen.append(solve_hamilton_jacobi(question.on(grid(n)), time, **settings))
        return np.asarray(seen[-1].values)

    exact, longest = question.exact, max(own.extent)
    against = None if exact is None else lambda n: exact(time, grid(n))
    table = refinement_table(solve, cells, exact=against, spacing=lambda n: longest / n)
    what = "against the exact solution" if against else "of each solution, estimated from the next finer one"
    return f"{question.name}\nerrors {what}, at time {time:.6g}; {seen[-1].method}, {seen[-1].stepper}\n\n{table}"
