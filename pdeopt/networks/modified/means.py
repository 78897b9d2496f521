"""Means of noisy branches, as drifts, and the second drift, which makes up for the length of the step.

Parameters of every function here are ``(t, x, h, keep, slope, lowest, *args)``.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from pdeopt.networks.modified.branches import Branch
from pdeopt.networks.modified.forms import Form
from pdeopt.systems.compilation import Function, compiled

__all__ = ["Mean", "scaled_mean", "second_drift", "shaken_mean"]


class Mean(NamedTuple):
    """The mean m of a noisy branch."""

    value: Function
    """m."""
    motion: Function
    """With a vector v after x: ``m_t + (v . grad) m``."""


@lru_cache(maxsize=256)
def scaled_mean(branch: Branch, law: Function, form: Form) -> Mean:
    """Return ``mu(t) f``, mu the mean of the factor."""
    fresh, put, f, push = form.fresh, form.put, branch.value, branch.push

    def value(t: float, x: Any, _h: float, keep: float, slope: float, lowest: float, *args: Any) -> Any:
        mean, found = law(t, keep, slope, lowest)[0], f(t, x, *args)
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, mean * found[i])
        return out

    def motion(t: float, x: Any, v: Any, _h: float, keep: float, slope: float, lowest: float, *args: Any) -> Any:
        mean, change, _ = law(t, keep, slope, lowest)
        found, pushed = f(t, x, *args), push(t, x, v, 1.0, *args)
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, mean * pushed[i] + change * found[i])
        return out

    return Mean(compiled(value), compiled(motion))


@lru_cache(maxsize=256)
def shaken_mean(branch: Branch, second: Branch, form: Form) -> Mean:
    """Return ``(f + g) / 2``."""
    fresh, put = form.fresh, form.put
    f, g, f_push, g_push = branch.value, second.value, branch.push, second.push

    def middle(a: Any, b: Any) -> Any:
        out = fresh(a)
        for i in range(len(a)):
            out = put(out, i, 0.5 * (a[i] + b[i]))
        return out

    between = compiled(middle)

    def value(t: float, x: Any, _h: float, _keep: float, _slope: float, _lowest: float, *args: Any) -> Any:
        return between(f(t, x, *args), g(t, x, *args))

    def motion(t: float, x: Any, v: Any, _h: float, _keep: float, _slope: float, _lowest: float, *args: Any) -> Any:
        return between(f_push(t, x, v, 1.0, *args), g_push(t, x, v, 1.0, *args))

    return Mean(compiled(value), compiled(motion))


@lru_cache(maxsize=256)
def second_drift(mean: Mean, form: Form) -> Function:
    """Return ``m - (h / 2) [m_t + (m . grad) m]``."""
    fresh, put, value, motion = form.fresh, form.put, mean.value, mean.motion

    def drift(t: float, x: Any, h: float, keep: float, slope: float, lowest: float, *args: Any) -> Any:
        m = value(t, x, h, keep, slope, lowest, *args)
        moved = motion(t, x, m, h, keep, slope, lowest, *args)
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, m[i] - 0.5 * h * moved[i])
        return out

    return compiled(drift)
