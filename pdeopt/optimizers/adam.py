"""Adam."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels import programs
from pdeopt.optimizers.instructions import GRADIENT, Instruction
from pdeopt.optimizers.method import Rule
from pdeopt.optimizers.settings import Setting, check_fraction, check_positive, values_at

__all__ = ["Adam"]


@dataclass(frozen=True)
class Adam(Rule):
    """Adam: means of the gradient and of its square, both without the bias of their start.

    Parameters
    ----------
    step_size : float or schedule
        h, the learning rate.
    decay, square_decay : float or schedule
        beta_1 and beta_2, from 0 to below 1.
    floor : float or schedule
        Keeps the divisor away from 0.

    Notes
    -----
    ``m <- beta_1 m + (1 - beta_1) g``, ``v <- beta_2 v + (1 - beta_2) g^2``, then at step n = 1, 2, ...
    ``theta <- theta - h / (1 - beta_1^n) m / (sqrt(v / (1 - beta_2^n)) + floor)``; the powers are products where the
    betas are schedules.

    References
    ----------
    .. [1] D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, arXiv 1412.6980, algorithm 1.
    """

    name: ClassVar[str] = "adam"
    step_size: Setting = 0.001
    decay: Setting = 0.9
    square_decay: Setting = 0.999
    floor: Setting = 1e-8

    def __post_init__(self) -> None:
        check_positive(self, "step_size", "floor")
        check_fraction(self, "decay", "square_decay")

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        h = values_at(self, "step_size", steps) / self._seen("decay", steps)
        correction = 1.0 / np.sqrt(self._seen("square_decay", steps))
        keep, keep_square = (values_at(self, name, steps, below=1.0) for name in ("decay", "square_decay"))
        numbers = (keep, keep_square, h, correction, values_at(self, "floor", steps))
        return [GRADIENT, Instruction(programs.ADAM, "mean", "squares", constants=numbers)]

    def _seen(self, name: str, steps: IntArray) -> FloatArray:
        """Return the weights of all gradients seen in a mean: 1 less the product of its decays so far."""
        keep = getattr(self, name)
        if not callable(keep):
            return np.asarray(1.0 - keep ** (steps + 1.0), dtype=np.float64)
        products = np.cumprod(values_at(self, name, np.arange(steps.max() + 1), below=1.0))
        return np.asarray(1.0 - products[steps], dtype=np.float64)
