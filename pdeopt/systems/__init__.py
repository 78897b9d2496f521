"""Stochastic differential equations as records: general ones, and Langevin dynamics in a landscape."""

from pdeopt.systems.langevin import (
    AdaptiveLangevin,
    Langevin,
    OverdampedLangevin,
    adaptive_langevin,
    langevin,
    overdamped_langevin,
)
from pdeopt.systems.sde import SDE

__all__ = [
    "SDE",
    "AdaptiveLangevin",
    "Langevin",
    "OverdampedLangevin",
    "adaptive_langevin",
    "langevin",
    "overdamped_langevin",
]
