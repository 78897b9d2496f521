"""Whether a diffusion describes a layer: what its third and higher cumulants add to the second."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.networks.checks import checked_number
from pdeopt.networks.factors import Factor
from pdeopt.networks.layer_checks import checked_layer, checked_states
from pdeopt.networks.layers import ResidualLayer
from pdeopt.networks.modified.moves import amplitudes, masked_outcomes
from pdeopt.networks.noise import AdditiveNoise, BatchNoise, Dropout, GaussianDropout, MultiplicativeNoise

__all__ = ["DiffusionCheck", "diffusion_check"]

GAUSSIAN = (AdditiveNoise, BatchNoise, GaussianDropout, MultiplicativeNoise)

Law = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False, repr=False)
class DiffusionCheck:
    """What `diffusion_check` returns.

    Parameters
    ----------
    third : float
        Size of the term of third order of one layer, ``h^3 kappa_3 / 6``, over that of the second, ``h^2 C / 2``, for
        test functions that vary over a length of `scale`; at the worst of the points.
    deviation : float
        The like for all orders above the second together.
    skewness : float
        Of the sum of the moves of all blocks, each as if at that point: a diffusion has none.
    jump : float
        Longest move of one layer away from its mean, at that point.
    point : array, shape (d,)
        Where.
    kept : float
        Expected number of blocks in which a factor is kept and not 0; NaN where none are dropped.
    scale, tolerance : float
        As given.
    """

    third: float
    deviation: float
    skewness: float
    jump: float
    point: FloatArray
    kept: float
    scale: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether `deviation` is within `tolerance`."""
        return self.deviation <= self.tolerance

    @property
    def verdict(self) -> str:
        """``"diffusion"`` or ``"jumps"``."""
        return "diffusion" if self.holds else "jumps"

    def __str__(self) -> str:
        lines = [
            f"{self.verdict}: orders above the second add {self.deviation:.2g} of it, tolerance {self.tolerance:g}",
            f"  third order alone     {self.third:.2g}",
            f"  skewness of the sum   {self.skewness:.2g}",
            f"  longest move          {self.jump:.2g}, of scale {self.scale:g}, at {self.point.round(6).tolist()}",
        ]
        if np.isfinite(self.kept):
            lines.append(f"  each factor is kept   {self.kept:.3g} times in the mean, over all blocks")
        if not self.holds:
            lines.append(
                "A diffusion does not describe this layer. Use jump_limit(layer), shorter steps or a larger keep."
            )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<DiffusionCheck {self.verdict}: deviation {self.deviation:.2g}, third order {self.third:.2g}>"


def diffusion_check(
    layer: ResidualLayer, points: ArrayLike, *, scale: float = 1.0, tolerance: float = 0.1
) -> DiffusionCheck:
    """Tell whether the diffusion of `modified_equation` describes a layer, from the cumulants of its noise.

    Parameters
    ----------
    layer : ResidualLayer
        Of N blocks alike; where noise changes with depth, the last one counts.
    points : array_like, shape (n, d)
        Where the layer acts, such as the inputs; in one dimension also numbers.
    scale : float
        Length over which the functions vary whose expectations are wanted.
    tolerance : float
        Part of the term of second order that those above it may add.

    Returns
    -------
    DiffusionCheck

    Raises
    ------
    TypeError, ValueError
        If the layer has no noise, points are not finite or of another dimension, or `scale` or `tolerance` is not
        positive.

    Notes
    -----
    With ``Y = e . h (G - m)``, e the principal axis of C, and ``psi(k) = log E exp(i k Y)``, the third order is
    ``k kappa_3 / (3 kappa_2)`` and the deviation ``2 psi(k) / (-k^2 kappa_2) - 1``, both for ``k = 1 / scale``. For a
    keep probability p of inverted dropout that is about ``h f (1 - 2 p) / (3 p)``: small with h, unless p is as well.

    Examples
    --------
    >>> from pdeopt.networks import ResidualLayer, StochasticDepth
    >>> rare = ResidualLayer(lambda t, x: x, StochasticDepth(0.002, inverted=True), step=0.001)
    >>> diffusion_check(rare, [1.0])
    <DiffusionCheck jumps: deviation 0.17, third order 0.17>
    """
    checked_number(scale, "scale", 1.0)
    checked_number(tolerance, "tolerance", 0.1)
    checked_layer(layer)
    if layer.noise is None:
        raise ValueError("layer has no noise: use ResidualLayer(f, Dropout(0.5)).")
    places = checked_states(points, "points", layer.dim)
    n_blocks = layer.n_blocks or 1
    keep = getattr(layer.noise.at(n_blocks - 1, n_blocks), "keep", np.nan)
    if isinstance(layer.noise, GAUSSIAN):
        return DiffusionCheck(0.0, 0.0, 0.0, np.nan, places[0], np.nan, scale, tolerance)
    found = [_numbers(laws, scale) for laws in _laws(layer, places)]
    worst = int(np.argmax([numbers[1] for numbers in found]))
    third, deviation, skewness, jump = found[worst]
    kept = n_blocks * keep
    return DiffusionCheck(third, deviation, skewness / n_blocks**0.5, jump, places[worst], kept, scale, tolerance)


def _laws(layer: ResidualLayer, points: FloatArray) -> list[list[Law]]:
    """Return, for each point, the laws of independent numbers whose sum is the move along the principal axis."""
    noise = layer.noise
    assert noise is not None
    if isinstance(noise, Dropout) and noise.where == "input":
        outcomes, weights = masked_outcomes(layer, points, noise.keep)
        moves = layer.step * (outcomes - np.tensordot(weights, outcomes, 1))
        return [[(each @ _axis(weights**0.5 * each.T), weights)] for each in np.swapaxes(moves, 0, 1)]
    n_blocks = layer.n_blocks or 1
    factor = noise.at(n_blocks - 1, n_blocks).factor
    return [_of_columns(layer.step * columns, factor) for columns in amplitudes(layer, points)]


def _of_columns(columns: FloatArray, factor: Factor) -> list[Law]:
    centred = factor.values - factor.mean
    return [(size * centred, factor.weights) for size in _axis(columns) @ columns]


def _axis(columns: FloatArray) -> FloatArray:
    """Return the direction in which columns, shape (d, n), reach farthest."""
    return np.asarray(np.linalg.svd(columns, full_matrices=False)[0][:, 0])


def _numbers(laws: list[Law], scale: float) -> tuple[float, float, float, float]:
    """Return third order, deviation, skewness and the longest move."""
    second = sum(float(weights @ values**2) for values, weights in laws)
    third = sum(float(weights @ values**3) for values, weights in laws)
    jump = sum(float(np.abs(values).max()) for values, _ in laws)
    if second == 0.0:
        return 0.0, 0.0, 0.0, jump
    with np.errstate(divide="ignore"):
        psi = sum(np.log(weights @ np.exp(1j * values / scale)) for values, weights in laws)
    deviation = abs(2.0 * psi * scale**2 / -second - 1.0)
    return abs(third) / (3.0 * second * scale), float(deviation), abs(third) / second**1.5, jump
