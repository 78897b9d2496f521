"""Pictures and films of Hamilton-Jacobi solutions: labels, slices, and memory that does not grow with a film."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

import pdeopt
from pdeopt import plot
from pdeopt.hamilton_jacobi import HamiltonJacobiSolution


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def recorded(shape, n_times=2, viscosity=0.05):
    """Return a record of bowls that sink, without solving anything."""
    dim = len(shape)
    grid = pdeopt.Grid((-1.0,) * dim, (1.0,) * dim, shape)
    bowl = (grid.points() ** 2).sum(axis=-1)
    times = np.linspace(0.1, 0.5, n_times)
    values = bowl[None] * (1.0 - times).reshape(-1, *(1,) * dim)
    return HamiltonJacobiSolution(values, grid, times, bowl, viscosity, (), "godunov", "euler", name="bowl")


def test_on_a_line_every_time_is_a_curve_and_the_viscosity_is_named():
    result = recorded((21,))
    (ax,) = plot.solution(result)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == ("x", "u", r"bowl, $\nu = 0.05$")
    assert np.array_equal(ax.lines[2].get_ydata(), result.values[1])


def test_without_viscosity_none_is_named():
    assert plot.solution(recorded((21,), viscosity=0.0))[0].get_title() == "bowl"


def test_in_the_plane_there_is_a_panel_for_the_start_and_one_for_each_time():
    panels = plot.solution(recorded((21, 17)))
    assert [ax.get_title() for ax in panels] == ["$t = 0$", r"$t = 0.1$, $\nu = 0.05$", r"$t = 0.5$, $\nu = 0.05$"]
    assert panels[0].figure.axes[-1].get_ylabel() == "u"


def test_of_many_times_in_the_plane_some_are_shown_and_the_last_one():
    panels = plot.solution(recorded((21, 17), n_times=41))
    assert [ax.get_title().partition(",")[0] for ax in panels] == [f"$t = {t:g}$" for t in (0, 0.1, 0.2, 0.3, 0.4, 0.5)]


def test_in_space_there_are_three_slices_through_the_lowest_node():
    panels = plot.solution(recorded((5, 7, 9)))
    assert [ax.get_title() for ax in panels] == ["$z = 0$", "$y = 0$", "$x = 0$"]
    assert [(ax.get_xlabel(), ax.get_ylabel()) for ax in panels] == [("x", "y"), ("x", "z"), ("y", "z")]


@pytest.mark.parametrize("shape", [(21,), (21, 17), (5, 7, 9)])
def test_a_film_has_the_start_and_every_frame_that_was_handed_over(shape, tmp_path):
    result = recorded(shape, n_times=3)
    problem = pdeopt.HamiltonJacobi(result.initial, result.grid)
    with plot.film(tmp_path / "film.gif", problem, frames_per_second=20) as film:
        for time, values in zip(result.time, result.values, strict=True):
            film(time, values)
    with Image.open(tmp_path / "film.gif") as found:
        assert (found.n_frames, found.info["duration"], found.info["loop"]) == (4, 50, 0)
    assert plot.animate(result, tmp_path / "other.gif", progress=False).exists()


def test_frames_of_a_film_show_what_they_should(tmp_path):
    result = recorded((21, 21), n_times=3)
    path = plot.animate(result, tmp_path / "film.gif", progress=False)
    with Image.open(path) as film:
        film.seek(3)
        shown = np.asarray(film.convert("RGB"), dtype=float)
    ax = plot.contours(result, norm=plot.planes.colours_for([result.initial]))
    plot.save(ax, tmp_path / "still.png", resolution=90)
    with Image.open(tmp_path / "still.png") as still:
        expected = np.asarray(still.convert("RGB"), dtype=float)
    assert shown.shape == expected.shape
    assert np.abs(shown - expected).mean() < 5.0


def test_a_film_that_fails_leaves_no_file(tmp_path):
    result = recorded((21,))
    problem = pdeopt.HamiltonJacobi(result.initial, result.grid)
    with pytest.raises(KeyboardInterrupt), plot.film(tmp_path / "film.gif", problem):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match=r"must end in \.gif"):
        plot.film(tmp_path / "film.mp4", problem)


def test_frames_of_a_film_are_written_as_they_come_and_not_kept(tmp_path):
    result = recorded((21,))
    problem = pdeopt.HamiltonJacobi(result.initial, result.grid)
    sizes = []
    with plot.film(tmp_path / "film.gif", problem) as film:
        for k in range(4):
            film(0.1 * k, result.values[k % 2] + 0.1 * k)
            (growing,) = tmp_path.iterdir()
            sizes.append(growing.stat().st_size)
    assert np.diff(sizes).min() > 1000
