"""Stochastic control of gradient dynamics, by its exact linearisation."""

from pdeopt.control.problem import ControlProblem
from pdeopt.control.solution import OptimalControl, optimal_control

__all__ = ["ControlProblem", "OptimalControl", "optimal_control"]
