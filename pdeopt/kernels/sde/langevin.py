"""Langevin dynamics by splitting: exact flows of parts of dq = p/m dt, dp = -grad f dt - gamma p dt + noise.

The letters: A moves the position, B kicks the momentum, O is friction with noise, U both A and O at once, V both B and
O at once with the position at rest. Points q and p are floats or tuples; coefficients come from `word_constants`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels.vectors import Vector, plus_times, times

Node = Callable[..., Any]
Gradient = Callable[..., Any]

N_DRAWS = {"A": 0, "B": 0, "O": 1, "U": 2, "V": 1}
"""Vectors of normals that one occurrence of a letter takes."""


@strict_kernel
def mean_decay(z: float) -> float:
    """Return (1 - exp(-z)) / z, the mean of exp(-s) over 0 < s < z; 1 at z = 0."""
    return float(-np.expm1(-z) / z) if z != 0.0 else 1.0


@strict_kernel
def free_variance(z: float) -> float:
    """Return (2 z - 3 + 4 exp(-z) - exp(-2 z)) / z^2, the variance of a free position; 2 z / 3 for small z."""
    if z > 1.0:
        return float((2.0 * z - 3.0 + 4.0 * np.exp(-z) - np.exp(-2.0 * z)) / (z * z))
    total, power, binary = 0.0, z / 6.0, 8.0
    for n in range(3, 30):
        total += (binary - 4.0) * power
        power *= -z / (n + 1.0)
        binary *= 2.0
    return total


@strict_kernel
def friction_constants(t: float, friction: float, heat: float) -> tuple[float, float]:
    """Return factor and noise of O over a time t: exp(-gamma t) and sqrt(m / beta (1 - exp(-2 gamma t)))."""
    return np.exp(-friction * t), np.sqrt(-heat * np.expm1(-2.0 * friction * t))


@strict_kernel
def forced_constants(t: float, friction: float, heat: float) -> tuple[float, float, float]:
    """Return those of O, and minus the time for which V applies the force, (1 - exp(-gamma t)) / gamma."""
    c, s = friction_constants(t, friction, heat)
    return c, s, -t * mean_decay(friction * t)


@strict_kernel
def free_constants(t: float, friction: float, beta: float, mass: float) -> tuple[float, float, float, float, float]:
    """Return those of O, then what U adds to the position: per momentum, per first and per second normal."""
    z = friction * t
    c, s = friction_constants(t, friction, mass / beta)
    decay = mean_decay(z)
    shared = z * decay**3 / (1.0 + c)
    size = t / np.sqrt(beta * mass)
    return c, s, t * decay / mass, size * np.sqrt(shared), size * np.sqrt(max(free_variance(z) - shared, 0.0))


def word_constants(word: str) -> Callable[[float, Arguments], Any]:
    """Return `prepare(h, args)` of a word: constants of A, B, O, U and V, then the arguments of the gradient."""
    n_a, n_b, n_o, n_u, n_v = (max(word.count(letter), 1) for letter in "ABOUV")

    def prepare(h: float, args: Arguments) -> Any:
        beta, friction, mass = args[0], args[1], args[2]
        o = friction_constants(h / n_o, friction, mass / beta)
        u = free_constants(h / n_u, friction, beta, mass)
        v = forced_constants(h / n_v, friction, mass / beta)
        return h / n_a / mass, -h / n_b, o, u, v, args[3:]

    return prepare


@strict_kernel
def move(q: Vector, p: Vector, a: float) -> Vector:
    """Return the position after A: `q + a p` with `a = t / m`."""
    return plus_times(q, a, p)


@strict_kernel
def kick(p: Vector, g: Vector, b: float) -> Vector:
    """Return the momentum after B: `p + b g` with `b = -t`."""
    return plus_times(p, b, g)


@strict_kernel
def relax(p: Vector, r: Vector, c: float, s: float) -> Vector:
    """Return the momentum after O: `c p + s r`."""
    return plus_times(times(c, p), s, r)


@strict_kernel
def fly(q: Vector, p: Vector, r: Vector, w: Vector, u: Any) -> tuple[Vector, Vector]:
    """Return the point after U, whose two vectors of normals are r and w; `u` from `free_constants`."""
    c, s, a, shared, own = u
    return plus_times(plus_times(plus_times(q, a, p), shared, r), own, w), plus_times(times(c, p), s, r)


@strict_kernel
def force(p: Vector, r: Vector, g: Vector, v: Any) -> Vector:
    """Return the momentum after V; `v` from `forced_constants`."""
    c, s, b = v
    return plus_times(plus_times(times(c, p), s, r), b, g)


def _moving(follow: Node, _: int, __: int) -> Node:
    def moving(q: Vector, p: Vector, g: Vector, xi: Any, k: Any) -> Any:
        return follow(move(q, p, k[0]), p, g, xi, k)

    return moving


def _kicking(follow: Node, _: int, __: int) -> Node:
    def kicking(q: Vector, p: Vector, g: Vector, xi: Any, k: Any) -> Any:
        return follow(q, kick(p, g, k[1]), g, xi, k)

    return kicking


def _relaxing(follow: Node, first: int, n_draws: int) -> Node:
    draw = drawing(first, n_draws)

    def relaxing(q: Vector, p: Vector, g: Vector, xi: Any, k: Any) -> Any:
        c, s = k[2]
        return follow(q, relax(p, draw(xi), c, s), g, xi, k)

    return relaxing


def _flying(follow: Node, first: int, n_draws: int) -> Node:
    draw, other = drawing(first, n_draws), drawing(first + 1, n_draws)

    def flying(q: Vector, p: Vector, g: Vector, xi: Any, k: Any) -> Any:
        q, p = fly(q, p, draw(xi), other(xi), k[3])
        return follow(q, p, g, xi, k)

    return flying


def _forcing(follow: Node, first: int, n_draws: int) -> Node:
    draw = drawing(first, n_draws)

    def forcing(q: Vector, p: Vector, g: Vector, xi: Any, k: Any) -> Any:
        return follow(q, force(p, draw(xi), g, k[4]), g, xi, k)

    return forcing


LETTERS = {"A": _moving, "B": _kicking, "O": _relaxing, "U": _flying, "V": _forcing}


def drawing(index: int, n_draws: int) -> Callable[[Any], Vector]:
    """Return the function that takes one vector of normals from the draws of a step; a single one is not nested."""

    def alone(xi: Any) -> Vector:
        return xi

    def one_of_several(xi: Any) -> Vector:
        return xi[index]

    return alone if n_draws == 1 else one_of_several


def plan(word: str, *, carries: bool) -> list[str]:
    """Return the word with a G before every letter that needs a gradient not yet known.

    `carries` tells that the gradient at the first position is known.
    """
    known, letters = carries, ""
    for letter in word:
        if letter in "BV" and not known:
            letters, known = letters + "G", True
        letters += letter
        known = known and letter not in "AU"
    return list(letters)


def carries_gradient(word: str) -> bool:
    """Tell whether the last gradient of a step of this word is the first of the next."""
    forces = [i for i, letter in enumerate(word) if letter in "BV"]
    moves = [i for i, letter in enumerate(word) if letter in "AU"]
    return bool(forces and moves) and forces[0] < moves[0] and moves[-1] < forces[-1]


def splitting(word: str, gradient: Gradient) -> Callable[..., Any]:
    """Return the step of a word, in time order; its state is (q, p), or ((q, p), g) if it carries the gradient."""

    def evaluating(follow: Node) -> Node:
        def evaluated(q: Vector, p: Vector, _: Vector, xi: Any, k: Any) -> Any:
            return follow(q, p, gradient(q, *k[5]), xi, k)

        return evaluated

    carries, n_draws = carries_gradient(word), sum(N_DRAWS[letter] for letter in word)
    node, draw = (_with_gradient if carries else _without_gradient), n_draws
    for letter in reversed(plan(word, carries=carries)):
        draw -= N_DRAWS.get(letter, 0)
        node = evaluating(node) if letter == "G" else LETTERS[letter](node, draw, n_draws)
    return _carrying_step(node) if carries else _forgetting_step(node)


def _with_gradient(q: Vector, p: Vector, g: Vector, _xi: Any, _k: Any) -> Any:
    return (q, p), g


def _without_gradient(q: Vector, p: Vector, _g: Vector, _xi: Any, _k: Any) -> Any:
    return q, p


def _carrying_step(first: Node) -> Callable[..., Any]:
    def splitting_step(_t: float, state: Any, _h: float, xi: Any, constants: Any) -> Any:
        q, p = state[0]
        return first(q, p, state[1], xi, constants)

    return splitting_step


def _forgetting_step(first: Node) -> Callable[..., Any]:
    def splitting_step(_t: float, state: Any, _h: float, xi: Any, constants: Any) -> Any:
        q, p = state
        return first(q, p, q, xi, constants)

    return splitting_step


def parted(dim: int) -> Callable[[Vector], tuple[Vector, Vector]]:
    """Return the function that takes a flat point apart into position and momentum."""

    def numbers(x: Vector) -> tuple[Vector, Vector]:
        return x[0], x[1]

    def halves(x: Vector) -> tuple[Vector, Vector]:
        return x[:dim], x[dim:]

    return numbers if dim == 1 else halves


def beginning(dim: int, gradient: Gradient) -> Callable[..., Any]:
    """Return `begin(t, x, args)` for the state ((q, p), g)."""
    part = parted(dim)

    def begin(_t: float, x: Vector, args: Arguments) -> Any:
        q, p = part(x)
        return (q, p), gradient(q, *args[3:])

    return begin


def beginning_without_gradient(dim: int) -> Callable[..., Any]:
    """Return `begin(t, x, args)` for the state (q, p)."""
    part = parted(dim)

    def begin(_t: float, x: Vector, _args: Arguments) -> Any:
        return part(x)

    return begin
