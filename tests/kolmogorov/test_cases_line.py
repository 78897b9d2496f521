"""Known numbers in one dimension, by default settings: 1e-8 relative."""

import math

import numpy as np
import pytest

import pdeopt

OU = pdeopt.SDE(lambda t, x: -x, lambda t, x: math.sqrt(2.0))
SHIFTED = pdeopt.SDE(lambda t, x: 2.0 * (0.4 - x), lambda t, x: 0.5)
DEEP = pdeopt.Landscape(lambda x: (x * x - 1.0) ** 2)
TILTED = pdeopt.Landscape(lambda x: (x * x - 1.0) ** 2 + 0.3 * x)
SHALLOW = pdeopt.landscapes.double_well()
PRECISION = 1e-8


def generator(f, beta, lower, upper, n):
    return pdeopt.Generator(pdeopt.overdamped_langevin(f, beta), pdeopt.Grid(lower, upper, n))


def below(L, x):
    return L.grid.axes[0] < x - 1e-9


@pytest.mark.parametrize(
    ("terminal", "exact"),
    [
        (lambda x: x * x, 1.0),
        (lambda x: x**4, 2.72932943352677),
        (math.cos, 0.598981412055230),
        (math.exp, 2.51580023825703),
        (lambda x: 1.0 / (1.0 + math.exp(-4.0 * x)), 0.747654965495909),
    ],
)
def test_expectations_of_an_ornstein_uhlenbeck_process(terminal, exact):
    found = pdeopt.Generator(OU, pdeopt.Grid(-9.0, 9.0, 361)).backward(terminal, 0.5)
    assert found.at(1.0) == pytest.approx(exact, rel=PRECISION)


def test_the_moments_of_a_shifted_process():
    L = pdeopt.Generator(SHIFTED, pdeopt.Grid(-3.2, 4.0, 361))
    first, second, third = (float(L.backward(lambda x, k=k: x**k, 1.0).at(-0.3)) for k in (1, 2, 3))
    assert first == pytest.approx(0.305265301734371, rel=PRECISION)
    assert second - first**2 == pytest.approx(0.0613552725694541, rel=PRECISION)
    assert third == pytest.approx(0.0846356358842043, rel=PRECISION)


@pytest.mark.parametrize(
    ("f", "beta", "start", "end", "exact"),
    [
        (DEEP, 1.0, -1.0, 0.0, 1.43585926700881),
        (DEEP, 1.0, -1.0, 1.0, 3.56943415912701),
        (DEEP, 2.0, -1.0, 0.0, 4.60653961310710),
        (DEEP, 2.0, -1.0, 1.0, 10.2585700671842),
        (DEEP, 3.0, -1.0, 0.0, 12.6983500580619),
        (DEEP, 3.0, -1.0, 1.0, 26.6400877981153),
        (DEEP, 8.0, -1.0, 0.0, 1749.19088458468),
        (DEEP, 8.0, -1.0, 1.0, 3500.03481118679),
        (DEEP, 40.0, -1.0, 1.0, 2.63975217059276e17),
        (SHALLOW, 2.0, -1.0, 1.0, 6.69775790711122),
        (SHALLOW, 4.0, -1.0, 1.0, 14.2777366365081),
        (SHALLOW, 8.0, -1.0, 1.0, 41.0342802687367),
        (SHALLOW, 16.0, -1.0, 1.0, 277.054579043345),
        (TILTED, 1.0, -1.0, 1.0, 4.71223535128078),
        (TILTED, 3.0, -1.0, 1.0, 64.9986970286950),
    ],
)
def test_mean_first_passage_times_of_double_wells(f, beta, start, end, exact):
    L = generator(f, beta, -3.5, 2.0, 441)
    found = L.mean_exit_time(below(L, end))
    assert found.at(start) == pytest.approx(exact, rel=PRECISION)


def test_first_passage_times_of_an_ornstein_uhlenbeck_process():
    L = pdeopt.Generator(OU, pdeopt.Grid(-9.0, 3.0, 481))
    assert L.mean_exit_time(below(L, 1.0)).at(-1.0) == pytest.approx(2.99531466233113, rel=PRECISION)
    assert L.mean_exit_time(below(L, 2.0)).at(0.0) == pytest.approx(10.4284093979959, rel=PRECISION)
    both = np.abs(L.grid.axes[0]) < 2.0 - 1e-9
    assert L.mean_exit_time(both).at(0.0) == pytest.approx(4.50160241622907, rel=PRECISION)


def test_the_second_moment_of_an_exit_time_follows_from_brownian_motion():
    # (-1, 1): E tau = 1 - x^2, E tau^2 = (5 - 6 x^2 + x^4) / 3.
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0), pdeopt.Grid(-1.0, 1.0, 41), "absorbing")
    x = L.grid.axes[0]
    found = L.exit_time_moments(np.ones(41, dtype=bool), 2)
    np.testing.assert_allclose(found.values, [1.0 - x**2, (5.0 - 6.0 * x**2 + x**4) / 3.0], atol=1e-12)


@pytest.mark.parametrize(
    ("f", "beta", "exact"),
    [
        (DEEP, 1.0, (0.7486816723483942, 6.004113670850907)),
        (DEEP, 2.0, (0.2272733010086497, 4.078279891768595)),
        (DEEP, 3.0, (0.0806198608574349, 3.494905504560361)),
        (DEEP, 8.0, (5.718688888685657e-4, 3.490911970811366)),
        (DEEP, 20.0, (3.6386056997252e-9, 3.8358913355125)),
        (SHALLOW, 4.0, (0.1871704180870985, 1.501028417712727)),
        (SHALLOW, 8.0, (0.05681832525216242, 1.019569972942149)),
        (TILTED, 3.0, (0.1041598502931211, 3.558068493099645)),
    ],
)
def test_the_slowest_rates_of_double_wells(f, beta, exact):
    wide = 3.2 if beta < 2.0 or f is SHALLOW else 2.4
    found = generator(f, beta, -wide, wide, 481).spectrum(3)
    assert found.eigenvalues[0] == 0.0
    np.testing.assert_allclose(found.eigenvalues[1:], exact, rtol=PRECISION)


def test_a_barrier_of_forty_thermal_energies_keeps_its_gap():
    found = generator(DEEP, 40.0, -1.8, 1.8, 361).spectrum(2)
    assert found.eigenvalues[1] == pytest.approx(7.5764688150665e-18, rel=1e-6)


def test_the_rates_of_an_ornstein_uhlenbeck_process_are_whole_numbers():
    found = generator(pdeopt.landscapes.quadratic(np.array([[1.0]])), 1.0, -9.0, 9.0, 241).spectrum(4)
    np.testing.assert_allclose(found.eigenvalues, range(4), atol=1e-7)


@pytest.mark.parametrize(
    ("f", "beta", "x", "exact"),
    [
        (DEEP, 1.0, (-0.5, -0.2, 0.3), (0.175120390295333, 0.353559953335638, 0.712957265764183)),
        (DEEP, 3.0, (-0.5, -0.2, 0.3), (0.0706107954696567, 0.265192190777360, 0.822880578278117)),
        (TILTED, 1.0, (0.0,), (0.439617623972388,)),
        (TILTED, 3.0, (0.0,), (0.381740710381158,)),
        (TILTED, 5.0, (0.0,), (0.355500132355750,)),
    ],
)
def test_committors_of_double_wells(f, beta, x, exact):
    L = generator(f, beta, -2.0, 2.0, 401)
    found = L.committor(L.grid.axes[0] < -1.0 + 1e-9, L.grid.axes[0] > 1.0 - 1e-9)
    np.testing.assert_allclose(found.at(np.array(x)), exact, rtol=PRECISION)


def test_a_committor_with_multiplicative_noise_is_a_fraction():
    system = pdeopt.SDE(lambda t, x: -x, lambda t, x: math.sqrt(1.0 + x * x))
    L = pdeopt.Generator(system, pdeopt.Grid(-1.0, 2.0, 121))
    x = L.grid.axes[0]
    assert L.committor(x < -1.0 + 1e-9, x > 2.0 - 1e-9).at(0.5) == pytest.approx(5.0 / 16.0, rel=1e-10)


@pytest.mark.parametrize(
    ("epsilon", "exact"), [(0.5, 2.12671579543224), (0.25, 2.55358947602347), (0.1, 2.69123447234926)]
)
def test_fast_noise_leaves_its_drift(epsilon, exact):
    # dX = X Y / eps dt, Y fast: E X_1 = E exp(int Y / eps), a Feynman-Kac formula with growth Y / eps.
    system = pdeopt.SDE(lambda t, y: -y / epsilon**2, lambda t, y: math.sqrt(2.0) / epsilon)
    L = pdeopt.Generator(system, pdeopt.Grid(-10.0, 10.0, 321), killing=lambda t, y: -y / epsilon)
    grown = L.backward(lambda y: 1.0, 1.0)
    law = np.exp(-0.5 * L.grid.axes[0] ** 2)
    assert np.sum(law * grown.values) / np.sum(law) == pytest.approx(exact, rel=PRECISION)


def test_fast_squares_average_to_their_mean():
    # dX = -X Y^2 dt: the decay rate tends to s^2 as Y gets fast; 1 + O(eps^2) of it.
    rates = []
    for epsilon in (0.2, 0.1):
        system = pdeopt.SDE(lambda t, y, e=epsilon: -y / e**2, lambda t, y, e=epsilon: math.sqrt(2.0) * 0.6 / e)
        L = pdeopt.Generator(system, pdeopt.Grid(-6.0, 6.0, 241), killing=lambda t, y: y * y)
        rates.append(float(L.spectrum(1).eigenvalues[0]))
    # Of a quadratic killing: (sqrt(1 + 4 eps^2 s^2) - 1) / (2 eps^2).
    exact = [(math.sqrt(1.0 + 4.0 * e**2 * 0.36) - 1.0) / (2.0 * e**2) for e in (0.2, 0.1)]
    np.testing.assert_allclose(rates, exact, rtol=PRECISION)


@pytest.mark.parametrize(
    ("epsilon", "exact"),
    [(0.5, 3.39024376790790), (0.25, 3.36439934682028), (0.125, 3.35778721849310), (0.03125, 3.35570809061330)],
)
def test_passage_over_a_rough_potential(epsilon, exact):
    f = pdeopt.Landscape(lambda x: 0.5 * x * x + math.cos(2.0 * math.pi * x / epsilon))
    L = generator(f, 1.0, -8.0, 1.0, 2305)
    assert L.mean_exit_time(below(L, 1.0)).at(0.0) == pytest.approx(exact, rel=PRECISION)


def test_between_nodes_at_the_edge_of_a_set_answers_keep_their_error():
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0), pdeopt.Grid(0.0, 1.0, 41))
    x = L.grid.axes[0]
    q = L.committor(x < 0.2 + 1e-9, x > 0.8 - 1e-9)
    np.testing.assert_allclose(q.at([0.19, 0.21, 0.805]), [0.0, 0.01 / 0.6, 1.0], atol=1e-12)
    time = L.mean_exit_time(x < 0.5 - 1e-9)
    np.testing.assert_allclose(time.at([0.49, 0.51]), [0.25 - 0.49**2, 0.0], atol=1e-12)
    moments = L.exit_time_moments(x < 0.5 - 1e-9, 2)
    np.testing.assert_allclose(moments.at([0.49, 0.51])[0], [0.25 - 0.49**2, 0.0], atol=1e-12)
