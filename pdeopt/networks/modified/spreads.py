"""Columns of noise, sqrt(h) times a root of the covariance of a noisy branch.

Parameters of every function here are ``(t, x, h, keep, slope, lowest, *args)``.
"""

from functools import lru_cache
from math import sqrt
from typing import Any

from pdeopt.networks.modified.branches import Branch
from pdeopt.networks.modified.forms import Form
from pdeopt.systems.compilation import Function, compiled

__all__ = ["branch_vector", "filled_diagonal", "nothing", "shaken_vector"]


@lru_cache(maxsize=256)
def branch_vector(branch: Branch, law: Function, form: Form) -> Function:
    """Return ``sqrt(h) sigma f``, sigma the deviation of the factor."""
    fresh, put, f = form.fresh, form.put, branch.value

    def vector(t: float, x: Any, h: float, keep: float, slope: float, lowest: float, *args: Any) -> Any:
        size, found = sqrt(h) * law(t, keep, slope, lowest)[2], f(t, x, *args)
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, size * found[i])
        return out

    return compiled(vector)


@lru_cache(maxsize=256)
def shaken_vector(branch: Branch, second: Branch, law: Function, form: Form) -> Function:
    """Return ``sqrt(h) sigma (f - g)``."""
    fresh, put, f, g = form.fresh, form.put, branch.value, second.value

    def vector(t: float, x: Any, h: float, keep: float, slope: float, lowest: float, *args: Any) -> Any:
        size, a, b = sqrt(h) * law(t, keep, slope, lowest)[2], f(t, x, *args), g(t, x, *args)
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, size * (a[i] - b[i]))
        return out

    return compiled(vector)


@lru_cache(maxsize=256)
def filled_diagonal(vector: Function) -> Function:
    """Return the function that fills a matrix with a vector on its diagonal."""

    def fill(t: float, x: Any, out: Any, *args: Any) -> None:
        found = vector(t, x, *args)
        for i in range(len(x)):
            out[i, i] = found[i]

    return compiled(fill)


@lru_cache(maxsize=256)
def nothing(form: Form) -> Function:
    """Return zeros."""
    fresh, put = form.fresh, form.put

    def zeros(_t: float, x: Any, *_args: Any) -> Any:
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, 0.0)
        return out

    return compiled(zeros)
