"""A grid with ghost layers, and fields on it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.walls import Dirichlet, Wall, WallValues
from pdeopt.kernels.hamilton_jacobi.ghosts import EXTRAPOLATED, PERIODIC, REFLECTING, fill_band
from pdeopt.kernels.hamilton_jacobi.rows import Layout

__all__ = ["Mesh"]

SIDES = {"periodic": PERIODIC, "reflecting": REFLECTING, "extrapolation": EXTRAPOLATED}


@dataclass(frozen=True, eq=False)
class Mesh:
    """A grid, the kinds of its walls, and the number of ghost nodes at each.

    Parameters
    ----------
    grid : Grid
    walls : tuple of pairs
        What is at the lower and the upper end of each axis.
    ghosts : int
    """

    grid: Grid
    walls: tuple[tuple[Wall, Wall], ...]
    ghosts: int

    @property
    def n_rows(self) -> int:
        """Rows of nodes along the last axis."""
        return self.grid.size // self.grid.shape[-1]

    @cached_property
    def padded_shape(self) -> tuple[int, ...]:
        """Nodes with ghosts, per axis."""
        return tuple(n + 2 * self.ghosts for n in self.grid.shape)

    @cached_property
    def layout(self) -> Layout:
        """What kernels know of the mesh."""
        strides = np.cumprod((1, *self.padded_shape[:0:-1]))[::-1]
        gaps = tuple(self._gaps(axis) for axis in range(self.grid.dim))
        before, after = gaps[-1][:-1], gaps[-1][1:]
        means = 2.0 * before * after / (before + after)
        return Layout(self.grid.shape, tuple(int(s) for s in strides), self.ghosts, self.grid.axes, gaps, means)

    def _gaps(self, axis: int) -> FloatArray:
        if self.grid.uniform[axis]:
            return np.full(self.grid.shape[axis] + 1, 1.0 / self.grid.spacing[axis])
        gaps = np.diff(self.grid.axes[axis])
        return 1.0 / np.concatenate([gaps[:1], gaps, gaps[-1:]])

    def empty(self) -> FloatArray:
        """Return a flat field with ghost layers, of zeros."""
        return np.zeros(int(np.prod(self.padded_shape)))

    def field(self, values: FloatArray) -> FloatArray:
        """Return values of the grid's shape as a flat field with ghost layers, not filled."""
        padded = self.empty()
        self.inside(padded)[...] = values
        return padded

    def inside(self, padded: FloatArray) -> FloatArray:
        """Return the view of the nodes of the grid, of its shape."""
        return padded.reshape(self.padded_shape)[(slice(self.ghosts, -self.ghosts),) * self.grid.dim]

    @cached_property
    def kinds(self) -> tuple[tuple[int, int], ...]:
        """What kernels call the walls of each axis."""
        return tuple((_side(low), _side(high)) for low, high in self.walls)

    @cached_property
    def given(self) -> tuple[WallValues, ...]:
        """Values at walls."""
        places = np.arange(self.grid.size).reshape(self.grid.shape)
        found = []
        for axis, pair in enumerate(self.walls):
            for end, wall in zip((0, -1), pair, strict=True):
                if isinstance(wall, Dirichlet):
                    found.append(WallValues(wall, np.take(places, end, axis=axis).ravel(), self.grid))
        return tuple(found)

    def set_walls(self, padded: FloatArray, t: float) -> None:
        """Set the values that are given at walls."""
        for wall in self.given:
            self.inside(padded)[np.unravel_index(wall.nodes, self.grid.shape)] = wall.at(t)

    def fill(self, padded: FloatArray, t: float) -> None:
        """Set the values at walls, and fill the ghost layers."""
        self.set_walls(padded, t)
        layout = self.layout
        fill_band(padded, (0, self.n_rows), self.kinds, layout.shape, layout.strides, self.ghosts)


def _side(wall: Wall) -> int:
    # Beyond a wall with values the slope goes on.
    return EXTRAPOLATED if isinstance(wall, Dirichlet) else SIDES[wall]
