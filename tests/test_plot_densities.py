"""Pictures of densities: over their potential on a line, with its contours on a plane."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import pdeopt
from pdeopt import Grid, plot
from pdeopt.control import evolved_density

WELL = pdeopt.landscapes.double_well()


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize(("count", "named"), [(4, 4), (9, 0)])
def test_densities_on_a_line_are_named_by_their_times_or_get_a_bar(count, named):
    found = evolved_density(WELL, -1.0, Grid(-2.0, 2.0, 41), 0.5, viscosity=0.2, n_saved=count)
    ax = plot.density(found)
    assert len(ax.lines) == count
    np.testing.assert_array_equal(ax.lines[-1].get_ydata(), found.final)
    assert named == (len(ax.get_legend().get_texts()) if ax.get_legend() else 0)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x (length)", "density (1 / length)")
    below = ax.figure.axes[1]
    np.testing.assert_array_equal(below.lines[0].get_ydata(), found.potential[-1])
    assert below.get_ylabel() == "potential (loss)"
    # The point at the start does not set the scale.
    assert ax.get_ylim()[1] == pytest.approx(1.08 * found.values[1:].max())


def test_a_flat_potential_is_drawn_too():
    found = evolved_density(np.zeros(41), -1.0, Grid(-2.0, 2.0, 41), 0.5, viscosity=0.2, n_saved=2)
    low, high = plot.density(found).figure.axes[1].get_ylim()
    assert low < 0.0 < high


def test_a_density_on_a_plane_shows_one_time():
    grid = Grid((-1.0, -2.0), (1.0, 2.0), (21, 31))
    found = evolved_density((grid.points() ** 2).sum(axis=-1), [0.5, 0.5], grid, 0.2, viscosity=0.3, n_saved=3)
    ax = plot.density(found, index=1)
    assert ax.get_title() == "time 0.1, viscosity 0.3"
    assert ax.figure.axes[1].get_ylabel() == "density (1 / length$^2$)"


def test_three_axes_are_refused():
    grid = Grid((-1.0,) * 3, (1.0,) * 3, (4, 4, 4))
    found = evolved_density(np.zeros(grid.shape), [0.0] * 3, grid, 0.1, viscosity=0.3, n_saved=2)
    with pytest.raises(ValueError, match="one or two axes, this one has 3"):
        plot.density(found)
