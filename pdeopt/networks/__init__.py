"""Networks on one flat parameter vector, data sets to train them on, and training."""

from pdeopt.networks.data import Data
from pdeopt.networks.data_sets import circles, moons, spirals, trigonometric, xor
from pdeopt.networks.digit_sets import digits, mnist
from pdeopt.networks.ensemble_results import TrainingEnsemble
from pdeopt.networks.ensembles import train_ensemble
from pdeopt.networks.fit import Fit
from pdeopt.networks.history import History
from pdeopt.networks.idx import read_idx
from pdeopt.networks.mlp import MLP
from pdeopt.networks.training import train

__all__ = [
    "MLP",
    "Data",
    "Fit",
    "History",
    "TrainingEnsemble",
    "circles",
    "digits",
    "mnist",
    "moons",
    "read_idx",
    "spirals",
    "train",
    "train_ensemble",
    "trigonometric",
    "xor",
]
