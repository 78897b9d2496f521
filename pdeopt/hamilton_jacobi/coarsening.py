"""Gaussian steps that let the grid coarsen: relax a little, keep every second node, repeat.

By the semigroup property a transform of variance `s` is one of `s_1` followed by one of `s - s_1`. After the first the field is
smooth on the scale `sqrt(s_1)`, and the second may sample it at spacing `H` with aliasing error
`2 exp(-2 pi**2 v / H**2)`, `v = s_1 (s - s_1) / s`: below 1e-16 from `v = 1.82 H**2` on. Doubling `H` step by step makes the cost of
any transform proportional to the number of nodes, whatever its time.
"""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.axes import LOG_TAIL, REACH, TRAPEZOID, Axis
from pdeopt.hamilton_jacobi.passes import Softmin, softmin_along

__all__ = ["coarsen", "saturated"]

LEVEL = 2.6
"""Variance applied before the field is kept at spacing `H`, in units of `H**2`; the next step is at least `3 LEVEL H**2`."""
SATURATION = 2.0
"""Variance, in squared periods, after which a periodic field is constant to 1e-17."""
SMALLEST = 16


def saturated(axis: Axis, variance: float) -> float:
    """Return the variance worth applying: a closed axis is constant after some."""
    if axis.edge not in ("periodic", "reflecting"):
        return variance
    period = axis.period if axis.edge == "periodic" else 2.0 * float(axis.nodes[-1] - axis.nodes[0])
    return min(variance, SATURATION * period * period)


def _worthwhile(axis: Axis) -> bool:
    coarse = 2.0 * axis.spacing
    return axis.rule == TRAPEZOID and axis.nodes.size > SMALLEST and axis.variance >= 4.0 * LEVEL * coarse * coarse


def _margin(axis: Axis, step: float, drop: float) -> float:
    """Return how far beyond its edges a field of constant edges stops being constant, where that still matters."""
    spread = np.sqrt(2.0 * step * (LOG_TAIL + drop))
    return float(min(spread, REACH * np.sqrt(axis.variance)))


def _coarse_axis(axis: Axis, first: bool, drop: float) -> tuple[Axis, float]:
    """Return the next coarser axis and the variance of the step to it."""
    n, low, high = axis.nodes.size, float(axis.nodes[0]), float(axis.nodes[-1])
    spacing = axis.spacing
    if axis.edge == "periodic":
        count = (n + 1) // 2
        nodes = low + np.arange(count) * (axis.period / count)
    else:
        step = (4.0 if first else 3.0) * LEVEL * spacing * spacing
        margin = _margin(axis, step, drop) if axis.edge == "constant" else 0.0
        nodes = np.linspace(low - margin, high + margin, int(np.ceil((high - low + 2.0 * margin) / (2.0 * spacing))) + 1)
    coarse = float(nodes[1] - nodes[0])
    done = 0.0 if first else LEVEL * spacing * spacing
    step = LEVEL * coarse * coarse - done
    return Axis(nodes, axis.edge, axis.period, axis.rule, axis.variance - step), step


def coarsen(
    field: FloatArray, k: int, axis: Axis, beta: float, carried: FloatArray | None = None, threads: int = 1
) -> tuple[FloatArray, Axis, FloatArray | None]:
    """Apply as much of the variance of axis `k` as coarsening pays for; return field, axis and carried averages."""
    finite = field[np.isfinite(field)] if _worthwhile(axis) else field[:0]
    drop = beta * float(np.ptp(finite)) if finite.size else 0.0
    first = True
    while _worthwhile(axis):
        coarse, step = _coarse_axis(axis, first, drop)
        task = Softmin(coarse.nodes, step, beta)
        field, averages = softmin_along(field, k, axis, task, carried, threads)
        carried = averages if carried is not None else None
        axis, first = coarse, False
    return field, axis, carried
