"""Training of residual networks: the noise of every step, every method, stops and restarts, ensembles and scans."""

import numpy as np
import pytest
from training_methods import ALL

from pdeopt.kernels.batches import epoch_order
from pdeopt.networks import (
    BatchNoise,
    Data,
    DropConnect,
    Dropout,
    GaussianDropout,
    ResNet,
    ShakeShake,
    StochasticDepth,
    TrainingBlowUpError,
    TrainingEnsemble,
    load,
    loss_along_segment,
    moons,
    scan,
    train,
    train_ensemble,
)
from pdeopt.optimizers import SGD, Adam, AdLaLa

DATA = moons(n_train=60, n_test=40)
NET = ResNet([2, 3, 1], n_blocks=4, hidden=5, noise=Dropout(0.8))
SHORT = {"batch_size": 7, "record_every": 10, "save_every": 25, "seed": 3, "progress": False}
LINE = {"branch": "linear", "shared": True, "readout": False, "loss": "squared"}


def assert_same(one, other):
    for name in ("parameters", "last", "snapshots", "snapshot_steps"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    for name, column in one.history.columns.items():
        assert np.array_equal(column, other.history.columns[name], equal_nan=True), name
    for name, vector in one.state.vectors.items():
        assert np.array_equal(vector, other.state.vectors[name]), name
    assert one.state.frictions == other.state.frictions


def test_step_k_goes_down_the_gradient_with_the_noise_of_minibatch_k():
    fit = train(NET, DATA, SGD(0.3), n_steps=3, save_every=1, seed=5, run=2, record_every=1, progress=False)
    parameters, order = NET.initial(7), np.empty(60, dtype=np.int64)
    for number in range(3):
        epoch_order(5, 2, number, order)
        x, y = DATA.x_train[order], DATA.y_train[order]
        parameters = parameters - 0.3 * NET.gradient(parameters, x, y, seed=5, run=2, number=number)
        np.testing.assert_allclose(fit.snapshots[number], parameters, rtol=1e-12, atol=1e-14)


def test_records_of_a_training_are_those_of_the_mean_network():
    fit = train(NET, DATA, SGD(0.3), n_steps=20, **SHORT)
    assert fit.train_loss == pytest.approx(NET.loss(fit.parameters, DATA.x_train, DATA.y_train), rel=1e-13)
    assert fit.test_accuracy == NET.accuracy(fit.parameters, DATA.x_test, DATA.y_test)


@pytest.mark.parametrize("method", ALL, ids=lambda method: method.name)
def test_every_method_trains_a_noisy_network_and_goes_on_to_the_bit(method):
    whole = train(NET, DATA, method, n_steps=60, **SHORT)
    part = train(NET, DATA, method, n_steps=23, **SHORT)
    assert_same(train(NET, DATA, method, n_steps=60, resume=part, **SHORT), whole)
    assert whole.history.train_loss.min() < whole.history.train_loss[0]


@pytest.mark.parametrize(
    "noise", [StochasticDepth(0.7), DropConnect(0.8), GaussianDropout(0.7), ShakeShake(backward="independent"),
              BatchNoise(0.1)], ids=str,
)  # fmt: skip
def test_noise_of_every_kind_is_trained_to_separate_the_moons_and_kept_in_a_file(noise, tmp_path):
    net = ResNet([2, 4, 1], n_blocks=4, hidden=8, noise=noise)
    fit = train(net, DATA, Adam(0.03), n_steps=400, batch_size=20, progress=False)
    assert fit.train_accuracy > 0.95
    again = load(fit.save(tmp_path / "fit.npz"))
    assert_same(again, fit)
    assert again.net.description == net.description
    assert str(again) == str(fit)


def test_a_checkpoint_goes_on_to_the_bit(tmp_path):
    whole = train(NET, DATA, AdLaLa(), n_steps=60, **SHORT)
    train(NET, DATA, AdLaLa(), n_steps=31, checkpoint=tmp_path / "run", **SHORT)
    assert_same(train(NET, DATA, AdLaLa(), n_steps=60, checkpoint=tmp_path / "run", **SHORT), whole)


def test_a_run_of_other_noise_cannot_be_gone_on_with():
    part = train(NET, DATA, SGD(0.1), n_steps=5, **SHORT)
    other = ResNet([2, 3, 1], n_blocks=4, hidden=5, noise=Dropout(0.7))
    with pytest.raises(ValueError, match=r"net=ResNet.*keep=0.7.*differs from ResNet.*keep=0.8"):
        train(other, DATA, SGD(0.1), n_steps=10, resume=part, **SHORT)


def test_networks_of_an_ensemble_are_those_of_single_runs_whatever_the_threads(tmp_path):
    options = {"n_steps": 30, "batch_size": 7, "seed": 3, "progress": False}
    one, two = (train_ensemble(NET, DATA, SGD(0.3), n_runs=4, threads=k, **options) for k in (1, 2))
    assert np.array_equal(one.parameters, two.parameters)
    alone = train(NET, DATA, SGD(0.3), run=2, **options)
    assert np.array_equal(alone.parameters, one.parameters[2])
    again = TrainingEnsemble.load(one.save(tmp_path / "ensemble"))
    assert again.net.description == NET.description
    np.testing.assert_array_equal(again.answers(DATA.x_test, 2), NET.probabilities(alone.parameters, DATA.x_test))


def test_answers_averaged_over_last_steps_are_those_of_the_mean_network():
    found = train_ensemble(NET, DATA, SGD(0.3), n_runs=1, n_steps=9, average_last=3, progress=False)
    mean = np.mean([NET.probabilities(one, DATA.x_test) for one in found.last[0]], axis=0)
    np.testing.assert_allclose(found.answers(DATA.x_test), mean, rtol=1e-14)


def test_a_scan_varies_noise_depth_width_and_step_sizes():
    settings = {"noise": [None, Dropout(0.8), StochasticDepth(0.5)], "n_blocks": [2, 4], "width": [2, 3]}
    found = scan(NET, DATA, SGD(0.3), settings, n_runs=2, n_steps=5, batch_size=7, progress=False)
    assert found.mean("train_loss").shape == (3, 2, 2)
    deep = NET.changed(noise=Dropout(0.8), n_blocks=4, width=2)
    alone = train_ensemble(deep, DATA, SGD(0.3), n_runs=2, n_steps=5, batch_size=7, progress=False)
    assert found.mean("train_loss")[1, 1, 0] == pytest.approx(alone.mean("train_loss"), rel=1e-15)
    with pytest.raises(ValueError, match=r"setting 'depth' is not one.*n_blocks"):
        scan(NET, DATA, SGD(0.3), {"depth": [1]}, n_runs=1, n_steps=1)


def test_losses_along_a_segment_are_those_of_its_points():
    a, b = NET.initial(0), NET.initial(1)
    found = loss_along_segment(NET, DATA, a, b, n_points=5)
    middle = NET.loss(0.5 * (a + b), DATA.x_train, DATA.y_train)
    assert found.train_loss[2] == pytest.approx(middle, rel=1e-13)


def test_too_large_steps_name_the_block_that_blew_up():
    with pytest.raises(TrainingBlowUpError, match=r"in (lift|block\d|readout): sgd") as caught:
        train(ResNet([2, 3, 1], activation="identity", loss="squared"), DATA, SGD(1e12), n_steps=50, progress=False)
    assert np.isfinite(caught.value.partial.parameters).all()


def test_data_that_do_not_fit_are_said():
    with pytest.raises(ValueError, match=r"takes 3 inputs.*Use ResNet\(\[2, 3, 1\]\)"):
        train(ResNet([3, 3, 1]), DATA, SGD(0.1), n_steps=1)
    with pytest.raises(TypeError, match=r"net of type str is no MLP or ResNet"):
        train("ResNet", DATA, SGD(0.1), n_steps=1)
    with pytest.raises(ValueError, match=r"blas=True is not for ResNet.*Use blas=None"):
        train(NET, DATA, SGD(0.1), n_steps=1, blas=True)


def test_a_residual_network_whose_block_does_nothing_is_logistic_regression():
    net, x, y = ResNet([2, 2, 1], n_blocks=1, branch="linear"), DATA.x_train, DATA.y_train
    parameters = np.concatenate([np.zeros(4), [0.3, -0.8, 0.1]])
    design = np.column_stack([x, np.ones(len(x))])
    p = 1.0 / (1.0 + np.exp(-design @ parameters[4:]))
    np.testing.assert_allclose(net.gradient(parameters, x, y)[4:], design.T @ (p - y) / len(x), rtol=1e-12, atol=1e-15)


def test_training_finds_the_weight_that_the_closed_form_says_noise_makes_smaller():
    # x = 1, target 2, ten blocks x + h w x with dropout 1/2: the least mean of (x_N - 2)^2.
    net, ones = ResNet([1, 1, 1], noise=Dropout(0.5), **LINE), np.ones((2000, 1))
    fit = train(net, Data(ones, 2.0 * ones), SGD(0.2), n_steps=600, save_every=1, initial=0.0, progress=False)
    weights = fit.snapshots[100:, 0].reshape(10, -1).mean(axis=1)
    half_width = 4.5 * weights.std(ddof=1) / np.sqrt(weights.size)
    assert half_width < 0.01
    assert abs(weights.mean() - 0.623796774637084) < half_width
    assert abs(weights.mean() - 0.717734625362932) > 5.0 * half_width
