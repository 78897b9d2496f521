"""Counter-based random numbers: each a function of (seed, path, step, draw) alone."""

from pdeopt.kernels.random.normals import fill_normals, normal, normal_pair
from pdeopt.kernels.random.philox import CHUNK, block, philox

__all__ = ["CHUNK", "block", "fill_normals", "normal", "normal_pair", "philox"]
