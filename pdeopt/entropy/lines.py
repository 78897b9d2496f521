"""Integrands on a line: what the one-dimensional routes integrate and minimise, for many points at once."""

from dataclasses import dataclass, field

import numpy as np

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.entropy import bessel
from pdeopt.grid import Grid
from pdeopt.landscapes import Landscape

__all__ = ["Line", "Ray", "period_shifts"]


@dataclass(frozen=True, eq=False)
class Line:
    """Gaussian averages of a landscape of one coordinate, each row with its own point, time and temperature.

    The law of row i has the density exp(-beta cost(y)) with ``cost = f(y) - log(kernel(y)) / beta``, where the
    kernel integrates to one.

    Parameters
    ----------
    f : Landscape
        Of one coordinate.
    x, time, beta : array, shape (n,)
        Beta may be infinite.
    """

    f: Landscape
    x: FloatArray
    time: FloatArray
    beta: FloatArray
    lower: float = field(default=-np.inf, init=False)

    def rows(self, chosen: IntArray | slice) -> "Line":
        """Return some of the rows."""
        return Line(self.f, self.x[chosen], self.time[chosen], self.beta[chosen])

    @property
    def middle(self) -> FloatArray:
        """Where the kernel has its mass."""
        return self.x

    @property
    def width(self) -> FloatArray:
        """Standard deviation of the kernel; without temperature a length to start from."""
        hot = np.isfinite(self.beta)
        return np.sqrt(self.time / np.where(hot, self.beta, 1e4))

    def loss(self, y: FloatArray) -> FloatArray:
        """Values of the landscape, of the shape of `y`."""
        values: FloatArray = np.asarray(self.f(y[..., None]))
        return values

    def spread_cost(self, y: FloatArray, row: IntArray) -> FloatArray:
        """Return the cost without the landscape; `row` broadcasts against `y`."""
        away = y - self.x[row]
        constant = 0.5 * np.log(2 * np.pi * self.width[row] ** 2) / self.beta[row]
        return 0.5 * away * away / self.time[row] + constant

    def cost(self, y: FloatArray, row: IntArray) -> FloatArray:
        """Loss and distance, whose minimum is the prox at zero temperature."""
        return self.loss(y) + self.spread_cost(y, row)

    def features(self, y: FloatArray, row: IntArray, origin: FloatArray) -> FloatArray:
        """Return what is averaged: 1, y - m, (y - m)^2, f', f' (y - m), of shape (5, ...)."""
        away = y - np.broadcast_to(origin, row.shape)
        slope = self.f.gradient_at(y[..., None])[..., 0]
        return np.stack([np.ones_like(y), away, away * away, slope, slope * away])


@dataclass(frozen=True, eq=False)
class Ray(Line):
    """The same for a radial landscape: averages over distances from the centre.

    Parameters
    ----------
    f : Landscape
        The profile.
    x : array, shape (n,)
        Distances of the points from the centre.
    time, beta : array, shape (n,)
    dim : int
        Number of coordinates, at least two.
    """

    dim: int = 2
    lower: float = field(default=0.0, init=False)

    def rows(self, chosen: IntArray | slice) -> "Ray":
        """Return some of the rows."""
        return Ray(self.f, self.x[chosen], self.time[chosen], self.beta[chosen], self.dim)

    @property
    def middle(self) -> FloatArray:
        """The root mean square of the distance."""
        return np.sqrt(self.x**2 + (self.dim - 1) * self.time / self.beta)

    def spread_cost(self, y: FloatArray, row: IntArray) -> FloatArray:
        """Minus the logarithm of the density of the distance of x + sqrt(t / beta) Z from the centre, over beta."""
        beta = self.beta[row]
        if not np.isfinite(self.beta).all():
            return 0.5 * (y - self.x[row]) ** 2 / self.time[row]
        return -bessel.log_density(y, self.x[row], self.time[row] / beta, self.dim) / beta

    def features(self, y: FloatArray, row: IntArray, origin: FloatArray) -> FloatArray:
        """Return what is averaged: 1, y_1 - m, (y_1 - m)^2, f' c and f' c (y_1 - m).

        Here y_1 = y c is the coordinate along x, and its moments are those given the distance y.
        """
        variance = self.time[row] / self.beta[row]
        mean, spread = bessel.cosine_moments(y * self.x[row] / variance, self.dim)
        slope = self.f.gradient_at(y[..., None])[..., 0]
        along = y * mean - origin
        square = along * along + y * y * spread
        twist = slope * (mean * along + y * spread)
        return np.stack([np.ones_like(y), along, square, slope * mean, twist])


def period_shifts(grid: Grid, lower: float, upper: float) -> FloatArray:
    """Return the shifts by which the nodes of an axis, if periodic, must be repeated to cover an interval."""
    if not grid.periodic[0]:
        return np.zeros(1)
    start, period = grid.axes[0][0], grid.extent[0]
    shifts: FloatArray = period * np.arange(np.floor((lower - start) / period), np.ceil((upper - start) / period) + 1)
    return shifts


def is_smooth_at(f: Landscape, y: FloatArray) -> BoolArray:
    """Whether the gradient changes little across points of one coordinate."""
    step = 1e-7 * np.maximum(1.0, np.abs(y))
    with np.errstate(invalid="ignore"):
        change = f.gradient_at((y + step)[..., None])[..., 0] - f.gradient_at((y - step)[..., None])[..., 0]
        bend = f.hessian_at(y[..., None])[..., 0, 0]
        sides = np.isfinite(f((y + step)[..., None])) & np.isfinite(f((y - step)[..., None]))
    declared = np.isin(y, f.kinks)
    return sides & ~declared & (np.abs(change / (2 * step) - bend) <= 1e-2 * (np.abs(bend) + 1.0))
