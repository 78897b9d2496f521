"""Pictures of orders: labels with units, the line of the claim, and nothing that overlaps or vanishes."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdeopt import plot
from pdeopt.convergence import EOCTable
from pdeopt.verification.verdict import verdict_of

H = 0.5 ** np.arange(4, 10)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def verdict(errors, claimed):
    return verdict_of("a step, weak order", H, errors, claimed=claimed, tier="t", evidence="e")


def test_a_verdict_is_drawn_with_decision_units_and_local_slopes():
    ax = plot.verdict(verdict(H**1.5, 2.0))
    assert ax.get_title() == "a step, weak order: refuted\nclaimed 2, order 1.5000 +- 0.0001"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step h (time)", "error (units of the observables)")
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert [text.get_text() for text in ax.texts] == ["1.50"] * 5


def test_the_dashed_line_has_the_slope_of_the_claim():
    ax = plot.verdict(verdict(H**1.5, 2.0))
    line = next(line for line in ax.lines if line.get_linestyle() == "--")
    x, y = np.log(line.get_xdata()), np.log(line.get_ydata())
    assert np.polyfit(x, y, 1)[0] == pytest.approx(2.0)
    assert line.get_label() == "claimed: order 2"


def test_standard_errors_are_drawn_twice_their_size():
    v = verdict(H**2, 2.0)
    fields = ("name", "verdict", "steps", "errors", "claimed", "summary")
    sampled = SimpleNamespace(**{name: getattr(v, name) for name in fields}, standard_errors=0.1 * H**2)
    ax = plot.verdict(sampled)
    segments = ax.collections[0].get_segments()
    assert segments[0][1][1] - segments[0][0][1] == pytest.approx(0.4 * H[0] ** 2)


def test_errors_of_rounding_alone_make_a_picture_without_points():
    ax = plot.verdict(verdict(0.0 * H, 2.0))
    assert "no error beyond rounding" in ax.get_title()
    ax.get_figure().draw_without_rendering()


def test_a_table_is_drawn_with_an_order_for_each_column():
    table = EOCTable(H, {"max": H, "l2": H**2 + 1e-5}, unit="length")
    ax = plot.eoc(table)
    assert ax.get_xlabel() == "spacing h (length)"
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["max: order 1.000 +- 0.001", "l2: pre-asymptotic"]
    assert len(ax.lines) == 3
