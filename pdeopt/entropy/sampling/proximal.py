"""The limit of infinite beta: the lowest point of ``f + |x - y|^2 / (2 t)`` among the ends of many descents."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from pdeopt._types import FloatArray
from pdeopt.entropy.curvature import Curvature
from pdeopt.entropy.sampling.laplace import LARGEST_DENSE, low_rank
from pdeopt.entropy.sampling.modes import descents
from pdeopt.entropy.sampling.scaled import Scaled

__all__ = ["Prox", "proximal"]

MOST_STARTS = 64
FEW = 10
"""Dimension up to which an end is refined without derivatives, for kinks."""
ROUNDING = 64 * float(np.finfo(float).eps)


@dataclass(frozen=True, eq=False)
class Prox:
    """A lowest point, in units of sqrt(t).

    Parameters
    ----------
    w : array, shape (d,)
        Displacement from the point asked for.
    energy, error : float
        Height there, and what is left to descend.
    distance : float
        How far the lowest point may be.
    curvature : Curvature
        The Hessian of the relaxed landscape, times t.
    agreeing : float
        Share of descents that ended at this height.
    """

    w: FloatArray
    energy: float
    error: float
    distance: float
    curvature: Curvature
    agreeing: float


def proximal(target: Scaled, rng: np.random.Generator) -> Prox:
    """Descend from many starts; a lower point that no start leads to stays unknown."""
    search = descents(target, rng, MOST_STARTS if target.dim <= FEW else 12)
    w, energy = search.places[0], float(search.energies[0])
    agreeing = float((search.energies <= energy + 1e-8 * max(1.0, abs(energy))).mean())
    better, step = _refined(target, w)
    height = float(target.energy(better[None])[0])
    if height <= energy:
        w, energy, gain = better, height, energy - height
    else:
        gain, step = 0.0, np.zeros_like(step)
    size = ROUNDING * max(1.0, abs(energy))
    return Prox(
        w, energy, gain + size, float(np.linalg.norm(step)) + np.sqrt(size), _curvature(target, w, rng), agreeing
    )


def _refined(target: Scaled, w: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return a lower point nearby and the last step to it; in few dimensions also by comparing values."""
    if target.dim <= LARGEST_DENSE:
        for _ in range(3):
            step = np.linalg.lstsq(target.bend(w), -target.slope(w[None])[0], rcond=None)[0]
            if target.energy((w + step)[None])[0] > target.energy(w[None])[0]:
                break
            w = w + step
        if np.linalg.norm(step) <= 1e-7 * max(1.0, float(np.linalg.norm(w))):
            return w, step
    if target.dim > FEW:
        return w, target.slope(w[None])[0]
    options: Any = {"xatol": 1e-13, "fatol": 1e-15, "maxfev": 2000 * target.dim}

    def height(v: Any) -> float:
        return float(target.energy(v[None])[0])

    found = minimize(height, w, method="Nelder-Mead", options=options)
    return np.asarray(found.x), np.asarray(found.x) - w


def _curvature(target: Scaled, w: FloatArray, rng: np.random.Generator) -> Curvature:
    """Return I - (I + t Hess f)^-1."""
    if target.dim <= LARGEST_DENSE:
        values, vectors = np.linalg.eigh(target.bend(w))
        shrunk = 1.0 - 1.0 / np.maximum(values, ROUNDING)
        return Curvature.of_dense(((vectors * shrunk) @ vectors.T)[None])
    diagonal, factors, core = low_rank(target, w, rng).covariance_parts
    return Curvature((1.0 - diagonal)[None], factors[None], -np.diag(core)[None])
