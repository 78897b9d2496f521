"""Entropy-SGD: the gradient of the local entropy from a short Langevin loop inside every step."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["EntropySGD", "EntropySGDState"]


@dataclass(frozen=True, eq=False, repr=False)
class EntropySGDState:
    """What Entropy-SGD carries from step to step.

    Parameters
    ----------
    time : float
        Of the relaxation, at the next step.
    velocity : array, shape (d,)
        Of the momentum.
    mean : array, shape (d,)
        Average of the inner loop, an estimate of ``<y> = x - t grad u``.
    last : array, shape (d,)
        Last point of the inner loop.
    """

    time: float
    velocity: FloatArray
    mean: FloatArray
    last: FloatArray


@dataclass(frozen=True)
class EntropySGD:
    """Gradient descent on the local entropy.

    Parameters
    ----------
    step_size : float
        eta, of the outer step.
    inner_step_size : float
        eta_y; stable for ``eta_y (Lambda + 1/t) < 2``, Lambda the largest curvature.
    n_inner : int
        L, steps of the inner loop.
    time : float
        t of the relaxation at the first step (length^2 per loss; the code's stiffness is 1 / t).
    beta : float
        Inverse temperature of the inner loop; ``inf`` has no noise.
    average : float
        alpha, the weight of the OLD average in ``<y> <- alpha <y> + (1 - alpha) y``; 0 takes the last iterate.
    scoping : float
        t is divided by ``1 + scoping`` after every step.
    momentum : float
        Of Nesterov's kind; 0 for none.
    scaled : bool
        Whether the outer gradient is ``(x - <y>) / t``, as in the equation; else ``x - <y>``, as in the code published
        with [1]_, where 1 / t is part of the step size.

    Notes
    -----
    ``y <- y - eta_y (grad f(y) + (y - x) / t) + sqrt(2 eta_y / beta) xi``, L times from y = x, then
    ``x <- x - eta (x - <y>) / t``. The noise is that of the law ``exp(-beta f)``. With ``beta=inf, average=0,
    n_inner=5`` it is the inviscid variant of [1]_, section 7.2.

    References
    ----------
    .. [1] P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, arXiv:1704.04932, section 7.1.
    .. [2] P. Chaudhari et al., *Entropy-SGD*, ICLR 2017, arXiv:1611.01838 (its weights of the average are the
       other way round).

    Examples
    --------
    >>> import numpy as np
    >>> method = EntropySGD(step_size=0.1, inner_step_size=0.1, time=2.0, beta=np.inf)
    >>> x = np.array([1.0])
    >>> x, state = method.step(lambda y: 2.0 * y, x, method.init(x), np.random.default_rng(0))
    >>> round(float(x[0]), 12)
    0.960761090865
    """

    step_size: float = 0.1
    inner_step_size: float = 0.1
    n_inner: int = 20
    time: float = 1.0
    beta: float = 1e8
    average: float = 0.75
    scoping: float = 0.0
    momentum: float = 0.0
    scaled: bool = True

    def __post_init__(self) -> None:
        for name in ("step_size", "inner_step_size", "time", "beta"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"{name}={getattr(self, name)!r} must be positive, e.g. {name}=0.1.")
        for name in ("average", "momentum"):
            if not 0.0 <= getattr(self, name) < 1.0:
                raise ValueError(f"{name}={getattr(self, name)!r} must be from 0 to below 1, e.g. {name}=0.75.")
        if self.n_inner < 1 or self.scoping <= -1.0:
            raise ValueError(f"n_inner={self.n_inner!r}, scoping={self.scoping!r}: use e.g. n_inner=20, scoping=1e-3.")

    def init(self, x: FloatArray) -> EntropySGDState:
        """Return the state before the first step from x, shape (d,)."""
        return EntropySGDState(self.time, np.zeros_like(x), x, x)

    def step(
        self,
        gradient: Callable[[FloatArray], FloatArray],
        x: FloatArray,
        state: EntropySGDState,
        rng: np.random.Generator,
    ) -> tuple[FloatArray, EntropySGDState]:
        """Return the next point and state; `gradient` is called `n_inner` times, each on a new batch if it likes."""
        last, mean = self.inner(gradient, x, state.time, rng)
        slope = (x - mean) / (state.time if self.scaled else 1.0)
        velocity = self.momentum * state.velocity + slope
        moved = x - self.step_size * (slope + self.momentum * velocity)
        return moved, EntropySGDState(state.time / (1.0 + self.scoping), velocity, mean, last)

    def inner(
        self, gradient: Callable[[FloatArray], FloatArray], x: FloatArray, time: float, rng: np.random.Generator
    ) -> tuple[FloatArray, FloatArray]:
        """Return the last point and the average of the Langevin loop around x."""
        y = mean = x
        noise = np.sqrt(2.0 * self.inner_step_size / self.beta)
        for _ in range(self.n_inner):
            kick = noise * rng.standard_normal(x.size) if noise else 0.0
            y = y - self.inner_step_size * (gradient(y) + (y - x) / time) + kick
            mean = self.average * mean + (1.0 - self.average) * y
        return y, mean
