"""Networks on one flat parameter vector, data sets to train them on, and training."""

from pdeopt.networks.data import Data
from pdeopt.networks.data_sets import spirals, trigonometric
from pdeopt.networks.ensemble_results import TrainingEnsemble
from pdeopt.networks.ensembles import train_ensemble
from pdeopt.networks.fit import Fit
from pdeopt.networks.history import History
from pdeopt.networks.mlp import MLP
from pdeopt.networks.scan_results import Scan
from pdeopt.networks.scans import scan
from pdeopt.networks.training import train

__all__ = [
    "MLP",
    "Data",
    "Fit",
    "History",
    "Scan",
    "TrainingEnsemble",
    "scan",
    "spirals",
    "train",
    "train_ensemble",
    "trigonometric",
]
