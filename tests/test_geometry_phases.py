"""Which well wins over time and temperature: closed forms, published numbers, and independent minima."""

import matplotlib as mpl
import numpy as np
import pytest
from scipy.optimize import minimize

import pdeopt
from pdeopt import Grid, plot
from pdeopt.geometry import curvature_bounds, load_phase_diagram, phase_diagram, wide_versus_sharp_curve

mpl.use("Agg")
LAND = pdeopt.landscapes
LEVELS, CURVATURES = (-1.0, -0.9), (400.0, 1.0)
CURVE = wide_versus_sharp_curve(LEVELS, CURVATURES)
LINE = Grid(-2.0, 3.0, 1025)


@pytest.fixture(scope="module")
def diagram():
    f = LAND.wide_versus_sharp(LEVELS, CURVATURES)
    return phase_diagram(f, [5.0, 10.0, 20.0, 31.0, np.inf], np.geomspace(1e-3, 1.0, 7), grid=LINE, progress=False)


def test_the_curve_has_the_published_numbers():
    assert round(CURVE.critical_beta, 10) == 29.9573227355
    assert round(float(CURVE.time(10.0)), 10) == 0.0162732501
    assert round(float(CURVE.time(20.0)), 9) == 0.155176210
    assert CURVE.time([29.9, 30.0])[1] == np.inf


@pytest.mark.parametrize("dim", [1, 2, 5])
def test_on_the_curve_both_wells_rise_to_one_height(dim):
    curve = wide_versus_sharp_curve(LEVELS, CURVATURES, dim)
    beta = 0.4 * curve.critical_beta
    time = float(curve.time(beta))
    heights = [a + dim / (2.0 * beta) * np.log1p(c * time) for a, c in zip(LEVELS, CURVATURES, strict=True)]
    assert abs(heights[0] - heights[1]) < 1e-12
    assert abs(curve.critical_beta - dim * np.log(400.0) / 0.2) < 1e-9
    assert abs(float(curve.beta(time)) - beta) < 1e-9


@pytest.mark.parametrize(
    "curvatures", [((400.0, 100.0), (1.0, 3.0)), ((0.0101, 0.1359), (0.0081, 0.0321)), ((1, 50), (2, 4))]
)
def test_wells_of_unequal_curvatures_meet_where_their_determinants_say(curvatures):
    curve = wide_versus_sharp_curve(LEVELS, curvatures)
    time = float(curve.time(0.5 * curve.critical_beta))
    rises = [np.linalg.slogdet(np.eye(2) + time * np.diag(c))[1] / curve.critical_beta for c in curvatures]
    assert abs(LEVELS[0] + rises[0] - (LEVELS[1] + rises[1])) < 1e-10
    assert np.isinf(curve.time(1.0001 * curve.critical_beta))


def test_the_measured_boundary_of_two_parabolas_is_the_curve(diagram):
    found = diagram.boundary(0, 1)
    assert found[:, 0].tolist() == [5.0, 10.0, 20.0]
    assert np.abs(found[:, 1] / CURVE.time(found[:, 0]) - 1.0).max() < 2e-7
    # Above beta = 10 the other parabola contributes nothing: what is left is the error stated.
    assert (np.abs(found[1:, 1] - CURVE.time(found[1:, 0])) < np.maximum(found[1:, 2], 1e-11)).all()


def test_when_it_is_cold_the_sharp_well_wins_for_ever(diagram):
    assert not diagram.winner[3:].any()
    assert (diagram.levels[-1] == [-1.0, -0.9]).all()


def test_bottoms_are_those_of_the_closed_form_relaxation():
    beta, times = 6.0, [0.01, 0.1]
    f = LAND.wide_versus_sharp((-1.0, -0.9), (40.0, 2.0), (-0.8, 0.8), beta=beta)
    found = phase_diagram(f, [beta], times, grid=Grid(-2.0, 2.0, 401), progress=False)
    for k, time in enumerate(times):
        exact = f.relaxed(time, beta)
        for well in range(2):
            bottom = minimize(lambda x, u=exact: float(u(x[0])), found.wells[well], method="Nelder-Mead", tol=1e-12)
            assert abs(found.levels[0, k, well] - bottom.fun) < 1e-10


def test_in_the_plane_the_boundary_is_that_of_two_dimensions():
    f = LAND.wide_versus_sharp((-1.0, -0.9), (40.0, 1.0), ((-1.0, 0.0), (1.0, 0.0)))
    grid = Grid((-2.0, -1.0), (3.0, 1.0), (129, 65))
    found = phase_diagram(f, [10.0], [0.03, 0.06], grid=grid, progress=False)
    curve = wide_versus_sharp_curve((-1.0, -0.9), (40.0, 1.0), 2)
    (boundary,) = found.boundaries
    assert abs(boundary.time - float(curve.time(10.0))) < max(boundary.error, 1e-6) < 1e-4


def test_wells_that_have_merged_are_lost_when_the_landscape_has_one_minimum():
    f = LAND.gaussian_mixture([0.8, 0.2], [-1.0, 1.0], [0.09, 0.09], 2.0)
    found = phase_diagram(f, [2.0], [0.3, 0.7, 0.75, 2.0], grid=Grid(-3.0, 3.0, 401), progress=False)
    # They merge at 0.72045, by the classical condition for two Gaussians.
    assert np.isfinite(found.levels[0, :, 1]).tolist() == [True, True, False, False]
    assert not found.winner.any()


def test_a_diagram_comes_back_from_a_file(diagram, tmp_path):
    again = load_phase_diagram(diagram.save(tmp_path / "phases"))
    assert str(again) == str(diagram)
    assert again.boundaries == diagram.boundaries
    assert (again.levels == diagram.levels).all()


def test_its_text_is_a_map(diagram):
    assert "0->1 at 0.0162732" in str(diagram)
    assert "0000000" in str(diagram)


def test_pictures_show_measured_and_closed_form(diagram):
    ax = plot.phase_diagram(diagram, curve=CURVE)
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert {"measured", "closed form", r"$\beta_c = 29.96$"} <= set(names)
    assert ax.get_xscale() == ax.get_yscale() == "log"
    bounds = curvature_bounds(LAND.double_well(), Grid(-2.0, 2.0, 129), [0.1, 0.5], 2.0)
    ax = plot.curvature(bounds)
    drawn = {line.get_label(): line.get_ydata() for line in ax.get_lines()}
    assert drawn["least eigenvalue, measured"].tolist() == [row.measured for row in bounds.named("least eigenvalue")]
    assert np.allclose(drawn["$1/t$"], [10.0, 2.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: wide_versus_sharp_curve((-0.9, -1.0), CURVATURES), "lower one"),
        (lambda: wide_versus_sharp_curve(LEVELS, (1.0, 400.0)), "sharper"),
        (lambda: wide_versus_sharp_curve(LEVELS, (1.0, -1.0)), "positive"),
        (lambda: CURVE.time(0.0), "beta=0.0"),
        (lambda: phase_diagram(LAND.quadratic(), [1.0], [1.0], grid=LINE), "1 wells"),
        (lambda: phase_diagram(LAND.double_well(), [0.0], [1.0]), "betas="),
        (lambda: phase_diagram(LAND.double_well(), [1.0], [np.inf]), "times="),
        (lambda: phase_diagram(LAND.double_well(), [1.0], [1.0], wells=[-1.0, -0.9]), "two of one well"),
        (lambda: plot.curvature(curvature_bounds(LAND.double_well(), LINE, 0.1)), "one time only"),
    ],
)
def test_wrong_questions_are_answered_in_words(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_a_picture_needs_two_temperatures():
    found = phase_diagram(LAND.double_well(), [1.0], [0.1, 0.2], progress=False)
    with pytest.raises(ValueError, match="1 finite betas"):
        plot.phase_diagram(found)
