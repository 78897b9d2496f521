"""Time steppers for split generators: each a linear map with its exact transpose."""

from pdeopt.kolmogorov.steppers.marching import March, march
from pdeopt.kolmogorov.steppers.names import SCHEMES, scheme_of
from pdeopt.kolmogorov.steppers.scheme import Scheme, Stepper
from pdeopt.kolmogorov.steppers.split_schemes import CraigSneyd, Douglas, HundsdorferVerwer, ModifiedCraigSneyd
from pdeopt.kolmogorov.steppers.unsplit import TRBDF2, BackwardEuler, CrankNicolson

__all__ = [
    "SCHEMES",
    "TRBDF2",
    "BackwardEuler",
    "CraigSneyd",
    "CrankNicolson",
    "Douglas",
    "HundsdorferVerwer",
    "March",
    "ModifiedCraigSneyd",
    "Scheme",
    "Stepper",
    "march",
    "scheme_of",
]
