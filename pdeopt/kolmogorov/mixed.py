"""Mixed derivatives: by jumps that keep a generator monotone, or by central differences of four corners."""

from collections.abc import Callable
from itertools import combinations, product

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.coefficients import sampled_columns
from pdeopt.kolmogorov.decompositions import index_units
from pdeopt.kolmogorov.jumps import Jumps, selling_rates, seven_point_rates
from pdeopt.kolmogorov.parts import sum_of
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.rates import Line
from pdeopt.kolmogorov.semilagrangian import semi_lagrangian_rates
from pdeopt.kolmogorov.stencil import Offset, Stencil
from pdeopt.kolmogorov.wide_walls import OPEN

__all__ = ["CROSS", "central_cross", "with_mixed"]

CROSS = ("seven-point", "selling", "central", "semi-lagrangian")
"""Names of the schemes of mixed derivatives."""

Mixed = tuple[Stencil, Stencil | None, str]


def with_mixed(
    problem: Problem,
    axes: Stencil,
    drift: FloatArray,
    covariance: FloatArray,
    time: float,
    schemes: tuple[str, ...],
) -> Mixed:
    """Return the whole stencil, what of it the axes do not hold, and the name of the scheme.

    Parameters
    ----------
    problem : Problem
    axes : Stencil
        The rates along the axes of all diffusion and drift.
    drift, covariance : array
        At the nodes.
    time : float
    schemes : tuple of str
        Of the axes.
    """
    mixed = covariance * (1.0 - np.eye(problem.grid.dim))
    if not mixed.any() and problem.cross != "semi-lagrangian":
        return axes, None, "none"

    def by(name: str) -> Mixed:
        if name == "central":
            cross = central_cross(covariance, problem.lines)
            return axes if cross is None else sum_of([axes, cross]), cross, name
        return _rest(axes, *_jumps(problem, name, drift, covariance, time, schemes), name)

    return by(problem.cross) if problem.cross is not None else _chosen(by, schemes)


def _chosen(by: Callable[[str], Mixed], schemes: tuple[str, ...]) -> Mixed:
    found = by("seven-point")
    if (found[0].rates >= 0.0).all():
        return found
    # Wide jumps are no use next to a wall where the diffusion vanishes.
    if "hybrid" in schemes or len(schemes) > 3:
        return by("central")
    try:
        return by("selling")
    except ValueError:
        return by("central")


def _rest(axes: Stencil, offsets: tuple[Offset, ...], rates: FloatArray, name: str) -> Mixed:
    # Killing is the axes'.
    none = np.zeros(axes.shape)
    minus = Stencil(axes.offsets, -axes.rates, none, axes.periodic)
    rest = sum_of([Stencil(offsets, rates, none, axes.periodic), minus])
    return Stencil(offsets, rates, axes.killing, axes.periodic), rest, name


def _jumps(
    problem: Problem,
    name: str,
    drift: FloatArray,
    covariance: FloatArray,
    time: float,
    schemes: tuple[str, ...],
) -> Jumps:
    grid = problem.grid
    if name == "semi-lagrangian":
        if not all(grid.uniform):
            raise ValueError("cross='semi-lagrangian' needs evenly spaced axes. Use cross='selling' or Grid(...).")
        columns = sampled_columns(problem.system, problem.points, time, problem.often)
        return semi_lagrangian_rates(drift, columns, grid.spacing, problem.walls)
    weights = schemes[0] if len(set(schemes)) == 1 else "hybrid"
    b, a, spacing = drift, covariance, grid.spacing
    if not all(grid.uniform):
        b, a = index_units(drift, covariance, grid.axes, grid.periodic)
        spacing = (1.0,) * grid.dim
    rule = seven_point_rates if name == "seven-point" else selling_rates
    return rule(b, a, spacing, problem.walls, rates=weights)


def central_cross(covariance: FloatArray, lines: tuple[Line, ...]) -> Stencil | None:
    """Return the sum over k < l of a_kl d^2 / dx_k dx_l, or None where a is diagonal everywhere.

    Parameters
    ----------
    covariance : array, shape ``(*shape, d, d)``
    lines : tuple of Line

    Notes
    -----
    Of second order; rates of either sign. A node on a reflecting wall owns half a cell, and its jumps inwards have
    twice the rates: with those along the axes the co-normal derivative n . a grad u vanishes. At other walls there is
    none.
    """
    dim, shape = len(lines), covariance.shape[:-2]
    table: dict[Offset, FloatArray] = {}
    for k, m in combinations(range(dim), 2):
        entry = covariance[..., k, m]
        if np.any(entry):
            for steps in product((-1, 0, 1), repeat=2):
                offset = tuple(steps[0] if axis == k else steps[1] if axis == m else 0 for axis in range(dim))
                weights = [
                    _along(_slope(lines[axis])[step + 1], axis, dim) for axis, step in zip((k, m), steps, strict=True)
                ]
                table[offset] = table.get(offset, np.zeros(shape)) + entry * weights[0] * weights[1]
    table.pop((0,) * dim, None)
    used = {offset: rates for offset, rates in table.items() if np.any(rates)}
    periodic = tuple(line.periodic for line in lines)
    return Stencil(tuple(used), np.array(list(used.values())), np.zeros(shape), periodic) if used else None


def _slope(line: Line) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the weights of a first derivative at the last, this and the next node.

    At a wall that reflects twice the inward weight of central differences, else zero.
    """
    total = line.above + line.below
    before, after = -line.above / (line.below * total), line.below / (line.above * total)
    if not line.periodic:
        before[0], after[-1] = 0.0, 0.0
        after[0] = 0.0 if line.walls[0] in OPEN else 1.0 / line.above[0]
        before[-1] = 0.0 if line.walls[1] in OPEN else -1.0 / line.below[-1]
    # On even axes the middle one is zero, up to rounding that would widen the stencil.
    middle = np.where(line.above == line.below, 0.0, -before - after)
    return before, middle, after


def _along(values: FloatArray, axis: int, dim: int) -> FloatArray:
    return values.reshape([-1 if k == axis else 1 for k in range(dim)])
