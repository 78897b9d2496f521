"""Kolmogorov equations: one generator on a grid, and what is solved from it."""

from pdeopt.kolmogorov.stencil import Split, Stencil, Tridiagonal

__all__ = ["Split", "Stencil", "Tridiagonal"]
