"""How the mask of one layer moves a point: amplitudes of independent factors, or the outcomes of all masks."""

from dataclasses import replace
from itertools import product

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.networks.layers import DenseBranch, ResidualLayer
from pdeopt.networks.modified.dictionary import LARGEST_MASKED
from pdeopt.networks.modified.equations import modified_equation
from pdeopt.networks.noise import DropConnect, Dropout, ShakeShake

__all__ = ["amplitudes", "branch_values", "masked_outcomes"]


def branch_values(layer: ResidualLayer, points: FloatArray, time: float = 0.0) -> FloatArray:
    """Return the branch of a layer, without its noise, at points of shape (n, d)."""
    if isinstance(layer.branch, DenseBranch):
        return np.asarray(layer.branch(points))
    return modified_equation(replace(layer, noise=None, second=None)).drift(points, time, picture="ode")


def amplitudes(layer: ResidualLayer, points: FloatArray, time: float = 0.0) -> FloatArray:
    """Return the columns a_j of ``G = m + sum_j a_j (xi_j - E xi_j)`` at points (n, d), as an array (n, d, columns)."""
    noise = layer.noise
    if isinstance(noise, DropConnect):
        sizes = layer.branch.outer_weight * layer.branch.hidden(points)[:, None, :]
        columns = np.einsum("nij,ik->nikj", sizes, np.eye(layer.dim))
        return np.asarray(columns.reshape(len(points), layer.dim, -1))
    if isinstance(noise, Dropout) and noise.where == "hidden":
        return np.asarray(layer.branch.outer_weight * layer.branch.hidden(points)[:, None, :])
    f = branch_values(layer, points, time)
    if isinstance(noise, ShakeShake):
        f = f - branch_values(replace(layer, branch=layer.second, noise=None, second=None), points, time)
    return f[..., None] * np.eye(layer.dim) if acts_by_component(layer) else f[..., None]


def acts_by_component(layer: ResidualLayer) -> bool:
    """Tell whether each component of the branch has a factor of its own."""
    return type(layer.noise).__name__ in ("Dropout", "GaussianDropout")


def masked_outcomes(layer: ResidualLayer, points: FloatArray, keep: float) -> tuple[FloatArray, FloatArray]:
    """Return ``f(x * xi)`` for all masks of the components of x, shape (masks, n, d), and their probabilities."""
    if layer.dim > LARGEST_MASKED:
        raise ValueError(f"layer has dim={layer.dim}: all masks are taken up to dim={LARGEST_MASKED} only.")
    masks = np.array(list(product((0.0, 1.0), repeat=layer.dim)))
    weights = np.prod(np.where(masks > 0.0, keep, 1.0 - keep), axis=1)
    return np.stack([branch_values(layer, points * mask / keep) for mask in masks]), weights
