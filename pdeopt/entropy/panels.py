"""Adaptive Gauss-Kronrod quadrature of exp(-beta cost) on many lines at once, in logarithms."""

from dataclasses import dataclass, fields

import numpy as np

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.entropy.lines import Line, period_shifts
from pdeopt.entropy.search import Modes

__all__ = ["Moments", "integrate"]

HALF_NODES = np.array(
    [
        0.991455371120812639206854697526329,
        0.949107912342758524526189684047851,
        0.864864423359769072789712788640926,
        0.741531185599394439863864773280788,
        0.586087235467691130294144691258110,
        0.405845151377397166906606412076961,
        0.207784955007898467600689403773245,
    ]
)
HALF_WEIGHTS = np.array(
    [
        0.022935322010529224963732008058970,
        0.063092092629978553290700663189204,
        0.104790010322250183839876322541518,
        0.140653259715525918745189590510238,
        0.169004726639267902826583426598550,
        0.190350578064785409913256402421014,
        0.204432940075298892414161999234649,
    ]
)
HALF_GAUSS = np.array(
    [
        0.0,
        0.129484966168869693270611432679082,
        0.0,
        0.279705391489276667901467771423780,
        0.0,
        0.381830050505118944950369775488975,
        0.0,
    ]
)
NODES = np.concatenate([-HALF_NODES, [0.0], HALF_NODES[::-1]])
WEIGHTS = np.concatenate([HALF_WEIGHTS, [0.209482141084727828012999174891714], HALF_WEIGHTS[::-1]])
GAUSS = np.concatenate([HALF_GAUSS, [0.417959183673469387755102040816327], HALF_GAUSS[::-1]])
"""The 15 and 7 point pair of QUADPACK's qk15."""

EPSILON = float(np.finfo(float).eps)
MOST_SWEEPS = 60
MOST_PANELS = 2**14
"""Per row."""
BLOCK = 2**14
"""Panels evaluated at a time: bounds the memory."""
CUT = 55.0


@dataclass(frozen=True, eq=False)
class Moments:
    """Integrals of exp(-beta (cost - peak)) times the features, per row, with errors.

    Parameters
    ----------
    origin, peak : array, shape (n,)
        Where the features are centred, and the cost there.
    total, error : array, shape (features, n)
    evaluations : int
    """

    origin: FloatArray
    peak: FloatArray
    total: FloatArray
    error: FloatArray
    evaluations: int


@dataclass(frozen=True, eq=False)
class Panels:
    """Intervals with their integrals, flat over rows."""

    row: IntArray
    lower: FloatArray
    upper: FloatArray
    total: FloatArray
    error: FloatArray
    rounding: FloatArray

    def joined(self, kept: BoolArray, others: "Panels") -> "Panels":
        """Return some of these panels and all of the others."""
        pairs = [(getattr(self, name)[..., kept], getattr(others, name)) for name in FIELDS]
        return Panels(*(np.concatenate(pair, axis=-1) for pair in pairs))


FIELDS = tuple(item.name for item in fields(Panels))


def integrate(line: Line, modes: Modes, tolerance: float = 1e-13) -> Moments:
    """Halve the panels that matter until the integrals of all rows settle."""
    n = len(line.x)
    best = modes.best(n)
    origin, peak = modes.place[best], modes.cost[best]
    noise = _noise(line, origin, peak)
    row, lower, upper, looked = first_panels(line, modes, peak)
    panels = _evaluated(line, row, lower, upper, origin, peak, noise)
    count = looked + NODES.size * len(row)
    for _ in range(MOST_SWEEPS):
        coarse = _coarse(panels, n, tolerance)
        if not len(coarse):
            break
        kept = np.ones(len(panels.row), dtype=bool)
        kept[coarse] = False
        middle = 0.5 * (panels.lower[coarse] + panels.upper[coarse])
        twice = np.concatenate([panels.row[coarse]] * 2)
        halves = _evaluated(
            line,
            twice,
            np.concatenate([panels.lower[coarse], middle]),
            np.concatenate([middle, panels.upper[coarse]]),
            origin,
            peak,
            noise,
        )
        count += NODES.size * len(twice)
        panels = panels.joined(kept, halves)
    total = _by_row(panels.row, panels.total, n)
    error = _by_row(panels.row, panels.error + panels.rounding, n)
    # Places are rounded too, which tells where the mass is narrow.
    spread = np.sqrt(np.maximum(total[2] / total[0], np.finfo(float).tiny))
    error += 4 * EPSILON * np.abs(origin) / spread * _by_row(panels.row, np.abs(panels.total), n)
    return Moments(origin, peak, total, error, count)


def _noise(line: Line, origin: FloatArray, peak: FloatArray) -> FloatArray:
    """Relative rounding error of exp(-beta cost): cost and place each carry an error of one unit."""
    size = np.abs(line.loss(origin)) + np.abs(peak) + np.abs(origin * (line.x - origin)) / line.time
    return EPSILON * (8.0 + 2.0 * line.beta * size)


def _by_row(row: IntArray, values: FloatArray, n: int) -> FloatArray:
    return np.stack([np.bincount(row, weights=one, minlength=n) for one in values])


def _coarse(panels: Panels, n: int, tolerance: float) -> IntArray:
    """Return the panels whose error is more than their share, and more than rounding."""
    size = _by_row(panels.row, np.abs(panels.total), n)
    scale = np.maximum(size, np.finfo(float).tiny)
    # The centred second moment sets the scale of the first.
    scale[1] = np.sqrt(scale[0] * scale[2])
    if len(scale) > 3:
        scale[3] = np.maximum(scale[3], 1e-3 * np.sqrt(scale[0]))
        scale[4] = np.maximum(scale[4], scale[3] * np.sqrt(scale[2] / scale[0]))
    share = tolerance * scale[:, panels.row] / np.bincount(panels.row, minlength=n)[panels.row]
    rough = (panels.error > np.maximum(share, panels.rounding)).any(axis=0)
    wide = panels.upper - panels.lower > 8 * EPSILON * np.maximum(np.abs(panels.lower), np.abs(panels.upper))
    many = np.bincount(panels.row, minlength=n)[panels.row] > MOST_PANELS
    return np.flatnonzero(rough & wide & ~many)


def _evaluated(
    line: Line,
    row: IntArray,
    lower: FloatArray,
    upper: FloatArray,
    origin: FloatArray,
    peak: FloatArray,
    noise: FloatArray,
) -> Panels:
    """Integrate all features over panels, some at a time."""
    blocks = [
        _evaluated_block(line, row[cut], lower[cut], upper[cut], origin, peak, noise)
        for cut in (slice(start, start + BLOCK) for start in range(0, len(row), BLOCK))
    ]
    return Panels(*(np.concatenate([getattr(one, name) for one in blocks], axis=-1) for name in FIELDS))


def _evaluated_block(
    line: Line,
    row: IntArray,
    lower: FloatArray,
    upper: FloatArray,
    origin: FloatArray,
    peak: FloatArray,
    noise: FloatArray,
) -> Panels:
    """Integrate all features over panels, with the error estimate of QUADPACK."""
    half = 0.5 * (upper - lower)
    y = (0.5 * (lower + upper))[:, None] + half[:, None] * NODES
    rows = row[:, None]
    density = np.exp(-line.beta[rows] * (line.cost(y, rows) - peak[rows]))
    with np.errstate(invalid="ignore"):
        values = np.where(density > 0, density * line.features(y, rows, origin[rows]), 0.0)
    total = half * (values @ WEIGHTS)
    rough = half * (values @ GAUSS)
    size = half * (np.abs(values) @ WEIGHTS)
    mean = total / np.where(half > 0, 2 * half, 1.0)
    swing = half * (np.abs(values - mean[..., None]) @ WEIGHTS)
    change = np.abs(total - rough)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(1.0, (200.0 * change / swing) ** 1.5)
    error = np.where((swing > 0) & (change > 0), swing * share, change)
    return Panels(row, lower, upper, total, error, noise[row] * size)


def first_panels(line: Line, modes: Modes, peak: FloatArray) -> tuple[IntArray, FloatArray, FloatArray, int]:
    """Cut each row at its modes, at distances that double from each, and at kinks."""
    width = _widths(line, modes)
    steps = 2.0 ** np.arange(-1, 40)
    away = width[:, None] * np.concatenate([-steps[::-1], [0.0], steps])
    row = np.repeat(modes.row, away.shape[1])
    place = np.clip((modes.place[:, None] + away).reshape(-1), modes.lower[row], modes.upper[row])
    row, place = _with_kinks(line, modes, row, place)
    order = np.lexsort((place, row))
    row, place = row[order], place[order]
    new = np.concatenate([[True], (row[1:] != row[:-1]) | (place[1:] > place[:-1])])
    row, place = row[new], place[new]
    rise = line.beta[row] * (line.cost(place, row) - peak[row])
    counts = rise <= CUT
    # A panel is kept from the first place that counts to the last, and one more on either side.
    index = np.arange(len(row))
    n = len(line.x)
    first, last = np.full(n, len(row)), np.full(n, -1)
    np.minimum.at(first, row[counts], index[counts])
    np.maximum.at(last, row[counts], index[counts])
    inside = (index[:-1] >= first[row[:-1]] - 1) & (index[:-1] <= last[row[:-1]]) & (row[:-1] == row[1:])
    left = np.flatnonzero(inside)
    return row[left], place[left], place[left + 1], len(row)


def _with_kinks(line: Line, modes: Modes, row: IntArray, place: FloatArray) -> tuple[IntArray, FloatArray]:
    kinks = np.asarray(line.f.kinks if not line.f.is_sampled else _nodes(line, modes), dtype=float)
    if not len(kinks):
        return row, place
    first = np.searchsorted(kinks, modes.lower, side="right")
    last = np.searchsorted(kinks, modes.upper, side="left")
    number = np.maximum(last - first, 0)
    extra = np.repeat(np.arange(len(number)), number)
    at = np.arange(len(extra)) - np.repeat(np.cumsum(number) - number, number) + np.repeat(first, number)
    return np.concatenate([row, extra]), np.concatenate([place, kinks[at]])


def _nodes(line: Line, modes: Modes) -> FloatArray:
    """Nodes of a sampled landscape in the windows, at each of which its interpolant has a kink."""
    grid = line.f.grid
    assert grid is not None
    shifts = period_shifts(grid, float(modes.lower.min()), float(modes.upper.max()))
    return np.asarray((grid.axes[0] + shifts[:, None]).ravel())


def _widths(line: Line, modes: Modes) -> FloatArray:
    """Distance from each mode at which the cost has risen by 1 / beta on the slower side, by bisection."""
    row = modes.row
    high = np.log(modes.upper - modes.lower)[row]
    low = np.log(EPSILON * np.maximum(np.abs(modes.place), 1e-3 * np.exp(high)) + 1e-300)
    for _ in range(12):
        middle = 0.5 * (low + high)
        step = np.exp(middle)
        rise = np.minimum(*(line.cost(np.maximum(modes.place + s * step, line.lower), row) for s in (-1, 1)))
        inside = line.beta[row] * (rise - modes.cost) < 1.0
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.exp(high)
