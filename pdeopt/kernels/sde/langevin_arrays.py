"""Splitting schemes in place, on arrays that hold positions, then momenta, then a gradient carried along."""

from collections.abc import Callable
from typing import Any

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels.sde.langevin import carries_gradient, plan


@strict_kernel
def copy(x: FloatArray, out: FloatArray) -> None:
    """Write x to `out`, which is as long."""
    # Compiles in a tenth of the time of an assignment of slices.
    for i in range(out.shape[0]):
        out[i] = x[i]


@strict_kernel
def add(x: FloatArray, a: float, y: FloatArray) -> None:
    """Add `a y` to x: A and B."""
    for i in range(x.shape[0]):
        x[i] += a * y[i]


@strict_kernel
def relax(p: FloatArray, r: FloatArray, o: tuple[float, float]) -> None:
    """Turn momenta into `c p + s r` with o = (c, s): O."""
    c, s = o
    for i in range(p.shape[0]):
        p[i] = c * p[i] + s * r[i]


@strict_kernel
def fly(q: FloatArray, p: FloatArray, r: FloatArray, w: FloatArray, u: Any) -> None:
    """Move and relax at once, with two vectors of normals r and w: U."""
    c, s, a, shared, own = u
    for i in range(q.shape[0]):
        q[i] += a * p[i] + shared * r[i] + own * w[i]
        p[i] = c * p[i] + s * r[i]


@strict_kernel
def force(p: FloatArray, r: FloatArray, g: FloatArray, v: Any) -> None:
    """Kick and relax at once: V."""
    c, s, b = v
    for i in range(p.shape[0]):
        p[i] = c * p[i] + s * r[i] + b * g[i]


def splitting(word: str, gradient: Callable[..., None], dim: int) -> Callable[..., None]:
    """Return the step of a word on arrays of (q, p) or (q, p, g); `gradient` is one of ``(q, out, args)``."""
    carries, twice = carries_gradient(word), 2 * dim
    codes = tuple("ABOUVG".index(letter) for letter in plan(word, carries=carries))

    # Next to the loops over coordinates, a loop over letters costs nothing, and it compiles faster than nested calls.
    def splitting_step(_t: float, state: FloatArray, _h: float, xi: FloatArray, k: Any, work: FloatArray) -> None:
        q, p, g, at = state[:dim], state[dim:twice], state[twice:] if carries else work, 0
        for code in codes:
            if code == 0:
                add(q, k[0], p)
            elif code == 1:
                add(p, k[1], g)
            elif code == 2:
                relax(p, xi[at:], k[2])
                at += dim
            elif code == 3:
                fly(q, p, xi[at:], xi[at + dim :], k[3])
                at += twice
            elif code == 4:
                force(p, xi[at:], g, k[4])
                at += dim
            else:
                gradient(q, g, k[5])

    return splitting_step


def beginning(dim: int, gradient: Callable[..., None]) -> Callable[..., None]:
    """Return `begin(t, state, args, work)` for the state (q, p, g)."""

    def begin(_t: float, state: FloatArray, args: Arguments, _work: FloatArray) -> None:
        gradient(state[:dim], state[2 * dim : 3 * dim], args[3:])

    return begin


def beginning_without_gradient(_t: float, _state: FloatArray, _args: Arguments, _work: FloatArray) -> None:
    """Leave the state (q, p) as it is."""
