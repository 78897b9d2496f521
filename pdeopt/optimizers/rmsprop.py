"""RMSProp."""

from dataclasses import dataclass
from typing import ClassVar

from pdeopt._types import IntArray
from pdeopt.kernels import programs
from pdeopt.optimizers.instructions import GRADIENT, Instruction, Schedule, values_at
from pdeopt.optimizers.method import Rule
from pdeopt.optimizers.settings import check_fraction, check_positive

__all__ = ["RMSProp"]


@dataclass(frozen=True)
class RMSProp(Rule):
    """RMSProp: ``v <- rho v + (1 - rho) g^2``, ``theta <- theta - h g / (sqrt(v) + floor)``.

    Parameters
    ----------
    step_size : float or schedule
        h, the learning rate.
    decay : float
        rho, from 0 to below 1.
    floor : float
        Keeps the divisor away from 0.

    References
    ----------
    .. [1] T. Tieleman, G. Hinton, *Neural Networks for Machine Learning*, lecture 6.5, 2012. Defaults are PyTorch's.
    """

    name: ClassVar[str] = "rmsprop"
    step_size: Schedule = 0.01
    decay: float = 0.99
    floor: float = 1e-8

    def __post_init__(self) -> None:
        check_positive(self, "step_size", "floor")
        check_fraction(self, "decay")

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        numbers = (self.decay, values_at(self.step_size, steps), self.floor)
        return [GRADIENT, Instruction(programs.SCALED, "squares", constants=numbers)]
