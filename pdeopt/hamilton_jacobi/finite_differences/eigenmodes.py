"""Functions of the three-point Laplacian on uniform axes, by the transforms that diagonalise it along each axis."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import fft

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.walls import Wall

__all__ = ["Eigenmodes"]


@dataclass(frozen=True, eq=False)
class Eigenmodes:
    """The eigenvectors of the Laplacian on a grid.

    Parameters
    ----------
    grid : Grid
        Uniform along every axis.
    walls : tuple of pairs
        What is at the lower and the upper end of each axis. At a wall that is neither periodic nor reflecting, nothing
        diffuses across.
    threads : int
    wide : bool
        Whether the second difference is that of sixth order; for axes that are periodic or reflecting.

    Notes
    -----
    Along an axis of n nodes and spacing h, with `m = n - 1` intervals, the eigenvalues of three points are `-4/h^2
    sin^2(a/2)`:

    * periodic: a = 2 pi k / n, by the Fourier transform;
    * reflecting at both ends: a = pi k / m, k = 0 to m, by the cosine transform of type I;
    * fixed at both ends: a = pi k / m, k = 1 to m - 1, by the sine transform of type I, and twice 0 for the straight
      line through the ends;
    * one of each: a = pi (k + 1/2) / m, k = 0 to m - 1, by the cosine transform of type III, and 0 for the constant.
    """

    grid: Grid
    walls: tuple[tuple[Wall, Wall], ...]
    threads: int = 1
    wide: bool = False

    def multiplied(self, values: FloatArray, factor: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """Return `factor(L) values`, where L is the Laplacian."""
        if not self.wraps:
            modes = self._forward(values)
            return self._backward(modes * factor(self.eigenvalues))
        waves = fft.rfftn(self._forward(values), axes=self.wraps, workers=self.threads)
        waves *= factor(self.eigenvalues)
        shape = [self.grid.shape[axis] for axis in self.wraps]
        return self._backward(fft.irfftn(waves, shape, axes=self.wraps, workers=self.threads))

    @cached_property
    def wraps(self) -> list[int]:
        """Periodic axes."""
        return [axis for axis, wraps in enumerate(self.grid.periodic) if wraps]

    @cached_property
    def eigenvalues(self) -> FloatArray:
        """Eigenvalues of the Laplacian, one per mode."""
        total: Any = 0.0
        for axis, angles in enumerate(self._angles(axis) for axis in range(self.grid.dim)):
            symbol = wide_symbol(angles) if self.wide else -4.0 * np.sin(0.5 * angles) ** 2
            one = symbol / self.grid.spacing[axis] ** 2
            total = total + one.reshape([-1 if k == axis else 1 for k in range(self.grid.dim)])
        return np.asarray(total)

    def _angles(self, axis: int) -> FloatArray:
        n, fixed = self.grid.shape[axis], self._fixed(axis)
        if self.grid.periodic[axis]:
            count = n // 2 + 1 if axis == self.wraps[-1] else n
            return 2.0 * np.pi * np.arange(count) / n
        inner = np.pi * np.arange(n - 1) / (n - 1)
        if fixed == (False, False):
            return np.append(inner, np.pi)
        if fixed == (True, True):
            return np.append(inner, 0.0)
        halves = inner + 0.5 * np.pi / (n - 1)
        return np.append(0.0, halves[::-1]) if fixed[0] else np.append(halves, 0.0)

    def _fixed(self, axis: int) -> tuple[bool, bool]:
        low, high = self.walls[axis]
        return low != "reflecting", high != "reflecting"

    def _forward(self, values: FloatArray) -> FloatArray:
        """Transform along all axes that are not periodic."""
        for axis in range(self.grid.dim):
            if not self.grid.periodic[axis]:
                values = self._along(values, axis, inverse=False)
        return values

    def _backward(self, modes: FloatArray) -> FloatArray:
        for axis in range(self.grid.dim):
            if not self.grid.periodic[axis]:
                modes = self._along(modes, axis, inverse=True)
        return modes

    def _along(self, values: FloatArray, axis: int, inverse: bool) -> FloatArray:
        fixed = self._fixed(axis)
        if fixed == (False, False):
            cosine = fft.idct if inverse else fft.dct
            return np.asarray(cosine(values, type=1, axis=axis, workers=self.threads))
        out = np.moveaxis(values.copy(), axis, -1)
        n = out.shape[-1]
        transform: Any
        if fixed == (True, True):
            part, kind, transform = slice(1, n - 1), 1, fft.idst if inverse else fft.dst
        else:
            # In a mirror the fixed end is the last one.
            part = slice(0, n - 1) if fixed[1] else slice(n - 1, 0, -1)
            kind, transform = 3, fft.idct if inverse else fft.dct
        if out[..., part].size:
            shift = _through_ends(out, fixed)[..., part]
            rest = out[..., part] if inverse else out[..., part] - shift
            done = transform(np.ascontiguousarray(rest), type=kind, axis=-1, workers=self.threads)
            out[..., part] = done + shift if inverse else done
        return np.asarray(np.moveaxis(out, -1, axis))


def _through_ends(values: FloatArray, fixed: tuple[bool, bool]) -> FloatArray:
    """Return the straight line through the fixed ends, along the last axis: the constant where only one is."""
    low, high = values[..., :1], values[..., -1:]
    weight = np.arange(values.shape[-1]) / (values.shape[-1] - 1)
    if fixed == (True, True):
        return np.asarray(low * (1.0 - weight) + high * weight)
    return np.broadcast_to(high if fixed[1] else low, values.shape)


def wide_symbol(angles: FloatArray) -> FloatArray:
    """Return what the second difference of sixth order makes of waves, times h^2."""
    return np.asarray(
        (4.0 * np.cos(3.0 * angles) - 54.0 * np.cos(2.0 * angles) + 540.0 * np.cos(angles) - 490.0) / 180.0
    )
