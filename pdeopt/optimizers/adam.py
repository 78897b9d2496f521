"""Adam."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels import programs
from pdeopt.optimizers.instructions import GRADIENT, Instruction, Schedule, values_at
from pdeopt.optimizers.method import Rule
from pdeopt.optimizers.settings import check_fraction, check_positive

__all__ = ["Adam"]


@dataclass(frozen=True)
class Adam(Rule):
    """Adam: means of the gradient and of its square, both without the bias of their start.

    Parameters
    ----------
    step_size : float or schedule
        h, the learning rate.
    decay, square_decay : float
        beta_1 and beta_2, from 0 to below 1.
    floor : float
        Keeps the divisor away from 0.

    Notes
    -----
    ``m <- beta_1 m + (1 - beta_1) g``, ``v <- beta_2 v + (1 - beta_2) g^2``, then at step n = 1, 2, ...
    ``theta <- theta - h / (1 - beta_1^n) m / (sqrt(v / (1 - beta_2^n)) + floor)``.

    References
    ----------
    .. [1] D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, arXiv 1412.6980, algorithm 1.
    """

    name: ClassVar[str] = "adam"
    step_size: Schedule = 0.001
    decay: float = 0.9
    square_decay: float = 0.999
    floor: float = 1e-8

    def __post_init__(self) -> None:
        check_positive(self, "step_size", "floor")
        check_fraction(self, "decay", "square_decay")

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        n: FloatArray = np.asarray(steps + 1, dtype=np.float64)
        h = values_at(self.step_size, steps) / (1.0 - self.decay**n)
        correction = 1.0 / np.sqrt(1.0 - self.square_decay**n)
        numbers = (self.decay, self.square_decay, h, correction, self.floor)
        return [GRADIENT, Instruction(programs.ADAM, "mean", "squares", constants=numbers)]
