"""Parts of the rows' templates: points as callbacks take them, slopes that are written before they are used.

A maker returns a plain function around its arguments, for `pdeopt.kernels._specialise.specialised` to compile.
"""

from collections.abc import Callable
from typing import Any

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.hamilton_jacobi.rows import WIDTH, Layout, Work

Function = Callable[..., Any]


def written_chunk(slopes: Function, curvature: Function, dim: int) -> tuple[Function, Function, Function]:
    """Return what writes the slopes and Laplacians of a chunk to the work space, and what reads them there.

    Parameters
    ----------
    slopes : callable
        ``(values, start, count, stride, inverse_spacing, minus, plus)`` writes the slopes along a uniform axis.
    curvature : callable
        ``(values, start, count, stride, inverse_spacing, out)`` adds the second derivative along an axis.
    dim : int
    """

    def open_chunk(
        values: FloatArray, line: FloatArray, start: int, first: int, count: int, layout: Layout, work: Work
    ) -> FloatArray:
        rows = work.rows
        bends = rows[2 * dim * WIDTH :]
        for j in range(count if work.viscous else 0):
            bends[j] = 0.0
        for k in range(dim):
            stride, r = layout.strides[k], layout.gaps[k][0]
            slopes(values, start, count, stride, r, rows[k * WIDTH :], rows[(dim + k) * WIDTH :])
            if work.viscous:
                curvature(values, start, count, stride, r, bends)
        return rows

    def laplacian(rows: FloatArray, j: int) -> Any:
        return rows[2 * dim * WIDTH + j]

    return open_chunk, WRITTEN[dim - 1], laplacian


def corner_1(nodes: tuple[FloatArray, ...], index: IntArray) -> float:
    """Return nothing of use: a row in one dimension has no place."""
    return 0.0


def corner_2(nodes: tuple[FloatArray, ...], index: IntArray) -> Any:
    """Return the coordinate of a row in the plane."""
    return nodes[0][index[0]]


def corner_3(nodes: tuple[FloatArray, ...], index: IntArray) -> tuple[float, float]:
    """Return the two coordinates of a row in space."""
    return nodes[0][index[0]], nodes[1][index[1]]


def place_1(corner: float, along: float) -> float:
    """Return a coordinate."""
    return along


def place_2(corner: float, along: float) -> tuple[float, float]:
    """Return two coordinates."""
    return corner, along


def place_3(corner: tuple[float, float], along: float) -> tuple[float, float, float]:
    """Return three coordinates."""
    return corner[0], corner[1], along


def written_1(rows: FloatArray, j: int) -> Any:
    """Return both slopes of a node from the work space."""
    return rows[j], rows[WIDTH + j]


def written_2(rows: FloatArray, j: int) -> Any:
    """Return the slopes of a node from before and from after it."""
    return (rows[j], rows[WIDTH + j]), (rows[2 * WIDTH + j], rows[3 * WIDTH + j])


def written_3(rows: FloatArray, j: int) -> Any:
    """Return the slopes of a node from before and from after it."""
    before = (rows[j], rows[WIDTH + j], rows[2 * WIDTH + j])
    return before, (rows[3 * WIDTH + j], rows[4 * WIDTH + j], rows[5 * WIDTH + j])


CORNERS, PLACES = (corner_1, corner_2, corner_3), (place_1, place_2, place_3)
WRITTEN = (written_1, written_2, written_3)
"""By the dimension less one."""
