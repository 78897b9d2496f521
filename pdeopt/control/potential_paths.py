"""Potentials on the nodes of a grid as functions of time: fixed, relaxed along a schedule, given, or controlled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.control import checks
from pdeopt.control.problem import cost_on
from pdeopt.control.solution import OptimalControl
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import relax
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation

__all__ = ["PotentialPath", "given_path", "relaxed_path"]


@dataclass(frozen=True, eq=False)
class PotentialPath:
    """A potential at the nodes at any time of the evolution.

    Parameters
    ----------
    at : callable
        From times, shape (n,), to potentials, shape ``(n, *grid.shape)``.
    fixed : bool
        Whether it is the same at all times.
    words : str
        What it is, for messages and records.
    """

    at: Callable[[FloatArray], FloatArray]
    fixed: bool
    words: str

    def coarser(self, strides: tuple[slice, ...]) -> "PotentialPath":
        """Return the path at some of the nodes."""
        return PotentialPath(lambda times: self.at(times)[:, *strides], self.fixed, self.words)


def given_path(potential: Any, grid: Grid, horizon: float) -> PotentialPath:
    """Return the path of what `evolved_density` takes."""
    if isinstance(potential, OptimalControl):
        return _controlled_path(potential, grid, horizon)
    if isinstance(potential, Relaxation):
        return _relaxation_path(potential, grid)
    if isinstance(potential, Landscape) or not callable(potential):
        values = cost_on(potential, "potential", grid, grid)
        words = potential.name if isinstance(potential, Landscape) else "a potential"
        return PotentialPath(lambda times: np.broadcast_to(values, (len(times), *grid.shape)), True, words)

    def at(times: FloatArray) -> FloatArray:
        return np.stack([checks.checked_values(potential(float(time)), "potential", grid) for time in times])

    return PotentialPath(at, False, "a potential of time")


def _relaxation_path(found: Relaxation, grid: Grid) -> PotentialPath:
    if grid != found.grid:
        raise ValueError(f"grid={grid} is not that of the relaxation, {found.grid}. Use grid=relaxation.grid.")
    if np.ndim(found.time):
        raise ValueError(
            f"potential is relaxed to {np.size(found.time)} times, and one is needed. Use relax(..., time="
            f"{float(np.ravel(found.time)[-1]):g}), or relaxed_density with a schedule."
        )
    words = f"{found.name or 'values'} relaxed to time {found.time:g} at beta {found.beta:g}"
    values = checks.checked_values(found.values, "potential", grid)
    return PotentialPath(lambda times: np.broadcast_to(values, (len(times), *grid.shape)), True, words)


def _controlled_path(control: OptimalControl, grid: Grid, horizon: float) -> PotentialPath:
    if grid != control.grid:
        raise ValueError(f"grid={grid} is not that of the control, {control.grid}. Use grid=control.grid.")
    if horizon > control.problem.time * (1.0 + 1e-12):
        raise ValueError(
            f"time={horizon:g} is beyond the horizon of the control, {control.problem.time:g}. Use a time up to that."
        )
    f = control.problem.landscape
    still = 0.0 if f is None else cost_on(f, "landscape", grid, grid)
    spline = CubicSpline(control.times, control.values)
    words = f"{'a flat landscape' if f is None else f.name} under optimal control"
    return PotentialPath(lambda times: np.asarray(still + spline(times)), False, words)


def relaxed_path(
    f: Landscape | ArrayLike, grid: Grid, beta: float, boundary: Any, schedule: Any, horizon: float
) -> PotentialPath:
    """Return the path of relaxations of a landscape along a schedule, as `relaxed_density` takes them."""
    if isinstance(f, Landscape):
        checks.check_landscape(f, grid.dim)
    name, fields = f.name if isinstance(f, Landscape) else "values", _relaxations(f, grid, beta, boundary)
    if schedule is None or not (isinstance(schedule, str) or callable(schedule)):
        gamma = 0.0 if schedule is None else _checked(schedule, repr(schedule))
        values = fields([gamma])[0]
        words = name if gamma == 0.0 else f"{name} relaxed to time {gamma:g} at beta {beta:g}"
        return PotentialPath(lambda times: np.broadcast_to(values, (len(times), *grid.shape)), True, words)
    clock = _clock(schedule, horizon)

    def at(times: FloatArray) -> FloatArray:
        return fields([_checked(clock(float(time)), f"schedule({float(time):g})") for time in times])

    ends = " to ".join(f"{_checked(clock(end), f'schedule({end:g})'):g}" for end in (0.0, horizon))
    return PotentialPath(at, False, f"{name} relaxed from time {ends} at beta {beta:g}")


def _relaxations(
    f: Landscape | ArrayLike, grid: Grid, beta: float, boundary: Any
) -> Callable[[list[float]], FloatArray]:
    """Return the function from relaxation times to fields, in closed form where there is one on the whole space."""
    if isinstance(f, Landscape) and boundary == "free" and not any(grid.periodic) and _is_closed(f, beta):
        return lambda gammas: np.stack([f.relaxed(gamma, beta).on(grid) for gamma in gammas])

    def solved(gammas: list[float]) -> FloatArray:
        found = relax(f, grid, gammas, beta, boundary=boundary).values
        return np.stack([checks.checked_values(field, "f", grid) for field in found])

    return solved


def _is_closed(f: Landscape, beta: float) -> bool:
    try:
        f.relaxed(1.0, beta)
    except ValueError:
        return False
    return True


def _clock(schedule: Any, horizon: float) -> Callable[[float], float]:
    if schedule == "scoping":
        return lambda s: max(horizon - s, 0.0)
    if not callable(schedule):
        raise ValueError(
            f"schedule={schedule!r} is not known: use 'scoping' for the relaxation time T - s, a number for a fixed "
            f"one, or a function of the time s, e.g. schedule=lambda s: {horizon:g} - s."
        )
    known: Callable[[float], float] = schedule
    return known


def _checked(gamma: Any, where: str) -> float:
    number = float(gamma) if np.ndim(gamma) == 0 else np.nan
    # Rounding of a schedule that ends at zero.
    if -1e-12 < number < 0.0:
        return 0.0
    if not (np.isfinite(number) and number >= 0.0):
        raise ValueError(
            f"schedule gives the relaxation time {gamma!r} ({where}): it must be finite and at least 0, e.g. "
            "schedule=0.2, or schedule=lambda s: max(0.2 - s, 0.0)."
        )
    return number
