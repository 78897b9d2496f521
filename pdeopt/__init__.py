"""Relax non-convex landscapes with partial differential equations, and know the error."""

from importlib import import_module
from importlib.metadata import version
from types import ModuleType

from pdeopt import convergence, hamilton_jacobi, kolmogorov, landscapes
from pdeopt.entropy import LocalEntropy, local_entropy
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import HamiltonJacobi, relax, smooth, solve_hamilton_jacobi
from pdeopt.kolmogorov import Generator
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation, load
from pdeopt.sde import simulate
from pdeopt.systems import SDE, adaptive_langevin, langevin, overdamped_langevin

__all__ = [
    "SDE",
    "Generator",
    "Grid",
    "HamiltonJacobi",
    "Landscape",
    "LocalEntropy",
    "Relaxation",
    "adaptive_langevin",
    "convergence",
    "hamilton_jacobi",
    "kolmogorov",
    "landscapes",
    "langevin",
    "load",
    "local_entropy",
    "overdamped_langevin",
    "relax",
    "simulate",
    "smooth",
    "solve_hamilton_jacobi",
]

__version__ = version("pdeopt")

LATE = ("control", "geometry", "homogenization", "networks", "optimizers", "plot", "verification")
"""Subpackages that are imported when they are first used: they take long to import, `plot` with matplotlib."""


def __getattr__(name: str) -> ModuleType:
    """Import a subpackage at its first use."""
    if name in LATE:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the names that completion offers."""
    return sorted({*globals(), *LATE})
