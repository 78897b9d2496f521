"""Optimizers on relaxed landscapes: records with `init` and `step`, and methods for `scipy.optimize.minimize`."""

from pdeopt.optimizers.entropy_sgd import EntropySGD, EntropySGDState
from pdeopt.optimizers.hj_prox import HJProx, HJProxState
from pdeopt.optimizers.local_entropy import LocalEntropyDescent, LocalEntropyState
from pdeopt.optimizers.minimizers import minimize_local_entropy
from pdeopt.optimizers.proximal_minimizers import minimize_entropy_sgd, minimize_hj_prox

__all__ = [
    "EntropySGD",
    "EntropySGDState",
    "HJProx",
    "HJProxState",
    "LocalEntropyDescent",
    "LocalEntropyState",
    "minimize_entropy_sgd",
    "minimize_hj_prox",
    "minimize_local_entropy",
]
