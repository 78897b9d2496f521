"""Branches as compiled functions of vectors: values, derivatives along a direction, Laplacians."""

from functools import lru_cache
from typing import Any, NamedTuple

from pdeopt.networks.modified.forms import Form, opened
from pdeopt.systems.compilation import Function, compiled

__all__ = ["Branch", "called_branch"]

FIRST = 7.400959797414051e-04
"""Step of first differences of fourth order, the fifth root of the machine epsilon."""

SECOND = 2.460783300575925e-03
"""Step of second differences of fourth order, the sixth root of the machine epsilon."""


class Branch(NamedTuple):
    """A branch f of a time, a vector and the parameters of a layer."""

    value: Function
    """``(t, x, *args)``: f."""
    push: Function
    """``(t, x, v, rate, *args)``: the derivative of ``f(t + s rate, x + s v)`` by s at 0."""
    laplacian: Function
    """``(t, x, *args)``: the sum of the second derivatives of f."""


@lru_cache(maxsize=256)
def called_branch(branch: Any, form: Form, n_args: int) -> Branch:
    """Return the branch that a user wrote, with differences of fourth order for its derivatives."""
    value = opened(branch, form, n_args)
    moved = compiled(_moved(form))
    return Branch(value, _pushed(value, form, moved), _laplacian(value, form))


def _moved(form: Form) -> Function:
    fresh, put = form.fresh, form.put

    def moved(x: Any, s: float, v: Any) -> Any:
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, x[i] + s * v[i])
        return out

    return moved


@compiled
def _largest(x: Any) -> float:
    size = 1.0
    for i in range(len(x)):
        size = max(size, abs(x[i]))
    return size


def _pushed(value: Function, form: Form, moved: Function) -> Function:
    fresh, put, largest = form.fresh, form.put, _largest

    def push(t: float, x: Any, v: Any, rate: float, *args: Any) -> Any:
        # A step in position as long as one along an axis, however long v is.
        s = FIRST * largest(x) / largest(v)
        ahead, behind = value(t + s * rate, moved(x, s, v), *args), value(t - s * rate, moved(x, -s, v), *args)
        far = value(t + 2.0 * s * rate, moved(x, 2.0 * s, v), *args)
        back = value(t - 2.0 * s * rate, moved(x, -2.0 * s, v), *args)
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, (8.0 * (ahead[i] - behind[i]) - (far[i] - back[i])) / (12.0 * s))
        return out

    return compiled(push)


def _laplacian(value: Function, form: Form) -> Function:
    fresh, put, largest = form.fresh, form.put, _largest

    def shifted(x: Any, k: int, s: float) -> Any:
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, x[i] + s if i == k else x[i])
        return out

    place = compiled(shifted)

    def laplacian(t: float, x: Any, *args: Any) -> Any:
        s = SECOND * largest(x)
        centre = value(t, x, *args)
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, 0.0)
        for k in range(len(x)):
            ahead, behind = value(t, place(x, k, s), *args), value(t, place(x, k, -s), *args)
            far, back = value(t, place(x, k, 2.0 * s), *args), value(t, place(x, k, -2.0 * s), *args)
            for i in range(len(x)):
                near = 16.0 * (ahead[i] + behind[i]) - 30.0 * centre[i]
                out = put(out, i, out[i] + (near - far[i] - back[i]) / (12.0 * s * s))
        return out

    return compiled(laplacian)
