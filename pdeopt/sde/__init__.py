"""Stochastic differential equations: schemes, and ensembles of paths."""

from pdeopt.sde.adaptive import AdaptiveSplitting
from pdeopt.sde.ensemble import BlowUpError, Ensemble, Trajectory
from pdeopt.sde.euler import EulerMaruyama, TamedEuler
from pdeopt.sde.exits import Exit
from pdeopt.sde.heun import EulerHeun, StochasticHeun
from pdeopt.sde.implicit import DriftImplicitEuler, ImplicitMidpoint
from pdeopt.sde.milstein import DerivativeFreeMilstein, Milstein
from pdeopt.sde.overdamped import MALA, LeimkuhlerMatthews
from pdeopt.sde.own_loops import StepFunctions, step_functions
from pdeopt.sde.runge_kutta import RI6, SRA1, SRIW1
from pdeopt.sde.running import resume
from pdeopt.sde.schemes import SCHEMES, get
from pdeopt.sde.simulate import simulate
from pdeopt.sde.splitting import Splitting
from pdeopt.sde.stability import UnstableStepWarning
from pdeopt.sde.statistics import EnsembleStatistics, Statistics
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
    "BlowUpError",
    "DerivativeFreeMilstein",
    "DriftImplicitEuler",
    "Ensemble",
    "EnsembleStatistics",
    "EulerHeun",
    "EulerMaruyama",
    "Exit",
    "ExponentialEuler",
    "ImplicitMidpoint",
    "LeimkuhlerMatthews",
    "MetropolisedOBABO",
    "Milstein",
    "Splitting",
    "Statistics",
    "StepFunctions",
    "StochasticHeun",
    "TamedEuler",
    "Trajectory",
    "UnstableStepWarning",
    "get",
    "resume",
    "simulate",
    "step_functions",
]
