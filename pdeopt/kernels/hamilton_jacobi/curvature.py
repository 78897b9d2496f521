"""The sixth-order central second derivative of a stretch of nodes on a uniform axis."""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import kernel

N_GHOSTS = 3


@kernel
def sixth_order_curvature(
    values: FloatArray, start: int, count: int, stride: int, inverse_spacing: float, out: FloatArray
) -> None:
    """Add the second derivative of nodes `start, ..., start + count - 1` along an axis to `out`.

    The stencil is `(2, -27, 270, -490, 270, -27, 2) / (180 h^2)`; neighbours lie `stride` apart, three on either side are
    the caller's. Its largest eigenvalue is `272 / (45 h^2)`, that of three points `4 / h^2`.
    """
    scale = inverse_spacing * inverse_spacing / 180.0
    for j in range(count):
        i = start + j
        near, far = values[i - stride] + values[i + stride], values[i - 2 * stride] + values[i + 2 * stride]
        farthest = values[i - 3 * stride] + values[i + 3 * stride]
        out[j] += scale * (2.0 * farthest - 27.0 * far + 270.0 * near - 490.0 * values[i])
