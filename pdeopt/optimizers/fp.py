"""FP: a fixed-point iteration for the gradient of the relaxed loss."""

from dataclasses import dataclass
from typing import ClassVar

from pdeopt._types import IntArray
from pdeopt.optimizers.instructions import GRADIENT, Instruction, combine
from pdeopt.optimizers.relaxed import Relaxed, check_relaxed, copied, descent
from pdeopt.optimizers.settings import Setting, check_count, check_fraction, check_positive, values_at

__all__ = ["FP"]


@dataclass(frozen=True)
class FP(Relaxed):
    """Descent on the inviscid relaxation, whose gradient solves ``p = grad f(x - t p)`` by damped iteration.

    Parameters
    ----------
    step_size : float or schedule
        eta.
    n_inner : int
        L, iterations; a step takes L + 1 gradients.
    time : float or schedule
        t of the relaxation at the first step.
    average : float or schedule
        Weight of the old p in the new one.
    scoping : float
        t is divided by ``1 + scoping`` after every step.
    momentum : float or schedule
        Of Nesterov's kind; 0 for none.

    Notes
    -----
    ``p <- grad f(x)``; L times ``p <- a p + (1 - a) grad f(x - t p)``; ``x <- x - eta p``. The iteration converges
    while ``(1 - a) (1 + t Lambda) < 2``, Lambda the largest curvature, and no curvature is below -1 / t.

    References
    ----------
    .. [1] P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, arXiv:1704.04932, equations 14 to 16; averaged as
       in the code behind its Table 1.

    Examples
    --------
    >>> import numpy as np
    >>> method, x = FP(step_size=0.5, n_inner=200, time=0.5), np.array([3.0])
    >>> method.step(lambda y: 2.0 * y, x, method.init(x), 0)[0]
    array([1.5])
    """

    name: ClassVar[str] = "fp"
    step_size: Setting = 0.1
    n_inner: int = 5
    time: Setting = 0.1
    average: Setting = 0.75
    scoping: float = 0.0
    momentum: Setting = 0.0

    def __post_init__(self) -> None:
        check_positive(self, "step_size")
        check_fraction(self, "average", "momentum")
        check_count(self, "n_inner")
        check_relaxed(self)

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        eta, t = values_at(self, "step_size", steps), self.time_at(steps)
        keep, mu = (values_at(self, name, steps, below=1.0) for name in ("average", "momentum"))
        again = [
            combine("point", 0.0, "center", 1.0, "slope", -t),
            GRADIENT,
            combine("slope", keep, "gradient", 1.0 - keep),
        ]
        program = [copied("center", "point"), GRADIENT, copied("slope", "gradient"), *(again * self.n_inner)]
        return [*program, *descent("point", "center", "slope", "velocity", eta, mu)]
