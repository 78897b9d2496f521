"""Stochastic differential equations: schemes, and ensembles of paths."""

from pdeopt.sde.exits import Exit
from pdeopt.sde.general import EulerMaruyama
from pdeopt.sde.schemes import SCHEMES, get
from pdeopt.sde.simulate import simulate

__all__ = ["SCHEMES", "EulerMaruyama", "Exit", "get", "simulate"]
