"""Descent on the local entropy of a Gaussian: evaluations reused, temperature and metric from what they say."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.optimizers.archive import Archive
from pdeopt.optimizers.quadratics import Quadratic, entropic_step, n_coefficients, regressed

__all__ = ["LocalEntropyDescent", "LocalEntropyState"]

NOTHING = Quadratic(np.inf, np.empty(0), np.empty((0, 0)), np.inf, 0.0, 0.0)


@dataclass(frozen=True, eq=False, repr=False)
class LocalEntropyState:
    """What a descent carries from step to step.

    Parameters
    ----------
    factor : array, shape (d, d)
        Cholesky factor L of the covariance ``L L^T = (t / beta) K`` of the kernel.
    archive : Archive
        All evaluations.
    kind : str
        Of the last step: ``"entropic"``, ``"prox"`` where the landscape has no slope that stands out from its
        ripples, ``"newton"`` where a quadratic explains it, ``""`` before the first.
    model : Quadratic
        The relaxed landscape seen by the last step.
    beta : float
        Inverse temperature of the last step, ``inf`` for a prox or Newton's step.
    length : float
        Of the last step in units of the kernel.
    predicted : float
        Value that the model has at the new centre.
    effective_sample_size : float
    """

    factor: FloatArray
    archive: Archive
    kind: str = ""
    model: Quadratic = field(default_factory=lambda: NOTHING)
    beta: float = np.inf
    length: float = np.inf
    predicted: float = np.inf
    effective_sample_size: float = 0.0

    @property
    def scale(self) -> float:
        """Geometric mean of the axes of the kernel, a length."""
        return float(np.exp(np.log(np.abs(np.diag(self.factor))).mean()))


@dataclass(frozen=True)
class LocalEntropyDescent:
    """Steps of ``x <- prox of the local entropy``, over Gaussians, by values alone.

    Parameters
    ----------
    scale : float
        Standard deviation ``sqrt(t / beta)`` of the first kernel, a length.
    n_samples : int, optional
        Effective sample size of a step; by default twice the coefficients of a quadratic.
    scoping : float
        Factor of the length of the kernel from step to step, below 1.
    nats : float
        Relative entropy between one kernel and the next, which sets the temperature.
    lower, upper : tuple of float, optional
        Bounds; draws beyond them are reflected.
    memory : int
        Evaluations that are kept.

    Notes
    -----
    ``u(x, t) = min over rho of E_rho f + KL(rho | N(x, (t / beta) K)) / beta``. A step takes the Gaussian rho that
    attains the minimum: mean ``x - t K E_rho grad f`` and precision ``beta (E_rho hess f + (t K)^-1)``, with the means
    from a regression (Stein's identity) on all evaluations so far, reweighted by their mixture. It becomes the next
    kernel, so that a metric is learnt. beta is where the relative entropy is `nats`. The kernel then shrinks at least
    by `scoping` unless the step was long. Where the regression is not significant, the step is the prox at
    ``beta = inf`` among the evaluations; where it leaves less than 3 % of the variance, Newton's.

    Over all Gaussians and with a bound on the entropy this is the step of model-based relative entropy stochastic
    search [1]_; the free-energy form is in [2]_.

    References
    ----------
    .. [1] A. Abdolmaleki et al., *Model-based relative entropy stochastic search*, NeurIPS 2015.
    .. [2] N. Garcia Trillos, B. Hosseini, D. Sanz-Alonso, *From optimization to sampling through gradient flows*,
       Notices of the AMS 70 (2023).

    Examples
    --------
    >>> import numpy as np
    >>> descent = LocalEntropyDescent(scale=2.0)
    >>> x, rng = np.array([3.0, -2.0]), np.random.default_rng(0)
    >>> state = descent.init(x)
    >>> for _ in range(10):
    ...     x, state = descent.step(lambda y: float(y @ y), x, state, rng)
    >>> bool(np.abs(x).max() < 1e-8)
    True
    """

    scale: float | tuple[float, ...] = 1.0
    n_samples: int | None = None
    scoping: float = 0.8
    nats: float = 1.0
    lower: tuple[float, ...] | None = None
    upper: tuple[float, ...] | None = None
    memory: int = 20_000
    explained: float = 0.97
    significance: float = 3.0
    narrowing: float = 0.2

    def init(self, x: FloatArray) -> LocalEntropyState:
        """Return the state before the first step from x, shape (d,)."""
        return LocalEntropyState(
            np.diag(np.broadcast_to(np.asarray(self.scale, float), x.shape)), Archive.empty(x.size)
        )

    def step(
        self, function: Callable[[FloatArray], float], x: FloatArray, state: LocalEntropyState, rng: np.random.Generator
    ) -> tuple[FloatArray, LocalEntropyState]:
        """Return the next point and state; evaluates only where the archive does not suffice."""
        state = self.sampled(function, x, state, rng)
        seen = self.modelled(x, state)
        if seen.model.significance < self.significance:
            return self._prox(x, seen)
        if seen.model.explained > self.explained and seen.model.is_convex:
            return self._newton(x, seen)
        return self._entropic(x, seen)

    def wanted(self, state: LocalEntropyState) -> float:
        """Return the effective sample size that a step needs."""
        n = n_coefficients(len(state.factor))
        if state.kind == "newton":
            return 1.2 * n
        return float(2 * n if state.kind == "prox" or not self.n_samples else self.n_samples)

    def sampled(
        self, function: Callable[[FloatArray], float], x: FloatArray, state: LocalEntropyState, rng: np.random.Generator
    ) -> LocalEntropyState:
        """Return the state with enough evaluations near x."""
        archive, wanted = state.archive, self.wanted(state)
        size = archive.weights(x, state.factor)[1]
        while size < wanted:
            share = 0.3 if len(archive.points) else 1.0
            n = max(int(np.ceil(share * (wanted - size))), 2)
            points = self.drawn(x, state.factor, n, rng)
            archive = archive.with_draws(x, state.factor, points, np.array([function(y) for y in points]))
            size = archive.weights(x, state.factor)[1]
        return replace(state, archive=archive.recent(self.memory), effective_sample_size=size)

    def drawn(self, x: FloatArray, factor: FloatArray, n: int, rng: np.random.Generator) -> FloatArray:
        """Return n draws from the kernel, in pairs that mirror each other, reflected at the bounds."""
        normal = rng.standard_normal((n, x.size))
        half = n // 2
        normal[half : 2 * half] = -normal[:half]
        return self.inside(x + normal @ factor.T)

    def inside(self, points: FloatArray) -> FloatArray:
        """Return points reflected into the bounds."""
        if self.lower is None or self.upper is None:
            return points
        return reflected(points, np.asarray(self.lower), np.asarray(self.upper))

    def clipped(self, x: FloatArray) -> FloatArray:
        """Return the nearest point inside the bounds."""
        return x if self.lower is None or self.upper is None else np.clip(x, self.lower, self.upper)

    def modelled(self, x: FloatArray, state: LocalEntropyState) -> LocalEntropyState:
        """Return the state with the relaxed landscape around x."""
        weights, _ = state.archive.weights(x, state.factor)
        near = weights > 1e-6
        values = state.archive.values[near]
        finite = np.isfinite(values)
        if finite.sum() <= n_coefficients(x.size):
            return replace(state, model=NOTHING)
        z = np.asarray(np.linalg.solve(state.factor, (state.archive.points[near] - x).T).T, dtype=float)
        # A wall counts as the highest value seen beside it: enough to be pushed away.
        return replace(state, model=regressed(z, np.where(finite, values, values[finite].max()), weights[near]))

    def _prox(self, x: FloatArray, state: LocalEntropyState) -> tuple[FloatArray, LocalEntropyState]:
        """Move to the lowest value among the evaluations that the kernel sees, the prox at beta = inf."""
        weights, _ = state.archive.weights(x, state.factor)
        lowest = int(np.argmin(np.where(weights > 0.05, state.archive.values, np.inf)))
        best = state.archive.points[lowest]
        return best, replace(
            state,
            factor=0.5 * state.factor,
            kind="prox",
            beta=np.inf,
            length=0.0,
            predicted=float(state.archive.values[lowest]),
        )

    def _newton(self, x: FloatArray, state: LocalEntropyState) -> tuple[FloatArray, LocalEntropyState]:
        """Move to the minimum of the quadratic, and look at it closer if it lies within."""
        shift = -np.asarray(np.linalg.solve(state.model.hessian, state.model.gradient), dtype=float)
        length = float(np.linalg.norm(shift))
        shift *= min(1.0, 2.0 / max(length, 1e-300))
        new = self.clipped(x + state.factor @ shift)
        shift = np.asarray(np.linalg.solve(state.factor, new - x), dtype=float)
        # A minimum beyond a bound is met at the bound: the way that was left to go counts.
        length = min(length, float(np.linalg.norm(shift)) / 0.95)
        factor = state.factor * (self.narrowing if length <= 2.0 else 1.0)
        predicted = state.model.at(shift)
        return new, replace(state, factor=factor, kind="newton", beta=np.inf, length=length, predicted=predicted)

    def _entropic(self, x: FloatArray, state: LocalEntropyState) -> tuple[FloatArray, LocalEntropyState]:
        """Move to the Gaussian that minimises the free energy."""
        found = entropic_step(state.model.gradient, state.model.hessian, self.nats)
        longest = 1.5 * np.sqrt(self.nats)
        shift = found.shift * min(1.0, longest / max(float(np.linalg.norm(found.shift)), 1e-300))
        aim = x + state.factor @ shift
        new = self.clipped(aim)
        length = float(np.linalg.norm(shift)) if (new == aim).all() else 0.0
        scaling = self._scaling(length / longest, state)
        factor = state.factor @ (found.factor * np.exp(min(scaling - found.log_scale, 0.0) + max(scaling, 0.0)))
        return new, replace(
            state,
            factor=triangular(factor),
            kind="entropic",
            beta=found.beta / state.model.spread,
            length=length,
            predicted=state.model.at(shift),
        )

    def _scaling(self, length: float, state: LocalEntropyState) -> float:
        """Return by how much the logarithm of the scale should change: down at a short step, up on a long slope."""
        if length < 0.53:
            return float(np.log(self.scoping))
        widest = float(np.exp(np.log(np.broadcast_to(self.scale, len(state.factor))).mean()))
        return (
            float(np.log(2.0)) if length > 0.8 and state.model.explained > 0.9 and 2.0 * state.scale < widest else 0.0
        )


def reflected(points: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Return points folded into a box, of which any side may be infinite."""
    with np.errstate(invalid="ignore"):
        width = upper - lower
        folded = np.mod(points - lower, 2.0 * width)
        both = lower + np.where(folded > width, 2.0 * width - folded, folded)
        one = np.where(np.isfinite(lower), lower + np.abs(points - lower), upper - np.abs(upper - points))
    free = np.isinf(lower) & np.isinf(upper)
    return np.asarray(np.where(free, points, np.where(np.isfinite(width), both, one)))


def triangular(factor: FloatArray) -> FloatArray:
    """Return the Cholesky factor of ``factor factor^T``, no axis shorter than 1e-4 of the longest."""
    axes, lengths, _ = np.linalg.svd(factor)
    long_enough = axes * np.maximum(lengths, 1e-4 * lengths[0])
    return np.asarray(np.linalg.cholesky(long_enough @ long_enough.T))
