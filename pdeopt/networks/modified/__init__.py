"""Modified equations of stochastic residual layers, and what holds where they fail."""

from pdeopt.networks.modified.diffusion import DiffusionCheck, diffusion_check
from pdeopt.networks.modified.equations import ModifiedEquations, modified_equation
from pdeopt.networks.modified.jumps import JumpAverage, JumpLimit, jump_limit

__all__ = [
    "DiffusionCheck",
    "JumpAverage",
    "JumpLimit",
    "ModifiedEquations",
    "diffusion_check",
    "jump_limit",
    "modified_equation",
]
