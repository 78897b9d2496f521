"""Diffusion matrices on a grid as sums of squares of offsets, sum_k weights_k e_k e_k^T."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.kolmogorov.selling import selling_grid
from pdeopt.kolmogorov.semidefinite import checked_diffusion
from pdeopt.kolmogorov.stencil import Offset
from pdeopt.kolmogorov.wide_walls import united

__all__ = ["REACH", "Decomposition", "index_units", "selling", "seven_point"]

REACH = 8
"""Steps of the grid that an offset of Selling's decomposition may span."""

REPLACEMENTS = 10_000
SINGULAR = 1e-13
"""Part of the largest eigenvalue below which another one counts as zero."""


@dataclass(frozen=True, eq=False, repr=False)
class Decomposition:
    """Diffusion and drift along offsets of a grid, a = sum_k weights_k e_k e_k^T and b = sum_k drifts_k e_k.

    Parameters
    ----------
    offsets : tuple of tuple of int
        One of each pair e, -e: the first step that is not zero is positive.
    weights, drifts : array, shape ``(len(offsets), *shape)``
        Per unit of time, in steps of the grid.
    """

    offsets: tuple[Offset, ...]
    weights: FloatArray
    drifts: FloatArray

    @property
    def width(self) -> int:
        """The largest number of steps along an axis."""
        return int(np.abs(np.array(self.offsets)).max(initial=0))


def index_units(
    drift: FloatArray, diffusion: FloatArray, axes: Sequence[FloatArray], periodic: Sequence[bool] | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return drift and diffusion in steps of a grid, whose axes may be stretched.

    Parameters
    ----------
    drift : array, shape ``(*shape, d)``
        In the sense of Ito, at the nodes.
    diffusion : array, shape ``(*shape, d, d)``
        a = sigma sigma^T at the nodes.
    axes : sequence of array
        Nodes of each axis. Stretched ones should be a smooth map of evenly spaced ones.
    periodic : sequence of bool, optional
        Such axes are evenly spaced. By default none.

    Returns
    -------
    drift, diffusion : array
        Of the number of the node, by Ito's formula: b_i / x' - a_ii x'' / (2 x'^3) and a_ij / (x_i' x_j').

    Notes
    -----
    The derivatives x' and x'' of the map are central differences of the nodes, one-sided at ends, of second order.

    Examples
    --------
    >>> drift, diffusion = index_units(np.ones((3, 1)), np.ones((3, 1, 1)), [np.array([0.0, 0.5, 1.0])])
    >>> drift[:, 0].tolist(), diffusion[:, 0, 0].tolist()
    ([2.0, 2.0, 2.0], [4.0, 4.0, 4.0])
    """
    wraps = (False,) * len(axes) if periodic is None else periodic
    maps = [_map_of(np.asarray(axis, dtype=float), wrap) for axis, wrap in zip(axes, wraps, strict=True)]
    slopes = np.stack(np.meshgrid(*[slope for slope, _ in maps], indexing="ij"), axis=-1)
    bends = np.stack(np.meshgrid(*[bend for _, bend in maps], indexing="ij"), axis=-1)
    variances = np.einsum("...ii->...i", diffusion)
    return (
        drift / slopes - 0.5 * variances * bends / slopes**3,
        diffusion / (slopes[..., :, None] * slopes[..., None, :]),
    )


def _map_of(nodes: FloatArray, wraps: bool) -> tuple[FloatArray, FloatArray]:
    """Return first and second derivatives of the nodes of an axis by their number."""
    gaps = np.diff(nodes)
    if wraps or nodes.size < 4 or np.ptp(gaps) <= 1e-9 * gaps.max():
        return np.full(nodes.size, gaps.mean()), np.zeros(nodes.size)
    slope = np.gradient(nodes, edge_order=2)
    bend = np.concatenate([[0.0], np.diff(nodes, 2), [0.0]])
    bend[0] = 2.0 * nodes[0] - 5.0 * nodes[1] + 4.0 * nodes[2] - nodes[3]
    bend[-1] = 2.0 * nodes[-1] - 5.0 * nodes[-2] + 4.0 * nodes[-3] - nodes[-4]
    return slope, bend


def selling(drift: FloatArray, diffusion: FloatArray, spacing: Sequence[float], reach: int = REACH) -> Decomposition:
    """Return Selling's decomposition at every node: weights of at least 0 for every positive definite matrix.

    Parameters
    ----------
    drift : array, shape ``(*shape, d)``
        At the nodes, d at most 3.
    diffusion : array, shape ``(*shape, d, d)``
        a at the nodes, symmetric and positive semidefinite.
    spacing : sequence of float
        Distance of nodes along each axis; 1 after `index_units`.
    reach : int
        Steps of the grid that an offset may span.

    Returns
    -------
    Decomposition
        With the offsets of all nodes.

    Raises
    ------
    ValueError
        If a matrix is not positive semidefinite, or needs longer offsets; the message says where, and how long.

    Notes
    -----
    Three offsets a node in 2-D, six in 3-D (E. Selling, J. reine angew. Math. 77, 1874, 143-229). Their length grows
    like the root of the condition number where the axes of the matrix are no directions of the grid.

    Examples
    --------
    >>> found = selling(np.zeros((1, 2)), np.array([[[1.0, 1.6], [1.6, 4.0]]]), (1.0, 1.0))
    >>> found.offsets, found.weights[:, 0].round(12).tolist()
    (((0, 1), (1, 1), (1, 2)), [1.2, 0.4, 0.6])
    """
    b, a = _in_steps(drift, diffusion, spacing)
    shape, d = a.shape[:-2], a.shape[-1]
    if d > 3:
        raise ValueError(
            f"diffusion has d={d}, above the limit d=3 of Selling's decomposition. Use cross='seven-point'."
        )
    offsets, weights = _selling_of(a.reshape(-1, d, d))
    _check_reach(a.reshape(-1, d, d), offsets, shape, reach)
    return _with_drift(*united(_oriented(offsets), weights, shape), b, a)


def _in_steps(drift: FloatArray, diffusion: FloatArray, spacing: Sequence[float]) -> tuple[FloatArray, FloatArray]:
    a = checked_diffusion(diffusion)
    h = np.asarray(spacing, dtype=float)
    return np.asarray(drift, dtype=float) / h, a / np.outer(h, h)


def _selling_of(matrices: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return offsets (n, m, d) and weights (n, m) of matrices (n, d, d)."""
    n, d = matrices.shape[0], matrices.shape[-1]
    if d == 1:
        return np.ones((n, 1, 1), dtype=np.int64), matrices.reshape(n, 1).copy()
    m = d * (d + 1) // 2
    offsets, weights = np.zeros((n, m, d), dtype=np.int64), np.zeros((n, m))
    base, done = np.zeros((4, 3), dtype=np.int64), np.zeros(n, dtype=np.int64)
    selling_grid(np.ascontiguousarray(matrices), REPLACEMENTS, base, offsets, weights, done)
    offsets[done == 0] = np.iinfo(np.int32).max
    return offsets, weights


def _check_reach(matrices: FloatArray, offsets: IntArray, shape: tuple[int, ...], reach: int) -> None:
    widths = np.abs(offsets).max(axis=(1, 2), initial=0)
    if widths.max(initial=0) <= reach:
        return
    worst = int(np.argmax(widths))
    node = tuple(int(i) for i in np.unravel_index(worst, shape))
    eigenvalues = np.linalg.eigvalsh(matrices[worst])
    finite = f"reach={widths[worst]}" if widths[worst] < 10_000 else "another grid"
    raise ValueError(
        f"diffusion at node {node} is {matrices[worst].tolist()} in steps of the grid, with eigenvalues "
        f"{eigenvalues.tolist()}: its jumps span {widths[worst]} steps, above the limit reach={reach}. Use {finite}, "
        "spacings in the ratio of the standard deviations along the axes, or cross='semi-lagrangian'."
    )


def _oriented(offsets: IntArray) -> IntArray:
    """Return vectors, in the last axis, with signs that make the first entry that is not zero positive."""
    first = np.take_along_axis(offsets, np.argmax(offsets != 0, axis=-1)[..., None], axis=-1)
    return np.where(first < 0, -offsets, offsets)


def _with_drift(offsets: tuple[Offset, ...], weights: FloatArray, b: FloatArray, a: FloatArray) -> Decomposition:
    """Return the decomposition with the drift b = a y along the offsets, sum_k weights_k (e_k . y) e_k.

    What a matrix does not reach goes along the axes.
    """
    d = a.shape[-1]
    units = [offset for offset in map(tuple, np.eye(d, dtype=int).tolist()) if offset not in offsets]
    values, vectors = np.linalg.eigh(a)
    invertible = values > SINGULAR * np.maximum(values[..., -1:], np.finfo(float).tiny)
    parts = np.einsum("...ji,...j->...i", vectors, b)
    y = np.einsum("...ij,...j->...i", vectors, np.where(invertible, parts / np.where(invertible, values, 1.0), 0.0))
    rest = b - np.einsum("...ij,...j->...i", a, y)
    rest[np.abs(rest) <= 1e-12 * np.abs(b).max(initial=0.0)] = 0.0
    if not rest.any():
        units = []
    every = offsets + tuple(units)
    weights = np.concatenate([weights, np.zeros((len(units), *weights.shape[1:]))])
    drifts = weights * np.stack([y @ np.array(offset, dtype=float) for offset in every])
    for axis in range(d if rest.any() else 0):
        drifts[every.index(tuple(int(i == axis) for i in range(d)))] += rest[..., axis]
    return Decomposition(every, weights, drifts)


def seven_point(drift: FloatArray, diffusion: FloatArray, spacing: Sequence[float]) -> Decomposition:
    """Return the decomposition along the axes and the diagonals whose signs match the covariances.

    Parameters
    ----------
    drift, diffusion, spacing
        As for `selling`, in any number of dimensions.

    Returns
    -------
    Decomposition
        Weights ``|a_ij|`` of e_i + sign(a_ij) e_j and a_ii - sum_j ``|a_ij|`` of e_i, all in steps of the grid. The
        latter are negative where ``|a_12| > min(a_11 h_2 / h_1, a_22 h_1 / h_2)``.

    Examples
    --------
    >>> seven_point(np.zeros((1, 2)), np.array([[[1.0, 0.8], [0.8, 1.0]]]), (1.0, 1.0)).weights[:, 0].round(12).tolist()
    [0.2, 0.2, 0.8]
    """
    b, a = _in_steps(drift, diffusion, spacing)
    d = a.shape[-1]
    units = np.eye(d, dtype=int)
    vectors = list(units)
    sizes = [2.0 * a[..., i, i] - np.abs(a[..., i, :]).sum(axis=-1) for i in range(d)]
    for i in range(d):
        for j in range(i):
            for sign in (1, -1):
                vectors.append(units[j] + sign * units[i])
                sizes.append(np.maximum(sign * a[..., i, j], 0.0))
    used = [k for k, size in enumerate(sizes) if k < d or size.any()]
    offsets = tuple(tuple(int(i) for i in vectors[k]) for k in used)
    return _with_drift(offsets, np.stack([sizes[k] for k in used]), b, a)
