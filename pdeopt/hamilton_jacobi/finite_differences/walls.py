"""What is at the ends of an axis."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from pdeopt._types import Arguments, ArrayLike, FloatArray, IntArray
from pdeopt.grid import Grid
from pdeopt.kernels._specialise import specialised
from pdeopt.kernels.hamilton_jacobi.walls import evaluate_points
from pdeopt.landscapes import Landscape

__all__ = ["Dirichlet", "Wall", "checked_walls"]

NAMES = ("reflecting", "extrapolation")


@dataclass(frozen=True, eq=False)
class Dirichlet:
    """Values of u at the nodes of a wall.

    Parameters
    ----------
    value : float, callable, Landscape or array_like, shape ``grid.shape``
        A number; an ``@njit`` function of ``(t, x, *args)``, with `x` a float in one dimension, else a tuple; or values
        that do not change.
    args : tuple
        Parameters of the function.

    Notes
    -----
    Data above what the equation brings to the wall are lost there, as the theory has it: where characteristics
    leave, an upwind scheme does not see them, and u jumps between the wall and its neighbours. Such a jump shortens
    steps.
    """

    value: float | Callable[..., Any] | Landscape | ArrayLike
    args: Arguments = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.args, tuple):
            raise TypeError(f"args={self.args!r} is no tuple; use args=({self.args!r},).")
        if callable(self.value) or isinstance(self.value, Landscape):
            return
        try:
            finite = np.isfinite(np.asarray(self.value, dtype=float)).all()
        except (TypeError, ValueError):
            raise TypeError(f"value={self.value!r} is no number, function or array; use Dirichlet(0.0).") from None
        if not finite:
            raise ValueError(f"value={self.value!r} must be finite, e.g. Dirichlet(0.0).")


Wall: TypeAlias = str | Dirichlet


def checked_walls(boundary: Any, grid: Grid) -> tuple[tuple[Wall, Wall], ...]:
    """Return the two walls of every axis.

    Raises
    ------
    ValueError
        If there are too few, or a name is not known.
    """
    single = isinstance(boundary, str | Dirichlet)
    if not single and not isinstance(boundary, Iterable):
        raise TypeError(f"boundary={boundary!r} is neither a name nor Dirichlet(value); use boundary='reflecting'.")
    entries = [boundary] * grid.dim if single else list(boundary)
    if len(entries) != grid.dim:
        raise ValueError(
            f"boundary={boundary!r} has {len(entries)} entries for {grid.dim} axes; give one entry per axis, each "
            f"a name, a Dirichlet or a pair, such as boundary=[({entries[0]!r}, {entries[-1]!r})]."
        )
    return tuple(_pair(entry, wraps) for entry, wraps in zip(entries, grid.periodic, strict=True))


def _pair(entry: Any, wraps: bool) -> tuple[Wall, Wall]:
    if wraps:
        return "periodic", "periodic"
    pair = tuple(entry) if isinstance(entry, list | tuple) else (entry, entry)
    if len(pair) != 2:
        raise ValueError(f"boundary has the entry {entry!r}; an axis has two walls: use a name, or (lower, upper).")
    for wall in pair:
        if wall == "periodic":
            raise ValueError("boundary='periodic' is a property of the grid; use Grid(..., periodic=True).")
        if not isinstance(wall, Dirichlet) and wall not in NAMES:
            raise ValueError(
                f"boundary={wall!r} is unknown; use 'reflecting', 'extrapolation' or Dirichlet(value) (periodic axes "
                f"come from the grid)."
            )
    return pair[0], pair[1]


class WallValues:
    """The nodes of a mesh where values are given, and these values at any time.

    Parameters
    ----------
    wall : Dirichlet
    nodes : array of int
        Flat places of the nodes of this wall among all nodes of the grid.
    grid : Grid
    """

    def __init__(self, wall: Dirichlet, nodes: IntArray, grid: Grid) -> None:
        self.nodes, self.args = nodes, wall.args
        self.fixed: FloatArray | None = None
        if callable(wall.value) and not isinstance(wall.value, Landscape):
            self.points = np.ascontiguousarray(grid.points().reshape(-1, grid.dim)[nodes])
            pattern = 0.0 if grid.dim == 1 else (0.0,) * grid.dim
            self.function = specialised(evaluate_points, function=wall.value, PATTERN=pattern)
            return
        values = wall.value.on(grid) if isinstance(wall.value, Landscape) else wall.value
        self.fixed = np.broadcast_to(np.asarray(values, dtype=float), grid.shape).ravel()[nodes]

    def at(self, t: float) -> FloatArray:
        """Return the values at a time."""
        if self.fixed is not None:
            return self.fixed
        found = np.empty(self.nodes.size)
        self.function(t, self.points, self.args, found)
        return found
