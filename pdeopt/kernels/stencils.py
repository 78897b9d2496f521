"""Differences along a line of nodes, and what they say about quadrature errors."""

import numpy as np

from pdeopt._types import BoolArray, FloatArray
from pdeopt.kernels._jit import kernel

NO_BEND, BEND_LOW, BEND_HIGH, BEND_MODEL = 0, 1, 2, 3
KINK_SHARE = 0.8
WAVES = (0.25, 0.45)
"""Waves per node: below a half, so that the next alias, at 1 - 0.45, is weaker than the wave itself."""
SAFETY = 4.0
"""A kink in the middle of a cell shows a quarter of its strength in the second differences beside it."""


@kernel
def second_derivative(values: FloatArray, nodes: FloatArray, j: int) -> float:
    """Return the second divided difference at interior node `j`, NaN where a value is infinite."""
    before, after = nodes[j] - nodes[j - 1], nodes[j + 1] - nodes[j]
    rise = (values[j + 1] - values[j]) / after - (values[j] - values[j - 1]) / before
    curvature = 2.0 * rise / (before + after)
    return curvature if abs(curvature) < np.inf else np.nan


@kernel
def _known_curvature(values: FloatArray, nodes: FloatArray, smooth: BoolArray, j: int) -> float:
    if j < 1 or j > nodes.size - 2 or not smooth[j]:
        return np.nan
    return second_derivative(values, nodes, j)


@kernel
def cell_curvatures(values: FloatArray, nodes: FloatArray, smooth: BoolArray, j: int) -> tuple[float, float, float]:
    """Return `(lowest, highest, mean)` second derivative around cell `j`, never across a node that is not smooth."""
    here = _known_curvature(values, nodes, smooth, j)
    following = _known_curvature(values, nodes, smooth, j + 1)
    # A difference across a kink measures its strength and the spacing, not a curvature.
    before = _known_curvature(values, nodes, smooth, j - 1) if smooth[j] else np.nan
    after = _known_curvature(values, nodes, smooth, j + 2) if smooth[j + 1] else np.nan
    low, high, total, count = np.inf, -np.inf, 0.0, 0
    for curvature in (before, here, following, after):
        if curvature == curvature:
            low, high = min(low, curvature), max(high, curvature)
    for curvature in (here, following):
        if curvature == curvature:
            total += curvature
            count += 1
    if high == -np.inf:
        return 0.0, 0.0, 0.0
    return low, high, total / count if count > 0 else 0.5 * (low + high)


@kernel
def bend_cells(
    energy: FloatArray,
    nodes: FloatArray,
    smooth: BoolArray,
    mode: int,
    low: float,
    high: float,
    precision: float,
    bend: FloatArray,
    lift: FloatArray,
) -> None:
    """Write the second derivative of each cell for `transform_cells_line`, as a bound or as a model.

    `BEND_LOW` makes the line lie below the function and `BEND_HIGH` above it, where a cell too concave for a Gaussian
    integral gets its largest bend as a lift of both its nodes instead; `BEND_MODEL` is close to it. `low` and `high`
    bound the second derivative; where they are NaN, differences with a safety factor stand in. `bend` has an entry
    per cell, `lift` per node.
    """
    lift[:] = 0.0
    bend[:] = 0.0
    if mode == NO_BEND:
        return
    for j in range(nodes.size - 1):
        lowest, highest, mean = cell_curvatures(energy, nodes, smooth, j)
        if mode == BEND_LOW:
            bend[j] = max(high, 0.0) if high == high else SAFETY * max(highest, 0.0)
        elif mode == BEND_MODEL:
            bend[j] = max(mean, -0.9 * precision)
        else:
            bend[j] = min(low, 0.0) if low == low else SAFETY * min(lowest, 0.0)
            # Close to -precision the exponent has no curvature left to be a Gaussian.
            if bend[j] < -0.9 * precision:
                rise = -0.125 * bend[j] * (nodes[j + 1] - nodes[j]) ** 2
                lift[j], lift[j + 1] = max(lift[j], rise), max(lift[j + 1], rise)
                bend[j] = 0.0


@kernel
def aliasing_indicators(energy: FloatArray, nodes: FloatArray, variance: float, out: FloatArray) -> None:
    """Write what the trapezoid rule may lose at each node, and two waves whose averages measure it.

    Row 0: relative error `2 exp(-2 pi**2 r**2)` of the rule on a Gaussian of variance `sigma**2 = 1 / (e'' + 1 / s)`,
    `r = sigma / h`, with the largest second difference of three nodes, and `1 / (8 r**2)` more where the rule degrades
    to the nodes alone. Rows 1 to 4: cosine and sine of `2 pi j w` for the two `WAVES` w; the sizes of their averages
    under the softmin weights are half the errors at `1 / w` times the spacing. Row 5: the error of a kink, a sixth of
    the jump of the slope per spacing, where fourth differences are as large as second ones. Shape (6, n).
    """
    n = nodes.size
    spacing = (nodes[n - 1] - nodes[0]) / (n - 1)
    for j in range(n):
        curvature = 0.0
        for k in range(max(j - 1, 1), min(j + 2, n - 1)):
            here = second_derivative(energy, nodes, k)
            if here == here:
                curvature = max(curvature, here)
        narrowness = (1.2 * curvature + 1.0 / variance) * spacing * spacing
        out[0, j] = (2.0 + 0.125 * narrowness) * np.exp(-2.0 * np.pi**2 / narrowness)
        for row in range(2):
            angle = 2.0 * np.pi * WAVES[row] * j
            out[1 + 2 * row, j] = np.cos(angle)
            out[2 + 2 * row, j] = np.sin(angle)
        out[5, j] = _kink(energy, j)


@kernel
def _kink(energy: FloatArray, j: int) -> float:
    """Return a sixth of the largest second difference near node `j` if the line has a kink there, else 0."""
    if j < 2 or j > energy.size - 3:
        return 0.0
    before = energy[j - 2] - 2.0 * energy[j - 1] + energy[j]
    here = energy[j - 1] - 2.0 * energy[j] + energy[j + 1]
    after = energy[j] - 2.0 * energy[j + 1] + energy[j + 2]
    size = max(abs(before), abs(here), abs(after))
    fourth = abs(before - 2.0 * here + after)
    return size / 6.0 if size < np.inf and fourth > KINK_SHARE * size else 0.0
