"""Kolmogorov equations: one generator on a grid, and what is solved from it."""

from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.boundaries import PartiallyAbsorbing
from pdeopt.kolmogorov.generator import Generator
from pdeopt.kolmogorov.stencil import Split, Stencil, Tridiagonal

__all__ = ["Answer", "Generator", "PartiallyAbsorbing", "Split", "Stencil", "Tridiagonal"]
