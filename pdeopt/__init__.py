"""Relax non-convex landscapes with partial differential equations, and know the error."""

from importlib.metadata import version

from pdeopt import landscapes
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import relax, smooth
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation, load

__all__ = ["Grid", "Landscape", "Relaxation", "landscapes", "load", "relax", "smooth"]

__version__ = version("pdeopt")
