"""What happens at the walls of a grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from pdeopt._types import BoolArray
from pdeopt.grid import Grid

__all__ = ["BOUNDARIES", "PartiallyAbsorbing", "Wall", "checked_walls", "wall_nodes"]

BOUNDARIES = ("reflecting", "absorbing", "degenerate", "linear")


@dataclass(frozen=True)
class PartiallyAbsorbing:
    """A wall that takes walkers at a finite rate, 1/2 a du/dn + rate u = 0.

    Parameters
    ----------
    rate : float
        Length per unit of time, at least 0: 0 reflects, infinity absorbs.

    Raises
    ------
    ValueError
        If `rate` is negative or not finite.
    """

    rate: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.rate < np.inf:
            raise ValueError(
                f"rate={self.rate!r} of a partially absorbing wall must be at least 0 and finite, e.g. rate=1.0. For "
                "an absorbing wall use boundary='absorbing'."
            )


Wall: TypeAlias = str | PartiallyAbsorbing
Walls: TypeAlias = tuple[tuple[Wall, Wall], ...]


def checked_walls(boundary: Any, grid: Grid) -> Walls:
    """Return the lower and the upper wall of each axis."""
    sides = _per_axis(boundary, grid.dim)
    return tuple(
        ("periodic", "periodic") if wraps else _pair(side) for side, wraps in zip(sides, grid.periodic, strict=True)
    )


def _per_axis(boundary: Any, dim: int) -> Sequence[Any]:
    if isinstance(boundary, str | PartiallyAbsorbing):
        return [boundary] * dim
    given = list(boundary)
    if dim == 1 and len(given) == 2:
        return [tuple(given)]
    if len(given) != dim:
        raise ValueError(
            f"boundary={boundary!r} has {len(given)} entries for a grid of {dim} axes. Use one name for all walls, "
            f"such as 'reflecting', or one entry per axis, each a name or a pair (lower, upper)."
        )
    return given


def _pair(side: Any) -> tuple[Wall, Wall]:
    pair = (side, side) if isinstance(side, str | PartiallyAbsorbing) else tuple(side)
    for wall in pair:
        if not (isinstance(wall, PartiallyAbsorbing) or wall in BOUNDARIES) or len(pair) != 2:
            raise ValueError(
                f"boundary={side!r} is not known: use one of {', '.join(map(repr, BOUNDARIES))}, "
                "PartiallyAbsorbing(rate), or a pair (lower, upper) of them. A periodic axis is a property of the grid."
            )
    return pair


def wall_nodes(grid: Grid, walls: Walls, kind: str) -> BoolArray:
    """Return which nodes lie on a wall of the given kind, shape ``grid.shape``."""
    found = np.zeros(grid.shape, dtype=bool)
    for axis, pair in enumerate(walls):
        lines = np.moveaxis(found, axis, 0)
        for index, wall in zip((0, -1), pair, strict=True):
            lines[index] |= wall == kind
    return found
