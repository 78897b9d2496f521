"""Parts of the rows' templates: slopes and Laplacians of a chunk, points and slopes as callbacks take them.

A maker returns a plain function around its arguments, for `pdeopt.kernels._specialise.specialised` to compile.
"""

from collections.abc import Callable
from typing import Any

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.hamilton_jacobi.rows import Layout, Work

Function = Callable[..., Any]


def slope_finder(across: Function, along: Function, dim: int) -> Function:
    """Return the function that writes all one-sided slopes of a chunk, from those of one axis."""
    last = dim - 1

    def find_slopes(values: FloatArray, start: int, first: int, count: int, layout: Layout, work: Work) -> None:
        for k in range(last):
            i, gaps = work.index[k], layout.gaps[k]
            across(values, start, count, layout.strides[k], gaps[i], gaps[i + 1], work.slopes[k], work.slopes[dim + k])
        along(values, start, count, layout.gaps[last], first, work.slopes[last], work.slopes[dim + last])

    return find_slopes


def laplacian_finder(across: Function, along: Function, dim: int) -> Function:
    """Return the function that writes the Laplacian of a chunk, from second derivatives along one axis."""
    last = dim - 1

    def find_laplacian(values: FloatArray, start: int, first: int, count: int, layout: Layout, work: Work) -> None:
        out = work.slopes[2 * dim]
        for j in range(count):
            out[j] = 0.0
        for k in range(last):
            i, gaps = work.index[k], layout.gaps[k]
            across(values, start, count, layout.strides[k], gaps[i], gaps[i + 1], out)
        along(values, start, count, layout.gaps[last], first, out)

    return find_laplacian


def place_1(nodes: tuple[FloatArray, ...], index: IntArray, j: int) -> Any:  # noqa: ARG001
    """Return a coordinate."""
    return nodes[0][j]


def place_2(nodes: tuple[FloatArray, ...], index: IntArray, j: int) -> tuple[float, float]:
    """Return two coordinates."""
    return nodes[0][index[0]], nodes[1][j]


def place_3(nodes: tuple[FloatArray, ...], index: IntArray, j: int) -> tuple[float, float, float]:
    """Return three coordinates."""
    return nodes[0][index[0]], nodes[1][index[1]], nodes[2][j]


def pack_1(rows: FloatArray, first: int, j: int) -> Any:
    """Return one entry."""
    return rows[first, j]


def pack_2(rows: FloatArray, first: int, j: int) -> tuple[float, float]:
    """Return two entries."""
    return rows[first, j], rows[first + 1, j]


def pack_3(rows: FloatArray, first: int, j: int) -> tuple[float, float, float]:
    """Return three entries."""
    return rows[first, j], rows[first + 1, j], rows[first + 2, j]


PLACES, PACKS = (place_1, place_2, place_3), (pack_1, pack_2, pack_3)
"""By the dimension less one."""
