"""Local entropy by sampling, in any dimension."""

from pdeopt.entropy.sampling.route import estimate, obstacle

__all__ = ["estimate", "obstacle"]
