"""Points inside coefficients, tuples of floats or arrays, and how a user's form of them is opened and closed."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pdeopt.kernels._points import LARGEST_TUPLE, with_item
from pdeopt.systems.compilation import Function, compiled, returning_floats, with_floats

__all__ = ["Form", "closed_rows", "closed_vector", "form_of", "opened"]


class Form(NamedTuple):
    """How vectors are written: ``out = put(fresh(x), i, value)``."""

    dim: int
    fresh: Function
    """A vector as long as x, to be filled."""
    put: Function
    """The vector with one component replaced; an array is changed in place."""

    @property
    def uses_arrays(self) -> bool:
        """Whether vectors are arrays and not tuples."""
        return self.dim > LARGEST_TUPLE


def _same(x: Any) -> Any:
    return x


def _array(x: Any) -> Any:
    return np.empty_like(x)


def _put_into_tuple(items: Any, i: int, value: float) -> Any:
    return with_item(items, i, value)


def _put_into_array(items: Any, i: int, value: float) -> Any:
    items[i] = value
    return items


def form_of(dim: int) -> Form:
    """Return the form of vectors of so many components."""
    if dim > LARGEST_TUPLE:
        return Form(dim, compiled(_array), compiled(_put_into_array))
    return Form(dim, compiled(_same), compiled(_put_into_tuple))


def opened(branch: Callable[..., Any], form: Form, n_args: int) -> Function:
    """Return a user's branch as a function from vectors to vectors; it takes the first `n_args` of the parameters."""
    if form.uses_arrays:
        return _opened_array(compiled(branch), form.fresh, n_args)
    inner = with_floats(branch)
    return _opened_number(inner, n_args) if form.dim == 1 else _opened_tuple(inner, n_args)


def _opened_number(inner: Function, n_args: int) -> Function:
    def value(t: float, x: Any, *args: Any) -> Any:
        return (inner(t, x[0], *args[:n_args]),)

    return compiled(value)


def _opened_tuple(inner: Function, n_args: int) -> Function:
    def value(t: float, x: Any, *args: Any) -> Any:
        return inner(t, x, *args[:n_args])

    return compiled(value)


def _opened_array(inner: Function, fresh: Function, n_args: int) -> Function:
    def value(t: float, x: Any, *args: Any) -> Any:
        out = fresh(x)
        inner(t, x, *args[:n_args], out)
        return out

    return compiled(value)


def closed_vector(inner: Function, form: Form) -> Function:
    """Return a function from vectors to vectors in the form of a drift of `pdeopt.SDE`."""

    def number(t: float, x: float, *args: Any) -> float:
        result: float = inner(t, (x,), *args)[0]
        return result

    def array(t: float, x: Any, *args: Any) -> None:
        args[-1][:] = inner(t, x, *args[:-1])

    if form.uses_arrays:
        return compiled(array)
    return returning_floats(number if form.dim == 1 else inner)


def closed_rows(fill: Function, form: Form, n_noise: int) -> Function:
    """Return a function that fills a matrix, shape (d, n), in the form of the rows of a diffusion."""
    zero = (0.0,) * n_noise
    zeros = (zero,) * form.dim

    def row(t: float, x: float, *args: Any) -> Any:
        out = np.zeros((1, n_noise))
        fill(t, (x,), out, *args)
        found = zero
        for j in range(n_noise):
            found = with_item(found, j, out[0, j])
        return found

    def rows(t: float, x: Any, *args: Any) -> Any:
        out = np.zeros((len(x), n_noise))
        fill(t, x, out, *args)
        found = zeros
        for i in range(len(x)):
            line = found[i]
            for j in range(n_noise):
                line = with_item(line, j, out[i, j])
            found = with_item(found, i, line)
        return found

    def array(t: float, x: Any, *args: Any) -> None:
        args[-1][:] = 0.0
        fill(t, x, args[-1], *args[:-1])

    if form.uses_arrays:
        return compiled(array)
    return returning_floats(row if form.dim == 1 else rows)
