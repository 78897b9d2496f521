"""Standard problems for schemes, each with what is exactly known about it: paths, moments, laws, exit times."""

from pdeopt.systems.problems.catalogue import CATALOGUE, get
from pdeopt.systems.problems.geometric import gbm, linear_two_noises, mean_square_stability
from pdeopt.systems.problems.line import additive, sinh, tanh, wave
from pdeopt.systems.problems.linear import clark_cameron, harmonic_langevin, non_commutative, roessler
from pdeopt.systems.problems.periodic import torus, torus_additive
from pdeopt.systems.problems.problem import Moment, Problem, StationaryMoment
from pdeopt.systems.problems.reversion import atan_ou, cir, ornstein_uhlenbeck
from pdeopt.systems.problems.wells import (
    exit_brownian,
    exit_double_well,
    exit_ornstein_uhlenbeck,
    quartic_well,
    steep_quartic_well,
)

__all__ = [
    "CATALOGUE",
    "Moment",
    "Problem",
    "StationaryMoment",
    "additive",
    "atan_ou",
    "cir",
    "clark_cameron",
    "exit_brownian",
    "exit_double_well",
    "exit_ornstein_uhlenbeck",
    "gbm",
    "get",
    "harmonic_langevin",
    "linear_two_noises",
    "mean_square_stability",
    "non_commutative",
    "ornstein_uhlenbeck",
    "quartic_well",
    "roessler",
    "sinh",
    "steep_quartic_well",
    "tanh",
    "torus",
    "torus_additive",
    "wave",
]
