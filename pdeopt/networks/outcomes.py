"""Where a random layer can send a point, and with what probabilities: all its masks, or a Gauss rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple, Protocol

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels.kolmogorov import samples
from pdeopt.kolmogorov.coefficients import sampled
from pdeopt.networks.branch_terms import Branch, DenseTerm, Gradient, Masked, add_to
from pdeopt.networks.factors import Factor
from pdeopt.networks.layers import DenseBranch, ResidualLayer
from pdeopt.networks.noise import (
    AdditiveNoise,
    BatchNoise,
    DropConnect,
    Dropout,
    MultiplicativeNoise,
    Noise,
    ShakeShake,
    StochasticDepth,
)

__all__ = ["Combination", "MaskedWeights", "Moved", "Outcomes", "layer_outcomes", "reach", "room_for", "tensor_rule"]

MOST_MASKS = 4096
ROUNDS = 4
"""In which the spacing of a grid is found that is made wider."""

Box = tuple[FloatArray, FloatArray]
"""Lower and upper corner."""


class Outcomes(Protocol):
    """Positions y_q(x) and their probabilities."""

    @property
    def weights(self) -> FloatArray:
        """Probabilities, shape (n_outcomes,); they sum to 1."""

    def positions(self, x: FloatArray) -> FloatArray:
        """Return where points, shape (n, d), are sent, shape (n_outcomes, n, d)."""

    def moved(self, x: FloatArray) -> "Moved":
        """Return where points of dense branches are sent, and how that changes with the weights."""


class Moved(NamedTuple):
    """Positions of points (n_outcomes, n, d), and a function that pulls derivatives by them back to weights."""

    positions: FloatArray
    pull: Callable[[FloatArray], Gradient]
    """The derivative of ``sum(q * positions)`` by the weights, q of the same shape."""


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
        return self._sent(x, [branch(x) for branch in self.branches])

    def moved(self, x: FloatArray) -> Moved:
        """Return where points of dense branches are sent, and how that changes with the weights."""
        jets = [term.at(x) for term in self.branches if isinstance(term, DenseTerm)]

        def pull(q: FloatArray) -> Gradient:
            gradient: Gradient = {}
            for jet, factors in zip(jets, self.factors.swapaxes(0, 1), strict=True):
                jet.pull(self.scale * np.einsum("qd,qnd->nd", factors, q), gradient)
            return gradient

        return Moved(self._sent(x, [jet.value for jet in jets]), pull)

    def _sent(self, x: FloatArray, values: list[FloatArray]) -> FloatArray:
        y: FloatArray = np.repeat(x[None], len(self.weights), axis=0)
        for factors, f in zip(self.factors.swapaxes(0, 1), values, strict=True):
            y += (self.scale * factors)[:, None] * f
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
        return self.moved(x).positions

    def moved(self, x: FloatArray) -> Moved:
        """Return where points are sent, and how that changes with the weights."""
        jet, outer, bias = DenseTerm(self.branch).at(x), self.branch.outer_weight, self.branch.outer_bias
        assert outer is not None
        y = x + self.scale * (jet.units[0] @ np.swapaxes(outer * self.masks, 1, 2))

        def pull(q: FloatArray) -> Gradient:
            gradient, scaled = Gradient(), self.scale * q
            add_to(gradient, "outer.weight", (self.masks * (np.swapaxes(scaled, 1, 2) @ jet.units[0])).sum(axis=0))
            add_to(gradient, "outer.bias", self.bias * scaled.sum(axis=(0, 1)))
            back = (scaled @ (outer * self.masks)).sum(axis=0)
            jet.pull_units(back * jet.units[1], gradient)
            return gradient

        return Moved(y if bias is None else y + self.scale * self.bias * bias, pull)


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
    noise, step, d = noise_of(layer, block), layer.step, layer.dim
    if noise is None:
        return Combination(branches_of(layer, block), np.ones((1, 1, d)), np.ones(1), step)
    values, weights = tensor_rule(noise.factor, n_factors(layer, noise), repr(noise))
    if isinstance(noise, AdditiveNoise | MultiplicativeNoise):
        kick = noise.strength * step**0.5 * values
        added = {"shift" if isinstance(noise, AdditiveNoise) else "stretch": kick}
        return Combination(branches_of(layer, block), np.ones((len(weights), 1, d)), weights, step, **added)
    if is_on(noise, "input"):
        one_each = np.repeat(np.eye(len(values))[:, :, None], d, axis=2)
        return Combination(masked_branches(layer, block, values), one_each, weights, step)
    return factored(layer, block, values, weights, step)


def factored(
    layer: ResidualLayer, block: int, values: FloatArray, weights: FloatArray, scale: float, *, centred: bool = False
) -> Outcomes:
    """Return the outcomes of a layer whose branch is linear in its random factors, for given values of these.

    Parameters
    ----------
    layer : ResidualLayer
    block : int
    values : array, shape (n_outcomes, n_factors)
    weights : array, shape (n_outcomes,)
    scale : float
        In the place of the layer's step.
    centred : bool
        Whether `values` are differences to the mean, so that what no factor acts on is left out.
    """
    noise, d = layer.noise, layer.dim
    rest = 0.0 if centred else 1.0
    if isinstance(noise, DropConnect) or is_on(noise, "hidden"):
        rows = d if isinstance(noise, DropConnect) else 1
        masks = np.repeat(values.reshape(len(values), rows, -1), d // rows, axis=1)
        return MaskedWeights(layer.branch, masks, weights, scale, rest)
    factors = values[:, None]
    if isinstance(noise, ShakeShake):
        factors = np.stack([values, rest - values], axis=1)
    return Combination(branches_of(layer, block), np.repeat(factors, d // factors.shape[2], axis=2), weights, scale)


def noise_of(layer: ResidualLayer, block: int) -> Noise | None:
    """Return the noise of layer `block`.

    Raises
    ------
    ValueError
        If a point has no law of its own.
    """
    noise = None if layer.noise is None else layer.noise.at(block, layer.n_blocks or 1)
    if isinstance(noise, BatchNoise):
        raise ValueError(
            f"noise={noise!r} depends on all points of a minibatch, so a point has no law of its own. Use "
            "AdditiveNoise(strength) with the strength that the spread of the batch gives."
        )
    return noise


def n_factors(layer: ResidualLayer, noise: Noise) -> int:
    """Return the number of independent random factors of a point in a layer."""
    if isinstance(noise, StochasticDepth | ShakeShake):
        return 1
    units = len(layer.branch.inner_weight) if isinstance(noise, DropConnect) or is_on(noise, "hidden") else 1
    return units if is_on(noise, "hidden") else units * layer.dim


def is_on(noise: Noise | None, where: str) -> bool:
    """Tell whether a noise is dropout there."""
    return isinstance(noise, Dropout) and noise.where == where


def masked_branches(layer: ResidualLayer, block: int, masks: FloatArray) -> tuple[Branch, ...]:
    """Return the branch of a layer for each mask of its input."""
    if isinstance(layer.branch, DenseBranch):
        return tuple(DenseTerm(layer.branch, mask=mask) for mask in masks)
    (branch,) = branches_of(layer, block)
    return tuple(Masked(branch, mask) for mask in masks)


def branches_of(layer: ResidualLayer, block: int) -> tuple[Branch, ...]:
    """Return the branch of a layer as a function of points, or both of them."""
    given = (layer.branch,) if layer.second is None else (layer.branch, layer.second)
    return tuple(_function(layer, branch, which, block) for branch, which in zip(given, ("", "2"), strict=False))


def _function(layer: ResidualLayer, branch: Any, which: str, block: int) -> Branch:
    if isinstance(branch, DenseBranch):
        return DenseTerm(branch, which)
    write = samples.write_number if layer.dim == 1 else samples.write_vector

    def function(x: FloatArray) -> FloatArray:
        return sampled("branch", branch, layer.args, x, block * layer.step, (layer.dim,), write)

    return function


def reach(
    stages: Sequence[Outcomes], points: FloatArray, margin: FloatArray | float = 0.0, box: Box | None = None
) -> Box:
    """Return the corners of a box that paths from points (n, d) stay in, followed along the outermost of them.

    Wherever they are sent they go on from a margin further out, as far as an interpolation looks, within a box if one
    is given.
    """
    corners = np.array([a for a in product((-1.0, 0.0, 1.0), repeat=points.shape[1]) if any(a)])
    rows, low, high = points, points.min(axis=0), points.max(axis=0)
    extra = margin if box is None else 0.0
    for stage in stages:
        y = stage.positions(rows).reshape(-1, points.shape[1])
        low, high = np.minimum(low, y.min(axis=0) - extra), np.maximum(high, y.max(axis=0) + extra)
        rows = y[(y @ corners.T).argmax(axis=0)] + margin * corners
        rows = rows if box is None else np.clip(rows, *box)
    return low, high


def room_for(stages: Sequence[Outcomes], points: FloatArray, shape: tuple[int, ...]) -> Box:
    """Return the ends of a grid of so many nodes that paths from points, and the nodes next to them, stay in."""
    low, high = reach(stages, points)
    for _ in range(ROUNDS):
        low, high = reach(stages, points, (high - low) / (np.array(shape) - 1))
    return np.floor(1e3 * low) / 1e3, np.ceil(1e3 * high) / 1e3
