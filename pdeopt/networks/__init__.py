"""Networks on one flat parameter vector, data sets to train them on, and training."""

from pdeopt.networks.data import Data
from pdeopt.networks.data_sets import circles, moons, spirals, trigonometric, xor
from pdeopt.networks.digit_sets import digits, mnist
from pdeopt.networks.idx import read_idx

__all__ = [
    "Data",
    "circles",
    "digits",
    "mnist",
    "moons",
    "read_idx",
    "spirals",
    "trigonometric",
    "xor",
]
