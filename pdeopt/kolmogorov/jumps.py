"""Jump rates on a grid from diffusion and drift along offsets, with what happens to jumps that leave it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.decompositions import REACH, Decomposition, Offset, corners, selling, seven_point
from pdeopt.kolmogorov.rates import bernoulli, fitted_at_nodes
from pdeopt.kolmogorov.wide_walls import exits, factors

__all__ = ["corner_rates", "gradient_rates", "jump_rates", "selling_rates", "seven_point_rates"]

Jumps = tuple[tuple[Offset, ...], FloatArray]
Weight = Callable[[FloatArray, FloatArray], FloatArray]
