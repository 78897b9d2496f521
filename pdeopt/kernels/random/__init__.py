"""Counter-based random numbers: each a function of (seed, path, step, draw) alone."""

from pdeopt.kernels.random.areas import (
    increment_normals,
    increment_pair,
    levy_area_pair,
    levy_areas,
    levy_normals,
    merge_pairs,
)
from pdeopt.kernels.random.discrete import (
    fill_three_point,
    fill_uniforms,
    spread_two_point,
    three_point,
    two_point,
    uniform,
)
from pdeopt.kernels.random.fast_normals import fill_normals_fast, normal_fast
from pdeopt.kernels.random.normals import fill_draws, fill_normals, normal, normal_pair
from pdeopt.kernels.random.vectors import VECTOR_CHUNK, fill_vector, n_vector_blocks
from pdeopt.kernels.random.words import CHUNK, block, fill_words, philox

__all__ = [
    "CHUNK",
    "VECTOR_CHUNK",
    "block",
    "fill_draws",
    "fill_normals",
    "fill_normals_fast",
    "fill_three_point",
    "fill_uniforms",
    "fill_vector",
    "fill_words",
    "increment_normals",
    "increment_pair",
    "levy_area_pair",
    "levy_areas",
    "levy_normals",
    "merge_pairs",
    "n_vector_blocks",
    "normal",
    "normal_fast",
    "normal_pair",
    "philox",
    "spread_two_point",
    "three_point",
    "two_point",
    "uniform",
]
