"""What systems of two time scales share: states of slow and fast variables, and the fast ones with the slow held."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from pdeopt._types import Arguments, ArrayLike, FloatArray
from pdeopt.kernels._points import LARGEST_TUPLE
from pdeopt.systems import frozen_rates, two_scale_rates, validation
from pdeopt.systems.sde import SDE

__all__ = ["TwoScaleSystem"]


@dataclass(frozen=True, eq=False, repr=False)
class TwoScaleSystem(SDE):
    """A system of slow variables x and fast variables y, the base of those that `entropy_sgd` and others return.

    dx = h(x, y) ds + slow_sigma dV and dy = (1/epsilon) g(x, y) ds + (sigma / sqrt(epsilon)) dW. The state is (x, y),
    of ``n_slow + n_fast`` components; ``args = (slow_sigma, sigma, epsilon, *parameters)``.
    """

    drift: Callable[..., Any] = field(init=False)
    diffusion: Callable[..., Any] = field(init=False)
    noise: str = field(init=False, default="additive")
    dim: int = field(init=False)
    n_noise: int | None = field(init=False, default=None)
    interpretation: str = field(init=False, default="ito")
    args: Arguments = field(init=False)
    diffusion_jacobian: Callable[..., Any] | None = field(init=False, default=None)
    name: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self._set(epsilon=validation.checked_positive(self.epsilon, "epsilon", example="0.1"))
        self._set(**self._facts())
        shape = (self.n_slow, self.n_fast)
        rates = self.rates
        if self.centred is not None:
            rates = two_scale_rates.with_centred(rates, self.centred, *shape)
        self._set(dim=sum(shape), args=(self.slow_sigma, self.sigma, self.epsilon, *self.parameters))
        self._set(drift=two_scale_rates.drift_of(rates, *shape, self.centred is not None))
        self._set(diffusion=two_scale_rates.diffusion_of(*shape))
        super().__post_init__()

    def _set(self, **facts: Any) -> None:
        for name, fact in facts.items():
            object.__setattr__(self, name, fact)

    def _facts(self) -> dict[str, Any]:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        # Facts that subclasses state in `_facts` or as fields.
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def with_epsilon(self, epsilon: float) -> Self:
        """Return the same system with other time scales.

        Parameters
        ----------
        epsilon : float
            Ratio of the fast time scale to the slow one, positive.
        """
        changes: dict[str, Any] = {"epsilon": epsilon}
        return replace(self, **changes)

    def split(self, state: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return the slow and the fast variables of states of shape (..., dim)."""
        array = np.asarray(state, dtype=np.float64)
        if array.shape[-1:] != (self.dim,):
            raise ValueError(
                f"state has shape {array.shape}, but a state holds {self.n_slow} slow and {self.n_fast} fast "
                f"variables: use shape (..., {self.dim})."
            )
        return array[..., : self.n_slow], array[..., self.n_slow :]

    def slow_points(self, x: ArrayLike) -> FloatArray:
        """Return values of the slow variables as an array of shape (..., n_slow).

        Raises
        ------
        ValueError
            If the shape does not fit, or a number is not finite.
        """
        array = np.asarray(x, dtype=np.float64)
        if self.n_slow == 1 and array.shape[-1:] != (1,):
            array = array[..., None]
        if array.shape[-1:] != (self.n_slow,) or not np.isfinite(array).all():
            raise ValueError(
                f"x of shape {np.shape(x)} must hold finite numbers with a last axis of the {self.n_slow} slow "
                f"variables, e.g. x={[0.5] * self.n_slow if self.n_slow > 1 else 0.5}."
            )
        return array

    def start(self, x: ArrayLike) -> FloatArray:
        """Return states of shape (..., dim) with the fast variables where the record says they start; see `settled`.

        Parameters
        ----------
        x : array_like, shape (..., n_slow)
            Slow variables; for one of them also numbers.
        """
        slow = self.slow_points(x)
        return np.concatenate([slow, self._fast_start(slow)], axis=-1)

    def _fast_start(self, slow: FloatArray) -> FloatArray:
        return np.zeros((*slow.shape[:-1], self.n_fast))

    @cached_property
    def frozen(self) -> SDE:
        """The fast variables on their own clock, the slow ones held still: state (x, y, a), da = h(x, y) ds.

        The integral a, started at 0, over the time is the time average of the slow rate.
        """
        shape = (self.n_slow, self.n_fast)
        drift = frozen_rates.frozen_drift(self.rates, *shape)
        diffusion = frozen_rates.frozen_diffusion(*shape)
        args = (self.sigma, *self.parameters)
        return SDE(drift, diffusion, "additive", self.dim + self.n_slow, args=args, name=_part(self.name, "x held"))

    def fast_at(self, x: ArrayLike) -> SDE:
        """Return the fast variables alone on their own clock, dy = g(x, y) ds + sigma dW, at one x.

        Parameters
        ----------
        x : array_like, shape (n_slow,)
            Where the slow variables are held; for one of them also a number.

        Raises
        ------
        ValueError
            If the system has more than eight components: use `frozen` then.
        """
        if self.uses_arrays:
            raise ValueError(
                f"the system has {self.dim} components, and `fast_at` serves up to {LARGEST_TUPLE}. Use `frozen`, "
                "whose state holds x too."
            )
        point = tuple(float(value) for value in self.slow_points(x).reshape(self.n_slow))
        drift = frozen_rates.fast_drift(self.rates, self.n_slow, self.n_fast)
        diffusion = frozen_rates.fast_diffusion(self.n_fast)
        args = (self.sigma, point, *self.parameters)
        return SDE(drift, diffusion, "additive", self.n_fast, args=args, name=_part(self.name, "fast variables"))

    def rates_at(self, state: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return h and g at states of shape (..., dim), each with the last axis of its variables."""
        array = np.asarray(state, dtype=np.float64)
        self.split(array)
        rows = np.ascontiguousarray(array.reshape(-1, self.dim))
        out = np.empty_like(rows)
        frozen_rates.rows_of(self.rates, self.dim)(rows, self.parameters, out)
        return self.split(out.reshape(array.shape))


def _part(name: str, part: str) -> str:
    return f"{name}, {part}" if name else part
