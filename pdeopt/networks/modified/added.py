"""Noise that is added to a layer, or to its state, and does not pass through the branch.

Parameters of every function here are ``(t, x, h, mean, slope, size, *args)``; `law` makes the deviation of the noise
over the root of the step of the last three.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from pdeopt.networks.modified.branches import Branch
from pdeopt.networks.modified.forms import Form
from pdeopt.networks.modified.means import Mean
from pdeopt.networks.modified.roots import lower_root
from pdeopt.systems.compilation import Function, compiled

__all__ = ["added_vector", "second_added_columns", "second_added_drift", "state_vector"]


@lru_cache(maxsize=256)
def added_vector(law: Function, form: Form) -> Function:
    """Return a vector of the deviation."""
    fresh, put = form.fresh, form.put

    def vector(t: float, x: Any, _h: float, mean: float, slope: float, size: Any, *_args: Any) -> Any:
        deviation = law(t, mean, slope, size)[2]
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, deviation)
        return out

    return compiled(vector)


@lru_cache(maxsize=256)
def state_vector(law: Function, form: Form) -> Function:
    """Return the deviation times x."""
    fresh, put = form.fresh, form.put

    def vector(t: float, x: Any, _h: float, mean: float, slope: float, size: Any, *_args: Any) -> Any:
        deviation = law(t, mean, slope, size)[2]
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, deviation * x[i])
        return out

    return compiled(vector)


@lru_cache(maxsize=256)
def second_added_drift(branch: Branch, mean: Mean, law: Function, form: Form) -> Function:
    """Return ``f - (h / 2) [f_t + (f . grad) f + 1/2 eps^2 lap f]``."""
    fresh, put, f, motion, laplacian = form.fresh, form.put, mean.value, mean.motion, branch.laplacian

    def drift(t: float, x: Any, h: float, one: float, slope: float, size: Any, *args: Any) -> Any:
        deviation = law(t, one, slope, size)[2]
        m = f(t, x, h, one, slope, size, *args)
        moved = motion(t, x, m, h, one, slope, size, *args)
        bent = laplacian(t, x, *args)
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, m[i] - 0.5 * h * (moved[i] + 0.5 * deviation * deviation * bent[i]))
        return out

    return compiled(drift)


@lru_cache(maxsize=256)
def second_added_columns(branch: Branch, law: Function, form: Form) -> Function:
    """Return what fills a matrix with the triangular root of ``eps^2 [I - (h / 2) (Df + Df^T)]``."""
    fresh, put, push = form.fresh, form.put, branch.push

    def unit(x: Any, k: int) -> Any:
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, 1.0 if i == k else 0.0)
        return out

    along = compiled(unit)

    def fill(t: float, x: Any, out: Any, h: float, one: float, slope: float, size: Any, *args: Any) -> None:
        deviation = law(t, one, slope, size)[2]
        matrix = np.eye(len(x))
        for k in range(len(x)):
            pushed = push(t, x, along(x, k), 0.0, *args)
            for i in range(len(x)):
                matrix[i, k] -= 0.5 * h * pushed[i]
                matrix[k, i] -= 0.5 * h * pushed[i]
        lower_root(matrix, out)
        for i in range(len(x)):
            for k in range(i + 1):
                out[i, k] *= deviation

    return compiled(fill)
