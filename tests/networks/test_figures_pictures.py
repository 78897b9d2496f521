"""Pictures of figures computed again show the numbers of their tables."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdeopt.networks import Data, reproduce
from pdeopt.networks.figures import FIGURES, Arm
from pdeopt.optimizers import SGD
from pdeopt.plot import plot_boundary, plot_reproduction, plot_segments


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def short(key, n_steps=30, **more):
    return reproduce(key, n_runs=2, n_steps=n_steps, progress=False, **more)


def points(ax):
    return [np.array(line.get_xdata()) for line in ax.lines if line.get_linestyle() == "None"]


def test_means_are_drawn_where_the_table_has_them_and_printed_numbers_as_crosses(monkeypatch):
    eight = FIGURES["8"]
    monkeypatch.setitem(FIGURES, "8", replace(eight, steps=(30,)))
    arm = replace(eight.arms[0], published=(replace(eight.arms[0].published[0], step=30),))
    monkeypatch.setitem(FIGURES, "8", replace(eight, steps=(30,), arms=(arm, *eight.arms[1:]), claims=()))
    found = reproduce(8, n_runs=3, progress=False)
    (ax,) = plot_reproduction(found)
    crosses = [line for line in ax.lines if line.get_marker() == "x"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in crosses] == [(79.0, 0)]
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in dots] == [row.ours for row in found.rows]
    assert ax.get_figure().get_suptitle() == found.title


def test_curves_are_means_of_the_histories_against_steps():
    found = short("14", 1000)
    left, right = plot_reproduction(found)
    for line, ensemble in zip(left.lines, found.ensembles.values(), strict=True):
        assert line.get_ydata() == pytest.approx(100.0 * ensemble.history.test_accuracy.mean(axis=0))
        assert np.array_equal(line.get_xdata(), ensemble.history.steps)
    assert (left.get_ylabel(), right.get_ylabel(), right.get_yscale()) == ("test accuracy (%)", "loss", "log")


def test_a_scan_has_one_line_for_each_group_and_room_for_zero():
    (ax,) = plot_reproduction(short("16"))
    assert ax.get_xscale() == "symlog"
    assert ax.get_xlim()[0] < 0.0 < 1e-2 < ax.get_xlim()[1]
    assert ax.get_xlabel() == "tau"


def test_a_scan_of_step_sizes_is_logarithmic(monkeypatch):
    ten = FIGURES["10"]
    arms = tuple(Arm(f"SGD, h {h}", SGD(h), group="SGD", coordinates=(h,)) for h in (0.1, 0.2))
    monkeypatch.setitem(FIGURES, "10", replace(ten, arms=arms, claims=()))
    (ax,) = plot_reproduction(short("10"))
    assert ax.get_xscale() == "log"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["SGD"]


def test_a_map_has_the_accuracy_of_every_pair_in_its_place():
    found = short("15", 10)
    (ax,) = plot_reproduction(found)[:1]
    field = ax.images[0].get_array()
    first, second = ([text.get_text() for text in axis.get_ticklabels()] for axis in (ax.xaxis, ax.yaxis))
    assert (len(first), len(second)) == field.shape[::-1]
    for arm in FIGURES["15"].arms:
        column, row = (ticks.index(f"{value:g}") for ticks, value in zip((first, second), arm.coordinates, strict=True))
        assert field[row, column] == found.row(arm.label).ours


def test_segments_have_a_panel_for_each_pair_of_ends():
    found = short("3")
    axes = plot_reproduction(found)
    assert [ax.get_title() for ax in axes] == list(found.segments)
    for ax, lines in zip(axes, found.segments.values(), strict=True):
        assert np.array_equal(ax.lines[1].get_ydata(), lines[1].train_loss)
    assert plot_segments(found.segments["start to Adam"]).get_yscale() == "log"


def test_a_boundary_is_where_the_network_answers_one_half():
    found = short("4", 200)
    axes = plot_reproduction(found)
    assert [ax.get_title().split(":")[0] for ax in axes] == [arm.label for arm in FIGURES["4"].arms]
    (line,) = (c for c in axes[0].collections if list(c.levels) == [0.5])
    places = np.concatenate([path.vertices for path in line.get_paths()])
    ensemble = found.ensembles["AdLaLa, left"]
    assert len(places) > 10
    assert ensemble.answers(places)[:, 0] == pytest.approx(0.5, abs=0.05)


def test_what_is_not_in_the_plane_is_not_drawn():
    found = short("4", 1).ensembles["AdLaLa, left"]
    data = Data([[0.0], [1.0]], [0, 1])
    with pytest.raises(ValueError, match=r"use data of two classes with two coordinates, e\.g\. pdeopt"):
        plot_boundary(found, data)


def test_nothing_is_drawn_of_nothing():
    found = replace(short("8", 1), ensembles={})
    with pytest.raises(ValueError, match="result has no ensembles"):
        plot_reproduction(found)
