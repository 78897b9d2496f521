"""Templates of one stage of a step, over rows of nodes, in any dimension.

A row runs along the last axis. Of every chunk of a row the one-sided slopes of all axes are written to a small work
space first, then the numerical Hamiltonian is evaluated node by node, so that both loops become vector instructions.
`pdeopt.kernels._specialise.specialised` binds the names in capitals and the functions that stand below.
"""

from typing import Any, NamedTuple

import numpy as np

from pdeopt._types import Arguments, FloatArray, IntArray
from pdeopt.kernels._jit import kernel, short_kernel
from pdeopt.kernels._points import coordinates
from pdeopt.kernels._wide import wide_vectors

CHUNK = 512
"""Nodes whose slopes are kept at a time: they fit in the first cache."""
WIDTH = CHUNK + 8
"""Numbers from one row of the work space to the next: rows a power of two apart get into each other's way."""

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
    means: FloatArray
    """`2 / (h- + h+)` at every node of a row."""


class Work(NamedTuple):
    """Scratch of one thread."""

    rows: FloatArray
    """Rows of CHUNK numbers, WIDTH apart: D- of every axis, D+ of every axis, the Laplacian, then maxima."""
    viscous: bool
    """Whether the Laplacian is asked for."""
    steep: FloatArray
    """Shape (d,): the reciprocal of the smaller gap at the row, for every axis but its own."""
    position: IntArray
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


def open_chunk(
    values: FloatArray, line: FloatArray, start: int, first: int, count: int, layout: Layout, work: Work
) -> Any:
    """Stand for what `slopes_at` and `laplacian_at` read, see `pdeopt.kernels.hamilton_jacobi.slopes`."""
    return values[start:]


def slopes_at(chunk: Any, j: int) -> Any:
    """Stand for the slopes from before and from after a node: floats in one dimension, else tuples."""
    return chunk[j], chunk[j]


def laplacian_at(chunk: Any, j: int) -> float:
    """Stand for the Laplacian at a node."""
    return float(chunk[j])


def corner(nodes: tuple[FloatArray, ...], index: IntArray) -> Any:
    """Stand for the coordinates that all nodes of a row share."""
    return nodes[0][index[0]]


def place(shared: Any, along: float) -> Any:
    """Stand for the coordinates of a node: a float in one dimension, else a tuple."""
    return along


def flux(t: float, x: Any, u: float, minus: Any, plus: Any, extra: FloatArray, args: Arguments) -> float:
    """Stand for the numerical Hamiltonian."""
    return 0.0


def speeds(t: float, x: Any, u: float, minus: Any, plus: Any, extra: FloatArray, args: Arguments) -> Any:
    """Stand for bounds of the derivatives of the Hamiltonian with respect to every slope, over a box of slopes."""
    return (0.0,)


def pull(t: float, x: Any, u: float, minus: Any, plus: Any, args: Arguments) -> float:
    """Stand for the derivative of the Hamiltonian with respect to the value, where it is positive."""
    return 0.0


def source(t: float, x: Any, *args: Any) -> float:
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
    layout of a field; `args` are those of the Hamiltonian and of the source. One stage of any explicit Runge-Kutta
    method in the form of Shu and Osher. Where a is zero `other` is not read.
    """
    wide_vectors()
    a, b, c = weights
    n, nu = layout.shape[DIM - 1], viscosity[0]
    for row in range(rows[0], rows[1]):
        begin = find_row(row, layout, work.position)
        shared = corner(layout.nodes, work.position)
        for first in range(0, n, CHUNK):
            start, count = begin + first, min(CHUNK, n - first)
            # One view for all: of several the compiler would not see that they are of the same row.
            line = values[start - 1 :]
            chunk = open_chunk(values, line, start, first, count, layout, work)
            nodes, v, w = layout.nodes[DIM - 1][first:], other[start:], out[start:]
            if VISCOSITY == FIELD:
                nus = viscosity[start:]
            for j in range(count):
                x = place(shared, nodes[j])
                minus, plus = slopes_at(chunk, j)
                rate = -flux(t, x, line[j + 1], minus, plus, extra, args[0])
                if VISCOSITY == CONSTANT:
                    rate += nu * laplacian_at(chunk, j)
                elif VISCOSITY == FIELD:
                    rate += nus[j] * laplacian_at(chunk, j)
                if HAS_SOURCE:
                    rate += source(t, x, *args[1])
                w[j] = b * line[j + 1] + c * rate
            if a != 0.0:
                # Apart, as a loop that reads from many places is no vector instruction.
                for j in range(count):
                    w[j] += a * v[j]


@short_kernel
def raise_to(rows: FloatArray, row: int, j: int, value: float) -> None:
    """Replace an entry where it is smaller."""
    at = row * WIDTH + j
    rows[at] = max(rows[at], value)


@kernel
def find_gaps(layout: Layout, work: Work) -> float:
    """Write the reciprocal of the smaller gap across a row for each axis, and return `sum 2 / (h- h+)`."""
    total = 0.0
    for k in range(len(layout.shape) - 1):
        before, after = layout.gaps[k][work.position[k]], layout.gaps[k][work.position[k] + 1]
        work.steep[k] = max(before, after)
        total += 2.0 * before * after
    return total


@kernel
def gather(row: FloatArray, count: int, i: int, dim: int, found: FloatArray) -> None:
    """Widen entry `i` of what `measure_rows` finds by those of all places in a chunk."""
    for j in range(count):
        if i == 2:
            found[i] += row[j]
        elif 3 + dim <= i < 3 + 2 * dim:
            found[i] = min(found[i], -row[j])
        else:
            found[i] = max(found[i], row[j])


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

    `found` has 3 d + 4 entries: this bound, the bound without viscosity, a sum over all nodes that is finite if all
    values are, the largest speed, the smallest and the largest slope along every axis, and the largest derivative with
    respect to the value. A caller sets it, and it is only widened.
    """
    wide_vectors()
    n, last, nu, marks = layout.shape[DIM - 1], DIM - 1, viscosity[0], work.rows
    top = 2 * DIM + 1
    # Largest values of every place in a chunk first: one of all nodes would not be a vector instruction.
    for i in range(4 + 3 * DIM):
        for j in range(min(n, CHUNK)):
            marks[(top + i) * WIDTH + j] = 0.0 if i == 2 else -np.inf
    for row in range(rows[0], rows[1]):
        begin = find_row(row, layout, work.position)
        shared, spread = corner(layout.nodes, work.position), find_gaps(layout, work)
        for first in range(0, n, CHUNK):
            start, count = begin + first, min(CHUNK, n - first)
            line = values[start - 1 :]
            chunk = open_chunk(values, line, start, first, count, layout, work)
            nodes, gaps, steep = layout.nodes[last][first:], layout.gaps[last][first:], work.steep
            if VISCOSITY == FIELD:
                nus = viscosity[start:]
            for j in range(count):
                x = place(shared, nodes[j])
                minus, plus = slopes_at(chunk, j)
                fastest = speeds(t, x, line[j + 1], minus, plus, extra, args[0])
                growth = pull(t, x, line[j + 1], minus, plus, args[0])
                transport = growth + fastest[last] * max(gaps[j], gaps[j + 1])
                for k in range(last):
                    transport += fastest[k] * steep[k]
                diffusion = spread + 2.0 * gaps[j] * gaps[j + 1]
                if VISCOSITY == CONSTANT:
                    rate = transport + nu * diffusion
                elif VISCOSITY == FIELD:
                    rate = transport + nus[j] * diffusion
                else:
                    rate = transport
                raise_to(marks, top, j, rate)
                raise_to(marks, top + 1, j, transport)
                raise_to(marks, top + 3 + 3 * DIM, j, growth)
                marks[(top + 2) * WIDTH + j] += transport + line[j + 1]
                low, high = coordinates(minus), coordinates(plus)
                for k in range(DIM):
                    raise_to(marks, top + 3 + k, j, fastest[k])
                    raise_to(marks, top + 3 + DIM + k, j, -min(low[k], high[k]))
                    raise_to(marks, top + 3 + 2 * DIM + k, j, max(low[k], high[k]))
    for i in range(4 + 3 * DIM):
        gather(marks[(top + i) * WIDTH :], min(n, CHUNK), i, DIM, found)


def new_work(dim: int, viscous: bool) -> Work:
    """Return scratch for one thread."""
    return Work(np.zeros((5 * dim + 5) * WIDTH), viscous, np.zeros(dim), np.zeros(dim, dtype=np.int64))
