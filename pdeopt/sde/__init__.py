"""Stochastic differential equations: schemes, and ensembles of paths."""

from pdeopt.sde.general import EulerMaruyama
from pdeopt.sde.schemes import SCHEMES, get
from pdeopt.sde.simulate import simulate
from pdeopt.sde.splitting import Splitting

__all__ = ["SCHEMES", "EulerMaruyama", "Splitting", "get", "simulate"]
