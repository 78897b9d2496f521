"""Kolmogorov equations: one generator on a grid, and what is solved from it."""

from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.axes import sine_axis, sinh_axis, square_axis
from pdeopt.kolmogorov.boundaries import PartiallyAbsorbing
from pdeopt.kolmogorov.effective import EffectiveDynamics
from pdeopt.kolmogorov.exits import HittingLaw
from pdeopt.kolmogorov.exponentials import Contour, Krylov, Uniformisation
from pdeopt.kolmogorov.generator import Generator
from pdeopt.kolmogorov.kinetic import Kinetic, kinetic_parts
from pdeopt.kolmogorov.kinks import indicator
from pdeopt.kolmogorov.positivity import Positivity
from pdeopt.kolmogorov.sensitivities import Sensitivity
from pdeopt.kolmogorov.spectrum import Spectrum
from pdeopt.kolmogorov.stability import smallest_theta, stability_function
from pdeopt.kolmogorov.stencil import Split, Stencil, Tridiagonal
from pdeopt.kolmogorov.steppers import (
    TRBDF2,
    BackwardEuler,
    CraigSneyd,
    CrankNicolson,
    Douglas,
    HundsdorferVerwer,
    ModifiedCraigSneyd,
    march,
)
from pdeopt.kolmogorov.stopping import optimal_stopping
from pdeopt.kolmogorov.transitions import TransitionPaths

__all__ = [
    "TRBDF2",
    "Answer",
    "BackwardEuler",
    "Contour",
    "CraigSneyd",
    "CrankNicolson",
    "Douglas",
    "EffectiveDynamics",
    "Generator",
    "HittingLaw",
    "HundsdorferVerwer",
    "Kinetic",
    "Krylov",
    "ModifiedCraigSneyd",
    "PartiallyAbsorbing",
    "Positivity",
    "Sensitivity",
    "Spectrum",
    "Split",
    "Stencil",
    "TransitionPaths",
    "Tridiagonal",
    "Uniformisation",
    "indicator",
    "kinetic_parts",
    "march",
    "optimal_stopping",
    "sine_axis",
    "sinh_axis",
    "smallest_theta",
    "square_axis",
    "stability_function",
]
