"""Stationary laws of the paper's inner dynamics, from their drift and noise alone."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov import Generator
from pdeopt.systems import SDE, TwoScaleSystem

__all__ = ["Law", "fast_law", "inner_dynamics", "inner_law", "stationary_law"]

ROUNDING = 1e-12


def _pull(_t: float, z: float, x: float, time: float, linear: float, cubic: float, sign: float, _noise: float) -> float:
    """Return -(z / time - sign f'(x - z)) for f'(y) = linear y + cubic y^3."""
    y = x - z
    return -z / time + sign * (linear * y + cubic * y * y * y)


def _shake(
    _t: float, _z: float, _x: float, _time: float, _linear: float, _cubic: float, _sign: float, noise: float
) -> float:
    return noise


def inner_dynamics(
    x: float, time: float, noise: float, *, slope: tuple[float, float] = (-1.0, 1.0), sign: float = 1.0
) -> SDE:
    """Return dz = -[z / time - sign f'(x - z)] ds + noise dW, z = x - y, for f'(y) = slope[0] y + slope[1] y^3.

    By default f is the double well (y^2 - 1)^2 / 4.
    """
    return SDE(_pull, _shake, noise="additive", args=(x, time, *slope, sign, noise), name="inner loop")


@dataclass(frozen=True, eq=False)
class Law:
    """Probabilities on a grid, for means with error bars.

    Parameters
    ----------
    nodes : array, shape (n,)
    masses : array, shape (n,)
        Of the cells, of sum one.
    error : array, shape (n,)
        Of the masses.
    """

    nodes: FloatArray
    masses: FloatArray
    error: FloatArray

    def mean(self, values: FloatArray) -> tuple[float, float]:
        """Return the mean of a function, given at the nodes, and an error bar."""
        middle = float(self.masses @ values)
        return middle, float(self.error @ np.abs(values - middle)) + ROUNDING

    @property
    def average(self) -> tuple[float, float]:
        """The mean, with an error bar."""
        return self.mean(self.nodes)

    @property
    def variance(self) -> tuple[float, float]:
        """The variance, with an error bar."""
        return self.mean((self.nodes - self.average[0]) ** 2)


def stationary_law(system: SDE, grid: Grid) -> Law:
    """Return the law that dynamics of one component leave alone: the kernel of their forward operator."""
    generator = Generator(system, grid)
    density = generator.invariant_density()
    masses = density.values * generator.volumes
    return Law(grid.axes[0], masses / masses.sum(), density.error * generator.volumes)


def fast_law(system: TwoScaleSystem, x: float, reach: float = 6.0) -> Law:
    """Return the stationary law of the fast variable of a system of this package, the slow one held at x."""
    return stationary_law(system.fast_at(x), Grid(-reach, reach, 401))


@lru_cache(maxsize=16)
def inner_law(x: float, time: float, noise: float, slope: tuple[float, float] = (-1.0, 1.0), sign: float = 1.0) -> Law:
    """Return the stationary law of `inner_dynamics`."""
    system = inner_dynamics(x, time, noise, slope=slope, sign=sign)
    reach = 4.0 + 4.0 * noise * math.sqrt(time)
    return stationary_law(system, Grid(-reach, reach, 401))
