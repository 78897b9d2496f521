"""Stochastic control of gradient dynamics: value, feedback, law, and what control gains."""

from pdeopt.control.continuation import MinimiserPath, continued_minimisers
from pdeopt.control.densities import DensityEvolution
from pdeopt.control.evolution import evolved_density, relaxed_density
from pdeopt.control.figure import PaperFigure, Smoothing, paper_figure
from pdeopt.control.inequality import CostInequality, Term, cost_inequality, simulated_inequality
from pdeopt.control.laws import ControlledLaw, controlled_law
from pdeopt.control.mean_field import MeanField, mean_field_control
from pdeopt.control.policies import PolicySolution, policy_iteration
from pdeopt.control.problem import ControlProblem
from pdeopt.control.samples import ScopedSamples, scoped_samples
from pdeopt.control.scoping import ScopedFlow, scoped_flow
from pdeopt.control.solution import OptimalControl, optimal_control

__all__ = [
    "ControlProblem",
    "ControlledLaw",
    "CostInequality",
    "DensityEvolution",
    "MeanField",
    "MinimiserPath",
    "OptimalControl",
    "PaperFigure",
    "PolicySolution",
    "ScopedFlow",
    "ScopedSamples",
    "Smoothing",
    "Term",
    "continued_minimisers",
    "controlled_law",
    "cost_inequality",
    "evolved_density",
    "mean_field_control",
    "optimal_control",
    "paper_figure",
    "policy_iteration",
    "relaxed_density",
    "scoped_flow",
    "scoped_samples",
    "simulated_inequality",
]
