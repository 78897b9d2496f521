"""Exponentials as Poisson mixtures of powers: positive, and mass exact."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kernels.kolmogorov import uniformisation as kernels
from pdeopt.kolmogorov.exponentials.marching import checked_step, march
from pdeopt.kolmogorov.exponentials.operators import Operator, fields, loss_of, matrix_of, shape_of
from pdeopt.kolmogorov.stencil import Stencil

__all__ = ["Uniformisation", "poisson_window"]

MARGIN = 1.05
"""The clock ticks that much faster than the fastest state leaves, so that rounding cannot make a weight negative."""

MOST = 1e9
"""Products of one solve, at most."""

NO_LOSS = np.empty(0)


@dataclass(frozen=True)
class Uniformisation:
    """e^{tL} = sum_k Poisson(k; Lambda t) (I + L / Lambda)^k, all terms non-negative.

    Parameters
    ----------
    tolerance : float
        Bound on the Poisson mass left out on either side, at least 1e-16.

    Raises
    ------
    ValueError
        If `tolerance` is not in [1e-16, 1e-2].

    Notes
    -----
    The error is at most the tolerance times the largest value, known before; what is left out is put back in proportion
    so that mass and constants are kept to rounding. Costs Lambda t products, Lambda the fastest rate: the method for
    positivity and moderate times. Needs a Q-matrix: rates at least 0 and rows that sum to minus a killing.
    Jensen, Skandinavisk Aktuarietidskrift 36 (1953) 87.

    Examples
    --------
    >>> Uniformisation().solve([[-1.0, 1.0], [2.0, -2.0]], [1.0, 0.0], 0.5, transpose=True).sum()
    np.float64(1.0)
    """

    tolerance: float = 1e-14

    def __post_init__(self) -> None:
        if not 1e-16 <= self.tolerance <= 1e-2:
            raise ValueError(f"tolerance={self.tolerance!r} must lie between 1e-16 and 1e-2, e.g. 1e-14.")

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
            If the operator is not a Q-matrix, naming the entry; if it takes more than a billion products; if a shape
            does not fit, or a value or time is not finite.
        """
        jumps = _Jumps(operator)

        def advance(state: FloatArray, forcing: FloatArray | None, step: float) -> FloatArray:
            return jumps.mixed(state, forcing, step, self.tolerance, transpose)

        return march(advance, operator, values, times, source)

    def stepper(self, operator: Operator, step: float) -> "UniformisationStepper":
        """Return the linear map over one step; its transpose is exact to rounding."""
        return UniformisationStepper(operator, checked_step(step), self.tolerance)


class UniformisationStepper:
    """The map over one step."""

    def __init__(self, operator: Operator, step: float, tolerance: float) -> None:
        self.step, self.tolerance, self.shape, self._jumps = step, tolerance, shape_of(operator), _Jumps(operator)

    def apply(self, values: ArrayLike) -> FloatArray:
        """Return the fields one step later; leading axes are several fields at once."""
        return self._map(values, transpose=False)

    def transpose(self, values: ArrayLike) -> FloatArray:
        """Apply the transposed map, that of masses."""
        return self._map(values, transpose=True)

    def _map(self, values: ArrayLike, transpose: bool) -> FloatArray:
        state = fields(values, self.shape)
        return self._jumps.mixed(state, None, self.step, self.tolerance, transpose).reshape(np.shape(values))


class _Jumps:
    """Jump probabilities per tick of a clock, of a stencil on at most three axes or of any matrix."""

    def __init__(self, operator: Operator) -> None:
        if isinstance(operator, Stencil) and len(operator.shape) <= 3:
            loss, leaving = operator.killing.ravel(), -operator.diagonal.ravel()
            parts, rates, self.series = _stencil_parts(operator)
        else:
            matrix = matrix_of(operator)
            loss, leaving = loss_of(matrix), -matrix.diagonal()
            parts, rates, self.series = _matrix_parts(matrix)
        _check_loss(loss)
        self.rate = MARGIN * max(float(leaving.max()), np.finfo(float).tiny)
        self.loss = loss / self.rate if loss.any() else NO_LOSS
        self.parts = (*parts, rates / self.rate)

    def mixed(
        self, state: FloatArray, source: FloatArray | None, step: float, tolerance: float, transpose: bool
    ) -> FloatArray:
        """Return the fields, of shape (n_fields, size), after the step."""
        terms, tails = poisson_window(self.rate * step, tolerance)
        out = np.zeros_like(state)
        for k, row in enumerate(state):
            self._add(row, terms, transpose, out[k])
            if source is not None:
                # The chance of more than k ticks, over the rate, is the time spent after k of them.
                self._add(source[k], tails / self.rate, transpose, out[k])
        return out

    def _add(self, row: FloatArray, terms: FloatArray, transpose: bool, out: FloatArray) -> None:
        work = np.empty((2, row.size))
        work[0] = row
        self.series(*self.parts, self.loss, transpose, terms, work, out)


def _stencil_parts(stencil: Stencil) -> tuple[tuple[Any, ...], FloatArray, Any]:
    pad = 3 - len(stencil.shape)
    used = [k for k, offset in enumerate(stencil.offsets) if any(offset)]
    rates = np.ascontiguousarray(np.asarray(stencil.rates, dtype=float)[used])
    for k, index in enumerate(used):
        if (rates[k] < 0.0).any():
            node = tuple(int(i) for i in np.argwhere(rates[k] < 0.0)[0])
            raise _not_a_rate(f"by {stencil.offsets[index]} from node {node}", float(rates[k][node]))
    offsets = np.array([(0,) * pad + tuple(stencil.offsets[k]) for k in used], dtype=np.int64).reshape(-1, 3)
    return (offsets,), rates.reshape(len(used), *(1,) * pad, *stencil.shape), kernels.stencil_series


def _matrix_parts(matrix: Any) -> tuple[tuple[Any, ...], FloatArray, Any]:
    jumps = matrix.copy()
    jumps.setdiag(0.0)
    jumps.eliminate_zeros()
    if jumps.nnz and (worst := float(jumps.data.min())) < 0.0:
        entry = jumps.tocoo()
        k = int(np.argmin(entry.data))
        raise _not_a_rate(f"from state {entry.coords[0][k]} to state {entry.coords[1][k]}", worst)
    return (jumps.indptr.astype(np.int64), jumps.indices.astype(np.int64)), jumps.data, kernels.matrix_series


def _not_a_rate(jump: str, rate: float) -> ValueError:
    return ValueError(
        f"operator has the rate {rate:g} for the jump {jump}: uniformisation needs rates of at least 0. Use Krylov() "
        "or Contour(), or a discretisation that is a Q-matrix."
    )


def _check_loss(loss: FloatArray) -> None:
    if (worst := int(np.argmin(loss))) >= 0 and loss[worst] < 0.0:
        raise ValueError(
            f"operator gains {-loss[worst]:g} per unit of time in state {worst}, where its row must sum to at most 0. "
            "Use Krylov() or Contour(), or a killing of at least 0."
        )


def poisson_window(mean: float, tolerance: float) -> tuple[FloatArray, FloatArray]:
    """Return Poisson probabilities from 0 up, zero below a window, and the chances of more; both ends of it are cut.

    Parameters
    ----------
    mean : float
        At least 0.
    tolerance : float
        Bound on what each cut leaves out.

    Returns
    -------
    tuple of two arrays, shape (n,)
        Probabilities that sum to one, and the chance of more than k for each k.

    Raises
    ------
    ValueError
        If it takes more than a billion terms.
    """
    if mean > MOST:
        raise ValueError(
            f"times of {mean:.3g} jumps are beyond the limit of {MOST:g} products for uniformisation. Use Contour(), "
            f"or a time {mean / MOST:.3g} times shorter."
        )
    first, last = _quantile(tolerance, mean, 1), _quantile(tolerance, mean, -1)
    terms = np.zeros(last + 1)
    kernels.poisson_terms(mean, first, terms[first:])
    terms /= terms.sum()
    # Summed from the far end: small tails keep their digits.
    tails = np.append(np.cumsum(terms[::-1])[::-1][1:], 0.0)
    return terms, tails


def _quantile(tolerance: float, mean: float, side: int) -> int:
    """Return the last k that leaves at most the tolerance below, or the first that does above."""
    reach = np.sqrt(-2.0 * np.log(tolerance))
    if side > 0:
        return max(0, int(mean - reach * np.sqrt(mean)))
    # Bennett's bound, exp(-x^2 / (2 (mean + x / 3))), solved for x.
    third = reach**2 / 3.0
    return int(np.ceil(mean + 0.5 * third + np.sqrt(0.25 * third**2 + mean * reach**2))) + 1
