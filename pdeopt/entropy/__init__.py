"""Local entropy at points, in any dimension: value, gradient and Hessian, each with its error."""

from pdeopt.entropy.points import local_entropy
from pdeopt.entropy.record import LocalEntropy

__all__ = ["LocalEntropy", "local_entropy"]
