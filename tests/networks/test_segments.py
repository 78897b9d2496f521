"""Losses along segments: closed forms, the network itself, and a figure made of them."""

import numpy as np
import pytest

from pdeopt.networks import MLP, Data, loss_along_segment, reproduce, spirals


def line(n=7):
    x = np.linspace(-1.0, 1.0, n)[:, None]
    return Data(x, 3.0 * x[:, 0] + 1.0, x, 3.0 * x[:, 0] + 1.0, n_classes=0)


def test_the_loss_of_a_linear_network_is_its_parabola():
    x = np.linspace(-1.0, 1.0, 7)
    found = loss_along_segment(
        MLP([1, 1], loss="squared"), line(), np.array([1.0, 0.0]), np.array([5.0, 2.0]), n_points=11
    )
    s = found.positions
    assert found.train_loss == pytest.approx(2.0 * (1.0 - 2.0 * s) ** 2 * np.mean(x**2) + 0.5 * (1.0 - 2.0 * s) ** 2)
    assert found.distance == pytest.approx(np.sqrt(20.0))
    assert found.barrier == pytest.approx(0.0, abs=1e-14)
    assert found.climb == pytest.approx(found.train_loss[-1])


def test_points_are_those_of_the_segment_and_tests_are_of_the_test_set():
    net, data = MLP([2, 5, 1]), spirals(n_train=20, n_test=40)
    a, b = net.initial(0, 1.0), net.initial(1, 1.0)
    found = loss_along_segment(net, data, a, b, n_points=5)
    for s, loss, accuracy in zip(found.positions, found.test_loss, found.test_accuracy, strict=True):
        views = net.views((1.0 - s) * a + s * b)
        hidden = np.maximum(data.x_test @ views["layer1.weight"].T + views["layer1.bias"], 0.0)
        logits = (hidden @ views["layer2.weight"].T + views["layer2.bias"])[:, 0]
        signs = np.where(data.y_test == 1, 1.0, -1.0)
        assert loss == pytest.approx(np.log1p(np.exp(-signs * logits)).mean())
        assert accuracy == pytest.approx(np.mean(signs * logits > 0.0))


def test_between_a_network_and_its_permutation_there_is_a_barrier_and_the_ends_are_equal():
    net, data = MLP([1, 2, 1], activation="tanh", loss="squared"), line()
    a = np.array([1.0, -2.0, 0.3, 0.1, 2.5, -0.7, 0.2])
    b = a[[1, 0, 3, 2, 5, 4, 6]]
    found = loss_along_segment(net, data, a, b)
    assert found.train_loss[0] == pytest.approx(found.train_loss[-1], rel=1e-14)
    assert found.barrier == pytest.approx(found.train_loss.max() - found.train_loss[0])
    assert found.barrier > 0.0


def test_a_barrier_is_above_the_higher_end_and_a_climb_above_what_was_passed():
    found = loss_along_segment(MLP([2, 3, 1]), spirals(), np.zeros(13), np.ones(13), n_points=3)
    object.__setattr__(found, "train_loss", np.array([3.0, 1.0, 2.5]))
    assert (found.barrier, found.climb) == (0.0, 1.5)
    object.__setattr__(found, "train_loss", np.array([1.0, 4.0, 2.5]))
    assert (found.barrier, found.climb) == (1.5, 3.0)


def test_vectors_that_do_not_fit_and_too_few_points_are_errors():
    net, data = MLP([2, 3, 1]), spirals()
    with pytest.raises(ValueError, match=r"end has shape \(12,\)"):
        loss_along_segment(net, data, np.zeros(13), np.zeros(12))
    with pytest.raises(ValueError, match="n_points=1 must be at least 2"):
        loss_along_segment(net, data, np.zeros(13), np.zeros(13), n_points=1)


def test_figure_3_has_both_readings_of_the_line_from_the_same_start():
    found = reproduce(3, n_runs=3, n_steps=200, progress=False)
    assert set(found.segments) == {"start to Adam", "start to AdLaLa", "Adam to AdLaLa"}
    net = MLP([2, 20, 1])
    for r in range(3):
        data = spirals(1, 500, 500, 0.02, 0.5, 2026 + r)
        ends = {"start": net.initial(2026 + r), **{label: e.parameters[r] for label, e in found.ensembles.items()}}
        for name, segments in found.segments.items():
            a, b = name.split(" to ")
            assert np.array_equal(segments[r].train_loss, loss_along_segment(net, data, ends[a], ends[b]).train_loss)
    assert found.row("Adam to AdLaLa", "barrier").ours == pytest.approx(
        np.mean([one.barrier for one in found.segments["Adam to AdLaLa"]])
    )
