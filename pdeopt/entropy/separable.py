"""Sums over coordinates: one integral on a line for each different coordinate."""

import numpy as np
from tqdm import tqdm

from pdeopt._types import FloatArray
from pdeopt.entropy.averages import on_line
from pdeopt.entropy.cells import on_cells, serves
from pdeopt.entropy.curvature import Curvature
from pdeopt.entropy.estimate import Estimate
from pdeopt.entropy.interpolation import interpolated, pays
from pdeopt.entropy.lines import Line
from pdeopt.entropy.problem import Problem
from pdeopt.landscapes import Landscape
from pdeopt.landscapes.structure import Separable

__all__ = ["estimate", "obstacle", "rows_on_lines"]

ROWS = 2048
"""Rows integrated at a time: bounds the memory, about 100 MB."""


def obstacle(problem: Problem) -> str:
    """Say why this route cannot serve, or nothing."""
    if isinstance(problem.landscape.structure, Separable):
        return ""
    return "the landscape is not known to be a sum over coordinates."


def estimate(problem: Problem) -> Estimate:
    """Relax every coordinate, each with its own time and temperature, and add up."""
    structure = problem.landscape.structure
    assert isinstance(structure, Separable)
    shape = problem.points.shape
    inner = structure.inward(problem.points)
    scale, weight = (np.broadcast_to(given, shape) for given in (structure.scale, structure.weight))
    columns = np.empty((6, *shape))
    evaluations = 0
    for k, part in enumerate(structure.parts):
        chosen = np.broadcast_to(structure.which == k, shape)
        found, count = _on_coordinates(problem, part, inner[chosen], scale[chosen], weight[chosen])
        columns[:, chosen] = found
        evaluations += count
    value, slope, bend, value_error, slope_error, bend_error = columns
    return Estimate(
        (weight * value).sum(axis=1),
        weight * scale * slope,
        Curvature.of_diagonal(weight * scale**2 * bend),
        (weight * value_error).sum(axis=1) + 2e-16 * np.abs(weight * value).sum(axis=1),
        weight * np.abs(scale) * slope_error,
        (weight * scale**2 * bend_error).max(axis=1),
        "separable",
        "estimate",
        evaluations,
        np.full(shape[0], np.inf),
    )


def _on_coordinates(
    problem: Problem, part: Landscape, y: FloatArray, scale: FloatArray, weight: FloatArray
) -> tuple[FloatArray, int]:
    """Relax one part at many coordinates; those that repeat are integrated once."""
    rows = np.stack([y, scale, weight])
    same = [np.ptp(row) == 0 for row in rows[1:]] if y.size else [True]
    if all(same):
        line, back = np.unique(y, return_inverse=True)
        different = np.stack([line, np.full_like(line, scale[0]), np.full_like(line, weight[0])])
    else:
        different, back = np.unique(rows, axis=1, return_inverse=True)
    place, stretch, factor = different
    # c g(s y) relaxes as g does at time c s^2 t and inverse temperature c beta.
    lines = Line(part, place, problem.time * factor * stretch**2, problem.beta * factor)
    found, count = rows_on_lines(lines)
    return found[:, back.reshape(-1)], count


def rows_on_lines(line: Line) -> tuple[FloatArray, int]:
    """Relax many rows: value, slope, bend and their errors, shape (6, n), and evaluations."""
    return interpolated(line, _one_by_one) if pays(line) else _one_by_one(line)


def _one_by_one(line: Line) -> tuple[FloatArray, int]:
    return on_cells(line, _integrated) if serves(line) else _integrated(line)


def _integrated(line: Line) -> tuple[FloatArray, int]:
    """Relax rows by an integral each, some rows at a time."""
    n = len(line.x)
    found, count = np.empty((6, n)), 0
    with tqdm(total=n, unit="point", delay=2.0, leave=False, desc="local entropy", disable=None) as bar:
        for start in range(0, n, ROWS):
            rows = slice(start, min(start + ROWS, n))
            one = on_line(line.rows(rows))
            found[:, rows] = (one.value, one.slope, one.bend, one.value_error, one.slope_error, one.bend_error)
            count += one.evaluations
            bar.update(rows.stop - start)
    return found, count
