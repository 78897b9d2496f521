"""Generalised Hamiltonian Monte Carlo: Metropolised OBABO, whose stationary law is exact."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels.sde.langevin import friction_constants, kick, move, parted, relax
from pdeopt.kernels.sde.langevin_arrays import add
from pdeopt.kernels.sde.langevin_arrays import relax as relax_array
from pdeopt.kernels.vectors import Vector, dot, times


def prepare(h: float, args: Arguments) -> Any:
    """Return what one step needs of its size: moves, kicks, half a friction, beta, 1 / (2 m), landscape arguments."""
    beta, friction, mass = args[0], args[1], args[2]
    return h / mass, -0.5 * h, friction_constants(0.5 * h, friction, mass / beta), beta, 0.5 / mass, args[3:]


@strict_kernel
def accepted(u: float, beta: float, rise: float) -> bool:
    """Tell whether a uniform number lets a rise of energy pass: `u < exp(-beta rise)`; never if it is NaN."""
    return bool(u < np.exp(-beta * rise))


def metropolised(gradient: Callable[..., Any], value: Callable[..., Any]) -> Callable[..., Any]:
    """Return the step of states ((q, p), (g, f)): a Verlet step, kept or turned back, between two half frictions."""

    def metropolised_step(_t: float, state: Any, _h: float, xi: Any, k: Any) -> Any:
        (q, p), (g, f) = state
        a, b, (c, s), beta, kinetic, args = k
        p = relax(p, xi[0], c, s)
        halfway = kick(p, g, b)
        new_q = move(q, halfway, a)
        new_g, new_f = gradient(new_q, *args), value(new_q, *args)
        new_p = kick(halfway, new_g, b)
        rise = new_f - f + kinetic * (dot(new_p, new_p) - dot(p, p))
        if accepted(xi[2], beta, rise):
            return (new_q, relax(new_p, xi[1], c, s)), (new_g, new_f)
        return (q, relax(times(-1.0, p), xi[1], c, s)), (g, f)

    return metropolised_step


def beginning(dim: int, gradient: Callable[..., Any], value: Callable[..., Any]) -> Callable[..., Any]:
    """Return `begin(t, x, args)`."""
    part = parted(dim)

    def begin(_t: float, x: Vector, args: Arguments) -> Any:
        q, p = part(x)
        return (q, p), (gradient(q, *args[3:]), value(q, *args[3:]))

    return begin


@strict_kernel
def square(p: FloatArray) -> float:
    """Return the sum of squares."""
    total = 0.0
    for i in range(p.shape[0]):
        total += p[i] * p[i]
    return total


@strict_kernel
def turn_back(state: FloatArray, kept: FloatArray, dim: int) -> None:
    """Restore (q, p, g) of a rejected proposal, with the momentum reversed."""
    for i in range(3 * dim):
        state[i] = kept[i]
    for i in range(dim, 2 * dim):
        state[i] = -state[i]


def in_place(gradient: Callable[..., None], value: Callable[..., Any], dim: int) -> Callable[..., None]:
    """Return the step of arrays (q, p, g, f)."""

    def metropolised_step(_t: float, state: FloatArray, _h: float, xi: FloatArray, k: Any, work: FloatArray) -> None:
        q, p, g = state[:dim], state[dim : 2 * dim], state[2 * dim : 3 * dim]
        a, b, (c, s), beta, kinetic, args = k
        relax_array(p, xi, c, s)
        work[: 3 * dim] = state[: 3 * dim]
        before = state[3 * dim] + kinetic * square(p)
        add(p, b, g)
        add(q, a, p)
        gradient(q, g, args)
        add(p, b, g)
        f = value(q, args)
        if accepted(xi[2 * dim], beta, f + kinetic * square(p) - before):
            state[3 * dim] = f
        else:
            turn_back(state, work, dim)
        relax_array(p, xi[dim:], c, s)

    return metropolised_step


def beginning_in_place(dim: int, gradient: Callable[..., None], value: Callable[..., Any]) -> Callable[..., None]:
    """Return `begin(t, state, args, work)`."""

    def begin(_t: float, state: FloatArray, args: Arguments, _work: FloatArray) -> None:
        gradient(state[:dim], state[2 * dim : 3 * dim], args[3:])
        state[3 * dim] = value(state[:dim], args[3:])

    return begin
