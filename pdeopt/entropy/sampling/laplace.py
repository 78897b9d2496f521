"""Gaussians about the peaks of the local Gibbs law."""

import numpy as np
from scipy.sparse.linalg import LinearOperator, eigsh

from pdeopt._types import FloatArray
from pdeopt.entropy.sampling.mixtures import Component
from pdeopt.entropy.sampling.modes import Search
from pdeopt.entropy.sampling.scaled import Scaled
from pdeopt.entropy.sampling.spreads import Spread

__all__ = ["LARGEST_DENSE", "low_rank", "peaks"]

LARGEST_DENSE = 200
"""Dimension up to which Hessians are dense."""
FLATTEST = 0.05
"""Least curvature of a Gaussian, one being that of the kernel."""
RANK = 8


def peaks(target: Scaled, search: Search, rng: np.random.Generator, most: int) -> list[tuple[Component, float]]:
    """Return the Gaussians at different peaks, each with the logarithm of the mass Laplace gives it."""
    found: list[tuple[Component, float]] = []
    for w, energy in zip(search.places, search.energies, strict=True):
        if len(found) == most or energy > search.energies[0] + 50.0 + 2.0 * target.dim:
            break
        if not any(_same(peak, w) for peak, _ in found):
            peak = Component(w, _spread(target, w, float(energy), rng))
            found.append((peak, peak.spread.log_volume - float(energy)))
    return found


def _same(peak: Component, w: FloatArray) -> bool:
    v = peak.standard(w[None])[0]
    return bool(v @ v < 0.5 + 0.1 * v.size)


def _spread(target: Scaled, w: FloatArray, energy: float, rng: np.random.Generator) -> Spread:
    if target.dim > LARGEST_DENSE:
        return low_rank(target, w, rng) if target.has_gradient else Spread.unit(target.dim)
    dense = target.has_gradient or target.landscape.hessian_kind == "given" or target.dim <= NUMERICAL
    matrix = target.bend(w) if dense else np.eye(target.dim)
    diagonal = np.diag(matrix)
    if (np.abs(matrix - np.diag(diagonal)) <= 1e-6 * np.sqrt(np.abs(np.outer(diagonal, diagonal)))).all():
        widths = 1.0 / np.sqrt(np.maximum(diagonal, FLATTEST))
        scale = _probed(target, w, energy, np.eye(target.dim), widths)
        return Spread(scale, np.zeros((0, target.dim)), np.zeros(0))
    values, vectors = np.linalg.eigh(matrix)
    widths = 1.0 / np.sqrt(np.maximum(values, FLATTEST))
    return Spread(np.ones(target.dim), vectors.T.copy(), _probed(target, w, energy, vectors.T, widths))


NUMERICAL = 30
"""Dimension up to which the Hessian is differenced from values alone."""


def _probed(target: Scaled, w: FloatArray, energy: float, axes: FloatArray, widths: FloatArray) -> FloatArray:
    """Correct widths along axes until the energy rises there by 1/4 to 1, as where a Gaussian has its width."""
    widths = widths.copy()
    for _ in range(40):
        steps = axes * widths[:, None]
        with np.errstate(over="ignore"):
            rise = 0.5 * (target.energy(w + steps) + target.energy(w - steps)) - energy
        narrow, wide = (rise < 0.25) & (widths < 1.0), rise > 1.0
        if not (narrow | wide).any():
            break
        widths[wide] *= 0.6
        widths[narrow] = np.minimum(1.5 * widths[narrow], 1.0)
    return widths


def low_rank(target: Scaled, w: FloatArray, rng: np.random.Generator) -> Spread:
    """Return diagonal and leading part of the inverse Hessian, from products of it with vectors."""
    signs = rng.choice([-1.0, 1.0], (8, target.dim))
    diagonal = np.maximum((signs * target.bend_times(w, signs)).mean(axis=0), FLATTEST)
    scale = 1.0 / np.sqrt(diagonal)

    def remainder(v: FloatArray) -> FloatArray:
        product: FloatArray = scale * target.bend_times(w, (scale * v.ravel())[None])[0] - v.ravel()
        return product

    shape = (target.dim, target.dim)
    start = rng.standard_normal(target.dim)
    operator = LinearOperator(shape, matvec=remainder, dtype=float)
    values, vectors = eigsh(operator, k=RANK, which="LM", v0=start, tol=1e-2)
    far = np.abs(values) > 0.1
    return Spread(scale, vectors.T[far], 1.0 / np.sqrt(np.maximum(1.0 + values[far], FLATTEST)))
