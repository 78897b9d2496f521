"""Observed orders of accuracy with error bars, Richardson extrapolation and tables, for any solver's own arrays."""

from pdeopt.convergence.extrapolation import Richardson, observed_order_from_solutions, richardson
from pdeopt.convergence.orders import ObservedOrder, observed_order
from pdeopt.convergence.refinement import refinement_table
from pdeopt.convergence.slopes import Fit, local_slopes
from pdeopt.convergence.tables import EOCTable

__all__ = [
    "EOCTable",
    "Fit",
    "ObservedOrder",
    "Richardson",
    "local_slopes",
    "observed_order",
    "observed_order_from_solutions",
    "refinement_table",
    "richardson",
]
