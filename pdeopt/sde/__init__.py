"""Stochastic differential equations: schemes, and ensembles of paths."""

from pdeopt.sde.general import EulerMaruyama
from pdeopt.sde.schemes import SCHEMES, get

__all__ = ["SCHEMES", "EulerMaruyama", "get"]
