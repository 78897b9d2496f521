"""Exponentials of a generator: exact in time whatever the step."""

from pdeopt.kolmogorov.exponentials.contour import Contour

__all__ = ["Contour"]
