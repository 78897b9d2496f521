"""Layers with no more outputs than inputs, on tiles of rows: the loops run over inputs."""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import inlined_kernel
from pdeopt.kernels.lanes import load, store
from pdeopt.kernels.networks.layout import PANEL, ROWS, place
from pdeopt.kernels.networks.wide import store_rows


@inlined_kernel
def narrow_forward(
    parameters: FloatArray, weights: int, n_in: int, n_out: int, values: FloatArray, a: int, z: int
) -> None:
    """Write `z = b + W a` of a tile of rows `a` to the tile `z`; the biases follow the weights."""
    for k in range(n_out):
        t0 = t1 = t2 = t3 = t4 = load(parameters, weights + n_in * n_out + k, 0.0)
        for p in range(0, n_in, PANEL):
            row, start = weights + k * n_in + p, a + ROWS * p
            for i in range(min(PANEL, n_in - p)):
                u = load(parameters, row + i, 0.0)
                t0 += u * load(values, start + i, 0.0)
                t1 += u * load(values, start + PANEL + i, 0.0)
                t2 += u * load(values, start + 2 * PANEL + i, 0.0)
                t3 += u * load(values, start + 3 * PANEL + i, 0.0)
                t4 += u * load(values, start + 4 * PANEL + i, 0.0)
        store_rows(values, z + place(k), t0, t1, t2, t3, t4)


@inlined_kernel
def narrow_gradient(
    n_in: int, n_out: int, values: FloatArray, a: int, slopes: FloatArray, d: int, out: FloatArray, weights: int
) -> None:
    """Add `sum over rows of d a^T`, tiles `d` of outputs and `a` of inputs, to the weights of `out`."""
    for k in range(n_out):
        at = d + place(k)
        d0, d1 = load(slopes, at, 0.0), load(slopes, at + PANEL, 0.0)
        d2, d3 = load(slopes, at + 2 * PANEL, 0.0), load(slopes, at + 3 * PANEL, 0.0)
        d4 = load(slopes, at + 4 * PANEL, 0.0)
        for p in range(0, n_in, PANEL):
            row, start = weights + k * n_in + p, a + ROWS * p
            for i in range(min(PANEL, n_in - p)):
                total = load(out, row + i, 0.0) + d0 * load(values, start + i, 0.0)
                total += d1 * load(values, start + PANEL + i, 0.0)
                total += d2 * load(values, start + 2 * PANEL + i, 0.0)
                total += d3 * load(values, start + 3 * PANEL + i, 0.0)
                store(out, row + i, total + d4 * load(values, start + 4 * PANEL + i, 0.0))


@inlined_kernel
def narrow_backward(
    parameters: FloatArray, weights: int, n_in: int, n_out: int, slopes: FloatArray, d: int, back: int
) -> None:
    """Write `back = W^T d` of a tile `d` of outputs to the tile `back` of inputs."""
    for p in range(0, n_in, PANEL):
        row, start, width = weights + p, back + ROWS * p, min(PANEL, n_in - p)
        _set_back(parameters, row, slopes, d, start, width)
        for k in range(1, n_out):
            _add_back(parameters, row + k * n_in, slopes, d + place(k), start, width)


@inlined_kernel
def _set_back(parameters: FloatArray, row: int, slopes: FloatArray, d: int, back: int, width: int) -> None:
    d0, d1 = load(slopes, d, 0.0), load(slopes, d + PANEL, 0.0)
    d2, d3 = load(slopes, d + 2 * PANEL, 0.0), load(slopes, d + 3 * PANEL, 0.0)
    d4 = load(slopes, d + 4 * PANEL, 0.0)
    for i in range(width):
        u = load(parameters, row + i, 0.0)
        store(slopes, back + i, d0 * u)
        store(slopes, back + PANEL + i, d1 * u)
        store(slopes, back + 2 * PANEL + i, d2 * u)
        store(slopes, back + 3 * PANEL + i, d3 * u)
        store(slopes, back + 4 * PANEL + i, d4 * u)


@inlined_kernel
def _add_back(parameters: FloatArray, row: int, slopes: FloatArray, d: int, back: int, width: int) -> None:
    d0, d1 = load(slopes, d, 0.0), load(slopes, d + PANEL, 0.0)
    d2, d3 = load(slopes, d + 2 * PANEL, 0.0), load(slopes, d + 3 * PANEL, 0.0)
    d4 = load(slopes, d + 4 * PANEL, 0.0)
    for i in range(width):
        u = load(parameters, row + i, 0.0)
        store(slopes, back + i, load(slopes, back + i, 0.0) + d0 * u)
        store(slopes, back + PANEL + i, load(slopes, back + PANEL + i, 0.0) + d1 * u)
        store(slopes, back + 2 * PANEL + i, load(slopes, back + 2 * PANEL + i, 0.0) + d2 * u)
        store(slopes, back + 3 * PANEL + i, load(slopes, back + 3 * PANEL + i, 0.0) + d3 * u)
        store(slopes, back + 4 * PANEL + i, load(slopes, back + 4 * PANEL + i, 0.0) + d4 * u)
