"""The record of a network: where its parameters lie, and how they are drawn."""

import numpy as np
import pytest

from pdeopt.kernels.networks.layout import n_parameters
from pdeopt.networks import MLP


def test_the_paper_net_has_81_parameters_in_the_order_of_torch():
    net = MLP([2, 20, 1])
    assert net.n_parameters == 81 == n_parameters(net.layout)
    assert net.slices["layer1"] == slice(0, 60)
    assert net.slices["layer1.weight"] == slice(0, 40)
    assert net.slices["layer1.bias"] == slice(40, 60)
    assert net.slices["layer2.weight"] == slice(60, 80)
    assert net.slices["layer2.bias"] == slice(80, 81)


def test_views_write_through_to_the_vector():
    net = MLP([3, 4, 2])
    parameters = np.arange(float(net.n_parameters))
    views = net.views(parameters)
    assert views["layer1.weight"].shape == (4, 3)
    assert views["layer1.weight"][1, 2] == 5.0
    views["layer2.bias"][1] = -1.0
    assert parameters[-1] == -1.0


def test_the_default_loss_is_logistic_for_one_output_and_softmax_for_more():
    assert MLP([2, 1]).loss_name == "logistic"
    assert MLP([2, 3]).loss_name == "softmax"
    assert MLP([2, 3], loss="squared").layout.tolist() == [1, 0, 2, 2, 3]


def test_uniform_parameters_fill_the_interval_of_each_layer():
    net = MLP([4, 2500, 1])
    drawn = net.initial(0)
    for layer, n_in in (("layer1", 4), ("layer2", 2500)):
        part = drawn[net.slices[layer]] * np.sqrt(n_in)
        assert np.abs(part).max() <= 1.0
        # Standard error of the mean square of U(-1, 1): sqrt(4 / 45 / n).
        assert abs(np.mean(part**2) - 1.0 / 3.0) < 4.0 * np.sqrt(4.0 / 45.0 / part.size)


def test_a_number_is_the_deviation_of_all_parameters():
    drawn = MLP([10, 1000, 1]).initial(3, 0.5)
    assert abs(np.mean(drawn**2) - 0.25) < 4.0 * 0.25 * np.sqrt(2.0 / drawn.size)


def test_a_seed_gives_the_same_parameters_again_and_another_seed_others():
    net = MLP([2, 20, 1])
    assert np.array_equal(net.initial(5), net.initial(5))
    assert not np.array_equal(net.initial(5), net.initial(6))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([2],), r"sizes=\[2\]"),
        (([2, 0, 1],), r"sizes=\[2, 0, 1\]"),
        (([2, 1.5],), "whole numbers"),
        (([2, 20, 1], "gelu"), "activation='gelu'.*'relu'"),
        (([2, 20, 1], "relu", "hinge"), "loss='hinge'.*'logistic'"),
        (([2, 20, 1], "relu", "softmax"), "two outputs"),
    ],
)
def test_a_wrong_network_is_refused_with_an_argument_that_works(arguments, words):
    with pytest.raises((TypeError, ValueError), match=words):
        MLP(*arguments)


def test_a_wrong_scheme_is_refused():
    with pytest.raises(ValueError, match="scheme='xavier'"):
        MLP([2, 1]).initial(0, "xavier")
