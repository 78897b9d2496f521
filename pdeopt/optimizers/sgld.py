"""Stochastic gradient Langevin dynamics."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pdeopt._types import IntArray
from pdeopt.optimizers.instructions import GRADIENT, Instruction, noise
from pdeopt.optimizers.method import Rule
from pdeopt.optimizers.settings import Setting, check_choice, check_positive, values_at

__all__ = ["SGLD"]

AMPLITUDES = {"sigma*sqrt(2h)": np.sqrt(2.0), "sigma*sqrt(h)": 1.0}


@dataclass(frozen=True)
class SGLD(Rule):
    """Stochastic gradient Langevin dynamics: ``theta <- theta - h g + a R``.

    Parameters
    ----------
    step_size : float or schedule
        h, the learning rate.
    sigma : float or schedule
        Amplitude of the noise; 0 is SGD.
    amplitude : str
        What one step adds: ``"sigma*sqrt(2h)"`` (temperature sigma^2), ``"sigma*sqrt(h)"`` (temperature sigma^2 / 2)
        or ``"sigma"`` (temperature sigma^2 / (2 h)).

    Notes
    -----
    The paper [2]_ gives h and sigma but not the amplitude of a step. Of the three forms the first comes closest to its
    Figure 8, and is the default.

    References
    ----------
    .. [1] M. Welling, Y. W. Teh, "Bayesian learning via stochastic gradient Langevin dynamics", ICML 2011.
    .. [2] B. Leimkuhler, C. Matthews, T. Vlaar, Found. Data Sci. 1(4), 2019, arXiv 1908.11843.
    """

    name: ClassVar[str] = "sgld"
    step_size: Setting = 0.1
    sigma: Setting = 0.01
    amplitude: str = "sigma*sqrt(2h)"

    def __post_init__(self) -> None:
        check_positive(self, "step_size")
        check_positive(self, "sigma", zero=True)
        check_choice(self, "amplitude", (*AMPLITUDES, "sigma"))

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        h, sigma = values_at(self, "step_size", steps), values_at(self, "sigma", steps)
        size = sigma * (AMPLITUDES[self.amplitude] * np.sqrt(h) if self.amplitude != "sigma" else 1.0)
        return [GRADIENT, noise("point", 1.0, size, "gradient", -h)]
