"""The rates of a problem along each axis: which scheme, and from what."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.problem import Problem, along
from pdeopt.kolmogorov.rates import FITTED, axis_rates
from pdeopt.systems import OverdampedLangevin

__all__ = ["one_axis", "potential"]

VANISHING = 1e-3
"""Ratio of the smallest to the largest diffusion of an axis below which fitted rates are not chosen by default."""


def one_axis(
    problem: Problem, axis: int, drift: FloatArray, diffusion: FloatArray
) -> tuple[str, FloatArray, FloatArray]:
    """Return the scheme used on an axis and the rates down and up, of the grid's shape."""
    line, scheme = problem.lines[axis], chosen_rates(problem, diffusion)
    last = [np.moveaxis(field, axis, -1) for field in (diffusion, drift)]
    if scheme == "gibbs":
        down, up = gibbs_rates(problem, axis)
    else:
        peclet = potential_steps(problem, axis) if scheme in FITTED else None
        down, up = axis_rates(scheme, line, last[0], last[1], peclet)
    return scheme, np.moveaxis(down, -1, axis), np.moveaxis(up, -1, axis)


def chosen_rates(problem: Problem, diffusion: FloatArray) -> str:
    """Return the scheme asked for, or what suits the diffusion of an axis."""
    if problem.rates is not None:
        return problem.rates
    if isinstance(problem.system, OverdampedLangevin):
        return "gibbs"
    if problem.grid.dim > 1 and diffusion.max() <= 0.0:
        return "central"
    return "scharfetter-gummel" if diffusion.min() > VANISHING * diffusion.max() else "hybrid"


def middle_points(problem: Problem, axis: int) -> FloatArray:
    """Return the points half way to the next node of an axis."""
    points = problem.points.copy()
    points[..., axis] = along(problem.lines[axis].middles, axis, problem.grid.dim)
    return points


def potential_steps(problem: Problem, axis: int) -> FloatArray | None:
    """Return beta (V at a node - V at the next one), the Peclet number of a gradient system; None of another one."""
    if not isinstance(problem.system, OverdampedLangevin):
        return None
    values = potential(problem, problem.points)
    return np.moveaxis(values - np.roll(values, -1, axis=axis), axis, -1)


def potential(problem: Problem, points: FloatArray) -> FloatArray:
    """Return beta V at points."""
    assert isinstance(problem.system, OverdampedLangevin)
    values = np.asarray(problem.system.landscape(points))
    if not np.isfinite(values).all():
        where = points[tuple(int(i) for i in np.argwhere(~np.isfinite(values))[0])]
        raise ValueError(
            f"system has the potential {values[~np.isfinite(values)][0]} at x={where}: a generator needs finite ones. "
            "Use a grid whose walls are those of the landscape."
        )
    return problem.system.beta * values


def gibbs_rates(problem: Problem, axis: int) -> tuple[FloatArray, FloatArray]:
    """Return D / (volume distance) exp(-beta (V at the middle - V)) down and up, the axis last."""
    assert isinstance(problem.system, OverdampedLangevin)
    line = problem.lines[axis]
    nodes = np.moveaxis(potential(problem, problem.points), axis, -1)
    middles = np.moveaxis(potential(problem, middle_points(problem, axis)), axis, -1)
    steps = nodes - middles, nodes - np.roll(middles, 1, axis=-1)
    if not line.periodic:
        steps[0][..., -1], steps[1][..., 0] = -np.inf, -np.inf
    up = np.exp(steps[0]) / (problem.system.beta * line.volumes * line.above)
    down = np.exp(steps[1]) / (problem.system.beta * line.volumes * line.below)
    return down, up
