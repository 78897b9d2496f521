"""Where the local Gibbs law has its peaks: descents of the energy from many starts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import OptimizeResult, minimize
from scipy.spatial import cKDTree

from pdeopt._types import FloatArray
from pdeopt.entropy.sampling.scaled import Scaled

__all__ = ["Search", "descents"]

LARGEST_POLISHED = 30
"""Dimension above which numerical gradients are not worth their values."""
NEIGHBOURS = 10
"""Dimension up to which starts are sorted out by their neighbours."""


@dataclass(frozen=True, eq=False)
class Search:
    """Ends of descents, the lowest first.

    Parameters
    ----------
    places : array, shape (n, d)
    energies : array, shape (n,)
    seen : array, shape (m, d)
        All places looked at before, at several scales.
    seen_energies : array, shape (m,)
    """

    places: FloatArray
    energies: FloatArray
    seen: FloatArray
    seen_energies: FloatArray


def descents(target: Scaled, rng: np.random.Generator, most: int) -> Search:
    """Descend from the point itself, from known minima, and from the most promising of draws at several scales."""
    zero = np.zeros((1, target.dim))
    first = np.concatenate([zero, _known(target)])
    drawn, heights = _scan(target, rng)
    starts = np.concatenate([first, _promising(drawn, heights, most)])
    if not target.has_gradient and target.dim > LARGEST_POLISHED:
        places = starts
    else:
        ends = np.array([_descended(target, w) for w in starts])
        lower = target.energy(ends) <= target.energy(starts)
        places = np.where(lower[:, None], ends, starts)
    energies = target.energy(places)
    order = np.argsort(energies, kind="stable")
    order = order[np.isfinite(energies[order])]
    return Search(places[order], energies[order], drawn, heights)


def _known(target: Scaled) -> FloatArray:
    """Return the stated minima of the landscape nearest to the point, as displacements."""
    minima = np.asarray(target.landscape.minima, dtype=float).reshape(-1, target.dim)
    away = (minima - target.point) / target.unit
    return away[np.argsort(np.einsum("ni,ni->n", away, away), kind="stable")[:8]]


def _scan(target: Scaled, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Draw at scales 1, 2, 4, ... until the parabola alone lies above all that was found lower."""
    n = 512 if target.dim <= NEIGHBOURS else 32
    places, energies, scale = [np.zeros((1, target.dim))], [target.energy(np.zeros((1, target.dim)))], 1.0
    lowest_loss = float(energies[0][0])
    while scale < 2.0**24:
        w = scale * rng.standard_normal((n, target.dim))
        loss = target.loss(w)
        places.append(w)
        energies.append(loss + 0.5 * np.einsum("ni,ni->n", w, w))
        lowest_loss = min(lowest_loss, float(loss.min()))
        depth = min(float(part.min()) for part in energies) - lowest_loss
        scale *= 2.0
        if scale > 2.0 and 0.5 * target.dim * scale**2 > 4.0 * depth + 8.0 * target.dim:
            break
    return np.concatenate(places), np.concatenate(energies)


def _promising(w: FloatArray, energies: FloatArray, most: int) -> FloatArray:
    """Return the lowest draws; in few dimensions only those that lie below their neighbours."""
    fine = np.isfinite(energies)
    w, energies = w[fine], energies[fine]
    if 0 < w.shape[1] <= NEIGHBOURS and len(w) > 128:
        k = min(16 + 4 * w.shape[1], 48)
        near = cKDTree(w).query(w, k=k)[1]
        bottom = energies <= energies[near].min(axis=1)
        w, energies = w[bottom], energies[bottom]
    return w[np.argsort(energies, kind="stable")[:most]]


def _descended(target: Scaled, start: FloatArray) -> FloatArray:
    # The first step has length one: in this unit it lowers the energy by about one, and stays in the well.
    unit = 1.0 / max(1.0, float(np.linalg.norm(target.slope(start[None])[0])))

    def pair(v: Any) -> tuple[float, FloatArray]:
        w = unit * v[None]
        value = float(target.energy(w)[0])
        return (value if np.isfinite(value) else 1e300), unit * target.slope(w)[0]

    options: Any = {"maxiter": 500, "ftol": 1e-15, "gtol": 1e-9}
    found: OptimizeResult = minimize(pair, start / unit, jac=True, method="L-BFGS-B", options=options)
    return np.asarray(unit * found.x)
