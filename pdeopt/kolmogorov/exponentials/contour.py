"""Exponentials by quadrature of the inverse Laplace transform along a hyperbola around the spectrum."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kolmogorov.exponentials.marching import checked_step, march
from pdeopt.kolmogorov.exponentials.operators import Operator, fields, is_lossless, shape_of
from pdeopt.kolmogorov.exponentials.resolvents import ComplexArray, resolvents
from pdeopt.kolmogorov.exponentials.symbols import safe_step

__all__ = ["Contour", "hyperbola"]

HYPERBOLAS = {16: (29.343, 0.912, 0.0958), 24: (13.328, 0.775, 0.0923), 32: (11.007, 0.576, 0.0841)}
"""Scale, angle and spacing that minimise truncation plus rounding over the region of `REACH`, by number of poles."""

REACH = {16: 4.0, 24: 4.0, 32: 16.0}
"""The region of exactness: |Im z|^2 <= reach |Re z|."""

AGREEMENT = {16: 1e-12, 24: 4e-14, 32: 1e-13}
"""Steps of twice the length are taken once they change the solution by less, relative to its norm."""

FLOOR = 1e-30
"""Below this share of what was there at first nothing is said of the digits."""


@dataclass(frozen=True)
class Contour:
    """Sum over poles of e^{tL} u = sum_k Re c_k (z_k - t L)^{-1} u, the poles on a hyperbola around the spectrum.

    Parameters
    ----------
    n_poles : int
        16, 24 or 32; solves per step. Errors of a step are near 4e-14, 2e-15 and 3e-15, and the hyperbola of 32 poles
        encloses spectra of a wider drift, so that it needs fewer steps.

    Raises
    ------
    ValueError
        If there is no hyperbola of that number of poles.

    Notes
    -----
    Weideman & Trefethen, Mathematics of Computation 76 (2007) 1341, with parameters optimised for the region
    ``|Im z|^2 <= P |Re z|`` which holds the spectrum, and the pseudospectrum, of a drift-diffusion over a time P D /
    b^2. Within that time a step is exact to rounding. Longer ones are tried against two of half their length and taken
    where they agree: their error commutes with the semigroup, a contraction, so that it does not grow later. On a line
    and a ring a step is a sweep per pole, in all other cases a sparse factor per pole. Mass and constants are kept to
    1e-14 per step; positivity only up to such errors (`Uniformisation` keeps it).

    Examples
    --------
    >>> import numpy as np
    >>> swap = np.array([[-1.0, 1.0], [2.0, -2.0]])
    >>> values = Contour().solve(swap, [1.0, 0.0], 0.5)
    >>> bool(abs(values[0] - (2.0 + np.exp(-1.5)) / 3.0) < 1e-14)
    True
    """

    n_poles: int = 24

    def __post_init__(self) -> None:
        if self.n_poles not in HYPERBOLAS:
            raise ValueError(f"n_poles={self.n_poles!r} has no hyperbola: use one of {sorted(HYPERBOLAS)}.")

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
        operator : Stencil or square matrix
        values : array, shape ``(..., *shape)``
            Fields at time 0; leading axes are several of them.
        times : float or sequence of float
            In any order, at least 0.
        source : array, optional
            Constant in time, one field or as many as `values`.
        transpose : bool
            Solve u' = L^T u + source, that of masses.

        Returns
        -------
        array, shape ``(..., *shape)``
            With a leading axis of times if these are a sequence.

        Raises
        ------
        ValueError
            If a shape does not fit, or a value or time is not finite.
        """
        pace = _Doubling(self, operator, transpose)
        return march(pace.advance, operator, values, times, source)

    def stepper(self, operator: Operator, step: float) -> "ContourStepper":
        """Return the linear map over one step; its transpose is exact to rounding."""
        return ContourStepper(self, operator, checked_step(step))

    def factored(self, operator: Operator, step: float) -> Any:
        """Return the shifted factors over one step that is taken as it is."""
        return resolvents(operator, step, *hyperbola(self.n_poles))


class ContourStepper:
    """The map over one step, cut into as many equal parts as are exact."""

    def __init__(self, method: Contour, operator: Operator, step: float) -> None:
        self.step, self.shape = step, shape_of(operator)
        self.n_parts = int(np.ceil(step / safe_step(operator, REACH[method.n_poles])))
        self._factors = method.factored(operator, step / self.n_parts)

    def apply(self, values: ArrayLike) -> FloatArray:
        """Return the fields one step later; leading axes are several fields at once."""
        return self._map(values, transpose=False)

    def transpose(self, values: ArrayLike) -> FloatArray:
        """Apply the transposed map, that of masses."""
        return self._map(values, transpose=True)

    def _map(self, values: ArrayLike, transpose: bool) -> FloatArray:
        state = fields(values, self.shape)
        for _ in range(self.n_parts):
            state = self._factors.apply(state, None, transpose)
        return state.reshape(np.shape(values))


class _Doubling:
    """Steps that start at the safe length and double while twice the length agrees."""

    def __init__(self, method: Contour, operator: Operator, transpose: bool) -> None:
        self.method, self.operator, self.transpose = method, operator, transpose
        self.safe = safe_step(operator, REACH[method.n_poles])
        self.lossless = is_lossless(operator)
        self.norm = _total if transpose else _largest
        self.floor = np.zeros(1)
        self.factored = lru_cache(maxsize=3)(lambda step: method.factored(operator, step))

    def advance(self, state: FloatArray, source: FloatArray | None, gap: float) -> FloatArray:
        """Return the fields after the gap, in steps of a power of two of its smallest part."""
        self.floor = FLOOR * self.norm(state)
        halvings = int(np.ceil(np.log2(max(1.0, gap / self.safe))))
        unit, left, size, patience, wait = gap / 2.0**halvings, 2**halvings, 1, 1, 0
        while left:
            while size > left:
                size //= 2
            state, left = self._step(state, source, size * unit), left - size
            if left % (2 * size) or wait > 0:
                wait -= 1
            elif left:
                state, left, agreed = self._trial(state, source, size * unit, left, size)
                size, patience, wait = (2 * size, 1, 0) if agreed else (size, 2 * patience, patience)
        return state

    def _step(self, state: FloatArray, source: FloatArray | None, step: float) -> FloatArray:
        if not self.lossless:
            return self._raw(state, source, step)
        if self.transpose:
            return _with_mass(self._raw(state, source, step), state, source, step)
        # What is constant stays so: only the rest is computed.
        middle = 0.5 * (state.max(axis=-1) + state.min(axis=-1))[:, None]
        return np.asarray(self._raw(state - middle, source, step) + middle)

    def _raw(self, state: FloatArray, source: FloatArray | None, step: float) -> FloatArray:
        out: FloatArray = self.factored(step).apply(state, source, self.transpose)
        return out

    def _trial(
        self, state: FloatArray, source: FloatArray | None, step: float, left: int, size: int
    ) -> tuple[FloatArray, int, bool]:
        long = self._step(state, source, 2.0 * step)
        fine = self._step(self._step(state, source, step), source, step)
        # A loss makes small what is accurate; without one the small is the rounding of the large.
        scale = np.maximum(self.norm(fine), self.norm(state) if self.lossless else self.floor)
        agreed = bool((self.norm(long - fine) <= AGREEMENT[self.method.n_poles] * scale).all())
        if agreed:
            self.safe = max(self.safe, 2.0 * step)
        return fine, left - 2 * size, agreed


def _largest(fields: FloatArray) -> FloatArray:
    return np.asarray(np.abs(fields).max(axis=-1))


def _total(fields: FloatArray) -> FloatArray:
    return np.asarray(np.abs(fields).sum(axis=-1))


def _with_mass(masses: FloatArray, before: FloatArray, source: FloatArray | None, step: float) -> FloatArray:
    # Rounding is shared by all nodes in proportion; signed fields have no scale to share it by.
    mass = before.sum(axis=-1) + (0.0 if source is None else step * source.sum(axis=-1))
    found = masses.sum(axis=-1)
    plain = (np.abs(found) > 0.5 * _total(masses)) & (np.abs(mass - found) < 1e-10 * np.abs(found))
    return masses * np.where(plain, mass / np.where(plain, found, 1.0), 1.0)[:, None]


@lru_cache
def hyperbola(n_poles: int) -> tuple[ComplexArray, ComplexArray]:
    """Return the poles z_k above the real axis and the weights c_k of exp(z) = sum_k Re c_k / (z_k - z)."""
    scale, angle, spacing = HYPERBOLAS[n_poles]
    s = spacing * (np.arange(n_poles) + 0.5)
    poles = scale * (1.0 - np.sin(angle) * np.cosh(s) + 1j * np.cos(angle) * np.sinh(s))
    slopes = scale * (-np.sin(angle) * np.sinh(s) + 1j * np.cos(angle) * np.cosh(s))
    weights = spacing / (1j * np.pi) * np.exp(poles) * slopes
    # The sum is one at zero: constants are kept to rounding, not to the error of the quadrature.
    return poles, weights / (weights / poles).sum().real
