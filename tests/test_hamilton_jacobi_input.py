"""Bad input to relax: the message names the argument and its value, and its advice works."""

import re

import numpy as np
import pytest
from reference import relaxed_quadratic

from pdeopt import Grid, Landscape, landscapes, relax, smooth

LINE = Grid(-1.0, 1.0, 9)
PLANE = Grid((-1.0, -1.0), (1.0, 1.0), (5, 6))
VALUES = LINE.axes[0] ** 2
WELL = landscapes.double_well()


def spoilt(value):
    values = VALUES.copy()
    values[3] = value
    return values


def call(f=VALUES, grid=LINE, time=0.5, beta=1.0, **options):
    return relax(f, grid, time, beta, **options)


BAD = [
    ({"f": spoilt(np.nan)}, ("f is nan at index (3,)", "np.nan_to_num")),
    ({"f": spoilt(-np.inf)}, ("f is -inf at index (3,)", "np.nan_to_num")),
    ({"f": np.full(9, np.inf)}, ("+inf everywhere",)),
    ({"f": np.zeros(8)}, ("(8,)", "(9,)", "shape=(8,)")),
    ({"beta": 0.0}, ("beta=0.0", "beta=1.0")),
    ({"beta": -2.0}, ("beta=-2.0", "positive")),
    ({"beta": np.nan}, ("beta=nan", "beta=1.0")),
    ({"time": -0.1}, ("time=-0.1", "time=0.5")),
    ({"time": np.nan}, ("time=nan", "time=0.5")),
    ({"time": np.inf}, ("time=inf", "time=0.5")),
    ({"time": [0.1, -3.0]}, ("time=-3.0", "time=0.5")),
    ({"time": []}, ("time", "[0.1, 1.0]")),
    ({"boundary": "dirichlet"}, ("boundary='dirichlet'", "'free'", "'reflecting'")),
    ({"boundary": "periodic"}, ("boundary='periodic'", "periodic=True")),
    ({"boundary": ("free", "free")}, ("boundary", "2 entries")),
    ({"method": "godunov"}, ("method='godunov'", "'cole-hopf'")),
    ({"method": "hopf-lax"}, ("method='hopf-lax'", "beta=1.0", "beta=inf")),
    ({"method": "cole-hopf", "beta": np.inf}, ("method='cole-hopf'", "beta=inf")),
    ({"threads": 0}, ("threads=0", "threads=None")),
    ({"f": WELL, "grid": PLANE}, ("dim=1", "2 axes")),
    ({"grid": Grid((0.0,) * 4, (1.0,) * 4, (2,) * 4), "f": np.zeros((2,) * 4)}, ("4 axes", "3")),
]


@pytest.mark.parametrize(("arguments", "words"), BAD, ids=[words[0] for _, words in BAD])
def test_bad_argument_is_named_with_its_value_and_a_remedy(arguments, words):
    with pytest.raises(ValueError, match=re.escape(words[0])) as caught:
        call(**arguments)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_bare_function_is_refused_with_the_way_to_wrap_it():
    with pytest.raises(TypeError, match=r"pdeopt\.Landscape\(f, dim=1\)"):
        call(f=lambda x: x * x)


def test_something_else_than_a_grid_is_refused():
    with pytest.raises(TypeError, match=r"pdeopt\.Grid\(lower, upper, shape\)"):
        call(grid=(-1.0, 1.0, 9))


@pytest.mark.parametrize(
    "remedy",
    [
        {"f": np.nan_to_num(spoilt(np.nan), nan=np.inf)},
        {"f": np.zeros(8), "grid": Grid(-1.0, 1.0, shape=(8,))},
        {"beta": 1.0},
        {"beta": np.inf, "method": "hopf-lax"},
        {"time": 0.5},
        {"time": [0.1, 1.0]},
        {"boundary": "free"},
        {"boundary": "reflecting"},
        {"grid": Grid(-1.0, 1.0, 9, periodic=True), "boundary": "periodic"},
        {"method": "cole-hopf"},
        {"method": "cell-exact"},
        {"threads": None},
        {"f": Landscape(lambda x: x * x, dim=1)},
        {"f": landscapes.double_well(dim=2), "grid": PLANE},
    ],
)
def test_the_advice_works(remedy):
    assert np.isfinite(call(**remedy).values).all()


def test_a_landscape_that_is_not_a_number_on_the_grid_is_named():
    f = Landscape(lambda x: np.sqrt(x), vectorised=True, name="root")
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match=r"root.*nan"):
        call(f=f)


def test_a_landscape_that_falls_too_fast_is_refused_with_the_time_named():
    with pytest.raises(ValueError, match=r"time=0\.5.*boundary='reflecting'"):
        call(f=Landscape(lambda x: -4.0 * x * x, vectorised=True))


def hill(x, curvature):
    return 0.5 * curvature * sum(coordinate * coordinate for coordinate in x)


@pytest.mark.parametrize("beta", [20.0, np.inf])
def test_a_hill_flatter_than_one_over_the_time_relaxes_in_the_plane(beta):
    r = call(f=Landscape(hill, dim=2, args=(-1.6,)), grid=PLANE, beta=beta, boundary="free")
    expected = relaxed_quadratic(PLANE.points(), -1.6, 0.5, beta)
    assert (np.abs(r.values - expected) <= r.error_bound + 1e-12).all()


def test_a_hill_steeper_than_one_over_the_time_is_refused_in_the_plane():
    with pytest.raises(ValueError, match=r"time=0\.5.*boundary='reflecting'"):
        call(f=Landscape(hill, dim=2, args=(-2.4,)), grid=PLANE, boundary="free")


def test_a_landscape_that_falls_too_fast_relaxes_between_reflecting_walls():
    r = call(f=Landscape(lambda x: -4.0 * x * x, vectorised=True), boundary="reflecting")
    assert np.isfinite(r.values).all()


@pytest.mark.parametrize("points", [np.zeros((3, 3)), np.zeros(3)])
def test_points_of_another_dimension_are_refused(points):
    r = relax(np.zeros((5, 6)), PLANE, 0.5, 1.0)
    with pytest.raises(ValueError, match=re.escape("shape (..., 2)")):
        r.at(points)


def test_points_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        call().at(np.array([0.1, np.nan]))


@pytest.mark.parametrize("variance", [-1.0, np.nan, np.inf])
def test_a_bad_variance_of_the_heat_equation_is_named(variance):
    with pytest.raises(ValueError, match=f"variance={variance}"):
        smooth(VALUES, LINE, variance)


def test_walls_are_refused_by_the_heat_equation():
    with pytest.raises(ValueError, match=r"relax\(\)"):
        smooth(spoilt(np.inf), LINE, 0.1)


NOT_NUMBERS = [
    ({"time": "soon"}, "time='soon'"),
    ({"time": 1j}, "time=1j"),
    ({"beta": None}, "beta=None"),
    ({"beta": [1.0, 2.0]}, r"beta=\[1.0, 2.0\]"),
    ({"boundary": 3}, "boundary=3"),
    ({"threads": "2"}, "threads='2'"),
    ({"threads": 1.5}, "threads=1.5"),
    ({"threads": np.nan}, "threads=nan"),
    ({"f": "double_well"}, r"landscapes\.get\('double_well'\)"),
    ({"f": VALUES + 1j}, "real numbers"),
    ({"f": [[1.0, 2.0], [3.0]]}, "real numbers"),
    ({"f": np.ma.masked_array(VALUES, VALUES > 0.5)}, r"f\.filled\(numpy\.inf\)"),
]


@pytest.mark.parametrize(("arguments", "words"), NOT_NUMBERS, ids=[words for _, words in NOT_NUMBERS])
def test_an_argument_of_the_wrong_kind_is_named(arguments, words):
    with pytest.raises(TypeError, match=words):
        call(**arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"time": 1e-320}, "time=9.99989e-321"),
        ({"time": 1e300}, r"time=1e\+300"),
        ({"beta": 1e-320}, "beta=9.99989e-321"),
        ({"f": 1e307 * VALUES}, r"f reaches 1e\+307"),
        ({"f": 1e3 * VALUES, "beta": 1e308}, r"beta=1e\+308"),
    ],
)
def test_numbers_that_would_overflow_are_refused_instead_of_giving_infinite_values(arguments, words):
    with pytest.raises(ValueError, match=words):
        call(**arguments)


@pytest.mark.parametrize("time", [4e-150, 4e10])
def test_the_shortest_and_longest_times_that_the_message_offers_work(time):
    values = call(time=time).values
    assert ((values >= VALUES.min() - 1e-12) & (values <= VALUES.max() + 1e-12)).all()


@pytest.mark.parametrize("variance", [1e-320, 1e300])
def test_a_variance_beyond_the_range_of_numbers_is_refused(variance):
    with pytest.raises(ValueError, match=r"variance=.* use 4e-150 to 4e\+10, or 0"):
        smooth(VALUES, LINE, variance)


def test_points_absurdly_far_from_the_grid_are_refused():
    with pytest.raises(ValueError, match=r"1e\+300.*up to 1e\+06"):
        call().at(1e300)
