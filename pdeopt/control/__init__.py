"""Stochastic control of gradient dynamics: value, feedback, law, and what control gains."""

from pdeopt.control.inequality import CostInequality, Term, cost_inequality, simulated_inequality
from pdeopt.control.laws import ControlledLaw, controlled_law
from pdeopt.control.mean_field import MeanField, mean_field_control
from pdeopt.control.policies import PolicySolution, policy_iteration
from pdeopt.control.problem import ControlProblem
from pdeopt.control.solution import OptimalControl, optimal_control

__all__ = [
    "ControlProblem",
    "ControlledLaw",
    "CostInequality",
    "MeanField",
    "OptimalControl",
    "PolicySolution",
    "Term",
    "controlled_law",
    "cost_inequality",
    "mean_field_control",
    "optimal_control",
    "policy_iteration",
    "simulated_inequality",
]
