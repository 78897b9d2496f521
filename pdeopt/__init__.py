"""Relax non-convex landscapes with partial differential equations, and know the error."""

from pdeopt import landscapes
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import relax
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation, load

__all__ = ["Grid", "Landscape", "Relaxation", "landscapes", "load", "relax"]
