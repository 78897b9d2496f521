"""Elastic-SGD: replicas that a spring ties to their centre."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pdeopt._types import IntArray
from pdeopt.optimizers.instructions import Instruction, add, combine
from pdeopt.optimizers.relaxed import Relaxed, check_relaxed, copied, loop_step, noise_size
from pdeopt.optimizers.settings import Number, Setting, check_count, check_positive, values_at

__all__ = ["ElasticSGD", "mean_of", "replicas_begun"]


@dataclass(frozen=True)
class ElasticSGD(Relaxed):
    """Several copies of the parameters, each on its own minibatches, tied to a centre, which is the point.

    Parameters
    ----------
    step_size : float or schedule
        eta_y, of the replicas; stable for ``eta_y (Lambda + 1/t) < 2``, Lambda the largest curvature.
    n_replicas : int
    time : float or schedule
        t: the spring has stiffness 1 / t.
    center_step_size : float, schedule or None
        eta of the centre; None puts it at the mean of the replicas. ``n_replicas * step_size`` is EASGD [2]_.
    n_inner : int
        L, steps of the replicas between those of the centre. A step takes ``n_replicas * n_inner`` gradients.
    beta : float or schedule
        Inverse temperature of the replicas; ``inf`` has no noise but that of minibatches.
    scoping : float
        t is divided by ``1 + scoping`` after every step.

    Notes
    -----
    ``y_i <- y_i - eta_y (grad f(y_i) + (y_i - x) / t)`` for every replica, then ``x <- x - eta (x - mean of y) / t``;
    all start at x. With `center_step_size` None this is gradient descent on the mean of ``f(y_i) + |y_i - x|^2 / 2 t``,
    x the mean [1]_, and on a quadratic the springs do not change how the mean moves. With a small step of a centre of
    its own it is the two-scale system `pdeopt.systems.elastic`; in print that centre moves the other way.

    References
    ----------
    .. [1] P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, arXiv:1704.04932, section 4.3.
    .. [2] S. Zhang, A. Choromanska, Y. LeCun, "Deep learning with elastic averaging SGD", NeurIPS 2015.
    """

    name: ClassVar[str] = "elastic-sgd"
    step_size: Setting = 0.1
    n_replicas: int = 3
    time: Setting = 1.0
    center_step_size: Setting | None = None
    n_inner: int = 1
    beta: Setting = np.inf
    scoping: float = 0.0

    def __post_init__(self) -> None:
        check_positive(self, "step_size", "beta")
        if self.center_step_size is not None:
            check_positive(self, "center_step_size")
        check_count(self, "n_replicas", "n_inner")
        check_relaxed(self)

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        eta, stiffness = values_at(self, "step_size", steps), 1.0 / self.time_at(steps)
        moved = loop_step(eta, stiffness, noise_size(values_at(self, "beta", steps), eta)) * self.n_inner
        program = [copied("center", "point"), *replicas_begun(self.n_replicas, steps)]
        for k in range(1, self.n_replicas + 1):
            program += [copied("point", f"replica{k}"), *moved, copied(f"replica{k}", "point")]
        program += mean_of("point", self.n_replicas)
        if self.center_step_size is None:
            return program
        pull = values_at(self, "center_step_size", steps) * stiffness
        return [*program, combine("point", pull, "center", 1.0 - pull)]


def replicas_begun(n_replicas: int, steps: IntArray) -> list[Instruction]:
    """Return what puts the replicas at the point at step 0, and leaves them alone later."""
    begins: Number = np.asarray(steps == 0, dtype=np.float64)
    return [combine(f"replica{k}", 1.0 - begins, "point", begins) for k in range(1, n_replicas + 1)]


def mean_of(target: str, n_replicas: int) -> list[Instruction]:
    """Return what sets target to the mean of the replicas."""
    share = 1.0 / n_replicas
    others = [add(target, f"replica{k}", share) for k in range(2, n_replicas + 1)]
    return [combine(target, 0.0, "replica1", share), *others]
