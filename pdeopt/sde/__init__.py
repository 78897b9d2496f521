"""Stochastic differential equations: schemes, and ensembles of paths."""

from pdeopt.sde.adaptive import AdaptiveSplitting
from pdeopt.sde.general import EulerMaruyama
from pdeopt.sde.schemes import SCHEMES, get
from pdeopt.sde.simulate import simulate
from pdeopt.sde.splitting import Splitting
from pdeopt.sde.verlet import BBK, GJF, ExponentialEuler, MetropolisedOBABO

__all__ = [
    "BBK",
    "GJF",
    "SCHEMES",
    "AdaptiveSplitting",
    "EulerMaruyama",
    "ExponentialEuler",
    "MetropolisedOBABO",
    "Splitting",
    "get",
    "simulate",
]
