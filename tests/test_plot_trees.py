"""Pictures of trees: what they are labelled with, and where their lines are."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import LineCollection

import pdeopt
from pdeopt import Grid, plot
from pdeopt.geometry import merge_tree, track_minima


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def tree():
    values = np.random.default_rng(0).standard_normal((20, 20))
    return merge_tree(values, Grid((0.0, 0.0), (1.0, 1.0), (20, 20)))


@pytest.fixture(scope="module")
def tracked():
    f = pdeopt.landscapes.get("chaudhari_figure_1")
    return track_minima(pdeopt.relax(f, Grid(*f.domain, 301), [0.05, 0.2, 1.0], 10.0), tolerance=0.05)


def segments(ax):
    """Return the upright and the level lines of a dendrogram, in this order."""
    return [lines.get_segments() for lines in ax.collections if isinstance(lines, LineCollection)]


def test_a_dendrogram_has_a_line_for_each_minimum_and_for_each_merge(tree):
    upright, level = segments(plot.merge_tree(tree, n_minima=len(tree)))
    assert len(upright) == len(tree)
    assert len(level) == len(tree) - 1
    assert sorted(line[0, 1] for line in upright) == pytest.approx(tree.births)
    assert sorted(line[0, 1] for line in level) == pytest.approx(np.sort(tree.deaths)[:-1])


def test_no_two_lines_of_a_dendrogram_cross(tree):
    upright, level = segments(plot.merge_tree(tree, n_minima=len(tree)))
    for (x, height), (end, _) in level:
        between = [line for line in upright if min(x, end) < line[0, 0] < max(x, end)]
        assert not [line for line in between if line[0, 1] <= height < line[1, 1]]


def test_a_dendrogram_of_the_deepest_says_how_many_there_are(tree):
    ax = plot.merge_tree(tree, n_minima=5)
    assert ax.get_title() == f"merge tree, the 5 deepest of {len(tree)} minima"
    assert len(segments(ax)[0]) == 5
    kept = np.sort(np.argsort(-tree.persistence, kind="stable")[:5]) + 1
    assert [int(label.get_text()) for label in ax.get_xticklabels()] == kept.tolist()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("minimum", "loss")


def test_a_persistence_diagram_has_births_and_deaths_in_units_of_loss(tree):
    ax = plot.persistence(tree)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("birth (loss)", "death (loss)")
    dots = next(line for line in ax.lines if line.get_marker() == "o")
    assert sorted(dots.get_ydata()) == np.sort(tree.deaths)[:-1].tolist()
    lasting = next(line for line in ax.lines if line.get_marker() == "^")
    assert lasting.get_xdata().tolist() == [tree.births[0]]


def test_paths_of_minima_end_with_a_dot_at_their_merges(tracked):
    ax = plot.tracked_minima(tracked)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time (length$^2$ / loss)", "x (length)")
    assert ax.get_title() == r"chaudhari figure 1, $\beta = 10$"
    dots = sorted(float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == ".")
    assert dots == [merge.time for merge in tracked.merges]
    bold = [line for line in ax.lines if line.get_linewidth() > 2]
    assert len(bold) == len(tracked.survivors)


def test_nothing_to_draw_is_refused(tree, tracked):
    with pytest.raises(ValueError, match="n_minima=0 of a tree of"):
        plot.merge_tree(tree, n_minima=0)
    with pytest.raises(ValueError, match="n_minima=1 of a tree of 0"):
        plot.persistence(merge_tree([np.inf, np.inf], Grid(0.0, 1.0, 2)))
    with pytest.raises(ValueError, match="axis=1 is no coordinate of a grid with 1 axes; use 0 to 0"):
        plot.tracked_minima(tracked, axis=1)
