"""Heat: descent on the loss smoothed by a Gaussian."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pdeopt._types import IntArray
from pdeopt.optimizers.instructions import GRADIENT, Instruction, add, combine, noise
from pdeopt.optimizers.relaxed import Relaxed, check_relaxed, copied, descent
from pdeopt.optimizers.settings import Setting, check_count, check_fraction, check_positive, values_at

__all__ = ["Heat"]


@dataclass(frozen=True)
class Heat(Relaxed):
    """Descent on the solution of the heat equation: the mean of gradients at points drawn around the present one.

    Parameters
    ----------
    step_size : float or schedule
        eta.
    n_inner : int
        L, points; each takes a gradient.
    time : float or schedule
        t of the heat equation at the first step.
    beta : float or schedule
        Inverse temperature; the points have variance t / beta.
    scoping : float
        t is divided by ``1 + scoping`` after every step.
    momentum : float or schedule
        Of Nesterov's kind; 0 for none.

    Notes
    -----
    ``x <- x - (eta / L) sum of grad f(x + e_i)``, the e_i from N(0, t / beta I): the mean of a step goes down the
    gradient of `pdeopt.smooth` of that variance, whatever L.

    References
    ----------
    .. [1] P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, arXiv:1704.04932, section 7.3.
    """

    name: ClassVar[str] = "heat"
    step_size: Setting = 0.1
    n_inner: int = 20
    time: Setting = 0.01
    beta: Setting = 1.0
    scoping: float = 0.0
    momentum: Setting = 0.0

    def __post_init__(self) -> None:
        check_positive(self, "step_size", "beta")
        check_fraction(self, "momentum")
        check_count(self, "n_inner")
        check_relaxed(self)

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        spread = np.sqrt(self.time_at(steps) / np.asarray(values_at(self, "beta", steps, positive=True)))
        drawn, share = noise("point", 0.0, spread, "center", 1.0), 1.0 / self.n_inner
        first = [drawn, GRADIENT, combine("slope", 0.0, "gradient", share)]
        others = [drawn, GRADIENT, add("slope", "gradient", share)] * (self.n_inner - 1)
        eta, mu = values_at(self, "step_size", steps), values_at(self, "momentum", steps, below=1.0)
        outer = descent("point", "center", "slope", "velocity", eta, mu)
        return [copied("center", "point"), *first, *others, *outer]
