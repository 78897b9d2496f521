"""Adaptive Langevin dynamics by splitting, with a friction z that is a variable.

The equations are dq = p/m dt, dp = -grad f dt - z p dt + sigma dW, dz = eps (p^2/m - n/beta) dt. The letters: A moves
the position, B kicks the momentum, C is friction, D noise, O both at once, E changes the friction.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels.sde.langevin import carries_gradient, drawing, kick, mean_decay, move, plan, relax
from pdeopt.kernels.vectors import Vector, dot, plus_times, times

Node = Callable[..., Any]
Gradient = Callable[..., Any]

N_DRAWS = {"A": 0, "B": 0, "C": 0, "D": 1, "E": 0, "O": 1}
"""Vectors of normals that one occurrence of a letter takes."""


def word_constants(word: str, dim: int) -> Callable[[float, Arguments], Any]:
    """Return `prepare(h, args)` of a word: constants of A, B, C, D, E and O, then the arguments of the gradient."""
    n_a, n_b, n_c, n_d, n_e, n_o = (max(word.count(letter), 1) for letter in "ABCDEO")

    def prepare(h: float, args: Arguments) -> Any:
        beta, amplitude, coupling, mass = args[0], args[1], args[2], args[3]
        e = (h / n_e * coupling, 1.0 / mass, dim / beta)
        return h / n_a / mass, -h / n_b, h / n_c, amplitude * np.sqrt(h / n_d), e, (h / n_o, amplitude), args[4:]

    return prepare


@strict_kernel
def friction_constants(t: float, friction: float, amplitude: float) -> tuple[float, float]:
    """Return factor and noise of O: exp(-z t) and sigma sqrt((1 - exp(-2 z t)) / (2 z)), of friction z of any sign."""
    decay = mean_decay(friction * t)
    lost = friction * t * decay
    return 1.0 - lost, amplitude * np.sqrt(t * decay * (1.0 - 0.5 * lost))


@strict_kernel
def adapt(z: float, square: float, e: tuple[float, float, float]) -> float:
    """Return the friction after E: `z + t eps (p^2 / m - n / beta)`."""
    rate, inverse_mass, target = e
    return z + rate * (square * inverse_mass - target)


def _moving(follow: Node, _: int, __: int) -> Node:
    def moving(q: Vector, p: Vector, z: float, g: Vector, xi: Any, k: Any) -> Any:
        return follow(move(q, p, k[0]), p, z, g, xi, k)

    return moving


def _kicking(follow: Node, _: int, __: int) -> Node:
    def kicking(q: Vector, p: Vector, z: float, g: Vector, xi: Any, k: Any) -> Any:
        return follow(q, kick(p, g, k[1]), z, g, xi, k)

    return kicking


def _braking(follow: Node, _: int, __: int) -> Node:
    def braking(q: Vector, p: Vector, z: float, g: Vector, xi: Any, k: Any) -> Any:
        return follow(q, times(np.exp(-k[2] * z), p), z, g, xi, k)

    return braking


def _shaking(follow: Node, first: int, n_draws: int) -> Node:
    draw = drawing(first, n_draws)

    def shaking(q: Vector, p: Vector, z: float, g: Vector, xi: Any, k: Any) -> Any:
        return follow(q, plus_times(p, k[3], draw(xi)), z, g, xi, k)

    return shaking


def _adapting(follow: Node, _: int, __: int) -> Node:
    def adapting(q: Vector, p: Vector, z: float, g: Vector, xi: Any, k: Any) -> Any:
        return follow(q, p, adapt(z, dot(p, p), k[4]), g, xi, k)

    return adapting


def _relaxing(follow: Node, first: int, n_draws: int) -> Node:
    draw = drawing(first, n_draws)

    def relaxing(q: Vector, p: Vector, z: float, g: Vector, xi: Any, k: Any) -> Any:
        t, amplitude = k[5]
        c, s = friction_constants(t, z, amplitude)
        return follow(q, relax(p, draw(xi), c, s), z, g, xi, k)

    return relaxing


LETTERS = {"A": _moving, "B": _kicking, "C": _braking, "D": _shaking, "E": _adapting, "O": _relaxing}


def splitting(word: str, gradient: Gradient) -> Callable[..., Any]:
    """Return the step of a word, in time order, of states (q, p, z), or ((q, p, z), g) if it carries the gradient."""

    def evaluating(follow: Node) -> Node:
        def evaluated(q: Vector, p: Vector, z: float, _: Vector, xi: Any, k: Any) -> Any:
            return follow(q, p, z, gradient(q, *k[6]), xi, k)

        return evaluated

    carries, n_draws = carries_gradient(word), sum(N_DRAWS[letter] for letter in word)
    node, draw = (_with_gradient if carries else _without_gradient), n_draws
    for letter in reversed(plan(word, carries=carries)):
        draw -= N_DRAWS.get(letter, 0)
        node = evaluating(node) if letter == "G" else LETTERS[letter](node, draw, n_draws)
    return _carrying_step(node) if carries else _forgetting_step(node)


def _with_gradient(q: Vector, p: Vector, z: float, g: Vector, _xi: Any, _k: Any) -> Any:
    return (q, p, z), g


def _without_gradient(q: Vector, p: Vector, z: float, _g: Vector, _xi: Any, _k: Any) -> Any:
    return q, p, z


def _carrying_step(first: Node) -> Callable[..., Any]:
    def adaptive_step(_t: float, state: Any, _h: float, xi: Any, constants: Any) -> Any:
        (q, p, z), g = state
        return first(q, p, z, g, xi, constants)

    return adaptive_step


def _forgetting_step(first: Node) -> Callable[..., Any]:
    def adaptive_step(_t: float, state: Any, _h: float, xi: Any, constants: Any) -> Any:
        q, p, z = state
        return first(q, p, z, q, xi, constants)

    return adaptive_step


def parted(dim: int) -> Callable[[Vector], tuple[Vector, Vector, float]]:
    """Return the function that takes a flat point apart into position, momentum and friction."""
    # Numba slices tuples by constants only.
    twice = 2 * dim

    def numbers(x: Vector) -> tuple[Vector, Vector, float]:
        return x[0], x[1], x[2]

    def parts(x: Vector) -> tuple[Vector, Vector, float]:
        return x[:dim], x[dim:twice], x[twice]

    return numbers if dim == 1 else parts


def beginning(dim: int, gradient: Gradient) -> Callable[..., Any]:
    """Return `begin(t, x, args)` for the state ((q, p, z), g)."""
    part = parted(dim)

    def begin(_t: float, x: Vector, args: Arguments) -> Any:
        q, p, z = part(x)
        return (q, p, z), gradient(q, *args[4:])

    return begin


def beginning_without_gradient(dim: int) -> Callable[..., Any]:
    """Return `begin(t, x, args)` for the state (q, p, z)."""
    part = parted(dim)

    def begin(_t: float, x: Vector, _args: Arguments) -> Any:
        return part(x)

    return begin
