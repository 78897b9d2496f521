"""Relax non-convex landscapes with partial differential equations, and know the error."""

from importlib.metadata import version

from pdeopt import control, convergence, kolmogorov, landscapes
from pdeopt.entropy import LocalEntropy, local_entropy
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import relax, smooth
from pdeopt.kolmogorov import Generator
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation, load
from pdeopt.sde import simulate
from pdeopt.systems import SDE, adaptive_langevin, langevin, overdamped_langevin

__all__ = [
    "SDE",
    "Generator",
    "Grid",
    "Landscape",
    "LocalEntropy",
    "Relaxation",
    "adaptive_langevin",
    "control",
    "convergence",
    "kolmogorov",
    "landscapes",
    "langevin",
    "load",
    "local_entropy",
    "overdamped_langevin",
    "relax",
    "simulate",
    "smooth",
]

__version__ = version("pdeopt")
