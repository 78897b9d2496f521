"""Solves with a generator shifted by complex numbers: sweeps on a line or a ring, sparse factors elsewhere."""

from typing import Any, Literal, Protocol

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from pdeopt._types import FloatArray
from pdeopt.kernels.kolmogorov import contour as kernels
from pdeopt.kolmogorov.exponentials.operators import Line, Operator, line_of, matrix_of

__all__ = ["LineResolvents", "Resolvents", "SparseResolvents", "resolvents"]

ComplexArray = np.typing.NDArray[np.complex128]

NO_SOURCE = np.empty(0)


class Resolvents(Protocol):
    """The sum of c_k (z_k - step L)^{-1} (u + step f / z_k), real part, for fixed shifts z, weights c and step."""

    def apply(self, values: FloatArray, source: FloatArray | None, transpose: bool) -> FloatArray:
        """Return the sum for fields of shape (n_fields, size)."""


def resolvents(operator: Operator, step: float, shifts: ComplexArray, weights: ComplexArray) -> Resolvents:
    """Factor the shifted operators in the way that suits them."""
    line = line_of(operator)
    if line is None:
        return SparseResolvents(operator, step, shifts, weights)
    return LineResolvents(line, step, shifts, weights)


class LineResolvents:
    """Shifted solves on a line or a ring, for all shifts in one sweep."""

    def __init__(self, line: Line, step: float, shifts: ComplexArray, weights: ComplexArray) -> None:
        self.line, self.step = line, step
        self.re, self.im = shifts.real.copy(), shifts.imag.copy()
        self.weights = np.stack([weights.real, weights.imag])
        loss, up = line.loss.copy(), line.up.copy()
        if line.ring:
            # The last node is set apart: rates to it leave the line of the others.
            loss[0] += line.down[0]
            loss[-2] += line.up[-2]
            up[-2] = 0.0
        shape = (2, line.down.size, shifts.size)
        self.pivots, self.work = np.empty(shape), np.empty(shape)
        kernels.line_pivots(line.down, up, loss, step, self.re, self.im, self.pivots)
        self.closure = np.empty(shape) if line.ring else None
        if self.closure is not None:
            kernels.ring_closure(line.down, line.up, line.loss, step, self.re, self.im, self.pivots, self.closure)

    def apply(self, values: FloatArray, source: FloatArray | None, transpose: bool) -> FloatArray:
        """Return the sum for fields of shape (n_fields, size)."""
        out = np.empty_like(values)
        for k, row in enumerate(values):
            forcing = NO_SOURCE if source is None else self.step * source[k]
            kernels.load(row, forcing, self.re, self.im, self.work)
            self._solve(transpose)
            kernels.combine(self.weights, self.work, out[k])
        return out

    def _solve(self, transpose: bool) -> None:
        line = self.line
        if self.closure is not None:
            ring = kernels.ring_solve_transposed if transpose else kernels.ring_solve
            ring(line.down, line.up, self.step, self.pivots, self.closure, self.work)
        else:
            sweep = kernels.line_solve_transposed if transpose else kernels.line_solve
            sweep(line.down.size, line.down, line.up, self.step, self.pivots, self.work)


class SparseResolvents:
    """Shifted solves by sparse factors, one per shift, each solution refined once."""

    def __init__(self, operator: Operator, step: float, shifts: ComplexArray, weights: ComplexArray) -> None:
        self.step, self.shifts, self.weights = step, shifts, weights
        identity = sparse.eye_array(matrix_of(operator).shape[0])
        self.matrices = [sparse.csc_array(shift * identity - step * matrix_of(operator)) for shift in shifts]
        # The pattern is symmetric or nearly so, and the diagonal dominates.
        options: dict[str, Any] = {"permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.1}
        self.factors: list[Any] = [splu(matrix, **options) for matrix in self.matrices]

    def apply(self, values: FloatArray, source: FloatArray | None, transpose: bool) -> FloatArray:
        """Return the sum for fields of shape (n_fields, size)."""
        mode: Literal["T", "N"] = "T" if transpose else "N"
        out = np.zeros_like(values)
        for shift, weight, matrix, factor in zip(self.shifts, self.weights, self.matrices, self.factors, strict=True):
            right: Any = (values if source is None else values + self.step / shift * source).T.astype(complex)
            solution: Any = factor.solve(right, mode)
            solution += factor.solve(right - (matrix.T if transpose else matrix) @ solution, mode)
            out += (weight * solution).real.T
        return out
