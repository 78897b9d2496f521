"""Square roots of covariances in as many columns as there are components."""

from functools import lru_cache
from math import nan, sqrt
from typing import Any

import numpy as np

from pdeopt.networks.modified.forms import Form
from pdeopt.systems.compilation import Function, compiled

__all__ = ["first_entry", "lower_root", "rooted"]

ROUNDING = 1e-13
"""Part of a diagonal entry below which what is left of it is rounding."""


@compiled
def lower_root(matrix: Any, out: Any) -> None:
    """Fill `out` with the lower triangular root of a positive semidefinite matrix, NaN where it is not one."""
    for j in range(len(matrix)):
        left = matrix[j, j]
        for k in range(j):
            left -= out[j, k] ** 2
        floor = ROUNDING * abs(matrix[j, j])
        pivot = sqrt(left) if left > floor else (0.0 if left >= -floor else nan)
        for i in range(j, len(matrix)):
            entry = matrix[i, j]
            for k in range(j):
                entry -= out[i, k] * out[j, k]
            # Without a pivot a row has no noise of its own.
            out[i, j] = pivot if i == j else (entry / pivot if pivot != 0.0 else 0.0)


@lru_cache(maxsize=256)
def rooted(fill: Function, n_columns: int) -> Function:
    """Return what fills a square matrix with the root of the covariance that many columns have."""

    def root(t: float, x: Any, out: Any, *args: Any) -> None:
        columns = np.zeros((len(x), n_columns))
        fill(t, x, columns, *args)
        matrix = np.zeros((len(x), len(x)))
        for i in range(len(x)):
            for j in range(len(x)):
                for k in range(n_columns):
                    matrix[i, j] += columns[i, k] * columns[j, k]
        lower_root(matrix, out)

    return compiled(root)


@lru_cache(maxsize=256)
def first_entry(fill: Function, form: Form) -> Function:
    """Return the one entry of a matrix as a vector."""
    put = form.put

    def vector(t: float, x: Any, *args: Any) -> Any:
        out = np.zeros((1, 1))
        fill(t, x, out, *args)
        return put(x, 0, out[0, 0])

    return compiled(vector)
