"""Shifted, scaled, stretched and rotated landscapes, alone and composed."""

import pickle

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdeopt import Grid, Landscape, landscapes

COMPILED_ONLY = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
TURN = np.array([[0.0, -1.0], [1.0, 0.0]])
X = np.random.default_rng(0).uniform(-2, 2, (30, 2))
PLANAR = landscapes.coupled_double_well()


@numba.njit
def branching(x, slope):
    """Return a value by a branch, which broadcast arrays cannot take."""
    return slope * x[0] if x[0] > x[1] else slope * x[1]


USERS = Landscape(branching, dim=2, args=(2.0,))


@pytest.mark.parametrize("f", [PLANAR, USERS], ids=["catalogue", "user"])
def test_each_transform_is_its_formula(f):
    c, s = np.cos(0.3), np.sin(0.3)
    back = np.stack([c * X[:, 0] + s * X[:, 1], -s * X[:, 0] + c * X[:, 1]], axis=1)
    np.testing.assert_allclose(f.shifted((0.5, -1.0))(X), f(X - [0.5, -1.0]), rtol=1e-13)
    np.testing.assert_allclose(f.scaled(4.0)(X), f(X) / 4, rtol=1e-13)
    np.testing.assert_allclose(f.stretched((2.0, 0.5))(X), f(X / [2.0, 0.5]), rtol=1e-13)
    np.testing.assert_allclose(f.rotated(0.3)(X), f(back), rtol=1e-12)


def test_rotation_by_an_angle_is_counter_clockwise():
    f = landscapes.quadratic([1.0, 1.0], [1.0, 0.0]).rotated(np.pi / 2)
    np.testing.assert_allclose(f.minima, [(0.0, 1.0)], atol=1e-15)


@given(
    angle=st.floats(-3, 3),
    unit=st.floats(0.1, 10),
    by=st.tuples(st.floats(-2, 2), st.floats(-2, 2)),
    factor=st.tuples(st.floats(0.3, 3), st.floats(0.3, 3)),
)
def test_composed_transforms_keep_derivatives_and_minima(angle, unit, by, factor):
    f = PLANAR.rotated(angle).scaled(unit).shifted(by).stretched(factor)
    report = f.check(f.domain[0] + np.random.default_rng(1).random((20, 2)) * np.subtract(*f.domain[::-1]))
    assert report.ok, str(report)
    at = np.array(f.minima)
    slack = 1e-13 * (1 + np.abs(f.hessian_at(at)).max()) * max(1.0, np.abs(at).max())
    assert np.abs(f.gradient_at(at)).max() <= slack


@given(angle=st.floats(-3, 3), unit=st.floats(0.1, 10), factor=st.tuples(st.floats(0.3, 3), st.floats(0.3, 3)))
def test_transformed_bounds_hold(angle, unit, factor):
    f = landscapes.cosine(dim=2).rotated(angle).scaled(unit).stretched(factor)
    bends = np.linalg.eigvalsh(f.hessian_at(X))
    low, high = f.curvature
    assert low - 1e-9 <= bends.min()
    assert bends.max() <= high + 1e-9
    assert np.linalg.norm(f.gradient_at(X), axis=-1).max() <= f.lipschitz + 1e-9


def test_the_bounds_of_a_scaled_quadratic_are_sharp():
    f = landscapes.quadratic([1.0, 4.0]).scaled(2.0).stretched(0.5)
    assert f.curvature == (2.0, 8.0)


def test_transforms_that_undo_each_other_leave_the_landscape():
    f = PLANAR.shifted((1.0, 2.0)).stretched(3.0).scaled(0.2).rotated(1.0)
    back = f.rotated(-1.0).scaled(5.0).stretched(1 / 3).shifted((-1.0, -2.0))
    np.testing.assert_allclose(back(X), PLANAR(X), rtol=1e-11, atol=1e-12)


def test_a_composition_stays_one_map_around_the_landscape_inside():
    f = PLANAR.shifted(1.0).rotated(0.2).stretched(2.0).scaled(3.0)
    assert f.source is PLANAR


def test_kinks_move_with_the_landscape():
    f = landscapes.absolute_value().stretched(2.0).shifted(0.5)
    assert f.kinks == (0.5,)
    assert landscapes.huber(1.0).stretched(2.0).kinks == (-2.0, 2.0)
    assert landscapes.absolute_value(2).shifted((1.0, -2.0)).kinks == ((1.0,), (-2.0,))


def test_a_quarter_turn_swaps_the_kinks_of_the_axes():
    f = landscapes.absolute_value(2).shifted((1.0, -2.0)).rotated(TURN)
    assert f.kinks == ((2.0,), (1.0,))
    assert f.kinks_complete


def test_any_other_rotation_drops_the_kinks_and_says_so():
    f = landscapes.absolute_value(2).rotated(0.3)
    assert f.kinks == ()
    assert not f.kinks_complete
    assert PLANAR.rotated(0.3).kinks_complete


@pytest.mark.parametrize("f", [PLANAR, USERS], ids=["catalogue", "user"])
@pytest.mark.parametrize("turn", [TURN, 0.3], ids=["quarter turn", "slanted"])
def test_values_on_axes_are_values_at_points(f, turn):
    g = f.shifted((0.2, 0.1)).stretched((1.0, 2.0)).rotated(turn)
    grid = Grid((-2.0, -1.0), (2.0, 3.0), (6, 5))
    np.testing.assert_allclose(g.on(grid), g(grid.points()), rtol=1e-13, atol=1e-14)


def test_transformed_catalogue_functions_are_not_compiled_to_be_evaluated():
    f = landscapes.himmelblau().shifted(0.1)
    f.on(Grid(*f.domain, (20, 20)))
    f.hessian_at(X)
    assert getattr(f.value, "signatures", []) == []


@pytest.mark.parametrize(
    "f",
    [
        landscapes.double_well().shifted(0.3).scaled(2.0),
        PLANAR.rotated(0.4).stretched((2.0, 1.0)),
    ],
    ids=["dim 1", "dim 2"],
)
def test_a_transformed_landscape_can_be_called_from_compiled_code(f):
    value, gradient, hessian = f.value, f.gradient, f.hessian

    @numba.njit
    def probe(x, args):
        return value(x, *args), gradient(x, *args), hessian(x, *args)

    x = np.linspace(0.2, 0.7, f.dim)
    ours = probe(0.2 if f.dim == 1 else tuple(x), f.args)
    for our, expected in zip(ours, (f(x), f.gradient_at(x), f.hessian_at(x)), strict=True):
        np.testing.assert_allclose(np.reshape(our, np.shape(expected)), expected, rtol=1e-12, atol=1e-12)


@COMPILED_ONLY
def test_a_transformed_landscape_of_nine_dimensions_takes_arrays_in_compiled_code():
    f = landscapes.rastrigin(dim=9).shifted(0.1)
    value = f.value

    @numba.njit
    def probe(x, args):
        return value(x, *args)

    x = np.linspace(0.2, 0.7, 9)
    assert probe(x, f.args) == pytest.approx(f(x), rel=1e-13)


@COMPILED_ONLY
def test_all_shifts_of_one_function_share_its_compilation():
    a, b = PLANAR.shifted(0.1), PLANAR.shifted(0.7).rotated(0.3)
    assert a.value is b.value
    assert a.hessian is b.hessian


def test_a_numerical_gradient_stays_named_so():
    f = Landscape(lambda x: x[0] ** 2 + x[1] ** 2, dim=2).rotated(0.3)
    assert f.gradient_kind == "numerical"
    np.testing.assert_allclose(f.gradient_at(X), 2 * X, atol=1e-8)
    np.testing.assert_allclose(f.gradient((0.5, 1.0), *f.args), (1.0, 2.0), atol=1e-8)


@pytest.mark.parametrize("f", [PLANAR.rotated(0.4).shifted(1.0), landscapes.double_well().stretched(2.0)])
def test_a_transformed_landscape_survives_pickling(f):
    copy = pickle.loads(pickle.dumps(f))
    x = X[:, : f.dim]
    np.testing.assert_array_equal(copy(x), f(x))
    assert copy.minima == f.minima


def test_moved_and_scaled_samples_are_samples_on_a_moved_grid():
    grid = Grid((0.0, 0.0), (1.0, 2.0), (3, 4), periodic=(False, True))
    f = Landscape.from_samples(np.arange(12.0).reshape(3, 4), grid)
    g = f.shifted((1.0, 2.0)).stretched(2.0).scaled(4.0)
    assert g.is_sampled
    assert g.grid == Grid((2.0, 4.0), (4.0, 8.0), (3, 4), periodic=(False, True))
    np.testing.assert_array_equal(g.samples, f.samples / 4)


def test_rotated_samples_are_a_function_with_undeclared_kinks():
    f = Landscape.from_samples(np.eye(3), Grid(-1.0, 1.0, (3, 3))).rotated(0.3)
    assert not f.is_sampled
    assert not f.kinks_complete


def test_the_time_of_a_scaled_landscape_scales_with_its_unit():
    f = landscapes.quadratic(2.0).scaled(4.0)
    assert f.relaxed(0.5, 3.0)(0.8) == pytest.approx(landscapes.quadratic(0.5).relaxed(0.5, 3.0)(0.8), rel=1e-14)
