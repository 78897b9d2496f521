"""Networks on one flat parameter vector, data sets to train them on, and training."""

from pdeopt.networks.blow_up import TrainingBlowUpError
from pdeopt.networks.data import Data
from pdeopt.networks.data_sets import spirals, trigonometric
from pdeopt.networks.early_stop import EarlyStop, hold_out
from pdeopt.networks.fit import Fit, load
from pdeopt.networks.history import History
from pdeopt.networks.mlp import MLP
from pdeopt.networks.training import train

__all__ = [
    "MLP",
    "Data",
    "EarlyStop",
    "Fit",
    "History",
    "TrainingBlowUpError",
    "hold_out",
    "load",
    "spirals",
    "train",
    "trigonometric",
]
