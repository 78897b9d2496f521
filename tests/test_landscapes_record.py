"""The landscape record: what becomes one, how it is evaluated, checked and refused."""

import pickle
from dataclasses import replace

import numba
import numpy as np
import pytest
from scipy.interpolate import RegularGridInterpolator

from pdeopt import Grid, Landscape, landscapes
from pdeopt.landscapes.evaluation import slabs

INF = np.inf
COMPILED_ONLY = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")


@numba.njit
def valley(x, stiffness):
    """Return a value by a branch, which broadcast arrays cannot take."""
    if x[0] > 0:
        return stiffness * x[0] ** 2 + x[1] ** 4
    return x[0] ** 2 + x[1] ** 4


@numba.njit
def valley_gradient(x, stiffness):
    """Return the two partial derivatives."""
    return 2 * (stiffness if x[0] > 0 else 1.0) * x[0], 4 * x[1] ** 3


def plain_valley(x, stiffness):
    return getattr(valley, "py_func", valley)(x, stiffness)


def bowl(x):
    return 0.5 * x * x


def sum_of_squares(x):
    return sum(entry**2 for entry in x)


COMPILED = Landscape(valley, dim=2, args=(3.0,), name="valley")
PLAIN = Landscape(plain_valley, dim=2, args=(3.0,), name="valley")
POINTS = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7]])
VALUES = [19.0, 1.0625, 0.5101]
GRADIENTS = [[6.0, 32.0], [-2.0, 0.5], [1.8, -1.372]]
HESSIANS = [np.diag([6.0, 48.0]), np.diag([2.0, 3.0]), np.diag([6.0, 5.88])]


@pytest.mark.parametrize("f", [COMPILED, PLAIN], ids=["compiled", "plain"])
def test_users_functions_are_evaluated_at_points(f):
    np.testing.assert_allclose(f(POINTS), VALUES, rtol=1e-14)
    np.testing.assert_allclose(f(POINTS.reshape(3, 1, 2)), np.reshape(VALUES, (3, 1)), rtol=1e-14)


@pytest.mark.parametrize("f", [COMPILED, PLAIN], ids=["compiled", "plain"])
def test_missing_derivatives_are_central_differences(f):
    assert (f.gradient_kind, f.hessian_kind) == ("numerical", "numerical")
    np.testing.assert_allclose(f.gradient_at(POINTS), GRADIENTS, atol=2e-8)
    np.testing.assert_allclose(f.hessian_at(POINTS), HESSIANS, atol=1e-5)


@pytest.mark.parametrize("f", [COMPILED, PLAIN], ids=["compiled", "plain"])
def test_supplied_derivatives_can_be_called_at_one_point(f):
    np.testing.assert_allclose(f.gradient((0.3, -0.7), 3.0), GRADIENTS[2], atol=2e-8)
    np.testing.assert_allclose(f.hessian((0.3, -0.7), 3.0), HESSIANS[2], atol=1e-5)


def test_a_missing_hessian_comes_from_the_given_gradient():
    f = Landscape(valley, valley_gradient, dim=2, args=(3.0,))
    assert (f.gradient_kind, f.hessian_kind) == ("given", "numerical")
    np.testing.assert_allclose(f.hessian_at(POINTS), HESSIANS, atol=1e-8)
    np.testing.assert_allclose(f.hessian((0.3, -0.7), 3.0), HESSIANS[2], atol=1e-8)


@pytest.mark.parametrize("f", [COMPILED, PLAIN], ids=["compiled", "plain"])
def test_users_functions_are_evaluated_on_axes(f):
    grid = Grid((-1.0, -2.0), (1.0, 2.0), (5, 4))
    x, y = np.meshgrid(*grid.axes, indexing="ij")
    np.testing.assert_allclose(f.on(grid), np.where(x > 0, 3.0, 1.0) * x**2 + y**4, rtol=1e-14)


@COMPILED_ONLY
def test_parameters_do_not_need_another_compilation():
    before = len(valley.signatures)
    assert replace(COMPILED, args=(5.0,))(POINTS)[0] == 21.0
    assert len(valley.signatures) == before


@pytest.mark.parametrize("x", [2.0, np.array(2.0), np.array([2.0])], ids=["number", "array", "point"])
def test_in_one_dimension_numbers_are_points(x):
    f = landscapes.double_well()
    assert f(x) == 2.25
    assert f.gradient_at(x).shape == (1,)
    assert f.hessian_at(x).shape == (1, 1)


def test_in_one_dimension_arrays_are_taken_elementwise_unless_their_last_axis_is_one():
    f = landscapes.double_well()
    assert f(np.zeros((4, 3))).shape == (4, 3)
    assert f(np.zeros((4, 3, 1))).shape == (4, 3)
    assert f.gradient_at(np.zeros((4, 3))).shape == (4, 3, 1)


@pytest.mark.parametrize("dim", [8, 9])
def test_plain_functions_see_tuples_up_to_eight_dimensions_and_arrays_above(dim):
    seen = []
    Landscape(lambda x: seen.append(type(x)) or 0.0, dim=dim)(np.zeros(dim))
    assert seen == [tuple if dim == 8 else np.ndarray]


def test_plain_functions_of_nine_dimensions_have_array_derivatives():
    f = Landscape(sum_of_squares, dim=9)
    np.testing.assert_allclose(f.gradient(np.arange(9.0)), 2 * np.arange(9), atol=1e-8)


def test_the_text_says_that_plain_python_is_slow():
    assert "plain Python, slow" in repr(PLAIN)
    assert "dim 2, gradient numerical, hessian numerical" in repr(PLAIN)


@COMPILED_ONLY
def test_a_compiled_function_is_known_as_such():
    assert COMPILED.is_compiled
    assert "compiled" in repr(COMPILED)
    assert not PLAIN.is_compiled


@pytest.mark.parametrize("f", [COMPILED, PLAIN], ids=["compiled", "plain"])
def test_a_users_landscape_survives_pickling_with_its_kinds(f):
    copy = pickle.loads(pickle.dumps(f))
    assert copy.gradient_kind == "numerical"
    np.testing.assert_array_equal(copy(POINTS), f(POINTS))


def test_the_difference_step_can_be_set():
    f = Landscape(lambda x: x**3, step=0.5)
    assert f.gradient_at(0.0)[0] == pytest.approx(0.25)


def test_walls_and_nan_pass_through_without_warnings():
    np.testing.assert_array_equal(landscapes.half_line()([-1.0, 0.0, 1.0]), [INF, 0.0, 0.0])
    assert np.isnan(landscapes.double_well()(np.nan))


def test_slabs_cover_a_box_once_within_their_size():
    count = np.zeros((7, 5, 11), dtype=int)
    for slab in slabs(count.shape, 23):
        assert count[slab].size <= 23
        count[slab] += 1
    assert (count == 1).all()


def test_evaluation_in_slabs_equals_evaluation_at_once():
    grid = Grid((-2.0, -2.0), (2.0, 2.0), (2100, 1000))
    x, y = np.meshgrid(*grid.axes, indexing="ij")
    np.testing.assert_array_equal(landscapes.himmelblau().on(grid), (x * x + y - 11.0) ** 2 + (x + y * y - 7.0) ** 2)


RNG = np.random.default_rng(1)
BOX = Grid((0.0, 1.0), (2.0, 4.0), (5, 7))
SAMPLES = RNG.standard_normal((5, 7))


def test_samples_are_interpolated_as_scipy_does():
    f = Landscape.from_samples(SAMPLES, BOX)
    x = np.array(BOX.lower) + np.array(BOX.extent) * RNG.random((40, 2))
    np.testing.assert_allclose(f(x), RegularGridInterpolator(BOX.axes, SAMPLES)(x), atol=1e-14)


def test_samples_are_exact_at_their_nodes():
    f = Landscape.from_samples(SAMPLES, BOX)
    np.testing.assert_array_equal(f.on(BOX), SAMPLES)


def test_samples_go_on_as_constants_beyond_the_grid():
    f = Landscape.from_samples([1.0, 5.0, 2.0], Grid(0.0, 2.0, 3))
    np.testing.assert_array_equal(f([-3.0, 9.0]), [1.0, 2.0])


def test_samples_repeat_on_a_periodic_axis():
    f = Landscape.from_samples([1.0, 5.0, 2.0], Grid(0.0, 3.0, 3, periodic=True))
    np.testing.assert_allclose(f([2.5, -0.5, 5.5, 4.0, 300.0]), [1.5, 1.5, 1.5, 5.0, 1.0], rtol=1e-13)


def test_a_wall_in_the_samples_stays_off_its_neighbours():
    f = Landscape.from_samples([0.0, INF, 1.0, 2.0], Grid(0.0, 3.0, 4))
    np.testing.assert_array_equal(f([0.0, 0.5, 1.0, 1.5, 2.0, 2.5]), [0.0, INF, INF, INF, 1.0, 1.5])


def test_derivatives_of_samples_are_differences_over_one_spacing():
    x = Grid(0.0, 1.0, 101)
    f = Landscape.from_samples(x.axes[0] ** 2, x)
    assert f.gradient_at(0.5)[0] == pytest.approx(1.0)
    assert f.hessian_at(0.5)[0, 0] == pytest.approx(2.0)


def test_samples_know_their_lowest_node_and_steepest_slope():
    f = Landscape.from_samples(SAMPLES, BOX)
    row, column = np.unravel_index(SAMPLES.argmin(), SAMPLES.shape)
    assert f.minima == ((BOX.axes[0][row], BOX.axes[1][column]),)
    a, b = RNG.uniform(0, 4, (2, 500, 2))
    assert (np.abs(f(a) - f(b)) / np.linalg.norm(a - b, axis=1)).max() <= f.lipschitz


def test_writing_to_the_callers_samples_does_not_reach_the_landscape():
    values = SAMPLES.copy()
    f = Landscape.from_samples(values, BOX)
    values[:] = 0.0
    np.testing.assert_array_equal(f.on(BOX), SAMPLES)


def test_a_check_finds_a_wrong_gradient_and_says_where():
    f = Landscape(bowl, lambda x: x + 1e-5 * (x > 1), name="bowl")
    report = f.check()
    assert not report.ok
    assert report.worst_point[0] > 1
    assert "gradient  FAILED" in str(report)
    assert "largest deviation at x = " in str(report)


def test_a_check_finds_a_wrong_hessian():
    f = Landscape(bowl, lambda x: x, lambda x: 1.001 + 0 * x)
    assert f.check().gradient_error <= 1 < f.check().hessian_error


def test_a_check_finds_a_minimum_that_is_none():
    report = Landscape(bowl, minima=[(0.5,)]).check()
    assert report.false_minima == ((0.5,),)
    assert "lower values next to ((0.5,),)" in str(report)


def test_a_check_can_be_asked_at_given_points():
    f = Landscape(bowl, lambda x: x if x < 3 else 0.0)
    assert f.check().ok
    assert not f.check([1.0, 4.0]).ok


def test_a_check_stays_away_from_declared_kinks():
    step = Landscape(np.abs, np.sign, kinks=(0.0,), domain=((-1e-4,), (1e-4,)), name="tiny kink")
    assert step.check().ok


NAN_SAMPLES = SAMPLES.copy()
NAN_SAMPLES[1, 2] = np.nan
REFUSED = [
    (lambda: Landscape(bowl, dim=0), "dim=0 must be a whole number of at least 1, e.g. dim=2"),
    (lambda: Landscape(bowl, kinks=(0.0, INF)), "kinks has the entry inf. A kink is a finite position"),
    (lambda: Landscape(bowl, kinks=((0.0,),)), r"kinks has the entry \(0.0,\)"),
    (lambda: Landscape(valley, dim=2, kinks=(0.0,)), r"for dim=2. Use kinks=\(\(\), \(\)\)"),
    (lambda: Landscape(bowl, curvature=(2.0, 1.0)), r"has low above high. Use curvature=\(1.0, 2.0\)"),
    (lambda: Landscape(bowl, curvature=(0.0, np.nan)), r"must be two numbers \(low, high\)"),
    (lambda: Landscape(bowl, lipschitz=-1.0), "lipschitz=-1.0 bounds a length.*Use lipschitz=None"),
    (lambda: Landscape(bowl, minima=[(0.0, 1.0)]), r"but dim=1. A point is 1 numbers, e.g. \(0.0,\)"),
    (lambda: Landscape(bowl, domain=((1.0,), (0.0,))), "is not a box with lower < upper"),
    (lambda: Landscape(bowl, step=0.0), "step=0.0 must be positive and finite, e.g. step=1e-5"),
    (lambda: COMPILED(np.zeros((5, 3))), r"x has shape \(5, 3\).*'valley' has dim=2.*shape \(5, 2\)"),
    (lambda: COMPILED(1.0), r"x has shape \(\)"),
    (lambda: COMPILED.on_axes([np.zeros(3)]), "axes has 1 entries.*Pass 2 one-dimensional arrays"),
    (lambda: COMPILED.on(Grid(0, 1, (3, 3, 3))), "axes has 3 entries"),
    (lambda: Landscape.from_samples(SAMPLES.T, BOX), r"values has shape \(7, 5\).*Use values.T"),
    (lambda: Landscape.from_samples(SAMPLES[1:], BOX), r"Use a grid of shape \(4, 7\)"),
    (
        lambda: Landscape.from_samples(NAN_SAMPLES, BOX),
        r"values\[1, 2\] is nan \(1 of 35.*values\[1, 2\] = numpy.inf",
    ),
    (lambda: Landscape.from_samples([0.0, -INF], Grid(0, 1, 2)), r"values\[1\] is -inf.*finite number"),
    (lambda: Landscape.from_samples([INF, INF], Grid(0, 1, 2)), "at least one node must be finite"),
    (lambda: COMPILED.scaled(0.0), "unit=0.0 must be positive and finite, e.g. unit=2.0"),
    (lambda: COMPILED.stretched((1.0, -1.0)), "factor=-1.0 must be positive"),
    (lambda: COMPILED.shifted((1.0, 2.0, 3.0)), r"by=\(1.0, 2.0, 3.0\) must be one finite number or 2"),
    (lambda: COMPILED.rotated(np.eye(3)), r"rotation has shape \(3, 3\), but dim=2.*or an angle"),
    (
        lambda: COMPILED.rotated(2 * np.eye(2)),
        "is not orthogonal: .* 3, above the limit 2e-12. Use numpy.linalg.qr",
    ),
    (lambda: landscapes.double_well().rotated(0.3), r"rotation has shape \(\), but dim=1"),
    (lambda: landscapes.quadratic(dim=2).stretched((1, 2)).relaxed(1, 1), "unevenly .by 1 to 2.*factor=2"),
]


@pytest.mark.parametrize(("build", "message"), REFUSED)
def test_a_refusal_names_the_argument_its_value_and_what_works(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize("name", ["value", "gradient", "hessian"])
def test_what_cannot_be_called_is_refused_with_the_way_for_samples(name):
    functions = {"value": bowl} | {name: SAMPLES}
    with pytest.raises(TypeError, match=rf"{name} is of type ndarray, which is not callable.*Landscape.from_samples"):
        Landscape(**functions)


def test_the_advised_values_work():
    assert Landscape(bowl, curvature=(1.0, 2.0)).curvature == (1.0, 2.0)
    assert Landscape(valley, dim=2, kinks=((0.0,), ())).kinks == ((0.0,), ())
    assert Landscape.from_samples(SAMPLES.T.T, BOX).is_sampled
    assert Landscape.from_samples(np.where(np.isnan(NAN_SAMPLES), INF, NAN_SAMPLES), BOX)((0.0, 1.0)) == SAMPLES[0, 0]
    assert COMPILED.rotated(np.linalg.qr(2 * np.eye(2))[0]).dim == 2
    assert landscapes.quadratic(dim=2).stretched(2).relaxed(1, 1).dim == 2
