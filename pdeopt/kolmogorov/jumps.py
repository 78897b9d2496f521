"""Jump rates on a grid from diffusion and drift along offsets, with what happens to jumps that leave it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.boundaries import Walls
from pdeopt.kolmogorov.decompositions import REACH, Decomposition, selling, seven_point
from pdeopt.kolmogorov.rates import bernoulli, fitted
from pdeopt.kolmogorov.stencil import Offset
from pdeopt.kolmogorov.wide_walls import destinations, edge_factors, exit_fractions, landings, owned_shares

__all__ = ["Jumps", "along_offsets", "gradient_rates", "jump_rates", "selling_rates", "seven_point_rates"]

Jumps = tuple[tuple[Offset, ...], FloatArray]
Weight = Callable[[FloatArray, FloatArray], FloatArray]
Table = dict[Offset, FloatArray]


def _central(diffusive: FloatArray, convective: FloatArray) -> FloatArray:
    return diffusive + 0.5 * convective


def _upwind(diffusive: FloatArray, convective: FloatArray) -> FloatArray:
    return diffusive + np.maximum(convective, 0.0)


def _hybrid(diffusive: FloatArray, convective: FloatArray) -> FloatArray:
    return np.where(
        2.0 * diffusive >= np.abs(convective), _central(diffusive, convective), _upwind(diffusive, convective)
    )


def _square_root(diffusive: FloatArray, convective: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = diffusive * np.exp(0.5 * convective / diffusive)
    return np.where(diffusive > 0.0, rates, np.maximum(convective, 0.0))


WEIGHTS: Mapping[str, Weight] = {
    "scharfetter-gummel": fitted,
    "square-root": _square_root,
    "hybrid": _hybrid,
    "central": _central,
    "upwind": _upwind,
}
"""Rates to node plus offset of a diffusive rate, half a weight, and of the drift along the offset."""


def selling_rates(
    drift: FloatArray,
    diffusion: FloatArray,
    spacing: Sequence[float],
    walls: Walls | None = None,
    *,
    rates: str = "scharfetter-gummel",
    reach: int = REACH,
) -> Jumps:
    """Return rates of jumps along the offsets of Selling's decomposition, none of them negative.

    Parameters
    ----------
    drift : array, shape ``(*shape, d)``
        In the sense of Ito, at the nodes; d at most 3.
    diffusion : array, shape ``(*shape, d, d)``
        a = sigma sigma^T at the nodes.
    spacing : sequence of float
        Distance of nodes along each axis; 1 after `index_units`.
    walls : tuple of pairs, optional
        Lower and upper wall of each axis, as `checked_walls` returns them; by default all reflecting.
    rates : {"scharfetter-gummel", "square-root", "hybrid", "central", "upwind"}
        How the drift enters along each offset.
    reach : int
        Steps of the grid that a jump may span.

    Returns
    -------
    offsets : tuple of tuple of int
    rates : array, shape ``(len(offsets), *shape)``
        Zero where a jump leaves the grid, but for periodic axes.

    Raises
    ------
    ValueError
        If a matrix is not positive semidefinite or needs longer jumps, or an axis has too few nodes for them.

    Notes
    -----
    With a = sum_k weight_k e_k e_k^T the drift is b = sum_k weight_k (e_k . a^{-1} b) e_k, so the rate to node + e_k is
    weight_k / 2 B(-2 e_k . a^{-1} b) with Bernoulli's function B. Of second order. At reflecting walls the co-normal
    derivative vanishes, by `edge_factors`; a jump across an absorbing wall ends where it crosses it, at the nodes
    beside. Within the span of a jump from a reflecting wall values are of first order where that is above one step.

    Examples
    --------
    >>> a = np.broadcast_to([[1.0, 1.6], [1.6, 4.0]], (9, 9, 2, 2))
    >>> offsets, rates = selling_rates(np.zeros((9, 9, 2)), a, (1.0, 1.0))
    >>> offsets
    ((0, 1), (0, -1), (1, 1), (-1, -1), (1, 2), (-1, -2))
    >>> rates[:, 4, 4].round(12).tolist()
    [0.6, 0.6, 0.2, 0.2, 0.3, 0.3]
    """
    return along_offsets(lambda b, a: selling(b, a, spacing, reach), drift, diffusion, spacing, walls, rates)


def seven_point_rates(
    drift: FloatArray,
    diffusion: FloatArray,
    spacing: Sequence[float],
    walls: Walls | None = None,
    *,
    rates: str = "scharfetter-gummel",
) -> Jumps:
    """Return rates of jumps to neighbours and along the diagonals whose signs match the covariances.

    Parameters
    ----------
    drift, diffusion, spacing, walls, rates
        As for `selling_rates`, in any number of dimensions.

    Returns
    -------
    offsets, rates
        As for `selling_rates`; negative rates where ``|a_12| > min(a_11 h_2 / h_1, a_22 h_1 / h_2)``.

    Raises
    ------
    ValueError
        If a matrix is not positive semidefinite.
    """
    return along_offsets(lambda b, a: seven_point(b, a, spacing), drift, diffusion, spacing, walls, rates)


def along_offsets(
    decomposed: Callable[[FloatArray, FloatArray], Decomposition],
    drift: FloatArray,
    diffusion: FloatArray,
    spacing: Sequence[float],
    walls: Walls | None,
    rates: str,
) -> Jumps:
    """Return the rates of a decomposition; on walls without data those of the equation along them."""
    b, a = np.array(drift, dtype=float), np.array(diffusion, dtype=float)
    sides = (("reflecting", "reflecting"),) * b.shape[-1] if walls is None else walls
    entering = _opened(b, a, spacing, sides)
    table = _jumps(decomposed(b, a), sides, rates)
    for offset, rate in entering.items():
        _add(table, offset, rate)
    return tuple(table), np.array(list(table.values()))


def _opened(b: FloatArray, a: FloatArray, spacing: Sequence[float], walls: Walls) -> Table:
    """Take normal drift and diffusion out at walls without data, in place, and return the rates that enter there.

    So it is where the normal diffusion vanishes: no walker is doubled there.
    """
    entering: Table = {}
    for axis, pair in enumerate(walls):
        for index, sign, wall in zip((0, -1), (1, -1), pair, strict=True):
            if wall in ("periodic", "absorbing"):
                continue
            normal, matrix = np.moveaxis(b, axis, 0)[index, ..., axis], np.moveaxis(a, axis, 0)[index]
            is_open = (matrix[..., axis, axis] == 0.0) | (wall in ("degenerate", "linear"))
            inward = sign * np.where(is_open, normal, 0.0) / spacing[axis]
            rate = np.zeros(b.shape[:-1])
            np.moveaxis(rate, axis, 0)[index] = inward if wall == "linear" else np.maximum(inward, 0.0)
            if rate.any():
                entering[tuple(sign * int(k == axis) for k in range(len(walls)))] = rate
            normal[is_open] = 0.0
            matrix[is_open, axis, :], matrix[is_open, :, axis] = 0.0, 0.0
    return entering


def _add(table: Table, offset: Offset, rate: FloatArray) -> None:
    table[offset] = table[offset] + rate if offset in table else rate


def jump_rates(decomposition: Decomposition, walls: Walls, rates: str = "scharfetter-gummel") -> Jumps:
    """Return the rates of jumps along the offsets of a decomposition and against them.

    Parameters
    ----------
    decomposition : Decomposition
    walls : tuple of pairs
    rates : str
        As for `selling_rates`.

    Returns
    -------
    offsets, rates
        As for `selling_rates`.
    """
    table = _jumps(decomposition, walls, rates)
    return tuple(table), np.array(list(table.values()))


def _jumps(decomposition: Decomposition, walls: Walls, rates: str) -> Table:
    if rates not in WEIGHTS:
        raise ValueError(f"rates={rates!r} is not known along offsets. Use one of {', '.join(map(repr, WEIGHTS))}.")
    table: Table = {}
    for offset, weight, drift in zip(decomposition.offsets, decomposition.weights, decomposition.drifts, strict=True):
        for sign in (1, -1):
            step = tuple(sign * k for k in offset)
            (ahead, leaves), (behind, _) = (exit_fractions(weight.shape, e, walls) for e in (step, _back(step)))
            whole, shortened = _weighted(rates, 0.5 * weight, sign * drift), (ahead < 1.0) | (behind < 1.0)
            if shortened.any():
                span = ahead + behind
                toward = fitted(weight / (ahead * span), 2.0 * sign * drift / span)
                whole = np.where(shortened, toward, whole)
            _send(table, step, whole, walls, ahead, leaves)
    return table


def _weighted(rates: str, diffusive: FloatArray, convective: FloatArray) -> FloatArray:
    # The weights that keep rates positive have no meaning where they are negative without any drift.
    return np.where(diffusive < 0.0, _central(diffusive, convective), WEIGHTS[rates](diffusive, convective))


def _back(offset: Offset) -> Offset:
    return tuple(-k for k in offset)


def _send(table: Table, step: Offset, rate: FloatArray, walls: Walls, fraction: FloatArray, leaves: np.ndarray) -> None:
    """Add the rates of a jump to its destination, or to the nodes around the point where it leaves."""
    _add(table, step, np.where(leaves, 0.0, rate * edge_factors(rate.shape, step, walls)))
    if leaves.any():
        rate = rate / owned_shares(rate.shape, step, walls)
        for target, share in landings(step, fraction, leaves):
            _add(table, target, rate * share)


def gradient_rates(
    potential: FloatArray,
    diffusion: FloatArray,
    spacing: Sequence[float],
    walls: Walls | None = None,
    reach: int = REACH,
) -> Jumps:
    """Return rates in detailed balance with exp(-potential) of 1/2 exp(U) div (exp(-U) a grad), by Selling's offsets.

    Parameters
    ----------
    potential : array, shape ``shape``
        U = beta V at the nodes. On stretched axes less the logarithm of the volumes of cells.
    diffusion, spacing, walls, reach
        As for `selling_rates`.

    Returns
    -------
    offsets, rates
        As for `selling_rates`; ``volume exp(-potential) rate`` is the same back and forth, to rounding.

    Notes
    -----
    The drift is -1/2 a grad U + 1/2 div a. The weight of an edge is the mean of those of its ends, the rate to
    node + e is weight / 2 B(U(node + e) - U(node)); second order.
    """
    u, a = np.asarray(potential, dtype=float), np.asarray(diffusion, dtype=float)
    sides = (("reflecting", "reflecting"),) * u.ndim if walls is None else walls
    found = selling(np.zeros((*u.shape, u.ndim)), a, spacing, reach)
    table: Table = {}
    for offset, weight in zip(found.offsets, found.weights, strict=True):
        for step in (offset, _back(offset)):
            fraction, leaves = exit_fractions(u.shape, step, sides)
            mean = 0.5 * (weight + destinations(weight, step))
            rate = 0.5 * mean * bernoulli(destinations(u, step) - u)
            if leaves.any():
                beyond = sum(share * destinations(u, target) for target, share in landings(step, fraction, leaves))
                rate = np.where(leaves, 0.5 * weight / fraction * bernoulli(beyond - u), rate)
            _send(table, step, rate, sides, fraction, leaves)
    return tuple(table), np.array(list(table.values()))
