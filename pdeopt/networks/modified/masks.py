"""Dropout of the components of x where they enter the branch: averages over all masks.

Parameters of every function here are ``(t, x, h, keep, slope, lowest, *args)``.
"""

from functools import lru_cache
from math import sqrt
from typing import Any

from pdeopt.networks.modified.branches import Branch
from pdeopt.networks.modified.forms import Form
from pdeopt.networks.modified.means import Mean
from pdeopt.systems.compilation import Function, compiled

__all__ = ["interaction_columns", "mask_columns", "masked_mean"]


@compiled
def _weight(k: int, n: int, keep: float) -> float:
    weight = 1.0
    for i in range(n):
        weight *= keep if (k >> i) & 1 else 1.0 - keep
    return weight


def _masking(form: Form) -> Function:
    fresh, put = form.fresh, form.put

    def mask(x: Any, k: int, keep: float) -> Any:
        out = fresh(x)
        for i in range(len(x)):
            out = put(out, i, x[i] / keep if (k >> i) & 1 else 0.0)
        return out

    return compiled(mask)


@lru_cache(maxsize=256)
def masked_mean(branch: Branch, form: Form) -> Mean:
    """Return the mean of ``f(x * xi)`` over the masks xi whose components are 0 or 1 / p."""
    fresh, put, f, push, mask, probability = form.fresh, form.put, branch.value, branch.push, _masking(form), _weight

    def added(out: Any, weight: float, found: Any, is_first: bool) -> Any:
        total = fresh(out) if is_first else out
        for i in range(len(out)):
            total = put(total, i, weight * found[i] + (0.0 if is_first else out[i]))
        return total

    add = compiled(added)

    def value(t: float, x: Any, _h: float, keep: float, _slope: float, _lowest: float, *args: Any) -> Any:
        out = x
        for k in range(1 << len(x)):
            out = add(out, probability(k, len(x), keep), f(t, mask(x, k, keep), *args), k == 0)
        return out

    def motion(t: float, x: Any, v: Any, _h: float, keep: float, _slope: float, _lowest: float, *args: Any) -> Any:
        out = x
        for k in range(1 << len(x)):
            pushed = push(t, mask(x, k, keep), mask(v, k, keep), 1.0, *args)
            out = add(out, probability(k, len(x), keep), pushed, k == 0)
        return out

    return Mean(compiled(value), compiled(motion))


@lru_cache(maxsize=256)
def interaction_columns(branch: Branch, form: Form) -> Function:
    """Return what fills a matrix with sqrt(h) times the parts of f that belong to sets of components.

    Column S is the mean of f times the product over S of ``(xi_i - 1) / sigma``: Hoeffding's decomposition. Columns
    are as smooth as f is, unlike triangular roots of their covariance.
    """
    f, mask, probability = branch.value, _masking(form), _weight

    def fill(t: float, x: Any, out: Any, h: float, keep: float, _slope: float, _lowest: float, *args: Any) -> None:
        kept, dropped = sqrt((1.0 - keep) / keep), -sqrt(keep / max(1.0 - keep, 1e-300))
        for k in range(1 << len(x)):
            weight = sqrt(h) * probability(k, len(x), keep)
            found = f(t, mask(x, k, keep), *args)
            for subset in range(1, 1 << len(x)):
                size = weight
                for i in range(len(x)):
                    if (subset >> i) & 1:
                        size *= kept if (k >> i) & 1 else dropped
                for i in range(len(x)):
                    out[i, subset - 1] += size * found[i]

    return compiled(fill)


@lru_cache(maxsize=256)
def mask_columns(branch: Branch, form: Form) -> Function:
    """Return what fills a matrix with the root of h and a probability times ``f(x * xi) - m``, for every mask."""
    f, mask, probability, mean = branch.value, _masking(form), _weight, masked_mean(branch, form).value

    def fill(t: float, x: Any, out: Any, h: float, keep: float, slope: float, lowest: float, *args: Any) -> None:
        m = mean(t, x, h, keep, slope, lowest, *args)
        for k in range(1 << len(x)):
            size, found = sqrt(h * probability(k, len(x), keep)), f(t, mask(x, k, keep), *args)
            for i in range(len(x)):
                out[i, k] = size * (found[i] - m[i])

    return compiled(fill)
