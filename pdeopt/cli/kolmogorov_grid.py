"""A grid for a diffusion: as wide as the process goes, with nodes where conditions change."""

from argparse import Namespace
from collections.abc import Mapping, Sequence

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.cli.inputs import closed_axes, each_axis
from pdeopt.grid import Grid
from pdeopt.landscapes import Landscape

__all__ = ["box_of", "grid_between", "snapped_points"]

SHAPES = {1: 401, 2: 97, 3: 25}
LOWEST = -np.log(1e-14)
"""beta (f - min f) where a density has fallen below 1e-14 of its maximum."""
LOOKS = {1: 4001, 2: 201, 3: 61}
WIDENINGS = 12
SNAP = 1e-9
FINER = 4
EVEN = 1e-9

Box = tuple[FloatArray, FloatArray]


def box_of(f: Landscape, beta: float) -> Box:
    """Return the box outside which exp(-beta f) is below 1e-14 of its maximum, or the domain if there is none.

    Raises
    ------
    ValueError
        If the landscape has no domain to start from.
    """
    if f.domain is None:
        raise ValueError(f"{f.name or 'INPUT'} has no domain of its own; add e.g. --lower -3 --upper 3.")
    lower, upper = (np.array(end, dtype=float) for end in f.domain)
    middle, half = 0.5 * (lower + upper), 0.5 * (upper - lower)
    for _ in range(WIDENINGS):
        found = _reached(f, beta, middle - half, middle + half)
        if found is not None:
            return found
        half = 1.25 * half
    return lower, upper


def _reached(f: Landscape, beta: float, lower: FloatArray, upper: FloatArray) -> Box | None:
    """Return the part of a box that the process reaches, or None if it reaches a side."""
    axes = [np.linspace(low, high, LOOKS[f.dim]) for low, high in zip(lower, upper, strict=True)]
    values = f.on_axes(axes)
    inside = beta * (values - np.min(values)) < LOWEST
    ends = []
    for axis, nodes in enumerate(axes):
        rest = tuple(k for k in range(f.dim) if k != axis)
        where = np.flatnonzero(inside.any(axis=rest))
        if where[0] == 0 or where[-1] == nodes.size - 1:
            return None
        ends.append((nodes[where[0] - 1], nodes[where[-1] + 1]))
    return np.array([low for low, _ in ends]), np.array([high for _, high in ends])


def grid_between(box: Box, limits: Mapping[str, Sequence[float]], options: Namespace) -> Grid:
    """Return a grid over a box, a little wider or finer where that puts nodes on the limits.

    Parameters
    ----------
    box : pair of array
        Ends, where the options give none.
    limits : mapping
        Numbers at which conditions change, by coordinate.
    options : Namespace
        With `lower`, `upper`, `shape` and `periodic`.
    """
    dim = len(limits)
    closed = closed_axes(options, dim)
    lower = box[0] if options.lower is None else each_axis(options.lower, dim, "--lower")
    upper = box[1] if options.upper is None else each_axis(options.upper, dim, "--upper")
    shape = each_axis(options.shape or SHAPES[dim], dim, "--shape")
    fixed = options.lower is not None, options.upper is not None
    axes = zip(lower, upper, shape, closed, limits.values(), strict=True)
    ends = [_fitted(low, high, n, marks, fixed if not wraps else (True, True)) for low, high, n, wraps, marks in axes]
    lower, upper, shape = (list(part) for part in zip(*ends, strict=True))
    return Grid(lower, upper, shape, closed)


def _fitted(
    lower: float, upper: float, n_nodes: int, marks: Sequence[float], fixed: tuple[bool, bool]
) -> tuple[float, float, int]:
    """Return the ends and the nodes of an axis with nodes on all marks, if one that is not too fine has them."""
    marks = [mark for mark in marks if not (fixed[0] and mark <= lower) and not (fixed[1] and mark >= upper)]
    if not marks:
        return lower, upper, n_nodes
    low, high = min(lower, marks[0]), max(upper, marks[-1])
    kept = ([low] if fixed[0] else []) + marks + ([high] if fixed[1] else [])
    if len(kept) == 1:
        spacing = (high - low) / (n_nodes - 1)
    else:
        spacing = _common_spacing(np.array(kept), (high - low) / (n_nodes - 1))
    below = np.ceil((kept[0] - low) / spacing - EVEN)
    above = np.ceil((high - kept[0]) / spacing - EVEN)
    return float(kept[0] - below * spacing), float(kept[0] + above * spacing), int(below + above) + 1


def _common_spacing(marks: FloatArray, largest: float) -> float:
    """Return the largest spacing that divides all gaps, up to some times finer; else the largest."""
    length = marks[-1] - marks[0]
    first = int(np.ceil(length / largest - EVEN))
    for count in range(first, FINER * first + 1):
        places = (marks - marks[0]) * (count / length)
        if np.abs(places - np.round(places)).max() < EVEN * count:
            return float(length / count)
    return float(length / first)


def snapped_points(grid: Grid, limits: Mapping[str, Sequence[float]]) -> FloatArray:
    """Return the nodes, shape (*shape, d), with those that are a limit but for rounding moved onto it."""
    axes = []
    for nodes, spacing, marks in zip(grid.axes, grid.spacing, limits.values(), strict=True):
        moved = nodes.copy()
        for mark in marks:
            nearest = int(np.argmin(np.abs(moved - mark)))
            if abs(moved[nearest] - mark) < SNAP * spacing:
                moved[nearest] = mark
        axes.append(moved)
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
