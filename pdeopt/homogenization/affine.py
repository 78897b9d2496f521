"""Affine two-scale systems, whose first and second moments solve linear equations exactly."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import expm, solve_continuous_lyapunov

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.homogenization.inputs import checked_system, checked_times
from pdeopt.systems import TwoScaleSystem

__all__ = ["AffineSystem", "LinearMoments", "affine_system", "linear_moments"]

PROBES = 8
"""Random states at which rates are compared with their affine form."""

ROUNDING = 1e-11
"""Relative deviation from the affine form that is rounding."""

WELL_CONDITIONED = 1e10
"""Condition number up to which slow eigenvalues are taken from the inverse, which keeps their last digits."""


@dataclass(frozen=True, eq=False)
class AffineSystem:
    """Rates h = H (x, y) + h0 and g = G (x, y) + g0 on their own clocks, and what follows.

    Parameters
    ----------
    slow, fast : array, shapes (n_slow, dim) and (n_fast, dim)
        H and G.
    slow_offset, fast_offset : array
        h0 and g0.
    sigma, slow_sigma : float
        Noise of the fast and of the slow variables.
    """

    slow: FloatArray
    fast: FloatArray
    slow_offset: FloatArray
    fast_offset: FloatArray
    sigma: float
    slow_sigma: float

    @property
    def n_slow(self) -> int:
        """Number of slow variables."""
        return len(self.slow)

    def drift(self, epsilon: float) -> tuple[FloatArray, FloatArray]:
        """Return matrix and offset of the drift of the whole state."""
        matrix = np.concatenate([self.slow, self.fast / epsilon])
        return matrix, np.concatenate([self.slow_offset, self.fast_offset / epsilon])

    def noise(self, epsilon: float) -> FloatArray:
        """Return the covariance of the noise per unit of time, shape (dim, dim)."""
        slow = np.full(self.n_slow, self.slow_sigma**2)
        return np.diag(np.concatenate([slow, np.full(len(self.fast), self.sigma**2 / epsilon)]))

    @property
    def averaged(self) -> tuple[FloatArray, FloatArray]:
        """Matrix and offset of the averaged drift of x: y at its mean given x."""
        n = self.n_slow
        gain = np.linalg.solve(self.fast[:, n:], np.column_stack([self.fast[:, :n], self.fast_offset]))
        full = np.column_stack([self.slow[:, :n], self.slow_offset]) - self.slow[:, n:] @ gain
        return full[:, :n], full[:, n]

    def fast_mean(self, x: FloatArray) -> FloatArray:
        """Return the mean of y at rest given x."""
        n = self.n_slow
        return np.asarray(-np.linalg.solve(self.fast[:, n:], self.fast[:, :n] @ x + self.fast_offset))

    @property
    def fast_covariance(self) -> FloatArray:
        """The covariance of y at rest."""
        within = self.fast[:, self.n_slow :]
        return np.asarray(solve_continuous_lyapunov(within, -(self.sigma**2) * np.eye(len(within))))

    @property
    def fast_is_stable(self) -> bool:
        """Whether y comes to rest."""
        return bool(np.linalg.eigvals(self.fast[:, self.n_slow :]).real.max() < 0.0)

    @property
    def clt_covariance(self) -> FloatArray:
        """2 int_0^inf Cov(h(y_0), h(y_s)) ds, shape (n_slow, n_slow)."""
        gain = self.slow[:, self.n_slow :]
        half = -gain @ np.linalg.solve(self.fast[:, self.n_slow :], self.fast_covariance @ gain.T)
        return np.asarray(half + half.T)


def affine_system(system: TwoScaleSystem) -> AffineSystem | None:
    """Return the affine form of the rates of a system, or None if they are not affine, to rounding."""
    if system.centred is not None:
        return None
    n, dim = system.n_slow, system.dim
    rng = np.random.default_rng(0)
    states = np.concatenate([np.zeros((1, dim)), np.eye(dim), 3.0 * rng.normal(size=(PROBES, dim))])
    with np.errstate(all="ignore"):
        rates = np.concatenate(system.rates_at(states), axis=-1)
    offset, matrix = rates[0], (rates[1 : dim + 1] - rates[0]).T
    rest = rates[dim + 1 :] - (states[dim + 1 :] @ matrix.T + offset)
    if not np.all(np.abs(rest) <= ROUNDING * np.abs(rates).max()):
        return None
    return AffineSystem(matrix[:n], matrix[n:], offset[:n], offset[n:], system.sigma, system.slow_sigma)


@dataclass(frozen=True, eq=False, repr=False)
class LinearMoments:
    """Exact mean and covariance of a system whose rates are affine.

    Parameters
    ----------
    times : array, shape (n_times,)
    mean : array, shape (n_times, dim)
    covariance : array, shape (n_times, dim, dim)
    stationary_mean : array, shape (dim,), or None
        None where the system does not come to rest.
    stationary_covariance : array, shape (dim, dim), or None
    eigenvalues : complex array, shape (dim,)
        Of the drift, the slow ones first.
    n_slow : int
    epsilon : float
    """

    times: FloatArray
    mean: FloatArray
    covariance: FloatArray
    stationary_mean: FloatArray | None
    stationary_covariance: FloatArray | None
    eigenvalues: Any
    n_slow: int
    epsilon: float

    @property
    def slow_eigenvalues(self) -> Any:
        """The `n_slow` eigenvalues of least modulus, which tend to those of the averaged drift; real where they are."""
        found = self.eigenvalues[: self.n_slow]
        return found.real if not np.any(found.imag) else found

    def __str__(self) -> str:
        slow = ", ".join(f"{value:.16g}" for value in np.atleast_1d(self.slow_eigenvalues))
        rows = [f"Moments of an affine two-scale system, epsilon {self.epsilon:g}", f"  slow eigenvalues {slow}"]
        if self.stationary_covariance is not None:
            spread = ", ".join(f"{value:.10g}" for value in np.diag(self.stationary_covariance))
            rows.append(f"  stationary variances {spread}")
        rows += [f"  time {t:g}: mean {mean.round(10).tolist()}" for t, mean in zip(self.times, self.mean, strict=True)]
        return "\n".join(rows)

    def __repr__(self) -> str:
        return f"<LinearMoments at {self.times.size} times, epsilon {self.epsilon:g}>"


def linear_moments(
    system: TwoScaleSystem,
    state: ArrayLike,
    *,
    times: ArrayLike = (0.0,),
    covariance: ArrayLike | None = None,
) -> LinearMoments:
    """Return exact moments of a two-scale system whose rates are affine, as in a quadratic landscape.

    Parameters
    ----------
    system : TwoScaleSystem
    state : array_like, shape (dim,)
        The mean at time 0, such as ``system.start(x)``.
    times : array_like, shape (n_times,)
        When, on the slow clock, not negative.
    covariance : array_like, shape (dim, dim), optional
        At time 0; by default zero.

    Returns
    -------
    LinearMoments

    Raises
    ------
    ValueError
        If the rates are not affine.

    Notes
    -----
    The mean by the matrix exponential. The covariance by doubling, C(2s) = C(s) + E C(s) E^T, E = exp(s A), from a step
    s so short that Van Loan's exponential keeps its digits, however stiff A is.

    Examples
    --------
    >>> import pdeopt
    >>> system = pdeopt.systems.entropy_sgd(pdeopt.landscapes.quadratic(2.0), time=0.5, beta=2.0, epsilon=0.01)
    >>> linear_moments(system, system.start(1.0)).slow_eigenvalues.round(12).tolist()
    [-0.997500015625]
    """
    parts = affine_system(checked_system(system))
    if parts is None:
        raise ValueError(
            f"the rates of {system!r} are not affine, and their moments solve no closed equations. Use "
            "pdeopt.landscapes.quadratic(...), or pdeopt.simulate."
        )
    matrix, offset = parts.drift(system.epsilon)
    noise, when = parts.noise(system.epsilon), checked_times(times)
    mean0, spread0 = _checked_start(system, state, covariance)
    flows = [_flow(matrix, offset, noise, t) for t in when]
    mean = np.array([e @ mean0 + drift for e, drift, _ in flows])
    spread = np.array([c + e @ spread0 @ e.T for e, _, c in flows])
    rest, modes = _rest(matrix, offset, noise), _slow_first(matrix)
    return LinearMoments(when, mean, spread, *rest, modes, parts.n_slow, system.epsilon)


def _checked_start(system: TwoScaleSystem, state: ArrayLike, covariance: Any) -> tuple[FloatArray, FloatArray]:
    mean = np.asarray(state, dtype=np.float64)
    spread = np.zeros((system.dim, system.dim)) if covariance is None else np.asarray(covariance, dtype=np.float64)
    if mean.shape != (system.dim,) or spread.shape != (system.dim, system.dim):
        raise ValueError(
            f"state has shape {mean.shape} and covariance {spread.shape}: use ({system.dim},), e.g. system.start(x), "
            f"and ({system.dim}, {system.dim})."
        )
    return mean, spread


def _flow(matrix: FloatArray, offset: FloatArray, noise: FloatArray, t: float) -> tuple[FloatArray, ...]:
    """Return exp(t A), what the offset adds to the mean, and the covariance from a fixed start."""
    dim = len(matrix)
    doublings = max(0, int(np.ceil(np.log2(max(t * np.abs(matrix).sum(axis=1).max(), 1e-300)))))
    s = t / 2**doublings
    block = np.zeros((2 * dim + 1, 2 * dim + 1))
    block[:dim, :dim], block[:dim, dim : 2 * dim], block[dim : 2 * dim, dim : 2 * dim] = -matrix, noise, matrix.T
    pushed = np.zeros((dim + 1, dim + 1))
    pushed[:dim, :dim], pushed[:dim, dim] = matrix, offset
    e, added = np.split(expm(s * pushed)[:dim], [dim], axis=1)
    spread = e @ expm(s * block)[:dim, dim : 2 * dim]
    for _ in range(doublings):
        spread, added, e = spread + e @ spread @ e.T, added + e @ added, e @ e
    return e, added[:, 0], 0.5 * (spread + spread.T)


def _rest(matrix: FloatArray, offset: FloatArray, noise: FloatArray) -> tuple[FloatArray | None, FloatArray | None]:
    if np.linalg.eigvals(matrix).real.max() >= 0.0:
        return None, None
    return np.asarray(-np.linalg.solve(matrix, offset)), np.asarray(solve_continuous_lyapunov(matrix, -noise))


def _slow_first(matrix: FloatArray) -> Any:
    if np.linalg.cond(matrix) < WELL_CONDITIONED:
        found = np.linalg.eigvals(np.linalg.inv(matrix))
        return 1.0 / found[np.argsort(-np.abs(found))]
    found = np.linalg.eigvals(matrix)
    return found[np.argsort(np.abs(found))]
