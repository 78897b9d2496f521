"""Array and callable aliases shared by the whole package."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

__all__ = [
    "Arguments",
    "ArrayLike",
    "BoolArray",
    "FloatArray",
    "IntArray",
    "Point",
    "Scalar",
    "ScalarFunction",
]

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

Point: TypeAlias = Any
"""A point as a callback sees it: a float in one dimension, a tuple up to eight, an array above."""

Scalar: TypeAlias = Any
"""A float inside a kernel; an array where the same body runs on broadcast axes."""

Arguments: TypeAlias = tuple[Any, ...]
"""The parameters that travel beside a function, passed to it after the point."""

ScalarFunction: TypeAlias = Callable[..., Any]
"""A function of ``(x, *args)``."""
