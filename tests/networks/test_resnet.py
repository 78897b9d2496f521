"""Residual networks with noise: what they are, what they answer, against closed forms and NumPy."""

import pickle
from itertools import product

import numpy as np
import pytest

from pdeopt.kernels.networks.residual.gradients import propagate
from pdeopt.networks import (
    AdditiveNoise,
    BatchNoise,
    DropConnect,
    Dropout,
    MultiplicativeNoise,
    ResNet,
    ShakeShake,
    StochasticDepth,
)
from pdeopt.networks.known import network_of

LINE = {"branch": "linear", "shared": True, "readout": False, "loss": "squared"}


def within(values, expected, errors=4.5):
    """Tell whether the mean of independent values is what it should be, within its standard error."""
    return abs(values.mean() - expected) < errors * values.std(ddof=1) / np.sqrt(values.size)


def test_tensors_lie_in_the_vector_block_by_block():
    net = ResNet([2, 4, 3], n_blocks=2, hidden=5, noise=[None, ShakeShake()])
    block = [(5, 4), (5,), (4, 5), (4,)]
    assert list(net.shapes.values()) == [(4, 2), (4,), *block, *block, *block, (3, 4), (3,)]
    names = list(net.shapes)
    assert names[:4] == ["lift.weight", "lift.bias", "block1.inner.weight", "block1.inner.bias"]
    assert names[10:12] == ["block2.inner2.weight", "block2.inner2.bias"]
    assert net.n_parameters == 12 + 3 * 49 + 15
    assert net.slices["block2"] == slice(61, 159)
    vector = np.arange(float(net.n_parameters))
    net.views(vector)["readout.bias"][:] = -1.0
    assert (vector[-3:] == -1.0).all()


def test_shared_weights_are_one_block_and_members_have_their_own():
    assert list(ResNet([2, 2, 1], shared=True).slices) == [
        "block1",
        *(f"block1.{part}" for part in ("inner.weight", "inner.bias", "outer.weight", "outer.bias")),
        *("readout", "readout.weight", "readout.bias"),
    ]
    net = ResNet([3, 2, 1], n_blocks=1, members=2)
    assert {name.split(".")[0] for name in net.shapes} == {
        f"member{k}-{part}" for k in (1, 2) for part in ("lift", "block1", "readout")
    }


def test_uniform_initial_parameters_keep_to_one_over_the_root_of_the_inputs_of_their_map():
    net = ResNet([2, 50, 3], n_blocks=4, hidden=100, activation="relu")
    for name, part in net.views(net.initial(0)).items():
        n_in = {"lift": 2, "readout": 50}.get(name.split(".")[0], 50 if "inner" in name else 100)
        assert 0.5 * n_in**-0.5 < np.abs(part).max() <= n_in**-0.5


@pytest.mark.parametrize("branch", ["two-layer", "layer", "linear"])
def test_the_layers_one_after_another_are_the_network(branch):
    net = ResNet([2, 3, 2], n_blocks=4, hidden=5, branch=branch, members=2, horizon=0.7)
    parameters, x = net.initial(1), np.random.default_rng(0).standard_normal((6, 2))
    views, answers = net.views(parameters), []
    for member in range(2):
        own = {name.removeprefix(f"member{member + 1}-"): view for name, view in views.items()}
        state = x @ own["lift.weight"].T + own["lift.bias"]
        for layer in net.layers(parameters, member=member):
            assert (layer.step, layer.dim, layer.n_blocks) == (0.7 / 4, 3, 4)
            state = state + layer.step * layer.branch(state)
        answers.append(
            state @ views[f"member{member + 1}-readout.weight"].T + views[f"member{member + 1}-readout.bias"]
        )
    np.testing.assert_allclose(net.forward(parameters, x), np.mean(answers, axis=0), rtol=1e-13, atol=1e-14)


def test_the_weights_of_a_layer_are_views_of_the_vector():
    net = ResNet([2, 2, 1], n_blocks=3, noise=ShakeShake())
    parameters = net.initial(0)
    layer = net.layer(parameters, 2)
    layer.second.outer_bias[:] = 7.0
    assert (net.views(parameters)["block3.outer2.bias"] == 7.0).all()
    assert layer.noise == ShakeShake()


def test_stochastic_depth_at_test_time_is_a_network_of_a_shorter_horizon():
    deep = ResNet([2, 3, 1], noise=StochasticDepth(0.3))
    short = ResNet([2, 3, 1], horizon=0.3)
    inverted = ResNet([2, 3, 1], noise=StochasticDepth(0.3, inverted=True))
    parameters, x = deep.initial(2), np.random.default_rng(1).standard_normal((5, 2))
    np.testing.assert_allclose(deep.forward(parameters, x), short.forward(parameters, x), rtol=1e-13)
    plain = ResNet([2, 3, 1]).forward(parameters, x)
    np.testing.assert_allclose(inverted.forward(parameters, x), plain, rtol=1e-13)


def test_depth_that_decays_linearly_leaves_out_the_last_blocks_most_often():
    net = ResNet([1, 1, 1], n_blocks=5, noise=StochasticDepth(0.5, decay="linear"))
    assert [one.keep for one in net.noises] == pytest.approx([0.9, 0.8, 0.7, 0.6, 0.5])


def test_additive_noise_on_a_line_has_the_mean_and_variance_of_the_recursion():
    # X <- X - h X + 0.5 sqrt(h) zeta, ten steps from 1.
    net = ResNet([1, 1, 1], noise=AdditiveNoise(0.5), **LINE)
    x = net.sample(np.array([-1.0]), np.ones((40_000, 1)), 2, seed=3).ravel()
    assert within(x, 0.9**10)
    assert within((x - 0.9**10) ** 2, 0.115582019132820)


def test_multiplicative_noise_on_a_line_has_the_second_moment_of_the_recursion():
    net = ResNet([1, 1, 1], noise=MultiplicativeNoise(0.4), **LINE)
    x = net.sample(np.array([-1.0]), np.ones((40_000, 1)), 1, seed=4).ravel()
    assert within(x, 0.9**10)
    assert within(x**2, (0.9**2 + 0.16 * 0.1) ** 10)


def test_the_noisy_loss_of_a_linear_dropout_network_is_its_closed_form():
    w, h, n, net = 0.8, 0.1, 10, ResNet([1, 1, 1], noise=Dropout(0.5), **LINE)
    x, y = np.ones((2000, 1)), np.full((2000, 1), 2.0)
    losses = np.array([net.loss(np.array([w]), x, y, n_samples=1, seed=k) for k in range(40)])
    expected = ((1 + h * w) ** 2 + h * h * w * w) ** n - 4.0 * (1 + h * w) ** n + 4.0
    assert within(losses, 0.5 * expected)
    assert net.loss(np.array([w]), x, y) == pytest.approx(0.5 * ((1 + h * w) ** n - 2.0) ** 2, rel=1e-13)


def test_probabilities_of_many_passes_are_the_average_over_all_masks():
    net = ResNet([1, 1, 1], n_blocks=6, hidden=3, noise=StochasticDepth(0.5))
    parameters, x = 3.0 * net.initial(5), np.array([[0.4]])
    exact, blocks = 0.0, net.layers(parameters)
    views = net.views(parameters)
    for masks in product((0.0, 1.0), repeat=6):
        state = x
        for mask, layer in zip(masks, blocks, strict=True):
            state = state + mask * layer.step * layer.branch(state)
        exact += 0.5**6 / (1.0 + np.exp(-(state @ views["readout.weight"].T + views["readout.bias"])))
    many = np.repeat(x, 50_000, axis=0)
    found = net.probabilities(parameters, many, n_samples=1, seed=1)[:, 0]
    assert within(found, exact.item())
    average = net.probabilities(parameters, many[:1], n_samples=64, seed=1)
    outputs = net.sample(parameters, many[:1], 64, seed=1)
    assert average.item() == pytest.approx(np.mean(1.0 / (1.0 + np.exp(-outputs))), rel=1e-14)
    assert net.predict(parameters, many[:1], n_samples=64).item() == (average.item() > 0.5)


def test_batch_noise_is_as_large_as_the_spread_of_the_batch():
    net = ResNet([2, 2, 2], n_blocks=1, branch="linear", readout=False, loss="squared", noise=BatchNoise(0.3))
    x = np.random.default_rng(0).standard_normal((20_000, 2)) * [5.0, 1.0]
    added = net.sample(np.zeros(4), x, 1)[0] - x
    assert added.std() == pytest.approx(0.3 * x.std(), rel=0.02)
    one = ResNet([1, 1, 1], n_blocks=1, branch="linear", readout=False, loss="squared", noise=BatchNoise(0.3))
    assert one.sample(np.zeros(1), [[2.0]], 1).item() == 2.0


def test_samples_are_the_same_for_a_seed_and_differ_between_seeds_and_passes():
    net = ResNet([2, 3, 1], noise=Dropout(0.5))
    parameters, x = net.initial(0), np.ones((4, 2))
    found = net.sample(parameters, x, 3, seed=2)
    assert np.array_equal(found, net.sample(parameters, x, 3, seed=2))
    assert np.unique(found).size == found.size
    assert not np.intersect1d(found, net.sample(parameters, x, 3, seed=3)).size
    np.testing.assert_allclose(net.forward(parameters, x, n_samples=3, seed=2), found.mean(axis=0), rtol=1e-14)


def test_passes_at_test_time_share_no_noise_with_a_training_of_the_same_seed():
    net, x = ResNet([2, 3, 1], noise=Dropout(0.5)), np.ones((4, 2))
    parameters, out, work = net.initial(0), np.empty((4, 1)), np.empty(net.work_size(4))
    outputs = net.sample(parameters, x, 3, seed=2)
    for number in range(3):
        propagate(parameters, net.layout, x, out, np.arange(4), work, out, work[:0], 2, 0, number)
        assert not np.intersect1d(outputs, out).size


def test_accuracy_of_averaged_answers_counts_right_predictions():
    net = ResNet([2, 4, 3], noise=Dropout(0.5))
    rng = np.random.default_rng(3)
    parameters, x, y = 3.0 * net.initial(0), rng.standard_normal((50, 2)), rng.integers(0, 3, 50)
    for n_samples in (None, 5):
        labels = net.predict(parameters, x, n_samples=n_samples, seed=1)
        assert net.accuracy(parameters, x, y, n_samples=n_samples, seed=1) == np.mean(labels == y)


@pytest.mark.slow
def test_the_landscape_is_the_loss_of_the_mean_network():
    net = ResNet([2, 3, 2], n_blocks=2, noise=StochasticDepth(0.5))
    rng = np.random.default_rng(3)
    x, y, parameters = rng.standard_normal((9, 2)), rng.integers(0, 2, 9), net.initial(0)
    f = net.landscape(x, y)
    assert f(parameters) == net.loss(parameters, x, y)
    np.testing.assert_array_equal(f.gradient(parameters, *f.args), net.gradient(parameters, x, y))


@pytest.mark.parametrize(
    "net",
    [
        ResNet([2, 3, 1]),
        ResNet([2, 2, 2], n_blocks=3, readout=False, lift=True, horizon=2.0, shared=True, activation="relu"),
        ResNet([2, 2, 1], n_blocks=2, noise=[Dropout(0.5, "hidden"), None], members=3, hidden=7, loss="squared"),
        ResNet([2, 3, 1], noise=StochasticDepth(0.4, decay="linear"), branch="layer"),
    ],
    ids=str,
)
def test_a_network_comes_back_from_its_description_and_from_its_words(net):
    assert network_of(net.description) == pickle.loads(pickle.dumps(net)) == net
    assert network_of(net.description).description == net.description
    names = {"ResNet": ResNet, "Dropout": Dropout, "StochasticDepth": StochasticDepth}
    assert eval(repr(net), names).description == net.description


def test_changes_take_what_was_left_to_its_default_along():
    net = ResNet([2, 2, 1], noise=Dropout(0.5), horizon=3.0)
    wide = net.changed(width=5, n_blocks=7)
    assert (wide.sizes, wide.hidden, wide.lift, wide.n_blocks, wide.horizon) == ((2, 5, 1), 5, True, 7, 3.0)
    assert wide.noise == net.noise
    assert net.changed(noise=None, hidden=9).changed(sizes=[3, 3, 2]) == ResNet(
        [3, 3, 2], hidden=9, horizon=3.0, loss="logistic"
    )
    assert net.changed() == net


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"sizes": [2, 8, 8, 1]}, ValueError, r"sizes=\[2, 8, 8, 1\].*Use sizes=\[2, 8, 1\], and n_blocks=10"),
        ({"n_blocks": 0}, ValueError, r"n_blocks=0 must be a whole number of at least 1. Use n_blocks=10"),
        ({"n_blocks": 2.5}, ValueError, r"n_blocks=2.5 must be a whole number"),
        ({"hidden": 0}, ValueError, r"hidden=0"),
        ({"members": -1}, ValueError, r"members=-1"),
        ({"horizon": 0.0}, ValueError, r"horizon=0.0 must be a finite number above 0. Use horizon=1"),
        ({"horizon": np.nan}, ValueError, r"horizon=nan"),
        ({"branch": "three"}, ValueError, r"branch='three' is unknown. Use one of 'two-layer', 'layer', 'linear'"),
        ({"activation": "sine"}, ValueError, r"activation='sine'"),
        ({"loss": "hinge"}, ValueError, r"loss='hinge'"),
        ({"loss": "softmax"}, ValueError, r'loss="logistic"'),
        ({"lift": False}, ValueError, r"lift=False needs as many inputs.*not 2 and 4. Use lift=True"),
        ({"readout": False}, ValueError, r"readout=False needs as many outputs.*not 1 and 4. Use readout=True"),
        ({"noise": 0.5}, TypeError, r"noise=0.5 is no Noise. Use e.g. noise=Dropout\(keep=0.5\)"),
        ({"noise": Dropout}, TypeError, r"is no Noise"),
        ({"noise": [None, None]}, ValueError, r"2 records for n_blocks=10.*n_blocks=2"),
        ({"noise": DropConnect(), "branch": "layer"}, ValueError, r"branch='layer' lacks. Use branch='two-layer'"),
        ({"noise": Dropout(0.5, "hidden"), "branch": "linear"}, ValueError, r"branch='linear' lacks"),
        ({"noise": [ShakeShake(), None], "n_blocks": 2, "shared": True}, ValueError, r"Use shared=False"),
    ],
)
def test_what_does_not_fit_is_said_with_what_does(change, error, words):
    given = {"sizes": [2, 4, 1]} | change
    with pytest.raises(error, match=words):
        ResNet(**given)


def test_wrong_blocks_samples_and_numbers_are_named():
    net = ResNet([2, 2, 1], n_blocks=3)
    parameters, x = net.initial(0), np.ones((2, 2))
    with pytest.raises(IndexError, match=r"k=3 must be below 3.*Use k=2 for the last"):
        net.layer(parameters, 3)
    with pytest.raises(IndexError, match=r"k=-1 must be at least 0.*Use k=2 for the last"):
        net.layer(parameters, -1)
    assert net.layer(parameters, 2).branch.inner_weight.base is parameters
    with pytest.raises(TypeError, match=r"k='last' must be a whole number.*Use k=0"):
        net.layer(parameters, "last")
    with pytest.raises(IndexError, match=r"member=1 must be below 1"):
        net.layer(parameters, 0, member=1)
    with pytest.raises(ValueError, match=r"n_samples=0"):
        net.sample(parameters, x, 0)
    with pytest.raises(ValueError, match=r"seed=-1"):
        net.forward(parameters, x, n_samples=2, seed=-1)
    with pytest.raises(ValueError, match=r"number=-1"):
        net.gradient(parameters, x, [0, 1], number=-1)
    with pytest.raises(ValueError, match=r"batch_size=100000 of ResNet.*too many random words. Use batch_size="):
        ResNet([2, 300, 1], n_blocks=90, noise=DropConnect()).work_size(100_000)
    with pytest.raises(ValueError, match=r"gives no probabilities"):
        ResNet([2, 2, 1], loss="squared").probabilities(ResNet([2, 2, 1]).initial(0), x, n_samples=3)
