"""Stochastic differential equations as records: general ones, and Langevin dynamics in a landscape."""

from pdeopt.systems.checks import check_system
from pdeopt.systems.covariances import sde_of_covariance
from pdeopt.systems.dynamics import Langevin, OverdampedLangevin, langevin, overdamped_langevin
from pdeopt.systems.sde import SDE
from pdeopt.systems.thermostats import AdaptiveLangevin, adaptive_langevin

__all__ = [
    "SDE",
    "AdaptiveLangevin",
    "Langevin",
    "OverdampedLangevin",
    "adaptive_langevin",
    "check_system",
    "langevin",
    "overdamped_langevin",
    "sde_of_covariance",
]
