"""The law of the fast variables at a held x, and averages under it, without sampling."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.entropy import local_entropy
from pdeopt.grid import Grid
from pdeopt.homogenization.micro import held, micro_step_for, repeated
from pdeopt.kolmogorov import Generator
from pdeopt.landscapes import Landscape
from pdeopt.systems import Elastic, EntropySGD, EntropySGD2, Heat, TwoScaleSystem

__all__ = ["Average", "FastLaw", "averaged_exactly", "averages_exactly", "fast_law", "has_gibbs_average"]

WIDTH = 9.0
"""Standard deviations of the fast law on either side of its mean that a grid covers."""

SCOUTS = 2000
"""Copies that find where the fast law is."""

SCOUTING = 4000
"""Steps that they take."""

FEWEST = 5
"""Degree of the two-point rule that another is compared with."""


@dataclass(frozen=True, eq=False)
class Average:
    """Averages of the slow rate at points, shape (n, n_slow), with what they may be wrong by."""

    value: FloatArray
    error: FloatArray
    method: str


def has_gibbs_average(system: TwoScaleSystem) -> bool:
    """Tell whether the average of the slow rate is the gradient of a known relaxed landscape."""
    if isinstance(system, Elastic):
        return system.coupling == "centre"
    return isinstance(system, EntropySGD | EntropySGD2 | Heat)


def averages_exactly(system: TwoScaleSystem) -> bool:
    """Tell whether the average of the slow rate needs no sampling."""
    if isinstance(system, Heat) or not has_gibbs_average(system):
        return system.n_fast <= (3 if isinstance(system, Heat) else 2) and not system.uses_arrays
    return system.landscape.dim <= 3 or relaxed_landscape(system) is not None


def averaged_exactly(system: TwoScaleSystem, points: FloatArray) -> Average:
    """Return the average of the slow rate by formulas or quadrature."""
    if isinstance(system, Heat):
        return _smoothed(system, points)
    if has_gibbs_average(system):
        found = local_entropy(system.landscape, points, system.time, system.fast_beta)
        return Average(-found.gradient, found.gradient_error, found.method)
    laws = [fast_law(system, x) for x in points]
    value = np.array([law.mean(law.slow) for law in laws])
    error = np.array([law.error * np.abs(law.slow).reshape(-1, system.n_slow).max(axis=0) for law in laws])
    return Average(value, error, "generator")


def hermite_rule(n: int, dim: int, variance: float) -> tuple[FloatArray, FloatArray]:
    """Return points (m, dim) and weights (m,) of a Gaussian rule of n points per axis."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    axes = np.meshgrid(*[np.sqrt(variance) * nodes] * dim, indexing="ij")
    product = np.ones((1,) * dim)
    for axis in range(dim):
        product = product * (weights / weights.sum()).reshape([-1 if k == axis else 1 for k in range(dim)])
    return np.stack(axes, axis=-1).reshape(-1, dim), np.asarray(product.ravel())


def _smoothed(system: Heat, points: FloatArray) -> Average:
    f, variance = system.landscape, system.time / system.fast_beta
    if f.dim > 3:
        raise ValueError(
            f"method='quadrature' smooths in up to 3 dimensions, and the landscape has {f.dim}. Use method='sampling'."
        )
    n = (64, 32, 20)[f.dim - 1]

    def average(count: int) -> FloatArray:
        nodes, weights = hermite_rule(count, f.dim, variance)
        return np.array([weights @ f.gradient_at(x + nodes) for x in points])

    fine, coarse = average(n), average(n - FEWEST)
    return Average(-fine, np.abs(fine - coarse) + 1e-14 * np.abs(fine).max(), "quadrature")


@dataclass(frozen=True, eq=False)
class FastLaw:
    """The fast variables at one x on a grid: their generator, their density and the slow rate.

    Parameters
    ----------
    generator : Generator
    density : array, shape ``grid.shape``
    error : float
        Estimate of the relative error of the density, in the mean.
    slow : array, shape ``(*grid.shape, n_slow)``
        h(x, .) at the nodes.
    states : array, shape ``(*grid.shape, dim)``
    """

    generator: Generator
    density: FloatArray
    error: float
    slow: FloatArray
    states: FloatArray

    @property
    def masses(self) -> FloatArray:
        """The probability of each node."""
        found = self.density * self.generator.volumes
        return np.asarray(found / found.sum())

    def mean(self, values: FloatArray) -> FloatArray:
        """Return the mean of values at the nodes, shape ``(*grid.shape, k)``."""
        return np.asarray(np.tensordot(self.masses, values, axes=self.masses.ndim))

    def correlation(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return 2 int_0^inf Cov(v(y_0), v(y_s)) ds of values ``(*grid.shape, k)``, symmetric, and its error."""
        columns = [self.generator.poisson(values[..., k]) for k in range(values.shape[-1])]
        centred = values - self.mean(values)
        solution = np.stack([column.values for column in columns], axis=-1)
        wrong = np.stack([column.error for column in columns], axis=-1)
        half = self.mean(solution[..., :, None] * centred[..., None, :])
        error = self.mean(wrong[..., :, None] * np.abs(centred)[..., None, :]) + self.error * np.abs(half)
        return half + half.T, error + error.T


def fast_law(system: TwoScaleSystem, x: FloatArray, grid: Grid | None = None) -> FastLaw:
    """Return the law of the fast variables at one x, of up to two of them, by their generator."""
    if system.n_fast > 2 or system.uses_arrays:
        raise ValueError(
            f"the system has {system.n_fast} fast variables in {system.dim} components, and its fast law is solved for "
            "on grids of up to 2 axes (of up to 8 components). Use method='sampling'."
        )
    chosen = fast_grid(system, x) if grid is None else grid
    generator = Generator(system.fast_at(x), chosen)
    answer = generator.invariant_density()
    nodes = np.stack(np.meshgrid(*chosen.axes, indexing="ij"), axis=-1)
    states = np.concatenate([np.broadcast_to(x, (*nodes.shape[:-1], x.size)), nodes], axis=-1)
    density = np.maximum(answer.values, 0.0)
    error = float(np.sum(answer.error * generator.volumes))
    return FastLaw(generator, density, error, system.rates_at(states)[0], states)


def fast_grid(system: TwoScaleSystem, x: FloatArray) -> Grid:
    """Return a grid over the fast law at one x, found by running copies."""
    begin = repeated(system.start(x)[None, :], SCOUTS)
    scouts = held(system, begin, micro_step_for(system, begin), SCOUTING, 0, "euler-maruyama").states[
        :, system.n_slow :
    ]
    middle, spread = scouts.mean(axis=0), scouts.std(axis=0)
    lower = np.minimum(middle - WIDTH * spread, scouts.min(axis=0) - 0.5 * WIDTH * spread)
    upper = np.maximum(middle + WIDTH * spread, scouts.max(axis=0) + 0.5 * WIDTH * spread)
    n = 385 if system.n_fast == 1 else 97
    return Grid(tuple(lower.tolist()), tuple(upper.tolist()), (n,) * system.n_fast)


def relaxed_landscape(system: TwoScaleSystem) -> Landscape | None:
    """Return the closed form of the landscape that the limit descends, or None."""
    if not has_gibbs_average(system) or isinstance(system, Heat):
        return None
    f: Landscape = system.landscape
    try:
        return f.relaxed(system.time, system.fast_beta)
    except ValueError:
        return None
