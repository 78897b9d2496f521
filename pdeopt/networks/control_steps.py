"""What one block of a network is in each picture: outcomes one after the other.

Of the pictures ``"first"`` and ``"second"`` a block of length h is cut into substeps of length dt, each half a flow of
the drift, a cubature of the small noise, and half a flow again. With a noise of variance ``h dt`` the splitting and the
cubature are wrong by O(dt h^3) in a block, so by O(h^3) in all, less than the pictures themselves.
"""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.networks.branch_terms import Branch, DenseTerm, Gradient, Jet
from pdeopt.networks.interpolation import SURE
from pdeopt.networks.layers import ResidualLayer
from pdeopt.networks.noise import AdditiveNoise, MultiplicativeNoise, Noise, ShakeShake
from pdeopt.networks.outcomes import (
    Combination,
    Moved,
    Outcomes,
    branches_of,
    factored,
    is_on,
    layer_outcomes,
    masked_branches,
    n_factors,
    noise_of,
    tensor_rule,
)

PICTURES = ("masks", "ode", "first", "second")

__all__ = ["PICTURES", "DriftFlow", "block_steps", "cubature", "mean_of"]


@dataclass(frozen=True, eq=False)
class DriftFlow:
    """The flow of ``m - correction (m . grad) m``, ``m = sum_a shares[a] f_a``, by a step of Runge and Kutta's.

    Parameters
    ----------
    branches : tuple of DenseTerm
    shares : array, shape (n_branches,)
    duration : float
    correction : float
        Half the step of the network, or 0.
    """

    branches: tuple[Branch, ...]
    shares: FloatArray
    duration: float
    correction: float = 0.0

    @property
    def weights(self) -> FloatArray:
        """The probability 1 of the one outcome."""
        return SURE

    def positions(self, x: FloatArray) -> FloatArray:
        """Return where points, shape (n, d), flow, shape (1, n, d)."""
        return self.moved(x).positions

    def moved(self, x: FloatArray) -> Moved:
        """Return where points flow, and how that changes with the weights."""
        drifts = [self._drift(x)]
        for reach in (0.5, 0.5, 1.0):
            drifts.append(self._drift(x + reach * self.duration * drifts[-1].value))
        a, b, c, d = (drift.value for drift in drifts)

        def pull(q: FloatArray) -> Gradient:
            gradient, back = Gradient(), np.zeros_like(x)
            for drift, weight, reach in zip(drifts[::-1], (1, 2, 2, 1), (0.0, 1.0, 0.5, 0.5), strict=True):
                back = drift.pull(self.duration * (weight / 6.0 * q[0] + reach * back), gradient)
            return gradient

        return Moved((x + self.duration / 6.0 * (a + 2.0 * b + 2.0 * c + d))[None], pull)

    def _drift(self, x: FloatArray) -> "_Drift":
        jets = [term.at(x) for term in self.branches if isinstance(term, DenseTerm)]
        return _Drift(jets, self.shares, self.correction)


class _Drift:
    """The drift of a flow at points."""

    def __init__(self, jets: list[Jet], shares: FloatArray, correction: float) -> None:
        self.terms, self.correction = list(zip(jets, shares.tolist(), strict=True)), correction
        self.mean: FloatArray = np.sum([share * jet.value for jet, share in self.terms], axis=0)
        self.value = self.mean
        if correction != 0.0:
            late = np.sum([share * jet.push(self.mean) for jet, share in self.terms], axis=0)
            self.value = self.mean - correction * late

    def pull(self, q: FloatArray, gradient: Gradient) -> FloatArray:
        """Return the derivative of ``sum(q * value)`` by the points, and add that by the weights to `gradient`."""
        by_x, by_mean = np.zeros_like(q), q
        if self.correction != 0.0:
            for jet, share in self.terms:
                found, along = jet.pull_push(self.mean, -self.correction * share * q, gradient)
                by_x, by_mean = by_x + found, by_mean + along
        for jet, share in self.terms:
            by_x = by_x + jet.pull(share * by_mean, gradient)
        return by_x


def cubature(n: int) -> tuple[FloatArray, FloatArray]:
    """Return points (n_points, n) and weights that average polynomials of n standard normal numbers.

    Gauss's of three points each for two numbers or fewer, exact to degree 5; else ``2 n`` points, exact to degree 3.
    """
    if n <= 2:
        nodes, weights = np.array([-(3.0**0.5), 0.0, 3.0**0.5]), np.array([1.0, 4.0, 1.0]) / 6.0
        grids = np.meshgrid(*[nodes] * n, indexing="ij")
        return np.stack(grids, axis=-1).reshape(-1, n), np.prod(np.meshgrid(*[weights] * n), axis=0).ravel()
    points = n**0.5 * np.concatenate([np.eye(n), -np.eye(n)])
    return points, np.full(2 * n, 0.5 / n)


def block_steps(layer: ResidualLayer, block: int, picture: str, substeps: int) -> list[Outcomes]:
    """Return the steps of a block in a picture, from its input to its output."""
    if picture == "masks":
        return [layer_outcomes(layer, block)]
    noise = noise_of(layer, block)
    if isinstance(noise, AdditiveNoise | MultiplicativeNoise):
        raise ValueError(
            f"picture={picture!r} is made for noise whose standard deviation is as small as the step, not for "
            f"noise={noise!r}. Use picture='masks'."
        )
    dt = layer.step / substeps
    correction = 0.5 * layer.step if picture == "second" else 0.0
    branches, shares = mean_of(layer, noise, block)
    if noise is None or picture == "ode":
        return [DriftFlow(branches, shares, dt, correction) for _ in range(substeps)]
    half = DriftFlow(branches, shares, 0.5 * dt, correction)
    whole = DriftFlow(branches, shares, dt, correction)
    kick = _kick(layer, noise, block, (layer.step * dt) ** 0.5)
    return [half, *[kick, whole] * (substeps - 1), kick, half]


def mean_of(layer: ResidualLayer, noise: Noise | None, block: int) -> tuple[tuple[Branch, ...], FloatArray]:
    """Return branches and their shares in the mean of a layer."""
    if noise is None:
        return branches_of(layer, block), SURE
    mean = noise.factor.mean
    if is_on(noise, "input"):
        masks, weights = tensor_rule(noise.factor, layer.dim, repr(noise))
        return masked_branches(layer, block, masks), weights
    return branches_of(layer, block), np.array([mean, 1.0 - mean] if isinstance(noise, ShakeShake) else [mean])


def _kick(layer: ResidualLayer, noise: Noise, block: int, scale: float) -> Outcomes:
    if not is_on(noise, "input"):
        points, weights = cubature(n_factors(layer, noise))
        return factored(layer, block, noise.factor.variance**0.5 * points, weights, scale, centred=True)
    masks, chances = tensor_rule(noise.factor, layer.dim, repr(noise))
    points, weights = cubature(len(masks))
    # The columns of noise are sqrt(chance) (f_a - m), so that the sum of their squares is the covariance.
    factors = points * chances**0.5
    factors = factors - factors.sum(axis=1, keepdims=True) * chances
    return Combination(
        masked_branches(layer, block, masks), np.repeat(factors[:, :, None], layer.dim, axis=2), weights, scale
    )
