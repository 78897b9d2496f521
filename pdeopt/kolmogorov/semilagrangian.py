"""Semi-Lagrangian jump rates: monotone for every diffusion matrix, also one of rank one."""

from collections.abc import Sequence

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.kolmogorov.crossing import ABSORBING, FOLDING, OPEN, straight_jumps
from pdeopt.kolmogorov.boundaries import Walls
from pdeopt.kolmogorov.jumps import Jumps
from pdeopt.kolmogorov.wide_walls import united

__all__ = ["semi_lagrangian_rates"]

PARTS = 4.0
"""Into which the smallest side of the grid is divided for the scale of jumps."""


def semi_lagrangian_rates(
    drift: FloatArray,
    columns: FloatArray,
    spacing: Sequence[float],
    walls: Walls | None = None,
    *,
    longest: float | None = None,
) -> Jumps:
    """Return rates of jumps along the columns of sigma, to the nodes around their ends: never negative.

    Parameters
    ----------
    drift : array, shape ``(*shape, d)``
        In the sense of Ito, at the nodes.
    columns : array, shape ``(*shape, d, m)``
        sigma at the nodes, a = sigma sigma^T; any rank.
    spacing : sequence of float
        Distance of nodes along each axis.
    walls : tuple of pairs, optional
        As `checked_walls` returns them; by default all reflecting.
    longest : float, optional
        Longest jump, in steps of the grid along any axis. By default the root of a quarter of the number of cells of
        the shortest axis, which makes a jump as long as the root of the spacing.

    Returns
    -------
    offsets : tuple of tuple of int
    rates : array, shape ``(len(offsets), *shape)``

    Raises
    ------
    ValueError
        If `longest` is not positive and finite, or the columns are not.

    Notes
    -----
    ``1/2 f^T D^2 u f`` of each column f becomes ``(I u(x + eta f) - 2 u(x) + I u(x - eta f)) / (2 eta^2)`` with
    multilinear interpolation I, whose error ``h^2 / eta^2`` and that of the difference, ``eta^2``, are both of first
    order in h for eta of the order of its root (F. Camilli and M. Falcone, RAIRO Math. Model. Numer. Anal. 29, 1995,
    97-122). Drift is upwind. Reflecting walls turn jumps back along f, absorbing ones end them.

    Examples
    --------
    >>> sigma = np.broadcast_to([[2.0], [1.0]], (9, 9, 2, 1))
    >>> offsets, rates = semi_lagrangian_rates(np.zeros((9, 9, 2)), sigma, (1.0, 1.0), longest=2.0)
    >>> {offset: float(rate) for offset, rate in zip(offsets, rates[:, 4, 4]) if rate}
    {(-2, -1): 0.5, (2, 1): 0.5}
    """
    b, sigma = np.asarray(drift, dtype=float), np.asarray(columns, dtype=float)
    shape, d = b.shape[:-1], b.shape[-1]
    sides = (("reflecting", "reflecting"),) * d if walls is None else walls
    h = np.asarray(spacing, dtype=float)
    jumps = np.swapaxes(sigma / h[:, None], -1, -2).reshape(-1, sigma.shape[-1], d)
    eta = _eta(jumps, shape, longest)
    offsets, rates = _straight(eta * jumps, 0.5 / eta**2, shape, sides)
    along_axes, upwind = _upwind(b / h, sides)
    return united(np.concatenate([offsets, along_axes], axis=1), np.concatenate([rates, upwind], axis=1), shape)


def _eta(jumps: FloatArray, shape: tuple[int, ...], longest: float | None) -> float:
    size = float(np.abs(jumps).max(initial=0.0))
    steps = float(np.sqrt((min(shape) - 1) / PARTS)) if longest is None else float(longest)
    if not (0.0 < steps < np.inf):
        raise ValueError(f"longest={longest!r} must be positive and finite, in steps of the grid. Use longest=2.0.")
    if not np.isfinite(size):
        raise ValueError("columns has entries that are not finite. Use a grid that leaves these points out.")
    return max(steps, 1.0) / size if size > 0.0 else 1.0


def _straight(jumps: FloatArray, rate: float, shape: tuple[int, ...], walls: Walls) -> tuple[IntArray, FloatArray]:
    """Return offsets (n, m 2^(d + 1), d) and rates of them."""
    n, m, d = jumps.shape
    offsets, rates = np.zeros((n, m, 2, 2**d, d), dtype=np.int64), np.zeros((n, m, 2, 2**d))
    kinds = np.array([[_kind(wall) for wall in pair] for pair in walls])
    scratch = np.zeros(d, dtype=np.int64), np.zeros(d)
    straight_jumps(np.ascontiguousarray(jumps), rate, np.array(shape), kinds, *scratch, offsets, rates)
    return offsets.reshape(n, -1, d), rates.reshape(n, -1)


def _kind(wall: object) -> int:
    return OPEN if wall == "periodic" else ABSORBING if wall == "absorbing" else FOLDING


def _upwind(drift: FloatArray, walls: Walls) -> tuple[IntArray, FloatArray]:
    """Return the offsets to both neighbours of each axis (n, 2 d, d), and the rates of a drift in steps of the grid."""
    d = drift.shape[-1]
    rates = np.stack([np.maximum(sign * drift[..., axis], 0.0) for axis in range(d) for sign in (1, -1)], axis=-1)
    for axis, pair in enumerate(walls):
        ends = np.moveaxis(rates, axis, 0)
        for index, place, wall in ((0, 2 * axis + 1, pair[0]), (-1, 2 * axis, pair[1])):
            if wall != "periodic":
                ends[index, ..., place] = 0.0
    units = np.concatenate([[unit, -unit] for unit in np.eye(d, dtype=np.int64)])
    n = int(np.prod(drift.shape[:-1]))
    return np.broadcast_to(units, (n, 2 * d, d)), rates.reshape(n, 2 * d)
