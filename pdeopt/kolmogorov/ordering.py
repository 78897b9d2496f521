"""Orders in which to eliminate the states of a process, so that few rates are added."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from pdeopt._types import IntArray

__all__ = ["dissection", "minimum_degree"]

LEAF = 12
"""Nodes of a box that is not cut further."""


def dissection(shape: Sequence[int], width: Sequence[int], periodic: Sequence[bool]) -> IntArray:
    """Return the nodes of a grid in an order of nested dissection.

    Parameters
    ----------
    shape : sequence of int
        Nodes per axis.
    width : sequence of int
        Longest jump along each axis: layers that a cut must have to part the grid.
    periodic : sequence of bool

    Returns
    -------
    array of int, shape (prod(shape),)
        Numbers of nodes in C order, the ones to eliminate first in front.

    Notes
    -----
    A. George, *Nested dissection of a regular finite element mesh*, SIAM Journal on Numerical Analysis 10 (1973)
    345-363: factors of a grid of n nodes in the plane have of the order of n log n entries. A periodic axis is cut
    open first.

    Examples
    --------
    >>> dissection((3, 5), (1, 1), (False, False))[-3:]
    array([ 2,  7, 12])
    """
    nodes = np.arange(int(np.prod(shape)), dtype=np.int64).reshape(tuple(shape))
    opened: list[IntArray] = []
    for axis, wraps in enumerate(periodic):
        if wraps and nodes.shape[axis] > 2 * width[axis]:
            cut, nodes = np.split(nodes, [width[axis]], axis=axis)
            opened.insert(0, cut.ravel())
    return np.concatenate([*_pieces(nodes, width), *opened])


def _pieces(nodes: IntArray, width: Sequence[int]) -> list[IntArray]:
    room = [n / max(thick, 1) for n, thick in zip(nodes.shape, width, strict=True)]
    axis = int(np.argmax(room))
    n, thick = nodes.shape[axis], max(width[axis], 1)
    if nodes.size <= LEAF or n < 2 * thick + 1:
        return [nodes.ravel()]
    start = (n - thick) // 2
    left, cut, right = np.split(nodes, [start, start + thick], axis=axis)
    return [*_pieces(left, width), *_pieces(right, width), cut.ravel()]


def minimum_degree(pattern: "sparse.csr_array[Any]") -> IntArray:
    """Return the states in an order of minimum degree of a symmetric pattern, that of SuperLU."""
    n = pattern.shape[0]
    ones = sparse.csc_array((np.full(pattern.nnz, -1.0), pattern.indices, pattern.indptr), shape=(n, n))
    dominant = (ones + sparse.diags_array(np.diff(pattern.indptr) + 1.0)).tocsc()
    factors = splu(dominant, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    return np.argsort(factors.perm_c).astype(np.int64)
