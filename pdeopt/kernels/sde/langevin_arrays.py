"""Splitting schemes in place, on arrays that hold positions, then momenta, then a gradient carried along."""

from collections.abc import Callable
from typing import Any

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels.sde.langevin import N_DRAWS, carries_gradient, plan

Node = Callable[..., None]


@strict_kernel
def add(x: FloatArray, a: float, y: FloatArray) -> None:
    """Add `a y` to x: A and B."""
    for i in range(x.shape[0]):
        x[i] += a * y[i]


@strict_kernel
def relax(p: FloatArray, r: FloatArray, c: float, s: float) -> None:
    """Turn momenta into `c p + s r`: O."""
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


def _moving(_: int) -> Node:
    def moving(q: FloatArray, p: FloatArray, _g: FloatArray, _xi: FloatArray, k: Any) -> None:
        add(q, k[0], p)

    return moving


def _kicking(_: int) -> Node:
    def kicking(_q: FloatArray, p: FloatArray, g: FloatArray, _xi: FloatArray, k: Any) -> None:
        add(p, k[1], g)

    return kicking


def _relaxing(first: int) -> Node:
    def relaxing(_q: FloatArray, p: FloatArray, _g: FloatArray, xi: FloatArray, k: Any) -> None:
        c, s = k[2]
        relax(p, xi[first * p.shape[0] :], c, s)

    return relaxing


def _flying(first: int) -> Node:
    def flying(q: FloatArray, p: FloatArray, _g: FloatArray, xi: FloatArray, k: Any) -> None:
        n = q.shape[0]
        fly(q, p, xi[first * n :], xi[(first + 1) * n :], k[3])

    return flying


def _forcing(first: int) -> Node:
    def forcing(_q: FloatArray, p: FloatArray, g: FloatArray, xi: FloatArray, k: Any) -> None:
        force(p, xi[first * p.shape[0] :], g, k[4])

    return forcing


def _resting(_q: FloatArray, _p: FloatArray, _g: FloatArray, _xi: FloatArray, _k: Any) -> None:
    """Do nothing: the end of every word."""


LETTERS = {"A": _moving, "B": _kicking, "O": _relaxing, "U": _flying, "V": _forcing}


def _evaluating(gradient: Callable[..., None]) -> Node:
    def evaluating(q: FloatArray, _p: FloatArray, g: FloatArray, _xi: FloatArray, k: Any) -> None:
        gradient(q, g, k[5])

    return evaluating


def followed(first: Node, rest: Node) -> Node:
    """Return the map that does one thing, then another."""

    def both(*given: Any) -> None:
        first(*given)
        rest(*given)

    return both


def splitting(word: str, gradient: Callable[..., None], dim: int) -> Callable[..., None]:
    """Return the step of a word on arrays of (q, p) or (q, p, g); `gradient` is one of ``(q, out, args)``."""
    carries = carries_gradient(word)
    node, draw = _resting, sum(N_DRAWS[letter] for letter in word)
    for letter in reversed(plan(word, carries=carries)):
        draw -= N_DRAWS.get(letter, 0)
        node = followed(_evaluating(gradient) if letter == "G" else LETTERS[letter](draw), node)
    return _carrying_step(node, dim) if carries else _forgetting_step(node, dim)


def _carrying_step(first: Node, dim: int) -> Callable[..., None]:
    def splitting_step(_t: float, state: FloatArray, _h: float, xi: FloatArray, k: Any, _work: FloatArray) -> None:
        first(state[:dim], state[dim : 2 * dim], state[2 * dim :], xi, k)

    return splitting_step


def _forgetting_step(first: Node, dim: int) -> Callable[..., None]:
    def splitting_step(_t: float, state: FloatArray, _h: float, xi: FloatArray, k: Any, work: FloatArray) -> None:
        first(state[:dim], state[dim:], work, xi, k)

    return splitting_step


def beginning(dim: int, gradient: Callable[..., None]) -> Callable[..., None]:
    """Return `begin(t, state, args, work)` for the state (q, p, g)."""

    def begin(_t: float, state: FloatArray, args: Arguments, _work: FloatArray) -> None:
        gradient(state[:dim], state[2 * dim : 3 * dim], args[3:])

    return begin


def beginning_without_gradient(_t: float, _state: FloatArray, _args: Arguments, _work: FloatArray) -> None:
    """Leave the state (q, p) as it is."""
