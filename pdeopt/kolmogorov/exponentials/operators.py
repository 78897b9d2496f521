"""What an exponential is taken of: a stencil of jumps or a matrix, and the walk on a line that it may be."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.stencil import Matrix, Stencil

__all__ = ["Line", "Operator", "line_of", "matrix_of", "shape_of"]

Operator: TypeAlias = "Stencil | Matrix | FloatArray"

ROUNDING = 16 * np.finfo(float).eps
"""A row of a matrix sums to zero up to this, relative to its diagonal."""


@dataclass(frozen=True, eq=False, repr=False)
class Line:
    """A walk among neighbours, (L u)_i = down_i (u_{i-1} - u_i) + up_i (u_{i+1} - u_i) - loss_i u_i.

    Parameters
    ----------
    down, up, loss : array, shape (n,)
        Rates per unit of time. On a ring the first goes down to the last; on a line those two rates are zero.
    ring : bool
    """

    down: FloatArray
    up: FloatArray
    loss: FloatArray
    ring: bool


def shape_of(operator: Operator) -> tuple[int, ...]:
    """Return the shape of the fields that the operator acts on; raise an error unless it is square and finite."""
    if isinstance(operator, Stencil):
        _check_finite(operator.rates, operator.killing)
        return operator.shape
    shape = np.shape(operator)
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError(f"operator has shape {shape}: use a Stencil or a square matrix, e.g. of shape (65, 65).")
    _check_finite(matrix_of(operator).data)
    return (int(shape[0]),)


def _check_finite(*entries: FloatArray) -> None:
    if bad := sum(int(np.sum(~np.isfinite(part))) for part in entries):
        raise ValueError(f"operator has {bad} entries that are not finite: use finite rates, e.g. on a smaller grid.")


def matrix_of(operator: Operator) -> Matrix:
    """Return the operator as a sparse matrix by rows."""
    given: Any = operator
    return operator.matrix if isinstance(operator, Stencil) else sparse.csr_array(given, dtype=float)


def loss_of(matrix: Matrix) -> FloatArray:
    """Return what the rows of a matrix lack to zero, without the rounding of their sums."""
    loss: FloatArray = -np.asarray(matrix.sum(axis=1)).ravel()
    return np.where(np.abs(loss) <= ROUNDING * np.abs(matrix.diagonal()), 0.0, loss)


def is_lossless(operator: Operator) -> bool:
    """Return whether all rows sum to zero."""
    return not _loss(operator).any()


def growth_of(operator: Operator) -> float:
    """Return the fastest growth, a killing below zero, per unit of time."""
    return max(0.0, -float(_loss(operator).min()))


def _loss(operator: Operator) -> FloatArray:
    return operator.killing if isinstance(operator, Stencil) else loss_of(matrix_of(operator))


def line_of(operator: Operator) -> Line | None:
    """Return the walk on a line or a ring that the operator is, or None if it jumps farther."""
    if isinstance(operator, Stencil):
        return _line_of_stencil(operator)
    return _line_of_matrix(matrix_of(operator))


def _line_of_stencil(stencil: Stencil) -> Line | None:
    if len(stencil.shape) > 1 or any(abs(step) > 1 for (step,) in stencil.offsets):
        return None
    rates = {step: np.zeros(stencil.shape) for step in (-1, 1)}
    for (step,), rate in zip(stencil.offsets, stencil.rates, strict=True):
        if step:
            rates[step] += rate
    if not (ring := stencil.periodic[0] and stencil.shape[0] > 2):
        # A ring of two nodes is a line with both rates added.
        rates[1][0] += rates[-1][0]
        rates[-1][-1] += rates[1][-1]
        rates[-1][0] = rates[1][-1] = 0.0
    return Line(rates[-1], rates[1], np.asarray(stencil.killing, dtype=float), ring)


def _line_of_matrix(matrix: Matrix) -> Line | None:
    n = matrix.shape[0]
    down = np.concatenate([np.zeros(1), matrix.diagonal(-1)])
    up = np.concatenate([matrix.diagonal(1), np.zeros(1)])
    corners = (float(matrix[0, n - 1]), float(matrix[n - 1, 0])) if n > 2 else (0.0, 0.0)
    outside = matrix.count_nonzero() - sum(np.count_nonzero(matrix.diagonal(step)) for step in (-1, 0, 1))
    if outside != sum(entry != 0.0 for entry in corners):
        return None
    down[0], up[-1] = corners
    return Line(down, up, loss_of(matrix), any(corners))


def fields(values: Any, shape: tuple[int, ...], name: str = "values") -> FloatArray:
    """Return values as fields of shape (n_fields, size); raise an error that names them if they do not fit."""
    array = np.asarray(values, dtype=float)
    if array.shape[array.ndim - len(shape) :] != shape or array.ndim < len(shape):
        raise ValueError(
            f"{name} has shape {array.shape}, its last axes must be those of the operator. Use shape {shape}, or "
            f"{('n', *shape)} for several at once."
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has {np.sum(~np.isfinite(array))} entries that are not finite: use finite numbers.")
    return np.ascontiguousarray(array.reshape(-1, int(np.prod(shape))))
