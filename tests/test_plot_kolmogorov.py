"""Pictures of answers: units on every axis, bands of the error, sets where they are, streamlines along the field."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdeopt import plot
from pdeopt.grid import Grid
from pdeopt.kolmogorov import Answer

LINE = Grid(-1.0, 1.0, 41)
PLANE = Grid((-1.0, 0.0), (1.0, 1.0), (41, 21))


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def record(values, grid, kind, *, error=0.1, time=None):
    values = np.asarray(values)
    return Answer(values, np.full_like(values, error), grid, kind, values, time)


def labels(ax):
    return ax.get_xlabel(), ax.get_ylabel(), ax.get_title()


def test_a_curve_lies_in_the_band_of_its_error():
    x = LINE.axes[0]
    ax = plot.answer(record(1.0 - x**2, LINE, "mean exit time"), sets={"x < 0.5": x < 0.5})
    band = ax.collections[0].get_paths()[0].vertices
    assert labels(ax) == ("x (length)", "mean exit time (time)", "mean exit time")
    assert band[:, 1].max() == pytest.approx(1.1)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), 1.0 - x**2)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["x < 0.5"]


def test_an_unknown_error_has_no_band():
    ax = plot.answer(record(LINE.axes[0], LINE, "committor", error=np.inf))
    assert ax.collections[0].get_paths()[0].vertices[:, 1].max() == pytest.approx(1.0)


@pytest.mark.parametrize(("count", "named"), [(3, 3), (9, 0)])
def test_densities_over_time_are_named_or_get_a_bar_of_colours(count, named):
    times = np.geomspace(0.1, 5.0, count)
    widths = 0.1 + 0.1 * times[:, None]
    found = record(np.exp(-0.5 * (LINE.axes[0] / widths) ** 2) / widths, LINE, "density", time=times)
    ax = plot.answer(found)
    assert len(ax.lines) == count
    assert ax.get_ylabel() == "density (1 / length)"
    assert named == (len(ax.get_legend().get_texts()) if ax.get_legend() else 0)
    assert len(ax.figure.axes) == (1 if named else 2)


def test_a_plane_shows_its_sets_by_their_boundaries_and_its_scale_by_a_bar():
    x = PLANE.points()[..., 0]
    sets = {"a": x < -0.9, "b": x > 0.9}
    ax = plot.answer(record(0.5 + 0.5 * x, PLANE, "committor"), sets=sets, marks=[[0.0, 0.5]])
    assert labels(ax) == ("x (length)", "y (length)", "committor")
    assert [axes.get_ylabel() for axes in ax.figure.axes[1:]] == ["committor (probability)"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    ends = [path.vertices[:, 0] for path in ax.collections[-1].get_paths()]
    assert np.concatenate(ends) == pytest.approx(0.875)


def test_streamlines_follow_the_field_and_grow_with_it():
    points = PLANE.points()
    field = np.stack([1.0 + points[..., 1], np.zeros(PLANE.shape)], axis=-1)
    ax = plot.current(PLANE, field)
    segments = np.array(ax.collections[0].get_segments())
    widths = np.asarray(ax.collections[0].get_linewidths())
    assert np.abs(np.diff(segments[:, :, 1], axis=1)).max() < 1e-9
    assert np.corrcoef(segments[:, 0, 1], widths)[0, 1] > 0.99


def test_streamlines_of_a_stretched_grid_follow_the_field_too():
    grid = Grid.from_axes(np.linspace(0.0, 1.0, 31) ** 2, np.linspace(0.0, 1.0, 21))
    x, y = np.moveaxis(grid.points(), -1, 0)
    ax = plot.current(grid, np.stack([x - 0.5, -y], axis=-1))
    for segment in ax.collections[0].get_segments()[::20]:
        (a, b), (c, d) = segment[0], segment[-1]
        assert (a - 0.5) * b == pytest.approx((c - 0.5) * d, abs=2e-3)


def test_a_field_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"field has shape \(41, 21\) .* needs \(\*grid.shape, 2\)"):
        plot.current(PLANE, np.zeros(PLANE.shape))


def test_a_spectrum_shows_times_and_eigenfunctions_but_not_the_constant_one():
    n = np.arange(5)
    functions = np.cos(n[:, None] * np.pi * (LINE.axes[0] + 1.0) / 2.0)
    found = SimpleNamespace(eigenvalues=n**2 * 1.0, eigenfunctions=functions)
    times, modes = plot.spectrum(found, LINE, count=3)
    np.testing.assert_allclose(times.lines[0].get_ydata(), 1.0 / n[1:] ** 2)
    assert [line.get_label() for line in modes.lines[:3]] == ["mode 1", "mode 2", "mode 3"]
    assert times.get_ylabel() == "implied timescale (time)"


def test_a_spectrum_on_a_plane_has_one_picture_a_mode_and_marks_complex_values():
    x = PLANE.points()[..., 0]
    found = SimpleNamespace(
        eigenvalues=np.array([0.0, 1.0 + 2.0j, 1.0 - 2.0j]), eigenfunctions=np.stack([1.0 + 0.0 * x, x, x * 1.0j])
    )
    axes = plot.spectrum(found, PLANE, count=1)
    assert [ax.get_title() for ax in axes] == ["decay by the factor e", "mode 1"]
    assert axes[0].get_legend().get_texts()[0].get_text() == "rotating (complex)"


def test_three_dimensions_are_refused():
    grid = Grid(0.0, 1.0, (3, 3, 3))
    with pytest.raises(ValueError, match="one or two axes, this one has 3"):
        plot.answer(record(np.zeros(grid.shape), grid, "committor"))
    with pytest.raises(ValueError, match="one or two axes, this one has 3"):
        plot.spectrum(SimpleNamespace(), grid)
