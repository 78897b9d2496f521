"""Adaptive Langevin dynamics in place, on arrays of positions, momenta, the friction and a gradient carried along."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels.sde.adaptive import N_DRAWS, adapt, friction_constants
from pdeopt.kernels.sde.hamiltonian import square
from pdeopt.kernels.sde.langevin import carries_gradient, plan
from pdeopt.kernels.sde.langevin_arrays import add, followed, relax

Node = Callable[..., None]


def _moving(_first: int, dim: int) -> Node:
    def moving(x: FloatArray, _g: FloatArray, _xi: FloatArray, k: Any) -> None:
        add(x[:dim], k[0], x[dim:])

    return moving


def _kicking(_first: int, dim: int) -> Node:
    def kicking(x: FloatArray, g: FloatArray, _xi: FloatArray, k: Any) -> None:
        add(x[dim : 2 * dim], k[1], g)

    return kicking


def _braking(_first: int, dim: int) -> Node:
    def braking(x: FloatArray, _g: FloatArray, _xi: FloatArray, k: Any) -> None:
        factor = np.exp(-k[2] * x[2 * dim])
        for i in range(dim, 2 * dim):
            x[i] *= factor

    return braking


def _shaking(first: int, dim: int) -> Node:
    def shaking(x: FloatArray, _g: FloatArray, xi: FloatArray, k: Any) -> None:
        add(x[dim : 2 * dim], k[3], xi[first * dim :])

    return shaking


def _adapting(_first: int, dim: int) -> Node:
    def adapting(x: FloatArray, _g: FloatArray, _xi: FloatArray, k: Any) -> None:
        x[2 * dim] = adapt(x[2 * dim], square(x[dim : 2 * dim]), k[4])

    return adapting


def _relaxing(first: int, dim: int) -> Node:
    def relaxing(x: FloatArray, _g: FloatArray, xi: FloatArray, k: Any) -> None:
        t, amplitude = k[5]
        c, s = friction_constants(t, x[2 * dim], amplitude)
        relax(x[dim : 2 * dim], xi[first * dim :], c, s)

    return relaxing


def _resting(_x: FloatArray, _g: FloatArray, _xi: FloatArray, _k: Any) -> None:
    """Do nothing: the end of every word."""


LETTERS = {"A": _moving, "B": _kicking, "C": _braking, "D": _shaking, "E": _adapting, "O": _relaxing}


def _evaluating(gradient: Callable[..., None]) -> Node:
    def evaluating(x: FloatArray, g: FloatArray, _xi: FloatArray, k: Any) -> None:
        gradient(x, g, k[6])

    return evaluating


def splitting(word: str, gradient: Callable[..., None], dim: int) -> Callable[..., None]:
    """Return the step of a word on arrays of (q, p, z) or (q, p, z, g); `gradient` is one of ``(q, out, args)``."""
    carries = carries_gradient(word)
    node, draw = _resting, sum(N_DRAWS[letter] for letter in word)
    for letter in reversed(plan(word, carries=carries)):
        draw -= N_DRAWS.get(letter, 0)
        node = followed(_evaluating(gradient) if letter == "G" else LETTERS[letter](draw, dim), node)
    return _carrying_step(node, dim) if carries else _forgetting_step(node)


def _carrying_step(first: Node, dim: int) -> Callable[..., None]:
    def adaptive_step(_t: float, state: FloatArray, _h: float, xi: FloatArray, k: Any, _work: FloatArray) -> None:
        first(state, state[2 * dim + 1 :], xi, k)

    return adaptive_step


def _forgetting_step(first: Node) -> Callable[..., None]:
    def adaptive_step(_t: float, state: FloatArray, _h: float, xi: FloatArray, k: Any, work: FloatArray) -> None:
        first(state, work, xi, k)

    return adaptive_step


def beginning(dim: int, gradient: Callable[..., None]) -> Callable[..., None]:
    """Return `begin(t, state, args, work)` for the state (q, p, z, g)."""

    def begin(_t: float, state: FloatArray, args: Arguments, _work: FloatArray) -> None:
        gradient(state[:dim], state[2 * dim + 1 : 3 * dim + 1], args[4:])

    return begin
