"""Exponentials by projection on Krylov spaces: any generator, of rates of either sign."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.linalg import expm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kolmogorov.exponentials.marching import checked_step, march
from pdeopt.kolmogorov.exponentials.operators import Operator, fields, matrix_of, shape_of
from pdeopt.kolmogorov.exponentials.uniformisation import poisson_window

__all__ = ["Krylov"]

PART = 4.0
"""Norm of the operator times a part of a fixed step: terms of its series grow to e^PART before they cancel."""

SAFETY = 0.8


@dataclass(frozen=True)
class Krylov:
    """Arnoldi's projection, e^{tL} u = ``|u|`` V e^{tH} e_1, in steps chosen by its own error estimate.

    Parameters
    ----------
    tolerance : float
        Error allowed over the whole time, relative to the Euclidean norm of the values.
    size : int
        Dimension of the projection; that many fields are held.

    Raises
    ------
    ValueError
        If `tolerance` is not in [1e-14, 1e-1] or `size` is below 4.

    Notes
    -----
    The estimate is ``|u|`` h_{m+1,m} t ``|e_m^T phi_1(t H) e_1|``, Saad, SIAM Journal on Numerical Analysis 29 (1992)
    209. Needs nothing but products with the matrix; neither positive nor mass exact beyond the tolerance. The
    projection depends on the values, hence `stepper` gives a polynomial of fixed coefficients instead.

    Examples
    --------
    >>> values = Krylov().solve([[-1.0, 1.0], [2.0, -2.0]], [1.0, 0.0], 0.5)
    >>> bool(abs(values[0] - (2.0 + np.exp(-1.5)) / 3.0) < 1e-12)
    True
    """

    tolerance: float = 1e-12
    size: int = 40

    def __post_init__(self) -> None:
        if not 1e-14 <= self.tolerance <= 1e-1:
            raise ValueError(f"tolerance={self.tolerance!r} must lie between 1e-14 and 0.1, e.g. 1e-12.")
        if self.size < 4:
            raise ValueError(f"size={self.size!r} is below the limit of 4: use size=40.")

    def solve(
        self,
        operator: Operator,
        values: ArrayLike,
        times: ArrayLike,
        *,
        source: ArrayLike | None = None,
        transpose: bool = False,
    ) -> FloatArray:
        """Return the solution of u' = L u + source at the times.

        Parameters
        ----------
        operator, values, times, source, transpose
            As for `Contour.solve`.

        Returns
        -------
        array, shape ``(..., *shape)``
            With a leading axis of times if these are a sequence.

        Raises
        ------
        ValueError
            If a shape does not fit, or a value or time is not finite.
        """
        matrix = matrix_of(operator)
        matrix = sparse.csr_array(matrix.T) if transpose else matrix

        def advance(state: FloatArray, forcing: FloatArray | None, step: float) -> FloatArray:
            rows = [
                self._row(matrix, row, None if forcing is None else forcing[k], step) for k, row in enumerate(state)
            ]
            return np.stack(rows)

        return march(advance, operator, values, times, source)

    def stepper(self, operator: Operator, step: float) -> "SeriesStepper":
        """Return a linear map over one step, a polynomial of the operator; its transpose is exact to rounding."""
        return SeriesStepper(operator, checked_step(step))

    def _row(self, matrix: Any, row: FloatArray, source: FloatArray | None, time: float) -> FloatArray:
        """Return one field after the time; a source is carried as one more state that never changes."""
        if source is None:
            return self._advanced(matrix, row, time)
        unit = max(float(np.abs(row).max()), time * float(np.abs(source).max()), np.finfo(float).tiny)
        column = sparse.csr_array(source[:, None] / unit)
        joint = sparse.block_array([[matrix, column], [None, sparse.csr_array((1, 1))]], format="csr")
        return self._advanced(joint, np.append(row, unit), time)[:-1]

    def _advanced(self, matrix: Any, state: FloatArray, time: float) -> FloatArray:
        left, step = time, min(time, self.size / (4.0 * _norm(matrix)))
        while left > 0.0 and state.any():
            basis, projected, beyond = _arnoldi(matrix, state, min(self.size, state.size))
            step = min(step, left)
            while (error := _estimate(projected, beyond, step)) > self.tolerance * step / time:
                step *= 0.5
            state = np.linalg.norm(state) * (basis.T @ expm(step * projected)[:, 0])
            left = left - step if step < left else 0.0
            gain = self.tolerance * step / (time * max(error, np.finfo(float).tiny))
            step *= min(2.0, max(1.0, SAFETY * gain ** (1.0 / projected.shape[0])))
        return state


def _norm(matrix: Any) -> float:
    return max(float(abs(matrix).sum(axis=1).max()), np.finfo(float).tiny)


def _arnoldi(matrix: Any, state: FloatArray, size: int) -> tuple[FloatArray, FloatArray, float]:
    """Return an orthonormal basis as rows, the projected matrix and the norm of what leaves the space."""
    basis, projected = np.zeros((size + 1, state.size)), np.zeros((size + 1, size))
    basis[0] = state / np.linalg.norm(state)
    for k in range(size):
        new = matrix @ basis[k]
        scale = np.linalg.norm(new)
        # Gram-Schmidt twice is enough.
        for _ in range(2):
            share = basis[: k + 1] @ new
            new -= share @ basis[: k + 1]
            projected[: k + 1, k] += share
        length = float(np.linalg.norm(new))
        if length <= 1e-14 * scale or k + 1 == state.size:
            return basis[: k + 1], projected[: k + 1, : k + 1], 0.0
        projected[k + 1, k] = length
        basis[k + 1] = new / length
    return basis[:size], projected[:size], float(projected[size, size - 1])


def _estimate(projected: FloatArray, beyond: float, step: float) -> float:
    if beyond == 0.0:
        return 0.0
    n = projected.shape[0]
    # The last column of this exponential is phi_1(step H) e_1.
    bordered = np.zeros((n + 1, n + 1))
    bordered[:n, :n] = step * projected
    bordered[0, n] = 1.0
    return float(beyond * step * abs(expm(bordered)[n - 1, n]))


class SeriesStepper:
    """The map over one step by parts, each a Poisson mixture of powers of I + L / |L|."""

    def __init__(self, operator: Operator, step: float) -> None:
        self.step, self.shape = step, shape_of(operator)
        matrix = matrix_of(operator)
        self.norm = _norm(matrix)
        self.n_parts = max(1, int(np.ceil(step * self.norm / PART)))
        self._terms, _ = poisson_window(step * self.norm / self.n_parts, 1e-16)
        self._matrix, self._transposed = matrix / self.norm, sparse.csr_array(matrix.T) / self.norm

    def apply(self, values: ArrayLike) -> FloatArray:
        """Return the fields one step later; leading axes are several fields at once."""
        return self._map(values, self._matrix)

    def transpose(self, values: ArrayLike) -> FloatArray:
        """Apply the transposed map, that of masses."""
        return self._map(values, self._transposed)

    def _map(self, values: ArrayLike, matrix: Any) -> FloatArray:
        state = fields(values, self.shape).T
        for _ in range(self.n_parts):
            power, state = state, self._terms[0] * state
            for term in self._terms[1:]:
                power = power + matrix @ power
                state = state + term * power
        return np.ascontiguousarray(state.T).reshape(np.shape(values))
