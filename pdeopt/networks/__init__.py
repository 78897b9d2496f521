"""Networks on one flat parameter vector, data sets to train them on, and training."""

from pdeopt.networks.data import Data
from pdeopt.networks.data_sets import spirals, trigonometric

__all__ = [
    "Data",
    "spirals",
    "trigonometric",
]
