"""Local entropy at points, in any dimension: value, gradient and Hessian, each with its error."""

from pdeopt.entropy.points import local_entropy
from pdeopt.entropy.record import LocalEntropy
from pdeopt.entropy.sampling import SamplingWarning

__all__ = ["LocalEntropy", "SamplingWarning", "local_entropy"]
