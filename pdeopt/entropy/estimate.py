"""What every route to local entropy returns, for a list of points."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.entropy.curvature import Curvature

__all__ = ["Estimate"]


@dataclass(frozen=True, eq=False)
class Estimate:
    """Local entropy at n points, with errors; what is unknown is NaN.

    Parameters
    ----------
    value : array, shape (n,)
    gradient : array, shape (n, d)
    hessian : Curvature
        One matrix per point.
    error : array, shape (n,)
        Of the value.
    gradient_error : array, shape (n, d)
    hessian_error : array, shape (n,)
        Of every entry of the Hessian.
    method : str
    error_kind : {"rounding", "estimate", "95 %"}
        Size of rounding; change between two quadratures; half-width of a 95 % confidence interval.
    evaluations : int
        Calls of the landscape's value, gradient or Hessian, counted per point.
    effective_sample_size : array, shape (n,)
        Independent draws that would do as well; ``inf`` without sampling.
    diagnostics : mapping from str to array, shape (n,)
        What a method has to say besides, such as acceptance.
    """

    value: FloatArray
    gradient: FloatArray
    hessian: Curvature
    error: FloatArray
    gradient_error: FloatArray
    hessian_error: FloatArray
    method: str
    error_kind: str
    evaluations: int
    effective_sample_size: FloatArray
    diagnostics: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def exact(
        cls,
        value: FloatArray,
        gradient: FloatArray,
        hessian: Curvature,
        method: str,
        evaluations: int,
        exponent: FloatArray | float = 0.0,
        units: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> "Estimate":
        """Return what is right up to rounding.

        Derivatives are so up to the rounding of an exponential of the given size; units are those of value, slope and
        bend that the method adds and subtracts.
        """
        small = 16 * np.finfo(float).eps
        unit = small * (1.0 + np.abs(exponent) + np.zeros(value.shape))
        slope = np.abs(gradient).max(axis=-1, initial=0.0)
        bend = np.abs(hessian.trace_entries).max(axis=-1, initial=0.0)
        return cls(
            value,
            gradient,
            hessian,
            small * np.maximum(max(1.0, units[0]), np.abs(value)),
            np.broadcast_to((unit * np.maximum(max(1.0, units[1]), slope))[:, None], gradient.shape),
            unit * np.maximum(max(1.0, units[2]), bend),
            method,
            "rounding",
            evaluations,
            np.full(value.shape, np.inf),
        )
