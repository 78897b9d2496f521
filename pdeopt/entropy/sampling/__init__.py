"""Local entropy by sampling, in any dimension."""

from pdeopt.entropy.sampling.route import SamplingWarning, estimate, obstacle

__all__ = ["SamplingWarning", "estimate", "obstacle"]
