"""The proximal map by Hamilton-Jacobi: a weighted mean of Gaussian samples, and descent with adaptive time."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from pdeopt._types import FloatArray

__all__ = ["HJProx", "HJProxState"]


@dataclass(frozen=True, eq=False, repr=False)
class HJProxState:
    """What HJ-MAD carries from step to step.

    Parameters
    ----------
    time : float
        t of the next step.
    delta : float
        Temperature of the last step.
    slope : array, shape (d,)
        The averaged ``t grad u = x - prox``.
    ratio : float
        Of the last two lengths of it; decides whether the time grows.
    effective_sample_size : float
    """

    time: float
    delta: float
    slope: FloatArray
    ratio: float = 1.0
    effective_sample_size: float = 0.0


@dataclass(frozen=True)
class HJProx:
    """Descent along ``x <- x - alpha t grad u(x, t)`` with samples, by values alone (HJ-MAD).

    Parameters
    ----------
    delta : float or None
        Temperature 1 / beta. None chooses it in every step, so that the weights have an effective sample size of
        `share` times `n_samples`, at the spread ``sqrt(delta t)`` asked for.
    time : float
        t of the first step.
    n_samples : int
    step_size : float
        alpha; 1 goes to the prox.
    theta : float
        The time grows when ``t |grad u|`` is at most theta times what it was, and shrinks otherwise.
    shrink, grow : float
        Factors of the time.
    shortest, longest : float
        Limits of the time.
    memory : float
        Weight of the old gradient in the new.
    share : float
        Effective share of the samples, where `delta` is None.

    Notes
    -----
    ``prox = x - t grad u = E[y exp(-f(y) / delta)] / E[exp(-f(y) / delta)]``, y from N(x, delta t I) [1]_ [2]_. Weights
    are a softmax, so that no exponential underflows: with 1e-12 added to the denominator, as in the published code, the
    prox of a high plateau is the origin.

    References
    ----------
    .. [1] H. Heaton, S. Wu Fung, S. Osher, *Global solutions to nonconvex problems by evolution of Hamilton-Jacobi
       PDEs*, Communications on Applied Mathematics and Computation (2023).
    .. [2] S. Osher, H. Heaton, S. Wu Fung, *A Hamilton-Jacobi-based proximal operator*, PNAS 120 (2023).

    Examples
    --------
    >>> import numpy as np
    >>> method, rng = HJProx(delta=0.1, time=1.0, n_samples=4000), np.random.default_rng(0)
    >>> x = np.array([1.0])
    >>> moved, state = method.step(lambda y: 0.5 * float(y @ y), x, method.init(x), rng)
    >>> bool(abs(moved[0] - 0.5) < 0.05)
    True
    """

    delta: float | None = None
    time: float = 1.0
    n_samples: int = 50
    step_size: float = 1.0
    theta: float = 1.0
    shrink: float = 0.5
    grow: float = 5.0
    shortest: float = 0.0
    longest: float = np.inf
    memory: float = 0.0
    share: float = 0.1

    def __post_init__(self) -> None:
        for name in ("time", "step_size", "theta", "grow", "share"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"{name}={getattr(self, name)!r} must be positive, e.g. {name}=1.0.")
        if self.delta is not None and not 0.0 < self.delta < np.inf:
            raise ValueError(f"delta={self.delta!r} must be positive and finite, or None, e.g. delta=0.1.")
        if self.n_samples < 2 or not 0.0 < self.shrink < 1.0 or not 0.0 <= self.memory < 1.0:
            raise ValueError(
                f"n_samples={self.n_samples!r}, shrink={self.shrink!r}, memory={self.memory!r}: use e.g. "
                "n_samples=50, shrink=0.5, memory=0.0."
            )

    def init(self, x: FloatArray) -> HJProxState:
        """Return the state before the first step from x, shape (d,)."""
        return HJProxState(self.time, self.delta or 1.0, np.zeros_like(x), np.inf)

    def step(
        self,
        function: Callable[[FloatArray], float],
        x: FloatArray,
        state: HJProxState,
        rng: np.random.Generator,
        inside: Callable[[FloatArray], FloatArray] = lambda points: points,
    ) -> tuple[FloatArray, HJProxState]:
        """Return the next point and state, after `n_samples` evaluations; `inside` takes samples back into bounds."""
        spread = np.sqrt(state.time * state.delta)
        points = inside(x + spread * rng.standard_normal((self.n_samples, x.size)))
        weights, delta = self.weights(np.array([function(y) for y in points]), state.delta)
        slope = self.memory * state.slope + (1.0 - self.memory) * (x - weights @ points)
        before, now = float(np.linalg.norm(state.slope)), float(np.linalg.norm(slope))
        ratio = now / before if before > 0.0 else np.inf
        factor = self.grow if ratio <= self.theta else self.shrink
        # The spread is what was sampled: another delta at the same spread is another time.
        time = float(np.clip(state.time * state.delta / delta * factor, self.shortest, self.longest))
        size = float(1.0 / (weights**2).sum())
        return inside(x - self.step_size * slope), HJProxState(time, delta, slope, ratio, size)

    def weights(self, values: FloatArray, delta: float) -> tuple[FloatArray, float]:
        """Return softmax weights and their temperature; walls have weight 0."""
        finite = np.isfinite(values)
        if not finite.any():
            return np.full(len(values), 1.0 / len(values)), delta
        lowered = values - values[finite].min()
        if self.delta is not None:
            return softmax(-lowered / self.delta), self.delta
        return cooled(lowered, max(self.share * len(values), 1.5))


def cooled(lowered: FloatArray, size: float) -> tuple[FloatArray, float]:
    """Return softmax weights with an effective sample size, and their temperature."""
    spread = float(np.std(lowered[np.isfinite(lowered)]))
    if spread == 0.0:
        return softmax(np.where(np.isfinite(lowered), 0.0, -np.inf)), 1.0
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        weights = softmax(-lowered / (spread * np.exp(middle)))
        low, high = (middle, high) if 1.0 / (weights**2).sum() < size else (low, middle)
    return weights, spread * float(np.exp(middle))
