"""A grid with ghost layers, and fields on it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kernels.hamilton_jacobi.ghosts import EXTRAPOLATED, PERIODIC, REFLECTING, fill_ghosts
from pdeopt.kernels.hamilton_jacobi.rows import Layout

__all__ = ["SIDES", "Mesh"]

SIDES = {"periodic": PERIODIC, "reflecting": REFLECTING, "extrapolation": EXTRAPOLATED}


@dataclass(frozen=True, eq=False)
class Mesh:
    """A grid, the kinds of its walls, and the number of ghost nodes at each.

    Parameters
    ----------
    grid : Grid
    sides : tuple of (str, str)
        Kinds of the lower and the upper wall of each axis.
    ghosts : int
    """

    grid: Grid
    sides: tuple[tuple[str, str], ...]
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
        return Layout(self.grid.shape, tuple(int(s) for s in strides), self.ghosts, self.grid.axes, gaps)

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

    def fill(self, padded: FloatArray) -> None:
        """Fill the ghost layers."""
        for axis, (low, high) in enumerate(self.sides):
            layout = self.layout
            fill_ghosts(padded, axis, (SIDES[low], SIDES[high]), layout.shape, layout.strides, self.ghosts)
