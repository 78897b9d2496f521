"""Systems of two time scales: their equations, forms of states, and what they refuse."""

import pickle

import numba
import numpy as np
import pytest

from pdeopt import Landscape, landscapes, simulate
from pdeopt.systems import TwoScale, elastic, entropy_sgd, entropy_sgd_2, heat

COMPILED_ONLY = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
TIME, BETA, EPSILON = 0.4, 3.0, 0.05
ON_ARRAYS = ("euler-maruyama", "sra1", "heun", "tamed-euler")
ANY = (*ON_ARRAYS, "drift-implicit-euler", "implicit-midpoint", "milstein", "ri6", "sriw1")
MAKERS = {"entropy": entropy_sgd, "displaced": entropy_sgd_2, "heat": heat}
OTHERS = [(kind, dim) for kind in MAKERS for dim in (1, 2, 5, 12)]
SLOW_CASES = [pytest.param(*case, marks=pytest.mark.slow) for case in OTHERS]


def evaluated(system, function, state):
    """Return drift or diffusion of a system at an array, whatever its calling form."""
    if system.uses_arrays:
        out = np.full(system.dim, np.nan)
        function(0.0, state, *system.args, out)
        return out
    return np.asarray(function(0.0, tuple(state), *system.args))


def equation(kind, f, x, y, to_mean=False):
    """The rates of x and y of the equations, by NumPy; replicas are rows of y."""
    if kind == "elastic":
        centre = y.mean(axis=0) if to_mean else x
        forces = np.array([f.gradient_at(one).reshape(f.dim) for one in y])
        return -(x - y.mean(axis=0)) / TIME, (-forces - (y - centre) / TIME).ravel()
    place = y if kind == "entropy" else x - y
    g = f.gradient_at(place).reshape(f.dim)
    if kind == "entropy":
        return -(x - y) / TIME, -(g + (y - x) / TIME)
    return -g, -(y / TIME - g * (kind == "displaced"))


@pytest.mark.parametrize(
    ("kind", "dim"),
    [("entropy", 1), ("displaced", 2), ("heat", 5), ("entropy", 12), *SLOW_CASES],
)
def test_drift_and_noise_are_those_of_the_equations(kind, dim):
    system = MAKERS[kind](landscapes.double_well(dim), TIME, BETA, EPSILON)
    x, y = np.linspace(0.3, 0.9, dim), np.linspace(-0.7, 0.8, dim)
    slow, fast = equation(kind, landscapes.double_well(dim), x, y)
    state = np.concatenate([x, y])
    np.testing.assert_allclose(evaluated(system, system.drift, state), [*slow, *fast / EPSILON], rtol=1e-12)
    noise = np.sqrt(2.0 / (EPSILON * BETA))
    np.testing.assert_allclose(evaluated(system, system.diffusion, state), [0.0] * dim + [noise] * dim, rtol=1e-15)


@pytest.mark.parametrize(
    ("dim", "count", "coupling"),
    [
        (1, 3, "centre"),
        (2, 5, "mean"),
        pytest.param(2, 2, "mean", marks=pytest.mark.slow),
        pytest.param(9, 2, "centre", marks=pytest.mark.slow),
    ],
)
def test_replicas_are_tied_to_what_the_coupling_says(dim, count, coupling):
    f = landscapes.double_well(dim)
    system = elastic(f, TIME, BETA, EPSILON, count, coupling)
    x, y = np.linspace(0.3, 0.9, dim), np.linspace(-0.7, 0.8, count * dim).reshape(count, dim)
    slow, fast = equation("elastic", f, x, y, coupling == "mean")
    found = evaluated(system, system.drift, np.concatenate([x, y.ravel()]))
    np.testing.assert_allclose(found, [*slow, *fast / EPSILON], rtol=1e-11, atol=1e-13)


def test_the_printed_noise_is_half_the_variance_and_knows_no_temperature_in_the_second_form():
    f = landscapes.double_well()
    for make in (entropy_sgd, heat, elastic):
        assert make(f, TIME, BETA, noise="printed").sigma ** 2 == pytest.approx(1.0 / BETA, rel=1e-15)
        assert make(f, TIME, BETA, noise="printed").fast_beta == pytest.approx(2.0 * BETA, rel=1e-15)
    assert entropy_sgd_2(f, TIME, BETA, noise="printed").sigma == 1.0
    assert entropy_sgd_2(f, TIME, BETA).fast_beta == pytest.approx(BETA, rel=1e-15)
    assert entropy_sgd(f, TIME, np.inf).sigma == 0.0


@pytest.mark.parametrize("dim", [1, 4])
def test_frozen_copies_hold_x_and_integrate_the_slow_rate(dim):
    system = entropy_sgd(landscapes.double_well(dim), TIME, BETA, EPSILON)
    x, y = np.linspace(0.3, 0.9, dim), np.linspace(-0.7, 0.8, dim)
    slow, fast = equation("entropy", landscapes.double_well(dim), x, y)
    state = np.concatenate([x, y, np.full(dim, 7.0)])
    np.testing.assert_allclose(
        evaluated(system.frozen, system.frozen.drift, state), [*0.0 * x, *fast, *slow], rtol=1e-12
    )
    noise = [0.0] * dim + [system.sigma] * dim + [0.0] * dim
    np.testing.assert_allclose(evaluated(system.frozen, system.frozen.diffusion, state), noise, rtol=1e-15)


def test_the_fast_variables_alone_have_the_rates_of_the_whole():
    for system, y in (
        (entropy_sgd(landscapes.double_well(), TIME), 0.4),
        (heat(landscapes.double_well(2), TIME), (0.4, -0.3)),
    ):
        x = np.linspace(0.2, 0.6, system.n_slow)
        alone = system.fast_at(x)
        whole = system.rates_at(np.concatenate([x, np.atleast_1d(y)]))[1]
        np.testing.assert_allclose(np.atleast_1d(alone.drift(0.0, y, *alone.args)), whole, rtol=1e-14)
        assert np.all(np.asarray(alone.diffusion(0.0, y, *alone.args)) == system.sigma)


def mixed_slow(x, y, a):
    return a * x - y[0] * y[1]


def mixed_fast(x, y, a):
    return (x - y[0], -a * y[1])


def mixed_kick(x, y, a):
    return a * y[1]


def long_slow(x, y, a, out):
    for i in range(len(out)):
        out[i] = a * x[i] + y


def long_fast(x, y, a):
    return -y + x[0]


def long_kick(x, y, a, out):
    for i in range(len(out)):
        out[i] = y * x[i]


def test_general_systems_take_numbers_tuples_and_arrays():
    system = TwoScale(mixed_slow, mixed_fast, 0.5, n_fast=2, epsilon=0.25, parameters=(3.0,), centred=mixed_kick)
    found = evaluated(system, system.drift, np.array([0.7, 0.2, -0.4]))
    np.testing.assert_allclose(found, [2.1 + 0.08 - 1.2 / 0.5, 0.5 / 0.25, 1.2 / 0.25], rtol=1e-14)
    long = TwoScale(long_slow, long_fast, 0.5, n_slow=9, epsilon=0.25, parameters=(3.0,), centred=long_kick)
    x = np.linspace(0.1, 0.9, 9)
    exact = [*(3.0 * x + 0.2 + 0.2 * x / 0.5), (x[0] - 0.2) / 0.25]
    np.testing.assert_allclose(evaluated(long, long.drift, np.array([*x, 0.2])), exact, rtol=1e-14)


def test_states_are_made_split_and_refused_with_their_shapes():
    system = elastic(landscapes.double_well(2), n_replicas=3)
    state = system.start([0.3, 0.4])
    assert state.tolist() == [0.3, 0.4] * 4
    x, y = system.split(np.stack([state, state]))
    assert x.shape == (2, 2)
    assert y.shape == (2, 6)
    assert heat(landscapes.double_well()).start([0.1, 0.2]).tolist() == [[0.1, 0.0], [0.2, 0.0]]
    with pytest.raises(ValueError, match=r"2 slow and 6 fast variables: use shape \(\.\.\., 8\)"):
        system.split(np.zeros(5))
    with pytest.raises(ValueError, match="last axis of the 2 slow variables"):
        system.start([0.3, np.nan])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda f: entropy_sgd(f, time=0.0), "time=0.0 must be one number, positive"),
        (lambda f: entropy_sgd(f, epsilon=-1.0), "epsilon=-1.0"),
        (lambda f: heat(f, noise="typo"), "noise='typo' is not known"),
        (lambda f: elastic(f, coupling="all"), "coupling='all' is not known"),
        (lambda f: elastic(f, n_replicas=0), "n_replicas=0 must be a whole number"),
        (lambda f: elastic(f, coupling="mean", centre_noise=True), "coupling='centre'"),
        (lambda f: TwoScale(mixed_slow, mixed_fast, n_fast=2), r"parameters=\(\.\.\.\)"),
        (lambda f: TwoScale(3.0, mixed_fast), "no function that Numba compiles"),
        (lambda f: entropy_sgd(landscapes.double_well(5)).fast_at([0.0] * 5), "Use `frozen`"),
    ],
)
def test_bad_input_is_named_with_what_works(make, words):
    with pytest.raises((ValueError, TypeError), match=words):
        make(landscapes.double_well())


def test_a_landscape_is_asked_for():
    with pytest.raises(TypeError, match="not a Landscape"):
        entropy_sgd(np.sin)


def test_other_epsilons_and_other_processes_get_the_same_system():
    system = elastic(landscapes.double_well(), TIME, BETA, EPSILON, 3, centre_noise=True)
    again = pickle.loads(pickle.dumps(system.with_epsilon(0.2)))
    assert (again.epsilon, again.n_replicas, again.slow_sigma) == (0.2, 3, np.sqrt(2.0 / (3 * BETA)))
    state = np.array([0.3, 0.1, -0.2, 0.5])
    here, there = (evaluated(s, s.drift, state) for s in (system, again))
    np.testing.assert_allclose(there[1:], here[1:] * EPSILON / 0.2, rtol=1e-14)
    assert there[0] == here[0]


@COMPILED_ONLY
@pytest.mark.slow
@pytest.mark.parametrize(("method", "dim"), [*[(name, 1) for name in ANY], *[(name, 5) for name in ON_ARRAYS]])
def test_every_scheme_that_fits_finds_the_same_mean(method, dim):
    # The mean of a linear system is exp(tA) of its start: x'' = ... solved by the matrix exponential.
    f = landscapes.quadratic(2.0, dim=dim)
    system = entropy_sgd(f, 0.5, np.inf, 0.2)
    run = simulate(system, system.start(np.full(dim, 1.0)), step=2e-4, n_steps=2500, method=method)
    values, vectors = np.linalg.eig(np.array([[-2.0, 2.0], [10.0, -20.0]]))
    exact = (vectors @ np.diag(np.exp(0.5 * values)) @ np.linalg.solve(vectors, [1.0, 1.0])).real
    np.testing.assert_allclose(run.final[0], np.repeat(exact, dim), rtol=3e-3)


@COMPILED_ONLY
def test_a_landscape_without_derivatives_and_a_plain_function_will_do():
    f = Landscape(lambda x, k: k * x**4, args=(0.25,))
    system = entropy_sgd(f, TIME, np.inf, EPSILON)
    slow, fast = system.rates_at([0.6, 0.5])
    assert slow[0] == pytest.approx(-0.1 / TIME, rel=1e-12)
    assert fast[0] == pytest.approx(0.1 / TIME - 0.125, rel=1e-8)
