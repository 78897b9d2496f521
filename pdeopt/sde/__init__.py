"""Stochastic differential equations: schemes, and ensembles of paths."""

from pdeopt.sde.adaptive import AdaptiveSplitting
from pdeopt.sde.euler import EulerMaruyama, TamedEuler
from pdeopt.sde.heun import EulerHeun, StochasticHeun
from pdeopt.sde.implicit import DriftImplicitEuler, ImplicitMidpoint
from pdeopt.sde.milstein import DerivativeFreeMilstein, Milstein
from pdeopt.sde.overdamped import MALA, LeimkuhlerMatthews
from pdeopt.sde.runge_kutta import RI6, SRA1, SRIW1
from pdeopt.sde.schemes import SCHEMES, get
from pdeopt.sde.simulate import simulate
from pdeopt.sde.splitting import Splitting
from pdeopt.sde.verlet import BBK, GJF, ExponentialEuler, MetropolisedOBABO

__all__ = [
    "BBK",
    "GJF",
    "MALA",
    "RI6",
    "SCHEMES",
    "SRA1",
    "SRIW1",
    "AdaptiveSplitting",
    "DerivativeFreeMilstein",
    "DriftImplicitEuler",
    "EulerHeun",
    "EulerMaruyama",
    "ExponentialEuler",
    "ImplicitMidpoint",
    "LeimkuhlerMatthews",
    "MetropolisedOBABO",
    "Milstein",
    "Splitting",
    "StochasticHeun",
    "TamedEuler",
    "get",
    "simulate",
]
