"""Modified equations of stochastic residual layers."""

from pdeopt.networks.modified.equations import ModifiedEquations, modified_equation

__all__ = ["ModifiedEquations", "modified_equation"]
