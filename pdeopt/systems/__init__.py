"""Stochastic differential equations as records: general ones, Langevin dynamics, and systems of two time scales."""

from pdeopt.systems.checks import check_system
from pdeopt.systems.covariances import sde_of_covariance
from pdeopt.systems.dynamics import Langevin, OverdampedLangevin, langevin, overdamped_langevin
from pdeopt.systems.relaxing import elastic, entropy_sgd, entropy_sgd_2, heat
from pdeopt.systems.scales import TwoScaleSystem
from pdeopt.systems.sde import SDE
from pdeopt.systems.thermostats import AdaptiveLangevin, adaptive_langevin
from pdeopt.systems.two_scales import Elastic, EntropySGD, EntropySGD2, Heat, RelaxingSystem, TwoScale

__all__ = [
    "SDE",
    "AdaptiveLangevin",
    "Elastic",
    "EntropySGD",
    "EntropySGD2",
    "Heat",
    "Langevin",
    "OverdampedLangevin",
    "RelaxingSystem",
    "TwoScale",
    "TwoScaleSystem",
    "adaptive_langevin",
    "check_system",
    "elastic",
    "entropy_sgd",
    "entropy_sgd_2",
    "heat",
    "langevin",
    "overdamped_langevin",
    "sde_of_covariance",
]
