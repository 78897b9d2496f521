"""Pictures of scans: the right numbers in the right cells, units, and what blew up said."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdeopt import plot
from pdeopt.networks import Scan
from pdeopt.networks.ensemble_runs import BlowUp

FACTS = {"method": "adlala()", "n_steps": 10, "seed": 0, "seconds": 1.0}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def made(means, settings, blow_ups=()):
    """Return a scan of two runs with given mean test accuracies, a hundredth apart from them."""
    final = np.zeros((*np.shape(means), 2, 4))
    final[..., 3] = np.asarray(means)[..., None] + np.array([-0.01, 0.01])
    for cell, one in blow_ups:
        final[np.unravel_index(cell, np.shape(means))][one.run] = np.nan
    return Scan(settings, final, np.ones(final.shape[:-1], dtype=bool), blow_ups, FACTS)


TWO = {"temperature": [1e-5, 1e-4], "sigma": [0.0, 0.01, 0.1]}
MEANS = np.array([[0.6, 0.7, 0.8], [0.95, 0.75, 0.65]])


def test_a_heat_map_has_each_mean_in_its_cell_and_frames_the_best():
    ax = plot.plot_scan(made(MEANS, TWO))
    places = {text.get_position(): text.get_text() for text in ax.texts}
    assert places == {(j + 0.5, i + 0.5): f"{100 * MEANS[i, j]:.1f}" for i in range(2) for j in range(3)}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["1e-05", "0.0001"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("sigma", "temperature")
    assert [patch.get_xy() for patch in ax.patches] == [(0, 1)]
    assert ax.figure.axes[1].get_ylabel() == "mean test accuracy (%)"


def test_of_losses_the_smallest_is_framed():
    scan = made(MEANS, TWO)
    scan.final[..., 1] = 1.0
    scan.final[0, 2, :, 1] = 0.5
    ax = plot.plot_scan(scan, name="test_loss")
    assert [patch.get_xy() for patch in ax.patches] == [(2, 0)]
    assert ax.figure.axes[1].get_ylabel() == "mean test loss"


def test_a_cell_in_which_a_run_blew_up_says_so_and_is_not_framed():
    ax = plot.plot_scan(made(MEANS, TWO, ((3, BlowUp(1, 5, "layer1")),)))
    assert {text.get_position(): text.get_text() for text in ax.texts}[0.5, 1.5] == "1 blew up"
    assert [patch.get_xy() for patch in ax.patches] == [(2, 0)]


def test_one_setting_is_a_curve_with_two_standard_errors():
    scan = made([0.6, 0.9, 0.7], {"step_size": [0.01, 0.1, 1.0]})
    ax = plot.plot_scan(scan)
    line, bars = ax.lines[0], ax.collections[0].get_segments()
    np.testing.assert_allclose(line.get_xydata(), [[0.01, 60.0], [0.1, 90.0], [1.0, 70.0]])
    # Of two runs a hundredth off on either side the standard error is one per cent.
    np.testing.assert_allclose(bars[0], [[0.01, 58.0], [0.01, 62.0]])
    assert (ax.get_xscale(), ax.get_xlabel(), ax.get_ylabel()) == ("log", "step size", "mean test accuracy (%)")


def test_words_are_put_beside_each_other():
    ax = plot.plot_scan(made([0.6, 0.9], {"batches": ["epochs", "fresh"]}))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["epochs", "fresh"]


def test_three_settings_are_told_how_to_be_two():
    scan = made(np.full((2, 2, 2), 0.5), {"a": [1, 2], "b": [3, 4], "c": [5, 6]})
    with pytest.raises(ValueError, match=r"the scan has 3 settings \(a, b, c\); a picture needs one or two"):
        plot.plot_scan(scan)
    assert plot.plot_scan(scan.at({"b": 4})).get_title() == "2 runs each, b 4"
