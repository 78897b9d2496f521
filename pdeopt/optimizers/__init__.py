"""Optimizers of networks and landscapes, records with `init` and `step`, and methods for `scipy.optimize.minimize`."""

from pdeopt.optimizers.adam import Adam
from pdeopt.optimizers.adla import AdLa
from pdeopt.optimizers.adlala import AdLaLa
from pdeopt.optimizers.elastic_sgd import ElasticSGD
from pdeopt.optimizers.entropy_sgd import EntropySGD, EntropySGDState
from pdeopt.optimizers.fp import FP
from pdeopt.optimizers.heat import Heat
from pdeopt.optimizers.hj import HJ
from pdeopt.optimizers.hj_prox import HJProx, HJProxState
from pdeopt.optimizers.langevin import BAOAB, OBABO, Langevin
from pdeopt.optimizers.local_entropy import LocalEntropyDescent, LocalEntropyState
from pdeopt.optimizers.lol import LOL
from pdeopt.optimizers.method import Method, MethodState, Rule
from pdeopt.optimizers.minimizers import minimize_local_entropy
from pdeopt.optimizers.momentum import Momentum
from pdeopt.optimizers.nesterov import Nesterov
from pdeopt.optimizers.parle import Parle
from pdeopt.optimizers.partition import Partition
from pdeopt.optimizers.proximal_minimizers import minimize_entropy_sgd, minimize_hj_prox
from pdeopt.optimizers.rmsprop import RMSProp
from pdeopt.optimizers.schedules import (
    Annealing,
    Constant,
    Cosine,
    Exponential,
    InverseTime,
    PiecewiseConstant,
    Schedule,
    Warmup,
)
from pdeopt.optimizers.sgd import SGD
from pdeopt.optimizers.sgld import SGLD
from pdeopt.optimizers.structure import Structure

__all__ = [
    "BAOAB",
    "FP",
    "HJ",
    "LOL",
    "OBABO",
    "SGD",
    "SGLD",
    "AdLa",
    "AdLaLa",
    "Adam",
    "Annealing",
    "Constant",
    "Cosine",
    "ElasticSGD",
    "EntropySGD",
    "EntropySGDState",
    "Exponential",
    "HJProx",
    "HJProxState",
    "Heat",
    "InverseTime",
    "Langevin",
    "LocalEntropyDescent",
    "LocalEntropyState",
    "Method",
    "MethodState",
    "Momentum",
    "Nesterov",
    "Parle",
    "Partition",
    "PiecewiseConstant",
    "RMSProp",
    "Rule",
    "Schedule",
    "Structure",
    "Warmup",
    "minimize_entropy_sgd",
    "minimize_hj_prox",
    "minimize_local_entropy",
]
