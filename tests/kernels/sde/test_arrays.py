"""Steps in place against the same steps on tuples."""

import numpy as np
import pytest

from pdeopt.kernels._specialise import compiled
from pdeopt.kernels.sde import arrays, euler, heun, overdamped, runge_kutta
from pdeopt.kernels.sde.spread import by_component, by_matrix

D, M = 3, 2
ARGS = (0.3,)


def drift(t, x, a):
    return x[1] - x[0] ** 3, np.sin(x[0]) - a * x[1] + t, x[0] - x[2]


def vector(t, x, a):
    return 0.8 + 0.4 * np.cos(x[0]), 0.3 * x[1] + t, a


def rows(t, x, a):
    return (0.5 + x[1] * x[0], 0.3), (a * x[1], np.cos(x[0])), (x[2], t)


def gradient(x, a):
    return x[0] ** 3 - a * x[1], x[1] - a * x[0] + x[2], x[1] + 2.0 * x[2]


def value(x, a):
    return 0.25 * x[0] ** 4 - a * x[0] * x[1] + 0.5 * x[1] ** 2 + x[1] * x[2] + x[2] ** 2


def filling(function):
    def fill(*arguments):
        arguments[-1][...] = np.array(function(*arguments[:-1]))

    return fill


FORMS = {
    "vector": (vector, by_component, arrays.add_by_component, D, arrays.filling(filling(vector))),
    "scalar": (vector, by_component, arrays.add_by_number, 1, arrays.filling(filling(vector))),
    "rows": (rows, by_matrix, arrays.add_by_matrix, M, arrays.filling_rows(filling(rows), M)),
}
MAKERS = {
    "euler": (euler.euler_maruyama, arrays.euler_in_place),
    "tamed": (euler.tamed_euler, arrays.tamed_euler_in_place),
    "heun": (heun.stochastic_heun, arrays.heun_in_place),
    "euler-heun": (heun.euler_heun, arrays.euler_heun_in_place),
    "sra1": (runge_kutta.sra1, arrays.sra1_in_place),
}
START, T, H = (0.7, -0.4, 1.1), 0.3, 0.1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("method", MAKERS)
def test_steps_in_place_are_those_on_tuples(method, form):
    diffusion, spread, adder, n, fill = FORMS[form]
    small, large = MAKERS[method]
    numbers = np.random.default_rng(2).normal(size=2 * n if method == "sra1" else n)
    state, work = np.array(START), np.zeros(50)[: 2 * (D + n) + 2 * (D * M if form == "rows" else D)]
    large(arrays.filling(filling(drift)), fill, adder)(T, state, H, numbers, ARGS, work)
    given = numbers.reshape(n, -1).tolist()
    xi = tuple(map(tuple, given)) if method == "sra1" else tuple(numbers.tolist())
    end = small(drift, diffusion, spread)(T, START, H, xi[0] if form == "scalar" else xi, ARGS)
    np.testing.assert_allclose(state, end, rtol=2e-15)


def test_leimkuhler_and_matthews_in_place_is_the_scheme_on_tuples():
    begin, large = arrays.begin_leimkuhler_matthews_in_place, arrays.leimkuhler_matthews_in_place(filling(gradient))
    small = overdamped.leimkuhler_matthews(gradient)
    state, work = np.array([*START, 9.0, 9.0, 9.0]), np.zeros(D)
    begin(0.0, state, (2.0, *ARGS), work)
    other = overdamped.begin_leimkuhler_matthews(0.0, START, (2.0, *ARGS))
    constants = overdamped.half_noise(H, (2.0, *ARGS))
    for xi in np.random.default_rng(2).normal(size=(3, D)):
        large(T, state, H, xi, constants, work)
        other = small(T, other, H, tuple(xi.tolist()), constants)
    np.testing.assert_allclose(state, [*other[0], *other[1]], rtol=2e-15)


def test_mala_in_place_is_the_scheme_on_tuples_accepting_and_rejecting():
    constants = overdamped.proposal_constants(0.5, (2.0, *ARGS))
    large, small = arrays.mala_in_place(value, filling(gradient)), overdamped.mala(value, gradient)
    state, work = np.array([*START, *np.zeros(D + 2)]), np.zeros(2 * D)
    arrays.begin_mala_in_place(value, filling(gradient))(0.0, state, (2.0, *ARGS), work)
    other = overdamped.begin_mala(value, gradient)(0.0, START, (2.0, *ARGS))
    rng = np.random.default_rng(2)
    for _ in range(20):
        xi, uniform = rng.normal(size=D), rng.uniform()
        large(T, state, 0.5, np.array([*xi, uniform]), constants, work)
        other = small(T, other, 0.5, (tuple(xi.tolist()), uniform), constants)
    x, (g, energy, accepted) = other
    assert 0 < accepted < 20
    np.testing.assert_allclose(state, [*x, *g, energy, accepted], rtol=1e-14)


def test_a_compiled_step_in_place_gives_what_plain_python_gives():
    def drift_in_place(t, x, a, out):
        for i in range(x.size):
            out[i] = np.sin(x[i]) - a * t

    def rows_in_place(t, x, a, out):
        for i in range(x.size):
            out[i, 0], out[i, 1] = a * x[i], np.cos(x[i])

    fills = (arrays.filling(drift_in_place), arrays.filling_rows(rows_in_place, 2))
    step = arrays.sra1_in_place(*fills, arrays.add_by_matrix)
    states = [np.linspace(0.0, 1.0, 12), np.linspace(0.0, 1.0, 12)]
    for function, state in zip((step, compiled(step)), states, strict=True):
        function(T, state, H, np.array([0.3, -0.2, 1.1, 0.4]), ARGS, np.zeros(2 * 14 + 48))
    np.testing.assert_allclose(states[0], states[1], rtol=1e-15)
    assert np.all(states[0] != np.linspace(0.0, 1.0, 12))
