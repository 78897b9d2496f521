"""Steps in place, for points of more than eight coordinates: states, draws and scratch are 1-D arrays.

Coefficients fill their last argument, `drift(t, x, *args, out)`. Matrices of noise lie row by row in the scratch.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels.sde.euler import Coefficient
from pdeopt.kernels.sde.langevin_arrays import copy
from pdeopt.kernels.sde.runge_kutta import ROOT_THIRD

InPlace = Callable[..., None]
Fill = Callable[[float, FloatArray, Arguments, FloatArray], None]


def keep_state(_t: float, _state: FloatArray, _args: Arguments, _work: FloatArray) -> None:
    """Leave the state as it is: a point is all that the scheme carries."""


def filling(coefficient: Coefficient) -> Fill:
    """Return `fill(t, x, args, out)` of a coefficient that is a vector."""

    def fill(t: float, x: FloatArray, args: Arguments, out: FloatArray) -> None:
        coefficient(t, x, *(args + (out[: x.size],)))  # noqa: RUF005 - Numba unpacks one tuple only

    return fill


def filling_rows(diffusion: Coefficient, n_motions: int) -> Fill:
    """Return the same of a matrix of `n_motions` columns."""

    def fill(t: float, x: FloatArray, args: Arguments, out: FloatArray) -> None:
        matrix = out[: x.size * n_motions].reshape((x.size, n_motions))
        diffusion(t, x, *(args + (matrix,)))  # noqa: RUF005

    return fill


def add_by_component(x: FloatArray, factor: float, sigma: FloatArray, xi: FloatArray) -> None:
    """Add `factor sigma_i xi_i`."""
    for i in range(x.size):
        x[i] += factor * sigma[i] * xi[i]


def add_by_number(x: FloatArray, factor: float, sigma: FloatArray, xi: FloatArray) -> None:
    """Add `factor sigma_i xi_0`."""
    for i in range(x.size):
        x[i] += factor * sigma[i] * xi[0]


def add_by_matrix(x: FloatArray, factor: float, sigma: FloatArray, xi: FloatArray) -> None:
    """Add `factor sum_j sigma_ij xi_j`."""
    n_motions = xi.size
    for i in range(x.size):
        total = 0.0
        for j in range(n_motions):
            total += sigma[i * n_motions + j] * xi[j]
        x[i] += factor * total


@strict_kernel
def add(x: FloatArray, factor: float, y: FloatArray) -> None:
    """Add `factor y`."""
    for i in range(x.size):
        x[i] += factor * y[i]


def euler_in_place(drift: Fill, diffusion: Fill, spread: InPlace) -> InPlace:
    """Return Euler-Maruyama in place; the scratch holds a point and a diffusion."""

    def euler_maruyama_in_place(
        t: float, x: FloatArray, h: float, xi: FloatArray, args: Arguments, work: FloatArray
    ) -> None:
        b, sigma = work[: x.size], work[x.size :]
        drift(t, x, args, b)
        diffusion(t, x, args, sigma)
        add(x, h, b)
        spread(x, np.sqrt(h), sigma, xi)

    return euler_maruyama_in_place


def tamed_euler_in_place(drift: Fill, diffusion: Fill, spread: InPlace) -> InPlace:
    """Return tamed Euler in place; the scratch holds a point and a diffusion."""

    def tamed_step_in_place(
        t: float, x: FloatArray, h: float, xi: FloatArray, args: Arguments, work: FloatArray
    ) -> None:
        b, sigma = work[: x.size], work[x.size :]
        drift(t, x, args, b)
        diffusion(t, x, args, sigma)
        square = 0.0
        for i in range(x.size):
            square += b[i] * b[i]
        add(x, h / (1.0 + h * np.sqrt(square)), b)
        spread(x, np.sqrt(h), sigma, xi)

    return tamed_step_in_place


def heun_in_place(drift: Fill, diffusion: Fill, spread: InPlace) -> InPlace:
    """Return stochastic Heun in place; the scratch holds two points and a diffusion."""

    def heun_step_in_place(
        t: float, x: FloatArray, h: float, xi: FloatArray, args: Arguments, work: FloatArray
    ) -> None:
        d, root = x.size, np.sqrt(h)
        y, b, sigma = work[:d], work[d : 2 * d], work[2 * d :]
        drift(t, x, args, b)
        diffusion(t, x, args, sigma)
        copy(x, y)
        add(y, h, b)
        spread(y, root, sigma, xi)
        add(x, 0.5 * h, b)
        spread(x, 0.5 * root, sigma, xi)
        drift(t + h, y, args, b)
        diffusion(t + h, y, args, sigma)
        add(x, 0.5 * h, b)
        spread(x, 0.5 * root, sigma, xi)

    return heun_step_in_place


def euler_heun_in_place(drift: Fill, diffusion: Fill, spread: InPlace) -> InPlace:
    """Return Euler-Heun in place; the scratch holds two points and a diffusion."""

    def euler_heun_step_in_place(
        t: float, x: FloatArray, h: float, xi: FloatArray, args: Arguments, work: FloatArray
    ) -> None:
        d, root = x.size, np.sqrt(h)
        y, b, sigma = work[:d], work[d : 2 * d], work[2 * d :]
        drift(t, x, args, b)
        diffusion(t, x, args, sigma)
        copy(x, y)
        spread(y, root, sigma, xi)
        add(x, h, b)
        spread(x, 0.5 * root, sigma, xi)
        diffusion(t + h, y, args, sigma)
        spread(x, 0.5 * root, sigma, xi)

    return euler_heun_step_in_place


def sra1_in_place(drift: Fill, diffusion: Fill, spread: InPlace) -> InPlace:
    """Return SRA1 in place; draws are pairs, the scratch holds two points, two vectors of noise and two diffusions."""

    def sra1_step_in_place(
        t: float, x: FloatArray, h: float, xi: FloatArray, args: Arguments, work: FloatArray
    ) -> None:
        d, m, root = x.size, xi.size // 2, np.sqrt(h)
        y, b, w, u = work[:d], work[d : 2 * d], work[2 * d : 2 * d + m], work[2 * d + m : 2 * (d + m)]
        rest = work[2 * (d + m) :]
        first, last = rest[: rest.size // 2], rest[rest.size // 2 :]
        for j in range(m):
            u[j] = 0.5 * (xi[2 * j] + ROOT_THIRD * xi[2 * j + 1])
            w[j] = xi[2 * j] - u[j]
        drift(t, x, args, b)
        diffusion(t, x, args, first)
        diffusion(t + h, x, args, last)
        copy(x, y)
        add(y, 0.75 * h, b)
        spread(y, 1.5 * root, last, u)
        add(x, h / 3.0, b)
        spread(x, root, last, w)
        spread(x, root, first, u)
        drift(t + 0.75 * h, y, args, b)
        add(x, 2.0 * h / 3.0, b)

    return sra1_step_in_place


def leimkuhler_matthews_in_place(gradient: Coefficient) -> InPlace:
    """Return the scheme of Leimkuhler and Matthews in place, of states (x, previous noise); scratch of one point."""

    def leimkuhler_matthews_step_in_place(
        _t: float, state: FloatArray, h: float, xi: FloatArray, constants: Any, work: FloatArray
    ) -> None:
        d = xi.size
        x, before, g = state[:d], state[d:], work[:d]
        half, args = constants
        gradient(x, *(args + (g,)))  # noqa: RUF005
        for i in range(d):
            x[i] += half * (before[i] + xi[i]) - h * g[i]
            before[i] = xi[i]

    return leimkuhler_matthews_step_in_place


def begin_leimkuhler_matthews_in_place(_t: float, state: FloatArray, _args: Arguments, _work: FloatArray) -> None:
    """Set the previous noise to 0."""
    state[state.size // 2 :] = 0.0


def begin_mala_in_place(value: Coefficient, gradient: Coefficient) -> InPlace:
    """Return the function that fills states (x, gradient, value, number of accepted steps)."""

    def begin(_t: float, state: FloatArray, args: Arguments, _work: FloatArray) -> None:
        d = state.size // 2 - 1
        gradient(state[:d], *(args[1:] + (state[d : 2 * d],)))  # noqa: RUF005
        state[2 * d] = value(state[:d], *args[1:])
        state[2 * d + 1] = 0.0

    return begin


def mala_in_place(value: Coefficient, gradient: Coefficient) -> InPlace:
    """Return MALA in place; the last draw is the uniform one, the scratch holds two points."""

    def mala_step_in_place(
        _t: float, state: FloatArray, h: float, xi: FloatArray, constants: Any, work: FloatArray
    ) -> None:
        d = xi.size - 1
        x, g, y, new = state[:d], state[d : 2 * d], work[:d], work[d : 2 * d]
        scale, ratio, beta, args = constants
        for i in range(d):
            y[i] = x[i] - h * g[i] + scale * xi[i]
        gradient(y, *(args + (new,)))  # noqa: RUF005
        energy, exponent = value(y, *args), 0.0
        for i in range(d):
            back = ratio * (g[i] + new[i]) - xi[i]
            exponent += 0.5 * (xi[i] * xi[i] - back * back)
        # Not a number counts as a rejection.
        if np.log(xi[d]) < exponent + beta * (state[2 * d] - energy):
            copy(y, x)
            copy(new, g)
            state[2 * d] = energy
            state[2 * d + 1] += 1.0

    return mala_step_in_place
