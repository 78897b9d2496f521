"""Parle: Entropy-SGD in several replicas, tied to their mean."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pdeopt._types import IntArray
from pdeopt.optimizers.elastic_sgd import mean_of, replicas_begun
from pdeopt.optimizers.instructions import GRADIENT, Instruction, add, combine
from pdeopt.optimizers.relaxed import Relaxed, check_relaxed, copied, descent
from pdeopt.optimizers.settings import (
    Number,
    Setting,
    check_count,
    check_fraction,
    check_positive,
    is_number,
    values_at,
)

__all__ = ["Parle"]


@dataclass(frozen=True)
class Parle(Relaxed):
    """Replicas that each descend on their local entropy while a spring ties them to their mean, which is the point.

    Parameters
    ----------
    step_size : float or schedule
        eta, of the outer step of a replica.
    inner_step_size : float or schedule
        eta', of the inner loop.
    n_replicas : int
    n_inner : int
        L. A step takes ``n_replicas * n_inner`` gradients.
    time : float or schedule
        gamma of [1]_: the inner loop has stiffness 1 / gamma.
    elastic_time : float or schedule
        rho of [1]_: the spring between replica and mean has stiffness 1 / rho.
    average : float or schedule
        alpha, the weight of the old average in the inner loop.
    momentum : float or schedule
        Of Nesterov's kind, in both loops.
    scoping : float
        Both times are divided by ``1 + scoping`` after every step; in [1]_ it is one half over the minibatches of an
        epoch.
    shortest, shortest_elastic : float
        Below them the times do not fall.

    Notes
    -----
    For every replica a: ``y <- y - eta' (grad f(y) + (y - x_a) / gamma)`` and ``z <- alpha z + (1 - alpha) y``, L times
    from ``y = z = x_a``; then ``x_a <- x_a - eta ((x_a - z) + (x_a - x) / rho)``. Last, x is the mean of all x_a. The
    published code has 1 / gamma and 1 / rho for gamma and rho, multiplies rho by L times the number of replicas, and
    counts a step of its scoping once for each tensor.

    References
    ----------
    .. [1] P. Chaudhari et al., "Parle: parallelizing stochastic gradient descent", SysML 2018, arXiv 1707.00424,
       equation 8 and section 3.
    """

    name: ClassVar[str] = "parle"
    step_size: Setting = 0.1
    inner_step_size: Setting = 0.1
    n_replicas: int = 3
    n_inner: int = 25
    time: Setting = 100.0
    elastic_time: Setting = 1.0
    average: Setting = 0.75
    momentum: Setting = 0.9
    scoping: float = 0.0
    shortest: float = 1.0
    shortest_elastic: float = 0.1

    def __post_init__(self) -> None:
        check_positive(self, "step_size", "inner_step_size", "elastic_time")
        check_fraction(self, "average", "momentum")
        check_count(self, "n_replicas", "n_inner")
        check_relaxed(self)
        for name in ("shortest", "shortest_elastic"):
            if not is_number(getattr(self, name)) or not getattr(self, name) >= 0.0:
                raise ValueError(f"{name}={getattr(self, name)!r} must be 0 or more, e.g. {name}=0.1.")

    def times(self, steps: IntArray) -> tuple[Number, Number]:
        """Return gamma and rho at steps."""
        first = values_at(self, "time", steps, positive=True)
        shrunk = self.time_at(steps) / first
        elastic = shrunk * values_at(self, "elastic_time", steps, positive=True)
        return limited(shrunk * first, first, self.shortest), limited(elastic, elastic / shrunk, self.shortest_elastic)

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        gamma, rho = self.times(steps)
        eta, inner = values_at(self, "step_size", steps), values_at(self, "inner_step_size", steps)
        keep, mu = (values_at(self, name, steps, below=1.0) for name in ("average", "momentum"))
        program = [copied("center", "point"), *replicas_begun(self.n_replicas, steps)]
        for k in range(1, self.n_replicas + 1):
            own = f"replica{k}"
            program += [copied("point", own), copied("mean", own)]
            program += self._loop(own, f"inner velocity{k}", inner, 1.0 / gamma, keep, mu)
            program += [combine("slope", 0.0, own, 1.0 + 1.0 / rho, "center", -1.0 / rho), add("slope", "mean", -1.0)]
            program += descent(own, own, "slope", f"velocity{k}", eta, mu)
        return [*program, *mean_of("point", self.n_replicas)]

    def _loop(
        self, own: str, velocity: str, step_size: Number, stiffness: Number, keep: Number, mu: Number
    ) -> list[Instruction]:
        pulled = [combine("slope", 0.0, "gradient", 1.0, "point", stiffness), add("slope", own, -stiffness)]
        moved = descent("point", "point", "slope", velocity, step_size, mu)
        return [GRADIENT, *pulled, *moved, combine("mean", keep, "point", 1.0 - keep)] * self.n_inner


def limited(time: Number, start: Number, shortest: float) -> Number:
    """Return a time that does not fall below the shortest, unless it starts there."""
    return np.maximum(time, np.minimum(shortest, start)) if shortest else time
