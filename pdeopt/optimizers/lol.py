"""LOL: Langevin dynamics on the first layer, its limit of large friction on the others."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pdeopt.optimizers.langevin import Langevin
from pdeopt.optimizers.machine import Part
from pdeopt.optimizers.method import Method
from pdeopt.optimizers.partition import Partition
from pdeopt.optimizers.settings import Setting
from pdeopt.optimizers.structure import Structure

__all__ = ["LOL"]


@dataclass(frozen=True)
class LOL(Method):
    """Langevin dynamics on the first layer and overdamped Langevin dynamics on the others, both by BAOAB.

    Parameters
    ----------
    step_size : float or schedule
        h, the time step of both.
    friction : float or schedule
        gamma_1, of the first layer.
    temperature : float or schedule
        tau_1, of the first layer.
    other_temperature : float or schedule
        tau_2, of the others; the captions of the paper do not give it.

    Notes
    -----
    The others draw their momenta afresh in every step, which is the scheme of Leimkuhler and Matthews with step
    ``h^2 / 2``: ``theta <- theta - (h^2 / 2) g + sqrt(tau_2) (h / 2) (R + R')``, R' the next step's R. A step size
    of 0.1 is a learning rate of 0.005 there.

    References
    ----------
    .. [1] B. Leimkuhler, C. Matthews, T. Vlaar, Found. Data Sci. 1(4), 2019, arXiv 1908.11843, Figures 11 to 16.
    .. [2] B. Leimkuhler, C. Matthews, "Rational construction of stochastic numerical methods for molecular sampling",
       Appl. Math. Res. Express, 2013, arXiv 1203.5428.
    """

    name: ClassVar[str] = "lol"
    step_size: Setting = 0.25
    friction: Setting = 0.01
    temperature: Setting = 1e-3
    other_temperature: Setting = 0.0

    def __post_init__(self) -> None:
        _ = self.first, self.others

    @property
    def first(self) -> Langevin:
        """The method of the first layer."""
        return Langevin(self.step_size, self.friction, self.temperature)

    @property
    def others(self) -> Langevin:
        """The method of the other layers."""
        return Langevin(self.step_size, np.inf, self.other_temperature)

    def parts(self, structure: Structure) -> list[Part]:
        """Return which method moves which slices."""
        methods = {"first": self.first, "rest": self.others} if len(structure.layers) > 1 else {"all": self.first}
        return Partition(methods).parts(structure)
