"""Branches of dense layers as compiled functions of vectors, with exact derivatives.

Weights are parameters: the first, at `place` among them, is W1, then b1, and W2 and b2 where there are outer weights.
"""

from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.networks.layers import DenseBranch
from pdeopt.networks.modified.branches import Branch
from pdeopt.networks.modified.forms import Form
from pdeopt.networks.modified.units import JETS
from pdeopt.systems.compilation import Function, compiled

__all__ = ["connection_vector", "dense_branch", "hidden_columns", "weights_of"]

Key = tuple[str, bool, int]
"""Activation, whether there are outer weights, and the place of the first weight."""


def weights_of(branch: DenseBranch) -> tuple[FloatArray, ...]:
    """Return the weights as parameters, contiguous, a missing outer bias as zeros."""
    given = [branch.inner_weight, branch.inner_bias]
    if branch.outer_weight is not None:
        bias = np.zeros(branch.dim) if branch.outer_bias is None else branch.outer_bias
        given += [branch.outer_weight, bias]
    return tuple(np.ascontiguousarray(weight, dtype=np.float64) for weight in given)


@lru_cache(maxsize=256)
def dense_branch(key: Key, form: Form) -> Branch:
    """Return the branch ``W2 s(W1 x + b1) + b2``, or ``s(W1 x + b1)``, of weights among the parameters."""
    activation, has_outer, place = key
    jet = JETS[activation]

    def plain(x: Any, _v: Any, row: Any, bias: float) -> float:
        return float(jet(_dot(row, x) + bias)[0])

    def along(x: Any, v: Any, row: Any, bias: float) -> float:
        return float(jet(_dot(row, x) + bias)[1] * _dot(row, v))

    def curved(x: Any, _v: Any, row: Any, bias: float) -> float:
        return float(jet(_dot(row, x) + bias)[2] * _dot(row, row))

    layer = _outer if has_outer else _single
    f, df, ddf = (layer(compiled(unit), form, place) for unit in (plain, along, curved))

    def value(_t: float, x: Any, *args: Any) -> Any:
        return f(x, x, 1.0, *args)

    def push(_t: float, x: Any, v: Any, _rate: float, *args: Any) -> Any:
        return df(x, v, 0.0, *args)

    def laplacian(_t: float, x: Any, *args: Any) -> Any:
        return ddf(x, x, 0.0, *args)

    return Branch(compiled(value), compiled(push), compiled(laplacian))


@compiled
def _dot(row: Any, x: Any) -> float:
    total = 0.0
    for i in range(len(x)):
        total += row[i] * x[i]
    return total


def _single(unit: Function, form: Form, place: int) -> Function:
    fresh, put, after = form.fresh, form.put, place + 1

    def layer(x: Any, v: Any, _bias: float, *args: Any) -> Any:
        weight, bias = args[place], args[after]
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, unit(x, v, weight[i], bias[i]))
        return out

    return compiled(layer)


def _outer(unit: Function, form: Form, place: int) -> Function:
    fresh, put = form.fresh, form.put
    second, third, fourth = place + 1, place + 2, place + 3

    def layer(x: Any, v: Any, with_bias: float, *args: Any) -> Any:
        weight, bias, outer, outer_bias = args[place], args[second], args[third], args[fourth]
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, with_bias * outer_bias[i])
        for j in range(len(bias)):
            found = unit(x, v, weight[j], bias[j])
            for i in range(len(x)):
                out = put(out, i, out[i] + outer[i, j] * found)
        return out

    return compiled(layer)


@lru_cache(maxsize=256)
def hidden_columns(key: Key, law: Function, _form: Form) -> Function:
    """Return what fills a matrix with ``sqrt(h) sigma s_j`` times the columns of W2: dropout of hidden units."""
    activation, _, place = key
    jet, second, third = JETS[activation], place + 1, place + 2

    def fill(t: float, x: Any, out: Any, h: float, keep: float, slope: float, lowest: float, *args: Any) -> None:
        size = sqrt(h) * law(t, keep, slope, lowest)[2]
        weight, bias, outer = args[place], args[second], args[third]
        for j in range(len(bias)):
            s = size * jet(_dot(weight[j], x) + bias[j])[0]
            for i in range(len(x)):
                out[i, j] = s * outer[i, j]

    return compiled(fill)


@lru_cache(maxsize=256)
def connection_vector(key: Key, law: Function, form: Form) -> Function:
    """Return the vector ``sqrt(h) sigma (sum_j W2_ij^2 s_j^2)^(1/2)``: DropConnect."""
    activation, _, place = key
    jet, second, third = JETS[activation], place + 1, place + 2
    fresh, put = form.fresh, form.put

    def vector(t: float, x: Any, h: float, keep: float, slope: float, lowest: float, *args: Any) -> Any:
        size = sqrt(h) * law(t, keep, slope, lowest)[2]
        weight, bias, outer = args[place], args[second], args[third]
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, 0.0)
        for j in range(len(bias)):
            s = jet(_dot(weight[j], x) + bias[j])[0]
            for i in range(len(x)):
                out = put(out, i, out[i] + (outer[i, j] * s) ** 2)
        for i in range(len(x)):
            out = put(out, i, size * sqrt(out[i]))
        return out

    return compiled(vector)
