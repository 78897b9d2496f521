"""Nesterov's accelerated gradient descent."""

from dataclasses import dataclass
from typing import ClassVar

from pdeopt._types import IntArray
from pdeopt.optimizers.instructions import GRADIENT, Instruction, combine
from pdeopt.optimizers.method import Rule
from pdeopt.optimizers.settings import Setting, check_fraction, check_positive, values_at

__all__ = ["Nesterov"]


@dataclass(frozen=True)
class Nesterov(Rule):
    """Nesterov's momentum: ``v <- mu v + g``, ``theta <- theta - h (g + mu v)``.

    Parameters
    ----------
    step_size : float or schedule
        h, the learning rate.
    momentum : float or schedule
        mu, from 0 to below 1.

    Notes
    -----
    The point is the one at which gradients are taken, as in PyTorch; Nesterov's own sequence is ``theta + h mu v``.

    References
    ----------
    .. [1] I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum in deep
       learning", ICML 2013.
    """

    name: ClassVar[str] = "nesterov"
    step_size: Setting = 0.01
    momentum: Setting = 0.9

    def __post_init__(self) -> None:
        check_positive(self, "step_size")
        check_fraction(self, "momentum")

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        h, mu = values_at(self, "step_size", steps), values_at(self, "momentum", steps, below=1.0)
        moved = combine("point", 1.0, "gradient", -h, "velocity", -h * mu)
        return [GRADIENT, combine("velocity", mu, "gradient", 1.0), moved]
