"""Where a random layer can send a point, and with what probabilities: all its masks, or a Gauss rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, Protocol

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels.kolmogorov import samples
from pdeopt.kolmogorov.coefficients import sampled
from pdeopt.networks.factors import Factor
from pdeopt.networks.layers import DenseBranch, ResidualLayer
from pdeopt.networks.noise import (
    AdditiveNoise,
    BatchNoise,
    DropConnect,
    Dropout,
    GaussianDropout,
    MultiplicativeNoise,
    Noise,
    ShakeShake,
    StochasticDepth,
)

__all__ = ["Combination", "MaskedWeights", "Outcomes", "layer_outcomes", "reach", "tensor_rule"]

MOST_MASKS = 4096

Branch = Callable[[FloatArray], FloatArray]


class Outcomes(Protocol):
    """Positions y_q(x) and their probabilities."""

    @property
    def weights(self) -> FloatArray:
        """Probabilities, shape (n_outcomes,); they sum to 1."""

    def positions(self, x: FloatArray) -> FloatArray:
        """Return where points, shape (n, d), are sent, shape (n_outcomes, n, d)."""


@dataclass(frozen=True, eq=False)
class Combination:
    """Positions ``x + scale sum_a factors[q, a] * f_a(x) + shift[q] + stretch[q] * x``.

    Parameters
    ----------
    branches : tuple of callable
        f_a, of points (n, d).
    factors : array, shape (n_outcomes, n_branches, d)
    weights : array, shape (n_outcomes,)
    scale : float
    shift, stretch : array, shape (n_outcomes, d), optional
    """

    branches: tuple[Branch, ...]
    factors: FloatArray
    weights: FloatArray
    scale: float
    shift: FloatArray | None = None
    stretch: FloatArray | None = None

    def positions(self, x: FloatArray) -> FloatArray:
        """Return where points, shape (n, d), are sent, shape (n_outcomes, n, d)."""
        f = np.stack([branch(x) for branch in self.branches])
        y: FloatArray = x + self.scale * np.einsum("qad,and->qnd", self.factors, f)
        if self.shift is not None:
            y += self.shift[:, None]
        if self.stretch is not None:
            y += self.stretch[:, None] * x
        return y


@dataclass(frozen=True, eq=False)
class MaskedWeights:
    """Positions ``x + scale ((W2 * masks[q]) s(x) + bias b2)`` of a branch with hidden units s.

    Parameters
    ----------
    branch : DenseBranch
    masks : array, shape (n_outcomes, d, m)
    weights : array, shape (n_outcomes,)
    scale : float
    bias : float
    """

    branch: DenseBranch
    masks: FloatArray
    weights: FloatArray
    scale: float
    bias: float = 1.0

    def positions(self, x: FloatArray) -> FloatArray:
        """Return where points, shape (n, d), are sent, shape (n_outcomes, n, d)."""
        s, outer, bias = self.branch.hidden(x), self.branch.outer_weight, self.branch.outer_bias
        assert outer is not None
        y: FloatArray = x + self.scale * np.einsum("qdm,nm->qnd", outer * self.masks, s, optimize=True)
        return y if bias is None else y + self.scale * self.bias * bias


def tensor_rule(factor: Factor, count: int, name: str) -> tuple[FloatArray, FloatArray]:
    """Return values (n, count) and probabilities (n,) of `count` independent factors, those of probability 0 left out.

    Raises
    ------
    ValueError
        If there are more than 4096.
    """
    likely = factor.weights > 0.0
    values, weights = factor.values[likely], factor.weights[likely]
    if len(values) ** count > MOST_MASKS:
        raise ValueError(
            f"noise={name} has {len(values)}^{count} outcomes for each layer, above the limit of {MOST_MASKS} of exact "
            f"averages. Use a layer with {int(np.log(MOST_MASKS) / np.log(len(values)))} random factors or fewer."
        )
    rows = np.array(list(product(values, repeat=count)))
    return rows, np.array([np.prod(row) for row in product(weights, repeat=count)])


def layer_outcomes(layer: ResidualLayer, block: int) -> Outcomes:
    """Return the outcomes of layer `block` of those that are alike, exact but for Gauss rules of continuous factors."""
    noise = None if layer.noise is None else layer.noise.at(block, layer.n_blocks or 1)
    branch, step, d = _function(layer, layer.branch, block), layer.step, layer.dim
    if noise is None:
        return Combination((branch,), np.ones((1, 1, d)), np.ones(1), step)
    if isinstance(noise, BatchNoise):
        raise ValueError(
            f"noise={noise!r} depends on all points of a minibatch, so a point has no law of its own. Use "
            "AdditiveNoise(strength) with the strength that the spread of the batch gives."
        )
    if isinstance(noise, AdditiveNoise | MultiplicativeNoise):
        values, weights = tensor_rule(noise.factor, d, repr(noise))
        kick = noise.strength * step**0.5 * values
        added = {"shift" if isinstance(noise, AdditiveNoise) else "stretch": kick}
        return Combination((branch,), np.ones((len(weights), 1, d)), weights, step, **added)
    if isinstance(noise, StochasticDepth | ShakeShake):
        values, weights = tensor_rule(noise.factor, 1, repr(noise))
        if isinstance(noise, StochasticDepth):
            return Combination((branch,), np.repeat(values[:, :, None], d, axis=2), weights, step)
        pairs = np.concatenate([values, 1.0 - values], axis=1)
        second = _function(layer, layer.second, block)
        return Combination((branch, second), np.repeat(pairs[:, :, None], d, axis=2), weights, step)
    return _unit_outcomes(layer, noise, branch)


def _unit_outcomes(layer: ResidualLayer, noise: Noise, branch: Branch) -> Outcomes:
    step, d = layer.step, layer.dim
    where = noise.where if isinstance(noise, Dropout) else "branch"
    if isinstance(noise, DropConnect) or where == "hidden":
        inner = layer.branch
        shape = (d, len(inner.inner_weight)) if isinstance(noise, DropConnect) else (1, len(inner.inner_weight))
        values, weights = tensor_rule(noise.factor, shape[0] * shape[1], repr(noise))
        masks = values.reshape(-1, *shape)
        return MaskedWeights(inner, np.repeat(masks, d // shape[0], axis=1), weights, step)
    assert isinstance(noise, Dropout | GaussianDropout)
    values, weights = tensor_rule(noise.factor, d, repr(noise))
    if where == "branch":
        return Combination((branch,), values[:, None], weights, step)
    branches = tuple(partial(_masked, branch, mask) for mask in values)
    one_each = np.repeat(np.eye(len(values))[:, :, None], d, axis=2)
    return Combination(branches, one_each, weights, step)


def _masked(branch: Branch, mask: FloatArray, x: FloatArray) -> FloatArray:
    return branch(mask * x)


def _function(layer: ResidualLayer, branch: Any, block: int) -> Branch:
    if isinstance(branch, DenseBranch):
        return branch
    write = samples.write_number if layer.dim == 1 else samples.write_vector

    def function(x: FloatArray) -> FloatArray:
        return sampled("branch", branch, layer.args, x, block * layer.step, (layer.dim,), write)

    return function


def reach(stages: Sequence[Outcomes], points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the corners of a box that paths from points (n, d) stay in, followed along the outermost of them."""
    corners = np.array([a for a in product((-1.0, 0.0, 1.0), repeat=points.shape[1]) if any(a)])
    rows, low, high = points, points.min(axis=0), points.max(axis=0)
    for stage in stages:
        y = stage.positions(rows).reshape(-1, points.shape[1])
        rows = y[np.unique((y @ corners.T).argmax(axis=0))]
        low, high = np.minimum(low, rows.min(axis=0)), np.maximum(high, rows.max(axis=0))
    return low, high
