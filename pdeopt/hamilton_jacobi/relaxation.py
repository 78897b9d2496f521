"""`relax`: a landscape at any time and temperature."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from pdeopt._cores import n_threads
from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.bounds import error_kind, error_parts
from pdeopt.hamilton_jacobi.derivatives import derivatives
from pdeopt.hamilton_jacobi.points import values_at
from pdeopt.hamilton_jacobi.problem import Boundary, check_times, make_problem
from pdeopt.hamilton_jacobi.solution import Stage, method_name, solve_stages
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation

__all__ = ["relax"]


@dataclass(frozen=True, eq=False)
class StageSource:
    """Computes the derived fields of a record from its stages."""

    stages: tuple[Stage, ...]
    single: bool
    _fields: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)

    def _joined(self, parts: list[FloatArray]) -> FloatArray:
        return parts[0] if self.single else np.stack(parts)

    def _derivatives(self) -> list[tuple[FloatArray, FloatArray]]:
        if not self._fields:
            self._fields.extend(derivatives(stage) for stage in self.stages)
        return self._fields

    def gradient(self) -> FloatArray:
        """Return the gradient."""
        return self._joined([gradient for gradient, _ in self._derivatives()])

    def hessian(self) -> FloatArray:
        """Return the Hessian."""
        return self._joined([hessian for _, hessian in self._derivatives()])

    def prox(self) -> FloatArray:
        """Return `x - time * gradient`."""
        points = self.stages[0].problem.grid.points()
        steps = [s.time * g if s.time > 0 else 0.0 for s, (g, _) in zip(self.stages, self._derivatives(), strict=True)]
        return self._joined([points - step for step in steps])

    def error_parts(self) -> dict[str, FloatArray]:
        """Return the parts of the error."""
        parts = [error_parts(stage.problem, stage.time) for stage in self.stages]
        return {name: self._joined([part[name] for part in parts]) for name in parts[0]}

    def at(self, points: FloatArray) -> FloatArray:
        """Return values off the grid."""
        return self._joined([values_at(stage, points) for stage in self.stages])


def relax(
    f: Landscape | ArrayLike,
    grid: Grid,
    time: float | Sequence[float] | FloatArray,
    beta: float = 1.0,
    *,
    boundary: Boundary = "free",
    method: str | None = None,
    threads: int | None = None,
) -> Relaxation:
    """Relax a landscape: solve `u_t = -|grad u|^2 / 2 + lap u / (2 beta)`, `u = f` at time zero.

    Parameters
    ----------
    f : Landscape or array_like of shape ``grid.shape``
        The loss. ``+inf`` is a wall.
    grid : Grid
        Where to solve, with one to three axes.
    time : float or sequence of float
        PDE time, in units of length^2 per loss, not negative. A sequence is solved in one go.
    beta : float
        Inverse temperature, positive; ``np.inf`` gives the Hopf-Lax limit (an infimal convolution), small values the
        heat equation of variance ``time / beta``.
    boundary : {"free", "reflecting"} or one per axis
        ``"free"`` is the whole space: a landscape is sampled beyond the grid as far as the solution sees, an array
        goes on as its edge values. Periodic axes of the grid are periodic whatever is said here.
    method : {None, "cole-hopf", "cell-exact", "hopf-lax"}
        By default Cole-Hopf by the trapezoid rule where the kernel spans the nodes, else exact integration over
        piecewise-linear cells, and at ``beta=inf`` the exact envelope of the same function.
    threads : int, optional
        By default all cores. The result does not depend on it, to the last bit.

    Returns
    -------
    Relaxation
        With ``values``; ``gradient``, ``hessian``, ``prox``, ``error_bound`` and ``at(points)`` on first use.

    Raises
    ------
    ValueError
        If an argument is out of range or holds NaN, or if the solution is ``-inf``; the message offers a value that
        works.
    TypeError
        If `grid` is not a Grid or `f` a bare function.

    Notes
    -----
    Separable: one pass an axis, each exact but for quadrature. Accurate to rounding where the kernel is resolved,
    second order in the spacing elsewhere, uniformly in `beta`. Cost is linear in the number of nodes and nearly
    independent of `time`.

    References
    ----------
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, Deep relaxation: partial differential equations for
    optimizing deep neural networks, Research in the Mathematical Sciences 5 (2018), equations (8) to (16).

    Examples
    --------
    >>> import pdeopt
    >>> f = pdeopt.landscapes.double_well()
    >>> r = pdeopt.relax(f, pdeopt.Grid(-3.0, 3.0, 301), time=0.5, beta=1.0)
    >>> r.method
    'cole-hopf'
    >>> round(float(r.at(0.3)), 12)
    0.168564390637
    """
    start = perf_counter()
    times, single = check_times(time)
    problem = make_problem(f, grid, beta, boundary, method, n_threads(threads))
    stages = solve_stages(problem, times)
    outputs = [np.asarray(axis) for axis in grid.axes]
    fields = [stage.values(outputs) for stage in stages]
    name = method_name(problem, stages[-1].state)
    # At time zero the values are the initial ones: a copy, so that writing to one does not change the other.
    return Relaxation(
        fields[0].copy() if single and fields[0] is problem.initial else (fields[0] if single else np.stack(fields)),
        grid,
        float(times[0]) if single else times,
        problem.beta,
        problem.boundary,
        name,
        problem.initial,
        error_kind(problem, name),
        perf_counter() - start,
        f.name if isinstance(f, Landscape) else "",
        StageSource(tuple(stages), single),
    )
