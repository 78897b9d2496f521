"""Training as control: loss and gradient of random networks by sweeps, against complex steps of slow twins."""

import re

import numpy as np
import pytest
import reference_control as twin
from scipy.optimize import brentq

from pdeopt import Grid
from pdeopt.networks import (
    AdditiveNoise,
    DropConnect,
    Dropout,
    GaussianDropout,
    MultiplicativeNoise,
    ResNet,
    ShakeShake,
    StochasticDepth,
    TrainingControl,
)

LINE, PLANE = Grid(-4.0, 4.0, 25), Grid((-4.0, -4.0), (4.0, 4.0), (7, 6))
KEPT, DEPTH = Dropout(0.7), StochasticDepth(0.6, decay="linear")


def case(sizes, noise, picture, **settings):
    return sizes, noise, picture, settings


CASES = [
    case([1, 1, 1], KEPT, "masks"),
    case([1, 1, 1], KEPT, "second", activation="sigmoid"),
    case([1, 1, 2], DEPTH, "masks", branch="layer", activation="softplus"),
    case([1, 1, 2], DEPTH, "second", branch="layer", activation="softplus"),
    case([1, 1, 1], StochasticDepth(0.6, inverted=True), "second", branch="linear", loss="squared", readout=False),
    case([1, 1, 1], ShakeShake(), "masks", hidden=2),
    case([1, 1, 1], ShakeShake(), "second", hidden=2, shared=True),
    case([1, 1, 1], Dropout(0.7, "hidden"), "masks", hidden=3),
    case([1, 1, 1], Dropout(0.7, "hidden"), "second", hidden=3),
    case([1, 1, 1], DropConnect(0.7), "masks", hidden=2),
    case([1, 1, 1], DropConnect(0.7), "first", hidden=3),
    case([1, 1, 1], Dropout(0.7, "input"), "masks", hidden=2),
    case([1, 1, 1], Dropout(0.7, "input"), "second", hidden=2),
    case([1, 1, 1], GaussianDropout(0.7), "masks", activation="relu"),
    case([1, 1, 1], AdditiveNoise(0.2), "masks"),
    case([1, 1, 1], MultiplicativeNoise(0.2), "masks"),
    case([1, 1, 1], None, "masks"),
    case([1, 1, 1], KEPT, "ode", hidden=2),
    case([1, 1, 1], (KEPT, None), "second"),
    case([3, 1, 2], KEPT, "first", shared=True),
    case([2, 2, 1], KEPT, "masks", hidden=3),
    case([2, 2, 2], KEPT, "second", hidden=3),
    case([2, 2, 2], DEPTH, "second", loss="squared", readout=False, activation="identity"),
    case([2, 2, 1], Dropout(0.7, "input"), "masks"),
    case([2, 2, 2], DropConnect(0.7), "second", loss="logistic"),
]


def data(net, n=3, seed=5):
    """Return points and targets that fit a network."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.0, 1.0, size=(n, net.sizes[0]))
    if net.loss_name == "softmax":
        return x, np.arange(n) % net.sizes[-1]
    if net.loss_name == "squared":
        return x, rng.normal(size=(n, net.sizes[-1]))
    return x, rng.integers(0, 2, size=(n, net.sizes[-1]))


@pytest.mark.parametrize(("sizes", "noise", "picture", "settings"), CASES)
def test_loss_and_gradient_are_those_of_a_complex_twin(sizes, noise, picture, settings):
    net = ResNet(sizes, n_blocks=2, noise=noise, **settings)
    x, y = data(net)
    grid = LINE if sizes[1] == 1 else PLANE
    rng = np.random.default_rng(3)
    theta, direction = 0.7 * rng.normal(size=net.n_parameters), rng.normal(size=net.n_parameters)
    found = TrainingControl(net, x, y, picture=picture, grid=grid, order=4)._swept(theta, grid)
    shifted = theta + 1e-30j * direction
    loss = twin.swept_loss(net, shifted, x, y, grid, picture=picture, order=4)
    assert found.loss == pytest.approx(loss.real, rel=1e-13)
    size = np.abs(found.gradient).sum()
    assert found.gradient @ direction == pytest.approx(loss.imag / 1e-30, abs=1e-12 * size)


@pytest.mark.parametrize("noise", [Dropout(0.5), StochasticDepth(0.5, decay="linear")])
def test_gradient_of_eight_blocks_is_the_complex_step_of_an_average_over_all_paths(noise):
    net = ResNet([1, 1, 1], n_blocks=8, branch="layer", noise=noise)
    x, y = data(net, 2)
    rng = np.random.default_rng(4)
    theta, direction = 0.7 * rng.normal(size=net.n_parameters), rng.normal(size=net.n_parameters)
    paths = twin.enumerated_loss(net, theta + 1e-30j * direction, x, y)
    found = TrainingControl(net, x, y, grid=Grid(-4.0, 4.0, 401), order=12).evaluate(theta)
    assert found.loss == pytest.approx(paths.real, rel=1e-13)
    assert found.gradient @ direction == pytest.approx(paths.imag / 1e-30, abs=1e-12 * np.abs(found.gradient).sum())


def scalar(n_blocks, noise, **settings):
    """Return a linear network of one weight for all blocks, which is to take 1 to 2."""
    net = ResNet([1, 1, 1], n_blocks=n_blocks, branch="linear", noise=noise, readout=False, loss="squared", shared=True)
    return TrainingControl(net, [[1.0]], [2.0], grid=Grid(-1.0, 9.0, 401), **settings)


def best(control):
    return brentq(lambda w: control._swept(np.array([w]), control.grid).gradient[0], 0.5, 0.75, xtol=1e-15)


# Where (1 + h w)^(2 N), with noise ((1 + h w)^2 + h^2 w^2)^N, less 4 (1 + h w)^N has its minimum.
OPTIMA = [
    (10, None, 0.717734625362932),
    (10, Dropout(0.5), 0.623796774637084),
    (20, Dropout(0.5), 0.65343768833522),
    (40, Dropout(0.5), 0.67170816756495),
    pytest.param(160, Dropout(0.5), 0.68744071627688, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("n", "noise", "weight"), OPTIMA)
def test_the_best_weight_of_a_linear_network_has_all_known_digits(n, noise, weight):
    assert best(scalar(n, noise)) == pytest.approx(weight, abs=3e-14)


def test_the_loss_at_the_best_weight_has_all_known_digits():
    assert 2.0 * scalar(10, Dropout(0.5)).evaluate(np.array([0.623796774637084])).loss == pytest.approx(
        0.145859995993111, abs=1e-14
    )


# Minima of e^((2 w + h w^2) - 4 e^w, and with drift w - h w^2 / 2; the scheme of a substep is wrong by its length.
@pytest.mark.parametrize(
    ("picture", "weight"),
    [
        ("second", 0.611372403464801),
        pytest.param("first", 0.599076198218185, marks=pytest.mark.slow),
        pytest.param("ode", np.log(2.0), marks=pytest.mark.slow),
    ],
)
def test_the_best_weight_in_a_picture_is_approached_with_substeps(picture, weight):
    one, two, four = (best(scalar(10, Dropout(0.5), picture=picture, substeps=s)) for s in (1, 2, 4))
    assert abs(two - weight) < 2e-4
    assert 2.0 * four - two == pytest.approx(weight, abs=1e-7)
    if picture != "ode":
        assert (one - two) / (two - four) == pytest.approx(2.0, abs=0.01)


def test_minimisation_finds_the_best_weight_on_a_grid_of_its_own():
    given = scalar(10, Dropout(0.5))
    control = TrainingControl(given.net, [[1.0]], [2.0])
    found = control.solve(np.array([-2.0]))
    assert found.converged
    assert found.parameters == pytest.approx([0.623796774637084], abs=1e-6)
    assert found.history[0] == pytest.approx(0.5 * (((0.8**2 + 0.04) ** 10) - 4.0 * 0.8**10 + 4.0))
    assert str(found).startswith("picture")
    assert "loss 0.07293 after" in repr(found)


def test_weight_decay_adds_half_the_square_of_the_parameters():
    found = scalar(10, Dropout(0.5)).solve(np.array([0.5]), weight_decay=0.3)
    assert found.sweeps.gradient[0] == pytest.approx(-0.3 * found.parameters[0], abs=1e-6)
    assert found.loss == pytest.approx(found.history[-1] - 0.15 * found.parameters[0] ** 2, rel=1e-12)


@pytest.fixture(scope="module")
def planar():
    net = ResNet([2, 2, 1], n_blocks=6, hidden=4, noise=Dropout(0.8))
    x, y = data(net, 20)
    return TrainingControl(net, x, y, picture="second", grid=Grid((-3.5, -3.5), (3.5, 3.5), (61, 61)))


def test_values_and_masses_pair_to_the_loss_in_every_block(planar):
    found = planar.evaluate(planar.net.initial(2))
    assert np.abs(found.pairings / found.loss - 1.0).max() < 2e-15
    assert found.density.sum(axis=(1, 2)) * np.prod(found.grid.spacing) == pytest.approx(1.0, abs=1e-14)


def test_gradient_density_is_the_gradient_by_each_block_per_time(planar):
    theta = planar.net.initial(2)
    found, h = planar.evaluate(theta), 1.0 / 6.0
    for k, density in enumerate(found.gradient_density):
        assert density * h == pytest.approx(found.gradient[planar.net.slices[f"block{k + 1}"]], abs=1e-16)
    assert repr(found).startswith("<ControlSweeps, picture 'second' on 61 x 61 nodes: loss ")


def test_the_mean_over_noisy_passes_of_the_network_is_that_of_the_sweep(planar):
    net, theta, rng = planar.net, planar.net.initial(2), np.random.default_rng(1)
    views, state = net.views(theta), np.repeat(np.asarray(planar.x)[None], 4000, axis=0)
    for k in range(1, 7):
        inner, outer = (views[f"block{k}.{name}.weight"] for name in ("inner", "outer"))
        f = np.tanh(state @ inner.T + views[f"block{k}.inner.bias"]) @ outer.T + views[f"block{k}.outer.bias"]
        state = state + f * (rng.random(state.shape) < 0.8) / 0.8 / 6.0
    logits = (state @ views["readout.weight"].T + views["readout.bias"])[..., 0]
    losses = (np.logaddexp(0.0, logits) - np.ravel(planar.y) * logits).mean(axis=1)
    control = TrainingControl(net, planar.x, planar.y)
    assert abs(losses.mean() - control.evaluate(theta).loss) < 4.0 * losses.std() / 4000**0.5
    chances = 1.0 / (1.0 + np.exp(-logits))
    found = control.probabilities(theta, planar.x)[:, 0]
    assert np.all(np.abs(chances.mean(axis=0) - found) < 4.0 * chances.std(axis=0) / 4000**0.5)


def test_states_that_leave_a_grid_are_refused_and_the_advice_works():
    given = scalar(10, Dropout(0.5))
    small = TrainingControl(given.net, [[1.0]], [2.0], grid=Grid(0.0, 2.0, 401))
    with pytest.raises(ValueError, match=r"leave the grid from .* Use Grid\(") as refused:
        small.evaluate(np.array([0.6]))
    low, high = map(float, re.findall(r"Grid\(\[(.*)\], \[(.*)\], ", str(refused.value))[0])
    advised = TrainingControl(given.net, [[1.0]], [2.0], grid=Grid(low, high, 401)).evaluate(np.array([0.6]))
    assert advised.loss == pytest.approx(given.evaluate(np.array([0.6])).loss, rel=1e-8)


NET, LARGE = ResNet([2, 2, 1], noise=Dropout(0.8)), ResNet([2, 3, 1], noise=Dropout(0.8))
POINTS = np.zeros((4, 2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"net": LARGE}, r"3 components .* Use ResNet\(\[n_in, 2, n_out\]\)"),
        ({"net": ResNet([2, 2, 1], members=2)}, "2 members"),
        ({"grid": Grid(-1.0, 1.0, 41)}, "1 axes, but the state has 2"),
        ({"picture": "third"}, "'masks', 'ode', 'first', 'second'"),
        ({"substeps": 0}, "substeps=0 must be a whole number of at least 1. Use substeps=2"),
        ({"order": 3}, "even number"),
        ({"x": POINTS[:, :1]}, r"takes \(n, 2\)"),
        ({"y": [0, 1, 2, 0]}, r"label 0, ..., 1"),
    ],
)
def test_bad_arguments_are_named_with_what_works(arguments, message):
    given = {"net": NET, "x": POINTS, "y": [0, 1, 1, 0], **arguments}
    with pytest.raises(ValueError, match=message):
        TrainingControl(**given)


def test_noise_that_does_not_vanish_with_the_step_has_no_picture_but_its_own():
    net = ResNet([1, 1, 1], noise=AdditiveNoise(0.1))
    with pytest.raises(ValueError, match="Use picture='masks'"):
        TrainingControl(net, [[0.0]], [1], picture="second").evaluate(net.initial())


def test_a_squared_loss_has_no_probabilities():
    with pytest.raises(ValueError, match="gives no probabilities"):
        scalar(4, None).probabilities(np.array([0.5]), [[1.0]])


def test_weights_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match=r"parameters\[0\]=nan must be finite. Use e.g. parameters=net"):
        scalar(4, Dropout(0.5)).evaluate(np.array([np.nan]))
