"""Pictures: what they are labelled with, that nothing overlaps, and that files are complete or not there."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

import pdeopt
from pdeopt import plot


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def line():
    f = pdeopt.landscapes.double_well()
    return pdeopt.relax(f, pdeopt.Grid(-2.0, 2.0, 101), [0.1, 1.0, 4.0], beta=5.0)


@pytest.fixture(scope="module")
def plane():
    f = pdeopt.landscapes.himmelblau()
    return pdeopt.relax(f, pdeopt.Grid((-5.0, -5.0), (5.0, 5.0), (41, 41)), [0.001, 0.01], beta=1.0)


@pytest.fixture(scope="module")
def space():
    f = pdeopt.landscapes.get("rastrigin", dim=3)
    return pdeopt.relax(f, pdeopt.Grid((-2.0,) * 3, (2.0,) * 3, (13, 14, 15)), 0.01, beta=1.0)


def boxes(figure):
    """Return the extent of every title and axis label, in pixels, by its text."""
    figure.draw_without_rendering()
    figure.draw_without_rendering()
    texts = [text for ax in figure.axes for text in (ax.title, ax.xaxis.label, ax.yaxis.label) if text.get_text()]
    return [(text.get_text(), text.get_window_extent()) for text in texts]


def overlaps(figure):
    """Return pairs of titles and labels that cover each other, and those that leave the picture."""
    found = boxes(figure)
    pairs = [(a, b) for k, (a, one) in enumerate(found) for b, other in found[k + 1 :] if one.overlaps(other)]
    width, height = figure.canvas.get_width_height()
    outside = [a for a, box in found if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height]
    return pairs, outside


def test_curves_name_their_units_and_every_time(line):
    ax = plot.curves(line)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x (length)", "loss")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "$t = 0$",
        "$t = 0.1$",
        "$t = 1$",
        "$t = 4$",
    ]
    assert np.array_equal(ax.lines[2].get_ydata(), line.values[1])


def test_curves_of_many_times_have_a_colour_bar_of_time():
    f = pdeopt.landscapes.double_well()
    result = pdeopt.relax(f, pdeopt.Grid(-2.0, 2.0, 33), np.geomspace(0.01, 1.0, 8), beta=5.0)
    figure = plot.curves(result).figure
    assert figure.axes[1].get_ylabel() == "time (length$^2$ / loss)"


def test_contours_have_labels_title_and_a_colour_bar_of_loss(plane):
    ax = plot.contours(plane, index=0)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x (length)", "y (length)")
    assert ax.get_title() == r"$t = 0.001$, $\beta = 1$"
    assert ax.figure.axes[1].get_ylabel() == "loss"


def test_arrows_point_down_the_gradient(plane):
    ax = plot.contours(plane, arrows=True)
    (quiver,) = [item for item in ax.collections if hasattr(item, "U")]
    nodes = [np.abs(axis[:, None] - quiver.XY[:, k]).argmin(axis=0) for k, axis in enumerate(plane.grid.axes)]
    downhill = -plane.gradient[-1][tuple(nodes)]
    arrows = np.stack([quiver.U, quiver.V], axis=-1)
    assert (np.einsum("ij,ij->i", arrows, downhill) >= 0).all()
    assert np.linalg.norm(arrows, axis=1) == pytest.approx(1.0)


def test_the_prox_map_is_drawn_from_points_to_their_origins(plane):
    ax = plot.contours(plane, prox=True)
    origins = np.stack([ax.lines[-1].get_xdata(), ax.lines[-1].get_ydata()], axis=-1)
    known = plane.prox[-1].reshape(-1, 2)
    assert np.abs(origins[:, None] - known[None]).sum(axis=-1).min(axis=1).max() == 0.0


def test_marks_are_numbered_from_one(plane):
    ax = plot.contours(plane, marks=[[3.0, 2.0], [-2.8, 3.1]])
    assert [text.get_text() for text in ax.texts] == ["1", "2"]


def test_a_strip_has_one_colour_bar_and_one_panel_for_each_time(plane):
    panels = plot.strip([plane, plane])
    assert [panel.get_title() for panel in panels[:3]] == [
        "$t = 0$",
        r"$t = 0.001$, $\beta = 1$",
        r"$t = 0.01$, $\beta = 1$",
    ]
    assert len(panels[0].figure.axes) == 6 + 1


def test_a_surface_has_labels_on_all_three_axes(plane):
    ax = plot.surface(plane)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_zlabel()) == ("x (length)", "y (length)", "loss")


def test_three_dimensions_are_cut_through_the_minimum(space):
    assert plot.contours(space, prox=True).get_title().endswith("$z = 0$")


@pytest.mark.parametrize("draw", [plot.contours, plot.surface, lambda r: plot.strip([r, r])[0]])
def test_titles_and_labels_of_planes_neither_overlap_nor_leave_the_picture(plane, draw):
    assert overlaps(draw(plane).figure) == ([], [])


def test_titles_and_labels_of_curves_neither_overlap_nor_leave_the_picture(line):
    assert overlaps(plot.curves(line).figure) == ([], [])


def test_walls_leave_a_gap():
    values = np.array([[0.0, 1.0, np.inf], [1.0, 2.0, 1.0], [3.0, 1.0, 0.5]])
    result = pdeopt.relax(values, pdeopt.Grid((0, 0), (1, 1), (3, 3)), 0.0)
    assert plot.contours(result, initial=True).get_title() == "$t = 0$"


@pytest.mark.parametrize("draw", [plot.contours, plot.surface, plot.strip])
def test_a_picture_of_a_plane_refuses_a_line(line, draw):
    with pytest.raises(ValueError, match=r"two axes.*pdeopt\.plot\.curves"):
        draw(line)


def test_curves_refuse_a_plane(plane):
    with pytest.raises(ValueError, match=r"one axis.*contours"):
        plot.curves(plane)


@pytest.mark.parametrize("which", ["line", "plane"])
def test_an_animation_has_a_frame_for_the_landscape_and_one_for_each_time(which, request, tmp_path):
    result = request.getfixturevalue(which)
    path = plot.animate(result, tmp_path / "film.gif", progress=False)
    with Image.open(path) as film:
        assert film.n_frames == 1 + len(result.time)


def test_an_interrupted_animation_leaves_no_file(line, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pdeopt.plot.gif.GifWriter.finish", interrupt)
    with pytest.raises(KeyboardInterrupt):
        plot.animate(line, tmp_path / "film.gif", progress=False)
    assert list(tmp_path.iterdir()) == []


def test_an_animation_needs_several_times_and_a_gif(line, plane, tmp_path):
    single = pdeopt.relax(plane.initial, plane.grid, 0.1)
    with pytest.raises(ValueError, match=r"time=0\.1 is a single time"):
        plot.animate(single, tmp_path / "film.gif")
    with pytest.raises(ValueError, match=r"must end in \.gif"):
        plot.animate(line, tmp_path / "film.mp4")


def test_a_picture_that_fails_leaves_the_old_file(line, tmp_path, monkeypatch):
    path = tmp_path / "old.png"
    path.write_text("old")
    ax = plot.curves(line)
    monkeypatch.setattr(ax.figure, "savefig", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        plot.save(ax, path)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]
