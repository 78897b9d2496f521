"""Layers with no more outputs than inputs, on tiles of rows: the loops run over inputs."""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import fast_kernel
from pdeopt.kernels.lanes import load, store
from pdeopt.kernels.networks.layout import PANEL, ROWS, place


@fast_kernel
def narrow_forward(
    parameters: FloatArray, weights: int, n_in: int, n_out: int, work: FloatArray, a: int, z: int
) -> None:
    """Write `z = b + W a` of four rows, tile `a` to tile `z`; the biases follow the weights."""
    for k in range(n_out):
        t0 = t1 = t2 = t3 = load(parameters, weights + n_in * n_out + k, 0.0)
        for p in range(0, n_in, PANEL):
            row, start = weights + k * n_in + p, a + ROWS * p
            for i in range(min(PANEL, n_in - p)):
                u = load(parameters, row + i, 0.0)
                t0 += u * load(work, start + i, 0.0)
                t1 += u * load(work, start + PANEL + i, 0.0)
                t2 += u * load(work, start + 2 * PANEL + i, 0.0)
                t3 += u * load(work, start + 3 * PANEL + i, 0.0)
        at = z + place(k)
        store(work, at, t0)
        store(work, at + PANEL, t1)
        store(work, at + 2 * PANEL, t2)
        store(work, at + 3 * PANEL, t3)


@fast_kernel
def narrow_gradient(n_in: int, n_out: int, work: FloatArray, a: int, d: int, out: FloatArray, weights: int) -> None:
    """Add `sum over rows of d a^T`, tiles `d` of outputs and `a` of inputs, to the weights of `out`."""
    for k in range(n_out):
        at = d + place(k)
        d0, d1 = load(work, at, 0.0), load(work, at + PANEL, 0.0)
        d2, d3 = load(work, at + 2 * PANEL, 0.0), load(work, at + 3 * PANEL, 0.0)
        for p in range(0, n_in, PANEL):
            row, start = weights + k * n_in + p, a + ROWS * p
            for i in range(min(PANEL, n_in - p)):
                first = d0 * load(work, start + i, 0.0) + d1 * load(work, start + PANEL + i, 0.0)
                last = d2 * load(work, start + 2 * PANEL + i, 0.0) + d3 * load(work, start + 3 * PANEL + i, 0.0)
                store(out, row + i, load(out, row + i, 0.0) + (first + last))


@fast_kernel
def narrow_backward(
    parameters: FloatArray, weights: int, n_in: int, n_out: int, work: FloatArray, d: int, back: int
) -> None:
    """Write `back = W^T d` of four rows, tile `d` of outputs to tile `back` of inputs."""
    for k in range(n_out):
        at = d + place(k)
        d0, d1 = load(work, at, 0.0), load(work, at + PANEL, 0.0)
        d2, d3 = load(work, at + 2 * PANEL, 0.0), load(work, at + 3 * PANEL, 0.0)
        for p in range(0, n_in, PANEL):
            row, start, width = weights + k * n_in + p, back + ROWS * p, min(PANEL, n_in - p)
            if k == 0:
                for i in range(width):
                    u = load(parameters, row + i, 0.0)
                    store(work, start + i, d0 * u)
                    store(work, start + PANEL + i, d1 * u)
                    store(work, start + 2 * PANEL + i, d2 * u)
                    store(work, start + 3 * PANEL + i, d3 * u)
            else:
                for i in range(width):
                    u = load(parameters, row + i, 0.0)
                    store(work, start + i, load(work, start + i, 0.0) + d0 * u)
                    store(work, start + PANEL + i, load(work, start + PANEL + i, 0.0) + d1 * u)
                    store(work, start + 2 * PANEL + i, load(work, start + 2 * PANEL + i, 0.0) + d2 * u)
                    store(work, start + 3 * PANEL + i, load(work, start + 3 * PANEL + i, 0.0) + d3 * u)
