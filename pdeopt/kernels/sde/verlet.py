"""Schemes for Langevin dynamics that are linear but for one gradient a step, evaluated at the new position.

All are one map with different coefficients, where g is the gradient before and g' the one after the move:
q' = q + a p + b g + noise, p' = c p + d g + e g' + noise.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels.sde.langevin import free_constants, parted
from pdeopt.kernels.vectors import Vector, plus_times, times

Four = tuple[float, float, float, float]
Five = tuple[float, float, float, float, float]


@strict_kernel
def gjf_constants(h: float, beta: float, friction: float, mass: float) -> tuple[Four, Five]:
    """Return the coefficients of Gronbech-Jensen and Farago: (a, b, two of noise), (c, d, e, two of noise)."""
    half = 0.5 * friction * h
    b = 1.0 / (1.0 + half)
    c = (1.0 - half) * b
    noise, stride = np.sqrt(2.0 * friction * mass * h / beta), b * h / mass
    return (stride, -0.5 * h * stride, 0.5 * stride * noise, 0.0), (c, -0.5 * h * c, -0.5 * h, b * noise, 0.0)


@strict_kernel
def bbk_constants(h: float, beta: float, friction: float, mass: float) -> tuple[Four, Five]:
    """Return those of Brunger, Brooks and Karplus with the standard deviations of independent half noises."""
    half, s = 0.5 * friction * h, np.sqrt(friction * mass * h / beta)
    b = 1.0 / (1.0 + half)
    stride, c = h / mass, 1.0 - half
    return (stride * c, -0.5 * h * stride, stride * s, 0.0), (b * c, -0.5 * h * b, -0.5 * h * b, b * s, b * s)


@strict_kernel
def shared_bbk_constants(h: float, beta: float, friction: float, mass: float) -> tuple[Four, Five]:
    """Return those with one noise for two half steps that meet: a half step has half the variance."""
    return bbk_constants(h, 2.0 * beta, friction, mass)


@strict_kernel
def mean_remainder(z: float) -> float:
    """Return (exp(-z) - 1 + z) / z^2; 1/2 at z = 0."""
    if z > 1.0:
        return float((np.expm1(-z) + z) / (z * z))
    total, power = 0.0, 0.5
    for n in range(2, 22):
        total += power
        power *= -z / (n + 1.0)
    return total


@strict_kernel
def exponential_constants(h: float, beta: float, friction: float, mass: float) -> tuple[Four, Five]:
    """Return those of the exact flow with the gradient frozen at its first value."""
    c, s, a, shared, own = free_constants(h, friction, beta, mass)
    return (a, -h * h / mass * mean_remainder(friction * h), shared, own), (c, -a * mass, 0.0, s, 0.0)


def preparing(constants: Callable[..., Any]) -> Callable[[float, Arguments], Any]:
    """Return `prepare(h, args)`: the coefficients, then the arguments of the gradient."""

    def prepare(h: float, args: Arguments) -> Any:
        position, momentum = constants(h, args[0], args[1], args[2])
        return position, momentum, args[3:]

    return prepare


def one_noise(gradient: Callable[..., Any]) -> Callable[..., Any]:
    """Return the step of states ((q, p), g) with one vector of normals."""

    def verlet_step(_t: float, state: Any, _h: float, xi: Vector, k: Any) -> Any:
        (q, p), g = state
        a, b, n, _ = k[0]
        c, d, e, s, _ = k[1]
        q = plus_times(plus_times(plus_times(q, a, p), b, g), n, xi)
        p = plus_times(plus_times(times(c, p), d, g), s, xi)
        g = gradient(q, *k[2])
        return (q, plus_times(p, e, g)), g

    return verlet_step


def two_noises(gradient: Callable[..., Any]) -> Callable[..., Any]:
    """Return the step of states ((q, p), g) with two vectors of normals."""

    def verlet_step(_t: float, state: Any, _h: float, xi: Any, k: Any) -> Any:
        (q, p), g = state
        return moved(q, p, g, xi[0], xi[1], k)

    def moved(q: Vector, p: Vector, g: Vector, first: Vector, second: Vector, k: Any) -> Any:
        a, b, n, m = k[0]
        c, d, e, r, s = k[1]
        q = plus_times(plus_times(plus_times(plus_times(q, a, p), b, g), n, first), m, second)
        p = plus_times(plus_times(plus_times(times(c, p), d, g), r, first), s, second)
        g = gradient(q, *k[2])
        return (q, plus_times(p, e, g)), g

    return verlet_step


def shared_noise(gradient: Callable[..., Any]) -> Callable[..., Any]:
    """Return the step of states ((q, p), (g, r)) that keep the normals r for the next step."""
    step = two_noises(gradient)

    def verlet_step(t: float, state: Any, h: float, xi: Vector, k: Any) -> Any:
        point, (g, r) = state
        point, g = step(t, (point, g), h, (r, xi), k)
        return point, (g, xi)

    return verlet_step


def beginning_with_noise(dim: int, gradient: Callable[..., Any]) -> Callable[..., Any]:
    """Return `begin(t, x, args)` for the state ((q, p), (g, r)): without noise before the first step."""
    part = parted(dim)

    def begin(_t: float, x: Vector, args: Arguments) -> Any:
        q, p = part(x)
        return (q, p), (gradient(q, *args[3:]), times(0.0, q))

    return begin


@strict_kernel
def move(
    q: FloatArray, p: FloatArray, g: FloatArray, first: FloatArray, second: FloatArray, position: Four, momentum: Five
) -> None:
    """Do in place all but the kick by the new gradient."""
    a, b, n, m = position
    c, d, _, r, s = momentum
    for i in range(q.shape[0]):
        q[i] += a * p[i] + b * g[i] + n * first[i] + m * second[i]
        p[i] = c * p[i] + d * g[i] + r * first[i] + s * second[i]


@strict_kernel
def kick(p: FloatArray, g: FloatArray, e: float) -> None:
    """Kick in place by the new gradient."""
    for i in range(p.shape[0]):
        p[i] += e * g[i]


def in_place(gradient: Callable[..., None], dim: int, n_draws: int) -> Callable[..., None]:
    """Return the step of arrays (q, p, g) with one or two vectors of normals."""
    other = (n_draws - 1) * dim

    def verlet_step(_t: float, state: FloatArray, _h: float, xi: FloatArray, k: Any, _work: FloatArray) -> None:
        q, p, g = state[:dim], state[dim : 2 * dim], state[2 * dim : 3 * dim]
        move(q, p, g, xi, xi[other:], k[0], k[1])
        gradient(q, g, k[2])
        kick(p, g, k[1][2])

    return verlet_step


def in_place_sharing(gradient: Callable[..., None], dim: int) -> Callable[..., None]:
    """Return the step of arrays (q, p, g, r) that keep the normals r for the next step."""

    def verlet_step(_t: float, state: FloatArray, _h: float, xi: FloatArray, k: Any, _work: FloatArray) -> None:
        q, p, g, r = state[:dim], state[dim : 2 * dim], state[2 * dim : 3 * dim], state[3 * dim :]
        move(q, p, g, r, xi, k[0], k[1])
        gradient(q, g, k[2])
        kick(p, g, k[1][2])
        r[:] = xi[:dim]

    return verlet_step


def beginning_in_place_with_noise(dim: int, gradient: Callable[..., None]) -> Callable[..., None]:
    """Return `begin(t, state, args, work)` for arrays (q, p, g, r)."""

    def begin(_t: float, state: FloatArray, args: Arguments, _work: FloatArray) -> None:
        gradient(state[:dim], state[2 * dim : 3 * dim], args[3:])
        state[3 * dim :] = 0.0

    return begin
