"""Pictures of training runs: every recorded quantity in a panel of its own, with labels, bands and units."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdeopt import plot
from pdeopt.networks import MLP, Data, EarlyStop, spirals, train, train_ensemble
from pdeopt.optimizers import SGD, Adam, AdLaLa

NET, DATA = MLP([2, 5, 1]), spirals(n_train=60, n_test=40)
SHORT = {"n_steps": 40, "batch_size": 10, "record_every": 10}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def line(ax, label):
    return next(one for one in ax.lines if one.get_label() == label)


def test_all_that_was_recorded_has_a_panel():
    fit = train(NET, DATA, AdLaLa(), **SHORT)
    axes = plot.plot_history(fit)
    labels = ["mean loss", "share of right answers", "temperature (loss)", "friction (1 / time)"]
    assert [ax.get_ylabel() for ax in axes] == [*labels, *fit.history.quantiles]
    assert {ax.get_xlabel() for ax in axes} == {"steps"}
    assert np.array_equal(line(axes[0], "test").get_ydata(), fit.history.test_loss)
    assert np.array_equal(line(axes[2], "kinetic, layer2").get_ydata(), fit.history.kinetic_half["layer2"])
    assert np.array_equal(line(axes[3], "layer1").get_ydata(), fit.history.friction["layer1"])
    assert np.array_equal(
        line(axes[4], "median").get_ydata(), np.median(fit.history.quantiles["layer1.weight"], axis=1)
    )
    assert (axes[0].get_yscale(), axes[2].get_yscale()) == ("log", "symlog")
    assert len(axes[4].collections) == 3
    axes[0].figure.draw_without_rendering()


def test_a_method_without_momentum_has_no_panel_of_friction():
    axes = plot.plot_history(train(NET, DATA, SGD(0.1), observe=("scores", "quantiles"), **SHORT))
    assert [ax.get_ylabel() for ax in axes[:3]] == ["mean loss", "share of right answers", "layer1.weight"]


def test_sets_of_data_that_are_missing_are_not_drawn():
    fit = train(NET, Data(DATA.x_train, DATA.y_train), SGD(0.1), **SHORT)
    ax = plot.plot_history(fit, "loss")[0]
    assert [one.get_label() for one in ax.lines] == ["train"]


def test_an_early_stop_marks_the_best_step():
    fit = train(NET, DATA, SGD(2.0), n_steps=5000, batch_size=10, record_every=50, early_stop=EarlyStop(300), seed=1)
    ax = plot.plot_history(fit, ["loss"])[0]
    assert line(ax, "best").get_xdata()[0] == fit.step
    assert line(ax, "validation").get_ydata().size == len(fit.history)


def test_an_ensemble_is_drawn_by_its_means_with_two_standard_errors():
    ensemble = train_ensemble(NET, DATA, Adam(0.01), n_runs=3, progress=False, **SHORT)
    axes = plot.plot_history(ensemble)
    assert len(axes) == 2
    mean, error = ensemble.history.mean("test_loss"), ensemble.history.standard_error("test_loss")
    np.testing.assert_allclose(line(axes[0], "test").get_ydata(), mean, rtol=1e-14)
    band = axes[0].collections[1].get_paths()[0].vertices[:, 1]
    np.testing.assert_allclose(
        [band.min(), band.max()], [(mean - 2 * error).min(), (mean + 2 * error).max()], rtol=1e-12
    )


def test_panels_are_drawn_where_they_are_wanted_and_wrong_names_are_answered_with_right_ones():
    fit = train(NET, DATA, SGD(0.1), observe="scores", **SHORT)
    ax = plt.subplots()[1]
    assert plot.plot_history(fit, "accuracy", [ax])[0] is ax
    with pytest.raises(ValueError, match=r"there is no \['friction'\]. Use some of 'loss', 'accuracy'"):
        plot.plot_history(fit, "friction")
    with pytest.raises(ValueError, match=r"axes holds 1, but 2 are drawn"):
        plot.plot_history(fit, axes=[ax])
