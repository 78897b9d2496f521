"""Masses of cells through time in a potential that may change: positive at any step, and of constant sum."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from tqdm import tqdm

from pdeopt._types import FloatArray
from pdeopt.control.potential_paths import PotentialPath
from pdeopt.grid import Grid
from pdeopt.kolmogorov.exponentials import Uniformisation
from pdeopt.kolmogorov.potentials import potential_split, potential_stencil
from pdeopt.kolmogorov.steppers.lines import LineSolver
from pdeopt.kolmogorov.steppers.schedule import Piece, pieces

__all__ = ["ORDERS", "Marched", "fastest_rate", "marched"]

ORDERS = {"exponential": 2, "backward-euler": 1}
"""Methods, with their orders in the step where the potential changes."""

STAGES = {"exponential": 0.5, "backward-euler": 1.0}
"""Where in a step the potential is taken."""

AT_ONCE = 16
"""Potentials that are made together."""

ROUNDED = 4.0 * np.finfo(float).eps
"""Difference from one that the mass may have."""

WAIT = 2.0

Step: TypeAlias = Callable[[FloatArray], FloatArray]
if TYPE_CHECKING:
    Bar: TypeAlias = tqdm[Any]


class Marched(NamedTuple):
    """Masses at each time, what rounding took of them in all, and the number of steps."""

    masses: FloatArray
    rounding: float
    n_steps: int


def fastest_rate(potential: FloatArray, grid: Grid, viscosity: float) -> float:
    """Return the largest rate at which a node is left."""
    return -float(potential_stencil(potential, grid, viscosity).diagonal.min())


def euler_step(potential: FloatArray, grid: Grid, viscosity: float, step: float) -> Step:
    """Return a step of backward Euler along each axis in turn.

    Notes
    -----
    Each factor I - dt A is an M-matrix whose pivots are sums of positive terms, so that no mass becomes negative at any
    step; each keeps the Gibbs masses, which are in detailed balance along each axis.
    """
    split = potential_split(potential, grid, viscosity)
    solvers = [LineSolver.factored(split, axis, step).transposed for axis in range(grid.dim)]

    def advance(masses: FloatArray) -> FloatArray:
        flat = masses.reshape(1, -1).copy()
        for solver in solvers:
            solver.solve(flat, flat)
        return flat.reshape(masses.shape)

    return advance


def exponential_step(potential: FloatArray, grid: Grid, viscosity: float, step: float) -> Step:
    """Return the exact step under rates that stand still, a sum of positive terms."""
    return Uniformisation().stepper(potential_stencil(potential, grid, viscosity), step).transpose


MAKERS = {"exponential": exponential_step, "backward-euler": euler_step}


def marched(
    path: PotentialPath,
    masses: FloatArray,
    grid: Grid,
    viscosity: float,
    times: FloatArray,
    method: str,
    n_steps: int,
    *,
    progress: bool = True,
    what: str = "density",
) -> Marched:
    """Carry masses through times that rise, each reached by a whole number of steps.

    Parameters
    ----------
    path : PotentialPath
    masses : array, shape ``grid.shape``
        At the first time, of sum one.
    grid : Grid
    viscosity : float
    times : array, shape (n_times,)
    method : str
        One of `ORDERS`.
    n_steps : int
        In all; more where there are more intervals.
    progress : bool
        Whether to show a bar, on a terminal and after two seconds.
    what : str
        What the bar says.
    """
    plan = [part[0] for part in pieces(times, n_steps, (0, 0))]
    total, rounding, found = sum(piece.n_steps for piece in plan), 0.0, [masses]
    steps = _steps(path, grid, viscosity, method, plan)
    with tqdm(total=total, desc=what, delay=WAIT, leave=False, disable=None if progress else True) as bar:
        for piece in plan:
            for _ in range(piece.n_steps):
                masses, taken = _whole(next(steps)(masses))
                rounding += taken
                bar.update()
            found.append(masses)
    return Marched(np.stack(found), rounding, total)


def _whole(masses: FloatArray) -> tuple[FloatArray, float]:
    """Put back what rounding took of the mass, in proportion, and say how much it was."""
    total = float(masses.sum())
    return (masses, 0.0) if abs(total - 1.0) <= ROUNDED else (masses / total, abs(total - 1.0))


def _steps(path: PotentialPath, grid: Grid, viscosity: float, method: str, plan: list[Piece]) -> Iterator[Step]:
    made: dict[float, Step] = {}
    for step, fields in _fields(path, method, plan):
        for field in fields:
            if not path.fixed:
                yield MAKERS[method](field, grid, viscosity, step)
                continue
            if step not in made:
                made[step] = MAKERS[method](field, grid, viscosity, step)
            yield made[step]


def _fields(path: PotentialPath, method: str, plan: list[Piece]) -> Iterator[tuple[float, FloatArray]]:
    """Give lengths of steps, and the potentials of some steps of that length."""
    stage = STAGES[method]
    for piece in plan:
        ends = np.array([piece.ends(k) for k in range(piece.n_steps)])
        moments = (1.0 - stage) * ends[:, 0] + stage * ends[:, 1]
        for first in range(0, piece.n_steps, AT_ONCE):
            yield piece.step, path.at(moments[first : first + AT_ONCE])
