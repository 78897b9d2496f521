"""Central second derivatives of a stretch of nodes on a uniform axis."""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import kernel

N_GHOSTS = 3


@kernel
def sixth_order_curvature(
    values: FloatArray, start: int, count: int, stride: int, inverse_spacing: float, out: FloatArray
) -> None:
    """Add the second derivative of nodes `start, ..., start + count - 1` along an axis to `out`.

    The stencil is `(2, -27, 270, -490, 270, -27, 2) / (180 h^2)`; neighbours lie `stride` apart, three on either side
    are the caller's. Its largest eigenvalue is `272 / (45 h^2)`, that of three points `4 / h^2`.
    """
    scale = inverse_spacing * inverse_spacing / 180.0
    # Views, as the compiler makes no vectors of indices that might be negative.
    before3, after3 = values[start - 3 * stride :], values[start + 3 * stride :]
    before2, after2 = values[start - 2 * stride :], values[start + 2 * stride :]
    before, here, after = values[start - stride :], values[start:], values[start + stride :]
    for j in range(count):
        near, far, farthest = before[j] + after[j], before2[j] + after2[j], before3[j] + after3[j]
        out[j] += scale * (2.0 * farthest - 27.0 * far + 270.0 * near - 490.0 * here[j])


@kernel
def three_point_curvature(
    values: FloatArray, start: int, count: int, stride: int, inverse_spacing: float, out: FloatArray
) -> None:
    """Add the second-order second derivative, with the stencil `(1, -2, 1) / h^2`; arguments as above."""
    scale = inverse_spacing * inverse_spacing
    before, here, after = values[start - stride :], values[start:], values[start + stride :]
    for j in range(count):
        out[j] += scale * (before[j] + after[j] - 2.0 * here[j])
