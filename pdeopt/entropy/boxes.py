"""Adaptive Gauss-Kronrod quadrature of exp(-beta cost) over boxes in two and three dimensions."""

from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.entropy.basins import Basins, cost
from pdeopt.entropy.panels import EPSILON, GAUSS, NODES, WEIGHTS
from pdeopt.landscapes import Landscape

__all__ = ["BoxMoments", "integrate"]

CUT = 55.0
BUDGET = 2**23
"""Evaluations at one point."""
SHARE = 0.02
"""Boxes with at least this part of the largest error are halved together."""
BLOCK = 2**20
"""Nodes evaluated at a time."""


@dataclass(frozen=True, eq=False)
class BoxMoments:
    """Integrals of exp(-beta (cost - peak)) times 1, y_i - m_i and (y_i - m_i)(y_j - m_j), with errors.

    Parameters
    ----------
    origin : array, shape (d,)
    peak : float
    total, error : array, shape (1 + d + d (d + 1) / 2,)
        In coordinates along `axes`.
    axes : array, shape (d, d)
        Columns are the directions that the boxes follow.
    evaluations : int
    """

    origin: FloatArray
    peak: float
    total: FloatArray
    error: FloatArray
    axes: FloatArray
    evaluations: int


@dataclass(frozen=True, eq=False)
class Integrand:
    """The cost at one point, in coordinates z about the lowest minimum: y = origin + axes z."""

    f: Landscape
    x: FloatArray
    time: float
    beta: float
    origin: FloatArray
    peak: float
    axes: FloatArray

    def rise(self, z: FloatArray) -> FloatArray:
        """Return the exponent above its lowest value."""
        return self.beta * (cost(self.f, self.x, self.time, self.origin + z @ self.axes.T) - self.peak)


def integrate(f: Landscape, x: FloatArray, time: float, beta: float, basins: Basins, tolerance: float) -> BoxMoments:
    """Halve the boxes that matter, each across its roughest axis, until the integrals settle."""
    integrand = Integrand(f, x, time, beta, basins.place[0], float(basins.cost[0]), _axes(f, basins.place[0], time))
    lower, upper, count = _first_boxes(integrand, basins)
    noise = EPSILON * (8.0 + 2.0 * beta * (np.abs(f(integrand.origin)) + abs(integrand.peak)))
    total, error, size, across = _evaluated(integrand, lower, upper)
    count += len(lower) * NODES.size**f.dim
    while count < BUDGET:
        whole = np.abs(total).sum(axis=0)
        scale = _scales(whole, f.dim)
        coarse = (error > np.maximum(tolerance * scale / len(lower), noise * size)).any(axis=1)
        if not coarse.any():
            break
        worst = (error / scale).max(axis=1) * coarse
        rough = np.flatnonzero(worst > SHARE * worst.max())
        # The last sweep takes what the budget leaves.
        rough = rough[np.argsort(-worst[rough])][: 1 + (BUDGET - count) // (2 * NODES.size**f.dim)]
        kept = np.ones(len(lower), dtype=bool)
        kept[rough] = False
        low, high = _halved(lower[rough], upper[rough], across[rough])
        new = _evaluated(integrand, low, high)
        count += len(low) * NODES.size**f.dim
        lower, upper = np.concatenate([lower[kept], low]), np.concatenate([upper[kept], high])
        total, error, size, across = (
            np.concatenate([old[kept], fresh]) for old, fresh in zip((total, error, size, across), new, strict=True)
        )
    lengths = _scales(np.abs(total).sum(axis=0), f.dim)[1 : 1 + f.dim] / total[:, 0].sum()
    spread = max(float(lengths.min()), 1e-300)
    # Places are rounded too, which tells where the mass is narrow.
    doubt = error.sum(axis=0) + (noise + 4 * EPSILON * np.abs(integrand.origin).max() / spread) * size.sum(axis=0)
    return BoxMoments(integrand.origin, integrand.peak, total.sum(axis=0), doubt, integrand.axes, count)


def _axes(f: Landscape, at: FloatArray, time: float) -> FloatArray:
    """Directions of the boxes: those of the Hessian, unless kinks lie across the coordinate axes."""
    hessian = f.hessian_at(at)
    if any(np.size(planes) for planes in f.kinks) or f.is_sampled or not np.isfinite(hessian).all():
        return np.eye(len(at))
    axes: FloatArray = np.linalg.eigh(hessian + np.eye(len(at)) / time)[1]
    return axes


def _scales(whole: FloatArray, dim: int) -> FloatArray:
    """Sizes against which errors count: first moments by the roots of the second ones."""
    scale = np.maximum(whole, np.finfo(float).tiny)
    pairs = [(i, j) for i in range(dim) for j in range(i + 1)]
    lengths = np.sqrt([scale[1 + dim + pairs.index((i, i))] / scale[0] for i in range(dim)])
    scale[1 : 1 + dim] = scale[0] * lengths
    scale[1 + dim :] = [scale[0] * lengths[i] * lengths[j] for i, j in pairs]
    return scale


def _first_boxes(integrand: Integrand, basins: Basins) -> tuple[FloatArray, FloatArray, int]:
    """Cut the window that holds the mass at kinks, and about each minimum at a few of its widths."""
    dim = len(integrand.x)
    places = (basins.place - integrand.origin) @ integrand.axes
    widths = _widths(integrand, basins.place)
    lower, upper, count = _window(integrand, basins, places, widths)
    lines = []
    for i in range(dim):
        near = places[:64, i, None] + widths[:64, i, None] * np.array([-6.0, 0.0, 6.0])
        cuts = np.concatenate([[lower[i], upper[i]], near.reshape(-1), _planes(integrand, i)])
        cuts = np.unique(np.clip(cuts, lower[i], upper[i]))
        # Cuts much nearer than any width only make slivers.
        apart = np.concatenate([[True], np.diff(cuts) > 1.5 * widths[:, i].min()])
        planes = np.isin(cuts, _planes(integrand, i)) | (cuts == upper[i])
        lines.append(list(pairwise(cuts[apart | planes])))
    boxes = np.array(list(product(*lines)))
    return boxes[..., 0], boxes[..., 1], count


def _planes(integrand: Integrand, i: int) -> FloatArray:
    """Kinks across axis i, in z; nodes of samples are kinks."""
    f = integrand.f
    if f.is_sampled and f.grid is not None:
        planes = np.asarray(f.grid.axes[i], dtype=float)
    else:
        planes = np.asarray(f.kinks[i] if f.kinks else (), dtype=float)
    away: FloatArray = planes - integrand.origin[i]
    return away


def _widths(integrand: Integrand, places: FloatArray) -> FloatArray:
    """Return standard deviations at each minimum along the axes, at most the kernel's."""
    bends = integrand.f.hessian_at(places) + np.eye(len(integrand.x)) / integrand.time
    along = np.einsum("ia,nij,ja->na", integrand.axes, bends, integrand.axes)
    with np.errstate(invalid="ignore"):
        usable = np.isfinite(along) & (along > 1.0 / integrand.time)
    return 1.0 / np.sqrt(integrand.beta * np.where(usable, along, 1.0 / integrand.time))


def _window(
    integrand: Integrand, basins: Basins, places: FloatArray, widths: FloatArray
) -> tuple[FloatArray, FloatArray, int]:
    """Shrink a box to where the exponent is low, by ever finer grids; every minimum stays inside."""
    dim = len(integrand.x)
    middle = (integrand.x - integrand.origin) @ integrand.axes
    span = basins.reach * (1.0 if np.array_equal(integrand.axes, np.eye(dim)) else np.sqrt(dim))
    lower, upper = middle - span, middle + span
    nodes = 65 if dim == 2 else 25
    count = 0
    for _ in range(12):
        lines = [np.linspace(a, b, nodes) for a, b in zip(lower, upper, strict=True)]
        z = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1)
        low = integrand.rise(z) <= CUT
        count += low.size
        kept = np.concatenate([z[low], places - 8 * widths, places + 8 * widths])
        step = (upper - lower) / (nodes - 1)
        fresh = np.maximum(kept.min(axis=0) - step, lower), np.minimum(kept.max(axis=0) + step, upper)
        shrunk = (fresh[1] - fresh[0]) < 0.8 * (upper - lower)
        lower, upper = fresh
        if not shrunk.any():
            break
    return lower, upper, count


def _halved(lower: FloatArray, upper: FloatArray, across: IntArray) -> tuple[FloatArray, FloatArray]:
    rows = np.arange(len(lower))
    middle = 0.5 * (lower + upper)[rows, across]
    left, right = upper.copy(), lower.copy()
    left[rows, across], right[rows, across] = middle, middle
    return np.concatenate([lower, right]), np.concatenate([left, upper])


def _evaluated(
    integrand: Integrand, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, IntArray]:
    """Integrals over boxes, their errors as QUADPACK takes them, sizes, and the axis with the largest change."""
    step = max(1, BLOCK // NODES.size ** lower.shape[1])
    blocks = [
        _evaluated_block(integrand, lower[cut], upper[cut])
        for cut in (slice(start, start + step) for start in range(0, len(lower), step))
    ]
    total, error, size, across = (np.concatenate(column) for column in zip(*blocks, strict=True))
    return total, error, size, across


def _evaluated_block(
    integrand: Integrand, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, IntArray]:
    count, dim = lower.shape
    half = 0.5 * (upper - lower)
    nodes = np.stack(np.meshgrid(*[NODES] * dim, indexing="ij"), axis=-1)
    shape = (count, *[1] * dim, dim)
    z = (lower + half).reshape(shape) + half.reshape(shape) * nodes
    density = np.exp(-integrand.rise(z))
    pairs = [(i, j) for i in range(dim) for j in range(i + 1)]
    columns = [
        density,
        *(density * z[..., i] for i in range(dim)),
        *(density * z[..., i] * z[..., j] for i, j in pairs),
    ]
    volume = half.prod(axis=1)[:, None]
    values = np.stack(columns, axis=1)
    total = volume * _contracted(values, [WEIGHTS] * dim)
    size = volume * _contracted(np.abs(values), [WEIGHTS] * dim)
    changes = [
        np.abs(total - volume * _contracted(values, [GAUSS if k == i else WEIGHTS for k in range(dim)]))
        for i in range(dim)
    ]
    mean = (total / (volume * 2**dim)).reshape(*total.shape, *[1] * dim)
    swing = volume * _contracted(np.abs(values - mean), [WEIGHTS] * dim)
    change = np.sum(changes, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(1.0, (200.0 * change / swing) ** 1.5)
        error = np.where((swing > 0) & (change > 0), swing * share, change)
        relative = np.max(np.stack(changes, axis=-1) / np.maximum(size, 1e-300)[..., None], axis=1)
    return total, error, size, relative.argmax(axis=1)


def _contracted(values: FloatArray, weights: list[FloatArray]) -> FloatArray:
    """Sum over the last axes with one list of weights each."""
    for weight in reversed(weights):
        values = values @ weight
    return values
