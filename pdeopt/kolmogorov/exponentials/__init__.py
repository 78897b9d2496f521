"""Exponentials of a generator: exact in time whatever the step."""

from pdeopt.kolmogorov.exponentials.contour import Contour
from pdeopt.kolmogorov.exponentials.krylov import Krylov
from pdeopt.kolmogorov.exponentials.marching import Exponential, Stepper
from pdeopt.kolmogorov.exponentials.uniformisation import Uniformisation

__all__ = ["Contour", "Exponential", "Krylov", "Stepper", "Uniformisation"]
