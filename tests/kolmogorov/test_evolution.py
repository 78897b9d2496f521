"""Backward and forward equations in time: closed forms, duality, mass, sources, times."""

import math

import numpy as np
import pytest

import pdeopt

OU = pdeopt.SDE(lambda t, x: -x, lambda t, x: math.sqrt(2.0))
TURNING = pdeopt.SDE(
    lambda t, x: (-x[0] - 0.5 * x[1], 0.3 * x[0] - 0.8 * x[1]),
    lambda t, x: ((1.0, 0.0), (0.48, 0.36)),
    noise="general",
    dim=2,
    n_noise=2,
)
LINE = pdeopt.Grid(-8.0, 8.0, 161)
COARSE = pdeopt.Grid(-7.0, 7.0, 85)
ONE_STEP = ("backward-euler", "crank-nicolson", "tr-bdf2", "douglas", "modified-craig-sneyd", "hundsdorfer-verwer")
EXACT = ("contour", "krylov", "uniformisation")


def mean_cosine(x, time):
    return math.exp(-0.5 * (1.0 - math.exp(-2.0 * time))) * math.cos(x * math.exp(-time))


@pytest.mark.parametrize("method", [*EXACT, "crank-nicolson", "tr-bdf2"])
def test_every_method_finds_the_mean_cosine_of_an_ornstein_uhlenbeck_process(method):
    found = pdeopt.Generator(OU, LINE).backward(np.cos, 0.5, method=method)
    assert found.at(1.0) == pytest.approx(mean_cosine(1.0, 0.5), abs=2e-10)
    assert abs(found.at(1.0) - mean_cosine(1.0, 0.5)) <= found.error[90] + 1e-13


def test_several_times_come_with_a_leading_axis():
    found = pdeopt.Generator(OU, LINE).backward(np.cos, [0.0, 0.7, 0.3])
    assert found.values.shape == found.error.shape == (3, 161)
    np.testing.assert_allclose(found.at(1.0), [mean_cosine(1.0, t) for t in (0.0, 0.7, 0.3)], atol=1e-10)


def test_coefficients_that_depend_on_time_are_taken_at_their_times():
    # dX = (cos t - X) dt + sqrt(1 + t) dW, X_0 = 1: mean 0.874826365923739, variance 0.716166179190847 at 1.
    system = pdeopt.SDE(lambda t, x: math.cos(t) - x, lambda t, x: math.sqrt(1.0 + t))
    found = pdeopt.Generator(system, pdeopt.Grid(-6.0, 8.0, 113)).backward(np.sin, 1.0)
    assert found.at(1.0) == pytest.approx(0.536446607175548, rel=1e-8)


def test_later_starts_see_later_coefficients():
    system = pdeopt.SDE(lambda t, x: t, lambda t, x: 1.0)
    found = pdeopt.Generator(system, pdeopt.Grid(-9.0, 9.0, 73), "linear").backward(lambda x: x, 1.0, start=2.0)
    assert found.at(0.0) == pytest.approx(2.5, abs=1e-9)


@pytest.mark.parametrize("method", [*ONE_STEP, *EXACT])
@pytest.mark.parametrize("dim", [1, 2])
def test_backward_and_forward_are_each_others_transposes(method, dim):
    rng = np.random.default_rng(7)
    system, grid = (
        (OU, pdeopt.Grid(-3.0, 3.0, 33)) if dim == 1 else (TURNING, pdeopt.Grid((-3.0, -3.0), (3.0, 3.0), 13))
    )
    L = pdeopt.Generator(system, grid, "absorbing", killing=0.3, cross="central" if dim == 2 else None)
    if method == "uniformisation" and dim == 2:
        pytest.skip("central mixed derivatives have negative rates")
    inside = np.zeros(grid.shape)
    inside[(slice(1, -1),) * dim] = rng.random(tuple(n - 2 for n in grid.shape))
    density, values = inside, rng.standard_normal(grid.shape) * (inside > 0.0)
    options = {"method": method} | ({} if method in EXACT else {"n_steps": 8, "damping": 0})
    u = L.backward(values, 0.4, extrapolate=False, **options)
    p = L.forward(density, 0.4, levels=1, **options)
    left, right = np.sum(density * L.volumes * u.values), np.sum(p.plain * L.volumes * values)
    size = np.sum(density * L.volumes) * np.abs(values).max()
    assert abs(left - right) <= 1e-14 * size * (30 if method in EXACT else 1)


@pytest.mark.parametrize("method", ["modified-craig-sneyd", "krylov", "uniformisation"])
def test_mass_is_kept_to_rounding(method):
    system = (
        TURNING
        if method != "uniformisation"
        else pdeopt.SDE(lambda t, x: (-x[0], x[0] - x[1]), lambda t, x: (1.0, 0.7), dim=2)
    )
    L = pdeopt.Generator(system, pdeopt.Grid((-4.0, -4.0), (4.0, 4.0), 33))
    p = L.forward((0.5, -0.5), [0.1, 1.0], method=method, levels=1)
    np.testing.assert_allclose(p.mass, 1.0, rtol=1e-14 * 20)
    if method == "uniformisation":
        assert p.plain.min() >= 0.0


def test_what_absorbing_walls_take_is_what_is_missing():
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: 0.7, lambda t, x: 1.0), pdeopt.Grid(-1.0, 2.0, 121), "absorbing")
    p = L.forward(0.25, 40.0)
    assert p.mass == pytest.approx(0.0, abs=1e-12)
    # P(exit at 2) from 1/4 with drift 0.7.
    assert p.absorbed[-1] == pytest.approx(0.838804412555385, abs=1e-4)
    assert p.absorbed.sum() == pytest.approx(1.0, abs=1e-13)


def test_the_density_of_an_ornstein_uhlenbeck_process_is_gaussian():
    system = pdeopt.SDE(lambda t, x: 2.0 * (0.4 - x), lambda t, x: 0.5)
    L = pdeopt.Generator(system, pdeopt.Grid(-3.1, 3.1, 311))
    found = L.forward(-0.3, 1.0, extrapolate=True)
    assert found.at(0.2) == pytest.approx(1.47152367256226, rel=1e-8)
    plain = L.forward(-0.3, 1.0)
    assert abs(plain.at(0.2) - 1.47152367256226) <= 1.5 * plain.error.max()


def test_a_source_adds_up_along_the_way():
    # E int_0^t X_s^2 ds for the stationary law is t; from x: (x^2 - 1) (1 - e^{-2t}) / 2 + t.
    found = pdeopt.Generator(OU, LINE).backward(lambda x: 0.0, 0.5, source=lambda t, x: x * x)
    steady = pdeopt.Generator(OU, LINE).backward(lambda x: 0.0, 0.5, source=LINE.axes[0] ** 2, levels=1)
    exact = (4.0 - 1.0) * (1.0 - math.exp(-1.0)) / 2.0 + 0.5
    assert found.at(2.0) == pytest.approx(exact, rel=1e-8)
    assert steady.at(2.0) == pytest.approx(exact, rel=3e-3)


def test_exit_values_are_paid_at_absorbing_walls():
    # Brownian motion on (0, 1), u = 1 at the right end: u tends to x.
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0), pdeopt.Grid(0.0, 1.0, 41), "absorbing")
    found = L.backward(lambda x: 0.0, 20.0, exit_value=lambda x: x)
    np.testing.assert_allclose(found.values, L.grid.axes[0], atol=1e-12)


def test_arrays_are_continued_by_splines_and_agree_with_functions():
    L = pdeopt.Generator(OU, LINE)
    by_function, by_array = L.backward(np.cos, 0.5), L.backward(np.cos(LINE.axes[0]), 0.5)
    np.testing.assert_allclose(by_array.values[20:-20], by_function.values[20:-20], atol=1e-9)


def test_of_an_array_with_a_jump_the_plain_solution_is_returned():
    step = (LINE.axes[0] > 0.05).astype(float)
    found = pdeopt.Generator(OU, LINE).backward(step, 0.5)
    np.testing.assert_array_equal(found.values, found.plain)
    assert found.error.max() > 1e-6


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (lambda L: L.backward(np.zeros(7), 1.0), r"terminal has shape \(7,\)"),
        (lambda L: L.backward(np.full(161, np.nan), 1.0), "terminal is not finite"),
        (lambda L: L.backward(np.cos, -1.0), r"time=-1\.0 must be"),
        (lambda L: L.backward(np.cos, 1.0, method="magic"), "magic"),
        (lambda L: L.backward(np.cos, 1.0, method="contour", n_steps=3), "takes no n_steps"),
        (lambda L: L.forward(11.0, 1.0), "outside the grid"),
        (lambda L: L.mean_exit_time(np.ones(161, dtype=bool)), "never leaves"),
        (lambda L: L.mean_exit_time(np.zeros(161, dtype=bool)), "holds no node"),
        (lambda L: L.mean_exit_time(LINE.axes[0]), "dtype float64"),
        (lambda L: L.committor(LINE.axes[0] < 1.0, LINE.axes[0] > 0.0), "share"),
        (lambda L: L.spectrum(0), "k=0"),
        (lambda L: L.spectrum(2.5), r"k=2\.5"),
        (lambda L: L.backward("cos", 1.0), "terminal='cos' is neither"),
        (lambda L: L.backward(lambda x: (x, x), 1.0), "it must return a number"),
        (lambda L: L.backward(np.cos, "soon"), "time='soon'"),
        (lambda L: L.backward(np.cos, 1.0, levels=9), "levels=9 must be"),
        (lambda L: L.backward(np.cos, 1.0, method="tr-bdf2", n_steps=2.5), r"n_steps=2\.5"),
        (lambda L: L.forward(np.zeros(161), 1.0), "positive somewhere"),
        (lambda L: L.forward(lambda x: x, 1.0), r"smallest value -8"),
        (lambda L: L.exit_time_moments(LINE.axes[0] < 1.0, 0), "n=0"),
    ],
)
def test_wrong_questions_say_what_works(question, words):
    with pytest.raises((TypeError, ValueError), match=words):
        question(pdeopt.Generator(OU, LINE))


def test_a_process_that_ends_has_no_invariant_density():
    with pytest.raises(ValueError, match="no invariant density"):
        pdeopt.Generator(OU, LINE, "absorbing").invariant_density()


def test_an_answer_tells_its_error_and_can_be_saved(tmp_path):
    found = pdeopt.Generator(OU, LINE).backward(np.cos, 0.5)
    assert "error up to" in str(found)
    assert "contour" in str(found)
    with np.load(found.save(tmp_path / "u")) as kept:
        np.testing.assert_array_equal(kept["values"], found.values)
        np.testing.assert_array_equal(kept["x"], LINE.axes[0])


def test_points_off_the_grid_are_refused():
    with pytest.raises(ValueError, match="outside the grid"):
        pdeopt.Generator(OU, LINE).backward(np.cos, 0.5).at(9.0)


@pytest.mark.parametrize(
    "question",
    [
        lambda L: L.mean_exit_time(L.grid.axes[0] < 1.0),
        lambda L: L.committor(L.grid.axes[0] < -1.0, L.grid.axes[0] > 1.0),
        lambda L: L.invariant_density(),
        lambda L: L.spectrum(2),
    ],
)
def test_questions_without_a_time_are_refused_where_coefficients_depend_on_it(question):
    driven = pdeopt.SDE(lambda t, x: -x + 3.0 * math.sin(t), lambda t, x: 1.0)
    with pytest.raises(ValueError, match="depend on time"):
        question(pdeopt.Generator(driven, LINE))
