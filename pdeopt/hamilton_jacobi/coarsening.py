"""Gaussian steps that let the grid coarsen: relax a little, keep every second node, repeat.

By the semigroup property a transform of variance `s` is one of `s_1` followed by one of `s - s_1`. After the first
the field is smooth on the scale `sqrt(s_1)`, and the second may sample it at spacing `H` with aliasing error `2
exp(-2 pi**2 v / H**2)`, `v = s_1 (s - s_1) / s`: below 1e-16 from `v = 1.82 H**2` on. Doubling `H` step by step makes
the cost of any transform proportional to the number of nodes, whatever its time.
"""

from dataclasses import replace

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.axes import LOG_TAIL, REACH, TRAPEZOID, WEIGHTED, Axis
from pdeopt.hamilton_jacobi.passes import Softmin, softmin_along

__all__ = ["coarse_step", "coarsen", "saturated", "worthwhile"]

LEVEL = 2.6
"""Variance applied before the field is kept at spacing `H`, in `H**2`; the next step is at least `3 LEVEL H**2`."""
SATURATION = 2.0
"""Variance, in squared periods, after which a periodic field is constant to 1e-17."""
SMALLEST = 16


def saturated(axis: Axis, variance: float) -> float:
    """Return the variance worth applying: a closed axis is constant after some."""
    if axis.edge not in ("periodic", "reflecting"):
        return variance
    period = axis.period if axis.edge == "periodic" else 2.0 * (axis.faces[1] - axis.faces[0])
    return min(variance, SATURATION * period * period)


def worthwhile(axis: Axis) -> bool:
    """Whether the axis has nodes and variance enough for another coarsening step."""
    coarse = 2.0 * axis.spacing
    return axis.nodes.size > SMALLEST and axis.variance >= 4.0 * LEVEL * coarse * coarse


def coarse_step(axis: Axis, drop: float, horizon: float) -> tuple[Axis, float]:
    """Return the next coarser axis and the variance of the step to it.

    A field of constant edges stops being constant in a margin around them, kept only as far as the outputs can see.
    Between walls a path from a sample to an output stays near both: its margin is a few standard deviations of a
    Brownian bridge.

    Parameters
    ----------
    axis : Axis
        With the variance still to be applied.
    drop : float
        How far `beta` times the field can fall.
    horizon : float
        Largest variance that will still be asked for.

    Returns
    -------
    axis : Axis
        Equally spaced at no more than twice the spacing, its variance less that of the step.
    step : float
        Variance of the step.
    """
    n, low, high = axis.nodes.size, float(axis.nodes[0]), float(axis.nodes[-1])
    spacing = axis.spacing
    if axis.rule == WEIGHTED:
        n = max(int(np.ceil((axis.faces[1] - axis.faces[0]) / spacing)), 2)
        low, high = (low, high) if axis.edge == "wall" else axis.faces
    # Half the nodes, rounded up: the period, and not the spacing, is kept.
    if axis.edge == "periodic":
        count = (n + 1) // 2
        nodes = np.asarray(low + np.arange(count) * (axis.period / count), dtype=float)
    else:
        # As far as the step can feel the edge, against a fall by `drop`, but no farther than outputs ever see.
        step = 4.0 * LEVEL * spacing * spacing
        spread = min(np.sqrt(2.0 * step * (LOG_TAIL + drop)), REACH * np.sqrt(horizon))
        bridge = REACH * (np.sqrt(LEVEL) * 2.0 * spacing - np.sqrt(axis.applied))
        margin = {"constant": spread, "wall": bridge}.get(axis.edge, 0.0)
        nodes = np.linspace(
            low - margin, high + margin, int(np.ceil((high - low + 2.0 * margin) / (2.0 * spacing))) + 1
        )
    # Counted from the spacing that came out, which is at most twice the old one.
    coarse = float(nodes[1] - nodes[0])
    applied = LEVEL * coarse * coarse
    remaining = axis.variance + axis.applied - applied
    coarsened = replace(axis, nodes=nodes, rule=TRAPEZOID, variance=remaining, applied=applied)
    # Whatever rule the samples needed, the field is smooth on the new nodes.
    if axis.rule != TRAPEZOID:
        coarsened = replace(coarsened, grid_spacing=0.0, log_weights=None, smooth=None, origin=axis.rule)
    return coarsened, applied - axis.applied


def _fall(field: FloatArray) -> float:
    """Return the range of the finite values."""
    finite = field[np.isfinite(field)]
    return float(np.ptp(finite)) if finite.size else 0.0


def coarsen(
    field: FloatArray, k: int, axis: Axis, beta: float, horizon: float = 0.0, threads: int = 1
) -> tuple[FloatArray, Axis]:
    """Apply as much of the variance of axis `k` as coarsening pays for; return the field and the axis.

    Parameters
    ----------
    field : array
        Values in units of loss, with the nodes of `axis` along axis `k`.
    horizon : float
        Largest variance that will still be asked for, of this or a later time.
    threads : int
        The result does not depend on it.

    Returns
    -------
    field : array
    axis : Axis
        With the variance that is left; both as given if coarsening does not pay.
    """
    # How far the field can fall decides how far beyond its edges a step can look.
    drop = beta * _fall(field) if worthwhile(axis) and axis.edge == "constant" else 0.0
    while worthwhile(axis):
        coarse, step = coarse_step(axis, drop, max(horizon, axis.variance))
        field, _ = softmin_along(field, k, axis, Softmin(coarse.nodes, step, beta), None, threads)
        axis = coarse
    return field, axis
