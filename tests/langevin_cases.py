"""A potential without symmetry, V(q) = q^2/2 + sin q by components, and steps of bound schemes in plain Python."""

import numba
import numpy as np

import pdeopt
from pdeopt.sde.langevin import Parts


def slope(q):
    return q + np.cos(q)


def height(q):
    return 0.5 * q * q + np.sin(q)


class Recording:
    """A gradient that keeps the positions at which it is called."""

    def __init__(self):
        self.positions = []

    def __call__(self, q):
        self.positions.append(q)
        return slope(q)


def run(scheme, q, p, args, h, draws, gradient=slope):
    """Return positions and momenta of all steps in one dimension, arrays of one row more than `draws` has."""
    stepper = scheme.bind(Parts(gradient, height, 1))
    state, constants = stepper.begin(0.0, (q, p), args), stepper.prepare(h, args)
    points = [(q, p)]
    for xi in draws:
        state = stepper.step(0.0, state, h, xi, constants)
        points.append(flat(state)[:2])
    return np.array(points).T


def flat(value):
    """Return the numbers of nested tuples, or of an array."""
    if isinstance(value, np.ndarray):
        return list(value)
    return [number for part in value for number in flat(part)] if isinstance(value, tuple) else [value]


@numba.njit
def _number_gradient(q):
    return q + np.cos(q)


@numba.njit
def _number_value(q):
    return 0.5 * q * q + np.sin(q)


@numba.njit
def _pair_gradient(q):
    return q[0] + np.cos(q[0]), q[1] + np.cos(q[1])


@numba.njit
def _triple_gradient(q):
    return q[0] + np.cos(q[0]), q[1] + np.cos(q[1]), q[2] + np.cos(q[2])


@numba.njit
def _many_gradient(q):
    return q + np.cos(q)


@numba.njit
def _value(q):
    total = 0.0
    for x in q:
        total += 0.5 * x * x + np.sin(x)
    return total


def landscape(dim):
    """Return the potential of 1, 2, 3 or more than eight coordinates."""
    if dim == 1:
        return pdeopt.Landscape(_number_value, _number_gradient)
    return pdeopt.Landscape(_value, {2: _pair_gradient, 3: _triple_gradient}.get(dim, _many_gradient), dim=dim)
