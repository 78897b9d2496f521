"""Templates of one stage of a step, over rows of nodes, in any dimension.

A row runs along the last axis. Of every chunk of a row the one-sided slopes of all axes are written to a small work
space first, then the numerical Hamiltonian is evaluated node by node, so that both loops become vector instructions.
`pdeopt.kernels._specialise.specialised` binds the names in capitals and the functions that stand below.
"""

from typing import Any, NamedTuple

import numpy as np

from pdeopt._types import Arguments, FloatArray, IntArray
from pdeopt.kernels._jit import kernel

CHUNK = 512
"""Nodes whose slopes are kept at a time: they fit in the first cache."""

NONE, CONSTANT, FIELD = 0, 1, 2
"""Kinds of viscosity."""

DIM, VISCOSITY, HAS_SOURCE = 1, NONE, False


class Layout(NamedTuple):
    """Where nodes lie: all entries have one item per axis, but for `ghosts`."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    ghosts: int
    nodes: tuple[FloatArray, ...]
    gaps: tuple[FloatArray, ...]
    """Reciprocal distances to the node before each node, and after the last one: n + 1 of them."""


class Work(NamedTuple):
    """Scratch of one thread."""

    slopes: FloatArray
    """Shape (2 d + 1, CHUNK): D- of every axis, D+ of every axis, the Laplacian."""
    index: IntArray
    """Shape (d,): where the row is."""


@kernel
def find_row(row: int, layout: Layout, index: IntArray) -> int:
    """Return the flat index of the first node of a row, of all in C order, and write its place on the other axes."""
    last = len(layout.shape) - 1
    start, rest = layout.ghosts * layout.strides[last], row
    for k in range(last - 1, -1, -1):
        index[k] = rest % layout.shape[k]
        start += (index[k] + layout.ghosts) * layout.strides[k]
        rest //= layout.shape[k]
    return start


def find_slopes(values: FloatArray, start: int, first: int, count: int, layout: Layout, work: Work) -> None:
    """Stand for the slopes of a chunk, see `pdeopt.kernels.hamilton_jacobi.chunks`."""


def find_laplacian(values: FloatArray, start: int, first: int, count: int, layout: Layout, work: Work) -> None:
    """Stand for the Laplacian of a chunk."""


def place(nodes: tuple[FloatArray, ...], index: IntArray, j: int) -> Any:  # noqa: ARG001
    """Stand for the coordinates of node `j` of the row: a float in one dimension, else a tuple."""
    return nodes[0][j]


def pack(rows: FloatArray, first: int, j: int) -> Any:
    """Stand for entries `j` of d rows from `first` on: a float in one dimension, else a tuple."""
    return rows[first, j]


def flux(t: float, x: Any, u: float, minus: Any, plus: Any, extra: FloatArray, args: Arguments) -> float:  # noqa: ARG001
    """Stand for the numerical Hamiltonian."""
    return 0.0


def speeds(t: float, x: Any, u: float, minus: Any, plus: Any, extra: FloatArray, args: Arguments) -> Any:  # noqa: ARG001
    """Stand for bounds of the derivatives of the Hamiltonian with respect to every slope, over a box of slopes."""
    return (0.0,)


def pull(t: float, x: Any, u: float, minus: Any, plus: Any, args: Arguments) -> float:  # noqa: ARG001
    """Stand for the derivative of the Hamiltonian with respect to the value, where it is positive."""
    return 0.0


def source(t: float, x: Any, *args: Any) -> float:  # noqa: ARG001
    """Stand for the source term."""
    return 0.0


def advance_rows(
    values: FloatArray,
    other: FloatArray,
    out: FloatArray,
    rows: tuple[int, int],
    t: float,
    weights: tuple[float, float, float],
    layout: Layout,
    viscosity: FloatArray,
    extra: FloatArray,
    args: Arguments,
    work: Work,
) -> None:
    """Write `a other + b values + c (-H(t, x, v, grad v) + nu lap v + s(t, x))` with `v = values` to `out`.

    All three fields are flat with filled ghost layers; `weights` are a, b, c; `viscosity` has one entry, or the
    layout of a field; `args` are those of the Hamiltonian and of the source. One stage of any explicit Runge-Kutta method in the form of Shu and Osher.
    """
    a, b, c = weights
    n = layout.shape[DIM - 1]
    for row in range(rows[0], rows[1]):
        begin = find_row(row, layout, work.index)
        for first in range(0, n, CHUNK):
            start, count = begin + first, min(CHUNK, n - first)
            find_slopes(values, start, first, count, layout, work)
            if VISCOSITY != NONE:
                find_laplacian(values, start, first, count, layout, work)
            for j in range(count):
                x = place(layout.nodes, work.index, first + j)
                minus, plus = pack(work.slopes, 0, j), pack(work.slopes, DIM, j)
                rate = -flux(t, x, values[start + j], minus, plus, extra, args[0])
                if VISCOSITY == CONSTANT:
                    rate += viscosity[0] * work.slopes[2 * DIM, j]
                elif VISCOSITY == FIELD:
                    rate += viscosity[start + j] * work.slopes[2 * DIM, j]
                if HAS_SOURCE:
                    rate += source(t, x, *args[1])
                out[start + j] = a * other[start + j] + b * values[start + j] + c * rate


def measure_rows(
    values: FloatArray,
    rows: tuple[int, int],
    t: float,
    layout: Layout,
    viscosity: FloatArray,
    extra: FloatArray,
    args: Arguments,
    work: Work,
    found: FloatArray,
) -> None:
    """Measure what the step is bounded by: the largest `sum_k (speed_k / h_k + 2 nu / h_k^2)`, and more.

    `found` has 3 d + 3 entries: this bound, the bound without viscosity, a sum over all nodes that is finite if all values
    are, the largest speed, and the smallest and the largest slope along every axis. A caller sets it, and it is only
    widened.
    """
    n, last = layout.shape[DIM - 1], DIM - 1
    for row in range(rows[0], rows[1]):
        begin = find_row(row, layout, work.index)
        for first in range(0, n, CHUNK):
            start, count = begin + first, min(CHUNK, n - first)
            find_slopes(values, start, first, count, layout, work)
            for j in range(count):
                work.index[last] = first + j
                x = place(layout.nodes, work.index, first + j)
                minus, plus = pack(work.slopes, 0, j), pack(work.slopes, DIM, j)
                fastest = speeds(t, x, values[start + j], minus, plus, extra, args[0])
                transport, diffusion = pull(t, x, values[start + j], minus, plus, args[0]), 0.0
                for k in range(DIM):
                    before, after = layout.gaps[k][work.index[k]], layout.gaps[k][work.index[k] + 1]
                    transport += fastest[k] * max(before, after)
                    if VISCOSITY == CONSTANT:
                        diffusion += 2.0 * viscosity[0] * before * after
                    elif VISCOSITY == FIELD:
                        diffusion += 2.0 * viscosity[start + j] * before * after
                    found[3 + k] = max(found[3 + k], fastest[k])
                    low, high = work.slopes[k, j], work.slopes[DIM + k, j]
                    found[3 + DIM + k] = min(found[3 + DIM + k], min(low, high))
                    found[3 + 2 * DIM + k] = max(found[3 + 2 * DIM + k], max(low, high))
                found[0] = max(found[0], transport + diffusion)
                found[1] = max(found[1], transport)
                found[2] += transport + values[start + j]


def new_work(dim: int) -> Work:
    """Return scratch for one thread."""
    return Work(np.zeros((2 * dim + 1, CHUNK)), np.zeros(dim, dtype=np.int64))
