"""Relax non-convex landscapes with partial differential equations, and know the error."""

from pdeopt import landscapes
from pdeopt.grid import Grid
from pdeopt.landscapes import Landscape

__all__ = ["Grid", "Landscape", "landscapes"]
