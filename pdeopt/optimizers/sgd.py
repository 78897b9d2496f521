"""Stochastic gradient descent."""

from dataclasses import dataclass
from typing import ClassVar

from pdeopt._types import IntArray
from pdeopt.optimizers.instructions import GRADIENT, Instruction, add
from pdeopt.optimizers.method import Rule
from pdeopt.optimizers.settings import Setting, check_positive, values_at

__all__ = ["SGD"]


@dataclass(frozen=True)
class SGD(Rule):
    """Stochastic gradient descent: ``theta <- theta - h g``.

    Parameters
    ----------
    step_size : float or schedule
        h, the learning rate.

    Examples
    --------
    >>> import numpy as np
    >>> method, x = SGD(step_size=0.25), np.array([1.0])
    >>> method.step(lambda y: 2.0 * y, x, method.init(x), 0)[0]
    array([0.5])
    """

    name: ClassVar[str] = "sgd"
    step_size: Setting = 0.1

    def __post_init__(self) -> None:
        check_positive(self, "step_size")

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        return [GRADIENT, add("point", "gradient", -values_at(self, "step_size", steps))]
