"""Parts of the rows' templates: slopes and Laplacians of a chunk, points and slopes as callbacks take them.

A maker returns a plain function around its arguments, for `pdeopt.kernels._specialise.specialised` to compile.
"""

from collections.abc import Callable
from typing import Any

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.hamilton_jacobi.rows import WIDTH, Layout, Work

Function = Callable[..., Any]


def slope_finder(across: Function, along: Function, dim: int) -> Function:
    """Return the function that writes all one-sided slopes of a chunk, from those of one axis."""
    last = dim - 1

    def find_slopes(values: FloatArray, start: int, first: int, count: int, layout: Layout, work: Work) -> None:
        rows = work.rows
        for k in range(last):
            i, gaps = work.index[k], layout.gaps[k]
            minus, plus = rows[k * WIDTH :], rows[(dim + k) * WIDTH :]
            across(values, start, count, layout.strides[k], gaps[i], gaps[i + 1], minus, plus)
        along(values, start, count, layout.gaps[last], first, rows[last * WIDTH :], rows[(dim + last) * WIDTH :])

    return find_slopes


def laplacian_finder(across: Function, along: Function, dim: int) -> Function:
    """Return the function that writes the Laplacian of a chunk, from second derivatives along one axis."""
    last = dim - 1

    def find_laplacian(values: FloatArray, start: int, first: int, count: int, layout: Layout, work: Work) -> None:
        rows = work.rows
        out = rows[2 * dim * WIDTH :]
        for j in range(count):
            out[j] = 0.0
        for k in range(last):
            i, gaps = work.index[k], layout.gaps[k]
            across(rows[k * WIDTH :], rows[(dim + k) * WIDTH :], count, gaps[i], gaps[i + 1], out)
        along(rows[last * WIDTH :], rows[(dim + last) * WIDTH :], count, layout.means, first, out)

    return find_laplacian


def corner_1(nodes: tuple[FloatArray, ...], index: IntArray) -> float:  # noqa: ARG001
    """Return nothing of use: a row in one dimension has no place."""
    return 0.0


def corner_2(nodes: tuple[FloatArray, ...], index: IntArray) -> float:
    """Return the coordinate of a row in the plane."""
    return nodes[0][index[0]]


def corner_3(nodes: tuple[FloatArray, ...], index: IntArray) -> tuple[float, float]:
    """Return the two coordinates of a row in space."""
    return nodes[0][index[0]], nodes[1][index[1]]


def place_1(corner: float, along: float) -> float:  # noqa: ARG001
    """Return a coordinate."""
    return along


def place_2(corner: float, along: float) -> tuple[float, float]:
    """Return two coordinates."""
    return corner, along


def place_3(corner: tuple[float, float], along: float) -> tuple[float, float, float]:
    """Return three coordinates."""
    return corner[0], corner[1], along


def pack_1(rows: FloatArray, first: int, j: int) -> float:
    """Return one entry."""
    return rows[first * WIDTH + j]


def pack_2(rows: FloatArray, first: int, j: int) -> tuple[float, float]:
    """Return two entries."""
    return rows[first * WIDTH + j], rows[(first + 1) * WIDTH + j]


def pack_3(rows: FloatArray, first: int, j: int) -> tuple[float, float, float]:
    """Return three entries."""
    return rows[first * WIDTH + j], rows[(first + 1) * WIDTH + j], rows[(first + 2) * WIDTH + j]


CORNERS, PLACES, PACKS = (corner_1, corner_2, corner_3), (place_1, place_2, place_3), (pack_1, pack_2, pack_3)
"""By the dimension less one."""
