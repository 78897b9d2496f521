"""One scheme in one, two, three and twelve dimensions, in plain Python, compiled, and in place."""

import numpy as np
import pytest
from langevin_cases import flat, landscape

import pdeopt
from pdeopt import sde
from pdeopt.kernels._specialise import compiled
from pdeopt.sde.linear import nested

LANGEVIN = ["baoab", "obabo", "bub", "ubu", "ava", "abo", "gjf", "bbk", "bbk-shared", "metropolised-obabo"]
ADAPTIVE = ["badodab", "acdedcab"]
H, STEPS = 0.3, 6


def system_of(name, dim):
    if name in ADAPTIVE:
        # The friction adapts to the sum over coordinates: too weak here to couple them beyond rounding.
        return pdeopt.adaptive_langevin(landscape(dim), 1.1, noise_amplitude=0.8, coupling=1e-18, mass=1.7)
    return pdeopt.langevin(landscape(dim), beta=1.1, friction=0.8, mass=1.7)


def numbers(name, dim):
    """Return a point and draws, whose first coordinates are the same in every dimension."""
    rng = np.random.default_rng(11)
    q, p = rng.standard_normal((2, 12))
    point = [*q[:dim], *p[:dim]] + ([0.6] if name in ADAPTIVE else [])
    normals = rng.standard_normal((STEPS, 4, 12))
    return [float(x) for x in point], normals


def draws_of(stepper, name, normals, dim):
    kinds = [*stepper.draws]
    certain = name == "metropolised-obabo"
    rows = (len(kinds) - certain) // dim
    # Proposals are accepted whatever the dimension: the test of energies is not one by coordinates.
    return [[float(r) for row in step[:rows] for r in row[:dim]] + [1e-300] * certain for step in normals]


def final(name, dim, *, compile_it):
    """Return positions and momenta after some steps, shape (2, dim)."""
    system = system_of(name, dim)
    stepper = sde.get(name).stepper(system)
    step, begin, prepare = stepper.step, stepper.begin, stepper.prepare
    if compile_it:
        step, begin, prepare = compiled(step), compiled(begin), compiled(prepare)
    point, normals = numbers(name, dim)
    constants, draws = prepare(H, system.args), draws_of(stepper, name, normals, dim)
    if stepper.in_place:
        state, work = np.full(stepper.state, np.nan), np.full(stepper.n_work, np.nan)
        state[: len(point)] = point
        begin(0.0, state, system.args, work)
        for xi in draws:
            step(0.0, state, H, np.array(xi), constants, work)
    else:
        state = begin(0.0, nested(stepper.point, point), system.args)
        for xi in draws:
            state = step(0.0, state, H, nested(stepper.xi, xi), constants)
    return np.array(flat(state)[: 2 * dim]).reshape(2, dim)


@pytest.fixture(scope="module")
def twelve():
    return {name: final(name, 12, compile_it=False) for name in (*LANGEVIN, *ADAPTIVE)}


@pytest.mark.parametrize("name", [*LANGEVIN, *ADAPTIVE])
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_coordinates_of_a_separable_potential_move_alike_in_every_dimension(name, dim, twelve):
    np.testing.assert_allclose(final(name, dim, compile_it=False), twelve[name][:, :dim], rtol=0, atol=5e-15)


@pytest.mark.parametrize("name", [*LANGEVIN, *ADAPTIVE])
@pytest.mark.parametrize("dim", [2, 12])
def test_compiled_steps_do_what_plain_ones_do(name, dim, twelve):
    np.testing.assert_allclose(final(name, dim, compile_it=True), twelve[name][:, :dim], rtol=0, atol=5e-15)


@pytest.mark.parametrize("dim", [2, 12])
def test_rejected_proposals_turn_back_in_every_dimension(dim):
    system = system_of("metropolised-obabo", dim)
    stepper = sde.MetropolisedOBABO().stepper(system)
    point, _ = numbers("", dim)
    decay = np.exp(-0.8 * H)
    args = (np.inf, *system.args[1:])
    constants, xi = stepper.prepare(H, args), [0.0] * (2 * dim) + [1.0]
    if stepper.in_place:
        state, work = np.array(point + [np.nan] * (dim + 1)), np.empty(stepper.n_work)
        stepper.begin(0.0, state, args, work)
        before = state[2 * dim :].copy()
        # At temperature zero a proposal that raises the energy is rejected.
        state[-1] = before[-1] = -1e6
        stepper.step(0.0, state, H, np.array(xi), constants, work)
        np.testing.assert_array_equal(state[2 * dim :], before)
    else:
        pair, (g, _) = stepper.begin(0.0, tuple(point), args)
        state = stepper.step(0.0, (pair, (g, -1e6)), H, nested(stepper.xi, xi), constants)
    found = np.array(flat(state))
    np.testing.assert_array_equal(found[:dim], point[:dim])
    np.testing.assert_allclose(found[dim : 2 * dim], -decay * np.array(point[dim:]), rtol=1e-14)
