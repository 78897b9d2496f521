"""First-order slopes and three-point Laplacians at the nodes of a chunk of a row, read from views of its neighbours.

A chunk is opened once; then its nodes are asked one by one, which leaves the loop over them to the caller, to become
vector instructions. Indices into views start at zero: one that is a sum might be negative, and no loop over it is a
vector.
"""

from collections.abc import Callable
from typing import Any

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import short_kernel
from pdeopt.kernels.hamilton_jacobi.rows import Layout, Work

Axis = tuple[Any, ...]
Function = Callable[..., Any]


@short_kernel
def across(values: FloatArray, line: FloatArray, start: int, axis: int, layout: Layout, work: Work) -> Axis:
    """Return views from the first node's neighbours on, the row's, the reciprocal gaps, and `2 / (h- + h+)`.

    `line` begins at the node before the chunk.
    """
    before, after = layout.gaps[axis][work.position[axis]], layout.gaps[axis][work.position[axis] + 1]
    back, ahead = values[start - layout.strides[axis] :], values[start + layout.strides[axis] :]
    return back, line, ahead, before, after, 2.0 * before * after / (before + after)


@short_kernel
def along(line: FloatArray, first: int, layout: Layout) -> Axis:
    """Return `line`, which begins at the node before the chunk, the reciprocal gaps, and `2 / (h- + h+)`."""
    return line, layout.gaps[len(layout.shape) - 1][first:], layout.means[first:]


@short_kernel
def rises_across(axis: Axis, j: int) -> tuple[float, float]:
    """Return both slopes at a node along an axis that is not the row's."""
    back, line, ahead, before, after, _ = axis
    return (line[j + 1] - back[j]) * before, (ahead[j] - line[j + 1]) * after


@short_kernel
def rises_along(axis: Axis, j: int) -> tuple[float, float]:
    """Return both slopes at a node along the row."""
    line, gaps, _ = axis
    return (line[j + 1] - line[j]) * gaps[j], (line[j + 2] - line[j + 1]) * gaps[j + 1]


@short_kernel
def bend_across(axis: Axis, j: int) -> Any:
    """Return the second derivative along an axis that is not the row's.

    On unequal gaps it is `2 / (h- + h+) (D+ - D-)`: locally of first order, and monotone.
    """
    minus, plus = rises_across(axis, j)
    return axis[5] * (plus - minus)


@short_kernel
def bend_along(axis: Axis, j: int) -> Any:
    """Return the second derivative along the row."""
    minus, plus = rises_along(axis, j)
    return axis[2][j] * (plus - minus)


def open_1(values: FloatArray, line: FloatArray, start: int, first: int, count: int, layout: Layout, work: Work) -> Any:
    """Open a chunk in one dimension."""
    return (along(line, first, layout),)


def open_2(values: FloatArray, line: FloatArray, start: int, first: int, count: int, layout: Layout, work: Work) -> Any:
    """Open a chunk in the plane."""
    return across(values, line, start, 0, layout, work), along(line, first, layout)


def open_3(values: FloatArray, line: FloatArray, start: int, first: int, count: int, layout: Layout, work: Work) -> Any:
    """Open a chunk in space."""
    one, two = across(values, line, start, 0, layout, work), across(values, line, start, 1, layout, work)
    return one, two, along(line, first, layout)


def slopes_1(chunk: Any, j: int) -> Any:
    """Return both slopes of a node."""
    return rises_along(chunk[0], j)


def slopes_2(chunk: Any, j: int) -> Any:
    """Return the slopes of a node from before and from after it."""
    a, b = rises_across(chunk[0], j), rises_along(chunk[1], j)
    return (a[0], b[0]), (a[1], b[1])


def slopes_3(chunk: Any, j: int) -> Any:
    """Return the slopes of a node from before and from after it."""
    a, b, c = rises_across(chunk[0], j), rises_across(chunk[1], j), rises_along(chunk[2], j)
    return (a[0], b[0], c[0]), (a[1], b[1], c[1])


def laplacian_1(chunk: Any, j: int) -> Any:
    """Return the Laplacian at a node."""
    return bend_along(chunk[0], j)


def laplacian_2(chunk: Any, j: int) -> Any:
    """Return the Laplacian at a node."""
    return bend_across(chunk[0], j) + bend_along(chunk[1], j)


def laplacian_3(chunk: Any, j: int) -> Any:
    """Return the Laplacian at a node."""
    return bend_across(chunk[0], j) + bend_across(chunk[1], j) + bend_along(chunk[2], j)


FIRST_ORDER = ((open_1, slopes_1, laplacian_1), (open_2, slopes_2, laplacian_2), (open_3, slopes_3, laplacian_3))
"""By the dimension less one."""
