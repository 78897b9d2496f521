"""Residual networks as kernels: gradients with drawn factors against a complex-step twin, and the laws of factors."""

import numpy as np
import pytest
import reference_residual as twin

from pdeopt.kernels.networks.residual import gradients
from pdeopt.kernels.networks.residual.factors import draw_factors, fill_uniform_vector, n_factor_blocks
from pdeopt.kernels.networks.residual.gradients import mean_score
from pdeopt.kernels.networks.residual.layout import MEAN_NETWORK, work_size
from pdeopt.kernels.random import block
from pdeopt.networks import (
    AdditiveNoise,
    BatchNoise,
    DropConnect,
    Dropout,
    GaussianDropout,
    MultiplicativeNoise,
    ResNet,
    ShakeShake,
    StochasticDepth,
)


def propagate(parameters, layout, x, y, rows, work, outputs, out, key):
    gradients.propagate(parameters, layout, x, y, rows, work, outputs, out, *key)


NOISES = [
    None,
    StochasticDepth(0.6),
    StochasticDepth(0.6, decay="linear", inverted=True),
    StochasticDepth(0.6, shared=True),
    Dropout(0.5),
    Dropout(0.7, where="hidden"),
    Dropout(0.7, where="input"),
    DropConnect(0.5),
    GaussianDropout(0.8),
    ShakeShake(),
    ShakeShake("bernoulli"),
    AdditiveNoise(0.3),
    MultiplicativeNoise(0.3),
    BatchNoise(0.4),
]
OPTIONS = {
    "lift and readout": {"sizes": [2, 5, 1], "hidden": 6},
    "bare": {"sizes": [2, 2, 2], "readout": False, "shared": True, "loss": "squared"},
    "members": {"sizes": [3, 4, 3], "members": 2, "lift": True, "hidden": 3},
}


def on_hidden(noise):
    return isinstance(noise, DropConnect) or getattr(noise, "where", "") == "hidden"


def drawn(net, n, key, chunk=0):
    """Return the factors of every block of every member, by the kernel that draws them."""
    layers = []
    for layer in range(net.members * net.n_blocks):
        count = net.factor_counts[layer % net.n_blocks]
        out = np.full(count * n + 7, np.nan)
        draw_factors(net.layout, layer, chunk, n, *key, out)
        layers.append(out[: count * n].reshape(count, n))
    return layers


def case(noise, n=7, **options):
    net = ResNet(options.pop("sizes"), n_blocks=3, noise=noise, **options)
    rng = np.random.default_rng(5)
    x, n_out = rng.standard_normal((n, net.sizes[0])), net.sizes[-1]
    y = rng.standard_normal((n, n_out)) if net.loss_name == "squared" else rng.integers(0, max(n_out, 2), n)
    return net, 0.6 * rng.standard_normal(net.n_parameters), x, y


def by_kernel(net, parameters, x, y, key):
    targets = net._arguments(np.zeros(net.n_parameters), x, y)[2]
    out, work = np.full(net.n_parameters, np.nan), np.full(work_size(net.layout, len(x)), np.nan)
    propagate(parameters, net.layout, x, targets, np.arange(len(x)), work, targets[:0], out, key)
    return out


CASES = [
    (noise, name, branch)
    for noise in NOISES
    for name in OPTIONS
    for branch in ("two-layer", "layer", "linear")
    if branch == "two-layer" or not on_hidden(noise)
]


@pytest.mark.parametrize(("noise", "options", "branch"), CASES, ids=str)
def test_the_gradient_with_drawn_factors_is_that_of_the_complex_step(noise, options, branch):
    net, parameters, x, y = case(noise, branch=branch, **OPTIONS[options])
    key = (11, 2, 3)
    expected = twin.gradient(net, parameters, x, y, drawn(net, len(x), key))
    assert np.abs(by_kernel(net, parameters, x, y, key) - expected).max() <= 1e-12 * np.abs(expected).max()


@pytest.mark.parametrize("loss", ["logistic", "softmax", "squared"])
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "softplus", "identity"])
def test_every_activation_and_loss_has_the_gradient_of_the_complex_step(activation, loss):
    sizes = [2, 5, 1 if loss == "logistic" else 3]
    net, parameters, x, y = case(Dropout(0.5), sizes=sizes, activation=activation, loss=loss)
    expected = twin.gradient(net, parameters, x, y, drawn(net, len(x), (1, 0, 0)))
    assert np.abs(by_kernel(net, parameters, x, y, (1, 0, 0)) - expected).max() <= 1e-12 * np.abs(expected).max()


@pytest.mark.parametrize("noise", NOISES, ids=str)
def test_outputs_are_those_of_the_twin_and_leave_scratch_behind_its_size_alone(noise):
    net, parameters, x, _ = case(noise, sizes=[2, 5, 2])
    key, size = (3, 1, 9), work_size(net.layout, len(x))
    work, out = np.full(size + 32, 7.0), np.empty((len(x), 2))
    propagate(parameters, net.layout, x, out, np.arange(len(x)), work, out, out[0, :0], key)
    expected = twin.outputs(net, parameters, x, drawn(net, len(x), key))
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-13)
    assert (work[size:] == 7.0).all()


@pytest.mark.parametrize("noise", NOISES[1:], ids=str)
def test_the_mean_network_has_the_mean_of_every_factor(noise):
    net, parameters, x, _ = case(noise, sizes=[2, 5, 2])
    work, out = np.empty(work_size(net.layout, len(x))), np.empty((len(x), 2))
    propagate(parameters, net.layout, x, out, np.arange(len(x)), work, out, out[0, :0], (0, 0, MEAN_NETWORK))
    counts = zip(net.factor_counts, net.noises, strict=True)
    means = [np.full((count, len(x)), one.factor.mean) for count, one in counts]
    np.testing.assert_allclose(out, twin.outputs(net, parameters, x, means), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("noise", NOISES[1:], ids=str)
def test_drawn_factors_have_mean_variance_and_third_cumulant_of_their_law(noise):
    net, n = ResNet([2, 2, 1], n_blocks=2, noise=noise), 256
    law, scale = net.noises[0].factor, 1.0
    if isinstance(noise, AdditiveNoise | MultiplicativeNoise | BatchNoise):
        scale = noise.coefficient if isinstance(noise, BatchNoise) else noise.strength * np.sqrt(net.step)
    found = np.array([drawn(net, n, (4, 0, number))[0][0] for number in range(400)]) / scale
    values = found[:, 0] if getattr(noise, "shared", False) else found.ravel()
    centred = values - law.mean
    for power, expected in ((1, 0.0), (2, law.variance), (3, law.third)):
        sample = centred**power
        assert abs(sample.mean() - expected) < 4.5 * sample.std() / np.sqrt(values.size) + 1e-15
    if law.is_exact:
        assert set(np.unique(values)) == set(law.values)


def test_factors_of_rows_units_blocks_numbers_runs_and_seeds_are_uncorrelated():
    net, n = ResNet([2, 3, 1], n_blocks=2, noise=GaussianDropout(0.5), members=2), 200
    ways = [(4, 0, 1), (4, 0, 2), (4, 1, 1), (5, 0, 1)]
    columns = [line for key in ways for chunk in (0, 1) for layer in drawn(net, n, key, chunk) for line in layer]
    correlation = np.corrcoef(np.array(columns)) - np.eye(len(columns))
    assert len(columns) == 4 * 2 * 4 * 3
    assert np.abs(correlation).max() < 5.0 / np.sqrt(n)


def test_uniform_words_are_those_of_philox_two_to_a_block():
    out = np.full(16, np.nan)
    fill_uniform_vector(7, 3, 2, 70_000, 11, out)
    b = [block(7, 3, (2 << 16) | 1, 70_000 - 65_536 + i) for i in range(8)]
    words = [w[0] | (w[1] << 32) for w in b] + [w[2] | (w[3] << 32) for w in b]
    expected = [((word & (2**52 - 1)) + 0.5) * 2.0**-52 for word in words]
    assert out.tolist() == expected


@pytest.mark.parametrize("n_rows", [5, 256, 257, 1000])
def test_no_block_of_words_serves_two_layers_or_chunks(n_rows):
    net = ResNet([2, 2, 1], n_blocks=3, members=2, noise=GaussianDropout(0.5))
    chunks = [min(256, n_rows - start) for start in range(0, n_rows, 256)]
    values = [drawn(net, n, (1, 0, 0), chunk) for chunk, n in enumerate(chunks)]
    found = np.concatenate([line for layers in values for layer in layers for line in layer])
    assert np.unique(found).size == found.size == 2 * 3 * 2 * n_rows
    assert n_factor_blocks(net.layout, n_rows) >= found.size / 2


def test_rows_of_a_large_minibatch_go_in_chunks_with_factors_of_their_own():
    net, parameters, x, y = case(Dropout(0.5), n=600, sizes=[2, 3, 1])
    key = (2, 0, 5)
    parts = [drawn(net, n, key, chunk) for chunk, n in enumerate((256, 256, 88))]
    factors = [np.concatenate(blocks, axis=1) for blocks in zip(*parts, strict=True)]
    expected = twin.gradient(net, parameters, x, y, factors)
    assert np.abs(by_kernel(net, parameters, x, y, key) - expected).max() <= 1e-12 * np.abs(expected).max()


def test_shared_depth_is_one_number_for_all_chunks_of_a_minibatch():
    net = ResNet([2, 2, 1], n_blocks=40, noise=StochasticDepth(0.5, shared=True))
    kept = [np.concatenate(drawn(net, 5, (0, 0, 0), chunk)) for chunk in (0, 1, 7)]
    assert (kept[0] == kept[0][:, :1]).all()
    assert 5 < kept[0][:, 0].sum() < 35
    assert np.array_equal(kept[0], kept[1])
    assert np.array_equal(kept[0], kept[2])


def test_the_spread_of_a_batch_is_that_of_all_its_rows_however_many():
    net, parameters, x, y = case(BatchNoise(0.5), n=600, sizes=[2, 3, 1])
    expected = twin.gradient(net, parameters, x, y, drawn(net, 600, (2, 0, 5)))
    assert np.abs(by_kernel(net, parameters, x, y, (2, 0, 5)) - expected).max() <= 1e-12 * np.abs(expected).max()


def test_gradients_back_through_both_branches_with_another_number_are_those_of_the_paper():
    net, parameters, x, y = case(ShakeShake(backward="independent"), sizes=[2, 2, 2], readout=False, loss="squared")
    key = (1, 0, 2)
    factors = drawn(net, len(x), key)
    found = net.views(by_kernel(net, parameters, x, y, key))
    # Of the last block the way back is short: h eta' and h (1 - eta') times the misses, outputs with eta.
    misses = (twin.outputs(net, parameters, x, factors) - y) / len(x)
    back = factors[-1][1][:, None]
    np.testing.assert_allclose(found["block3.outer.bias"], (net.step * back * misses).sum(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found["block3.outer2.bias"], (net.step * (1.0 - back) * misses).sum(axis=0), rtol=1e-12)
    assert np.abs(np.corrcoef(np.concatenate(factors, axis=1))[0, 1]) < 0.9


def test_the_gradient_is_nan_where_a_parameter_is():
    net, parameters, x, y = case(Dropout(0.5), sizes=[2, 5, 1])
    parameters[0] = np.nan
    assert np.isnan(by_kernel(net, parameters, x, y, (0, 0, 0))).any()


def test_the_mean_score_is_that_of_the_formulas():
    z, y = np.array([[2.0, -1.0], [0.5, 3.0]]), np.array([[0.0], [0.0]])
    loss, share = mean_score(1, z, y)
    assert loss == pytest.approx((np.log1p(np.exp(-3.0)) + np.log1p(np.exp(2.5))) / 2.0)
    assert share == 0.5
