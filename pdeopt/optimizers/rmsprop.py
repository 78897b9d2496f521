"""RMSProp."""

from dataclasses import dataclass
from typing import ClassVar

from pdeopt._types import IntArray
from pdeopt.kernels import programs
from pdeopt.optimizers.instructions import GRADIENT, Instruction
from pdeopt.optimizers.method import Rule
from pdeopt.optimizers.settings import Setting, check_fraction, check_positive, values_at

__all__ = ["RMSProp"]


@dataclass(frozen=True)
class RMSProp(Rule):
    """RMSProp: ``v <- rho v + (1 - rho) g^2``, ``theta <- theta - h g / (sqrt(v) + floor)``.

    Parameters
    ----------
    step_size : float or schedule
        h, the learning rate.
    decay : float or schedule
        rho, from 0 to below 1.
    floor : float or schedule
        Keeps the divisor away from 0.

    References
    ----------
    .. [1] T. Tieleman, G. Hinton, *Neural Networks for Machine Learning*, lecture 6.5, 2012. Defaults are PyTorch's.
    """

    name: ClassVar[str] = "rmsprop"
    step_size: Setting = 0.01
    decay: Setting = 0.99
    floor: Setting = 1e-8

    def __post_init__(self) -> None:
        check_positive(self, "step_size", "floor")
        check_fraction(self, "decay")

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        keep, floor = values_at(self, "decay", steps, below=1.0), values_at(self, "floor", steps)
        numbers = (keep, values_at(self, "step_size", steps), floor)
        return [GRADIENT, Instruction(programs.SCALED, "squares", constants=numbers)]
