"""Template of equal steps of an explicit method, by one thread or several that each have a band of rows.

Within it nothing is left to the interpreter: threads meet once a stage is done. Each fills the ghosts that it reads
itself, so that between two threads only rows at their common border go from one processor to the other. The stage over
a band of rows is itself a template; `advance_rows` is bound to that of an equation.
"""

from pdeopt._types import Arguments, FloatArray, IntArray
from pdeopt.kernels.hamilton_jacobi.ghosts import fill_band
from pdeopt.kernels.hamilton_jacobi.meeting import meet
from pdeopt.kernels.hamilton_jacobi.rows import Layout, Work, advance_rows

Fields = tuple[FloatArray, FloatArray, FloatArray]


def run_steps(
    fields: Fields,
    stages: FloatArray,
    leaves: IntArray,
    n_steps: int,
    t: float,
    dt: float,
    sides: tuple[tuple[int, int], ...],
    team: tuple[IntArray, int, int],
    rows: tuple[int, int],
    layout: Layout,
    viscosity: FloatArray,
    extra: FloatArray,
    args: tuple[Arguments, Arguments],
    work: Work,
) -> None:
    """Take `n_steps` steps of `dt` from time `t`.

    Parameters
    ----------
    fields : three arrays, flat with ghost layers
    stages : array, shape (n, 7)
        Of each stage the numbers of the fields `values`, `other` and `out`, when it is in parts of a step, and its
        weights a, b and c, the last in steps: `out = a other + b values + c dt L(values)`.
    leaves : array of int, shape (3,)
        Which field is field 0, 1 and 2 after a step.
    sides : tuple of (int, int)
        Kinds of the walls of each axis, as `fill_band` takes them.
    team : (cells, number, count)
        Where threads meet, which of them this is, and how many there are.
    rows : (int, int)
        The band of this thread.
    """
    cells, me, count = team
    first, second, third = 0, 1, 2
    for n in range(n_steps):
        for s in range(stages.shape[0]):
            order = (first, second, third)
            values, other = fields[order[int(stages[s, 0])]], fields[order[int(stages[s, 1])]]
            out, weights = fields[order[int(stages[s, 2])]], (stages[s, 4], stages[s, 5], stages[s, 6] * dt)
            fill_band(values, rows, sides, layout.shape, layout.strides, layout.ghosts)
            at = t + (n + stages[s, 3]) * dt
            advance_rows(values, other, out, rows, at, weights, layout, viscosity, extra, args, work)
            meet(cells, me, count)
        order = (first, second, third)
        first, second, third = order[leaves[0]], order[leaves[1]], order[leaves[2]]
