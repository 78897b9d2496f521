"""Stochastic differential equations: schemes, and ensembles of paths."""

from pdeopt.sde.euler import EulerMaruyama, TamedEuler
from pdeopt.sde.heun import EulerHeun, StochasticHeun
from pdeopt.sde.implicit import DriftImplicitEuler, ImplicitMidpoint
from pdeopt.sde.milstein import DerivativeFreeMilstein, Milstein
from pdeopt.sde.overdamped import MALA, LeimkuhlerMatthews
from pdeopt.sde.runge_kutta import RI6, SRA1, SRIW1
from pdeopt.sde.schemes import SCHEMES, get

__all__ = [
    "MALA",
    "RI6",
    "SCHEMES",
    "SRA1",
    "SRIW1",
    "DerivativeFreeMilstein",
    "DriftImplicitEuler",
    "EulerHeun",
    "EulerMaruyama",
    "ImplicitMidpoint",
    "LeimkuhlerMatthews",
    "Milstein",
    "StochasticHeun",
    "TamedEuler",
    "get",
]
