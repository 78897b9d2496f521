"""Gradient descent with momentum: the heavy ball."""

from dataclasses import dataclass
from typing import ClassVar

from pdeopt._types import IntArray
from pdeopt.optimizers.instructions import GRADIENT, Instruction, add, combine
from pdeopt.optimizers.method import Rule
from pdeopt.optimizers.settings import Setting, check_fraction, check_positive, values_at

__all__ = ["Momentum"]


@dataclass(frozen=True)
class Momentum(Rule):
    """Gradient descent with momentum: ``v <- mu v + g``, ``theta <- theta - h v``.

    Parameters
    ----------
    step_size : float or schedule
        h, the learning rate.
    momentum : float or schedule
        mu, from 0 to below 1. There is no dampening.

    Notes
    -----
    BAOAB at temperature 0, with step H and friction gamma, is this method with ``mu = exp(-gamma H)`` and
    ``h = H^2 (1 + mu) / 2``, but for the first velocity, which is halved.

    References
    ----------
    .. [1] B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", USSR Comput. Math. Math.
       Phys. 4, 1964.
    """

    name: ClassVar[str] = "momentum"
    step_size: Setting = 0.01
    momentum: Setting = 0.9

    def __post_init__(self) -> None:
        check_positive(self, "step_size")
        check_fraction(self, "momentum")

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        h, mu = values_at(self, "step_size", steps), values_at(self, "momentum", steps, below=1.0)
        return [GRADIENT, combine("velocity", mu, "gradient", 1.0), add("point", "velocity", -h)]
