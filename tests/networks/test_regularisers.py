"""What noise adds to a loss at first order, against exact averages over masks."""

import math

import numpy as np
import pytest

from pdeopt import Grid
from pdeopt.landscapes import quadratic
from pdeopt.networks import (
    AdditiveNoise,
    DenseBranch,
    DropConnect,
    Dropout,
    GaussianDropout,
    ResidualLayer,
    ResNet,
    ShakeShake,
    StochasticDepth,
    TrainingControl,
    mask_average,
    noise_regulariser,
)


def wave(_t, x):
    return 1.5 * math.sin(math.pi * x) / math.pi


def steep(x):
    return math.log1p(math.exp(-4.0 * x))


def test_curvature_of_the_value_function_has_either_sign():
    found = noise_regulariser(ResidualLayer(wave, Dropout(0.5), step=0.25), steep, [0.1, -0.35])
    # Integrals of Chebyshev interpolants of 40 digits.
    assert found.spread == pytest.approx([0.327794411906292, -0.452726883273287], abs=1e-12)
    assert found.step == pytest.approx([0.173095031437907, 0.191761886362501], abs=1e-12)
    assert found.loss == pytest.approx([0.188672585449772, 3.15438632117165], abs=1e-12)
    assert found.change == pytest.approx(0.25 * (found.spread + found.step))


def test_the_variance_of_the_factor_multiplies_the_effect_of_noise():
    half, gentle = (noise_regulariser(ResidualLayer(wave, Dropout(p), step=0.5), steep, 0.1) for p in (0.5, 0.8))
    assert gentle.spread == pytest.approx(0.25 * half.spread, rel=1e-11)
    assert gentle.step == pytest.approx(half.step, rel=1e-11)


def test_for_a_linear_branch_and_a_square_the_integrals_are_known():
    # u = x^2 e^(2 w (T - t)) along x e^(w t): spread s^2 w^2 x^2 e^(2 w), step -w^2 x^2 e^(2 w).
    layer = ResidualLayer(lambda _t, x: 0.7 * x, StochasticDepth(0.8, inverted=True), step=0.25)
    found, size = noise_regulariser(layer, lambda x: x * x, 0.6), 0.36 * 0.49 * math.exp(1.4)
    assert found.spread == pytest.approx(0.25 * size, rel=1e-11)
    assert found.step == pytest.approx(-size, rel=1e-11)


W1, B1 = np.array([[1.0, -0.5], [0.3, 0.8], [-0.6, 0.4]]), np.array([0.1, -0.2, 0.3])
W2, B2 = np.array([[0.5, -0.3, 0.2], [0.1, 0.6, -0.4]]), np.array([0.05, -0.1])
DENSE, OTHER = DenseBranch(W1, B1, W2, B2), DenseBranch(W1 - 0.5, B1, -W2, B2, "sigmoid")


def dense_like(_t, x):
    hidden = [math.tanh(row[0] * x[0] + row[1] * x[1] + b) for row, b in zip(W1, B1, strict=True)]
    return tuple(sum(w * s for w, s in zip(row, hidden, strict=True)) + b for row, b in zip(W2, B2, strict=True))


def bowl(x):
    return math.sin(x[0] + 2.0 * x[1])


def test_derivatives_of_dense_branches_are_those_that_differences_find():
    exact, found = (
        noise_regulariser(ResidualLayer(branch, Dropout(0.7), step=0.5, dim=2), bowl, [[0.3, -0.4]])
        for branch in (DENSE, dense_like)
    )
    assert found.spread == pytest.approx(exact.spread, abs=1e-11)
    assert found.step == pytest.approx(exact.step, abs=1e-11)


@pytest.mark.parametrize(
    "noise",
    [
        Dropout(0.8, "hidden"),
        pytest.param(Dropout(0.8, "input"), marks=pytest.mark.slow),
        StochasticDepth(0.8, decay="linear"),
        ShakeShake(),
        pytest.param(Dropout(0.8), marks=pytest.mark.slow),
        pytest.param(DropConnect(0.8), marks=pytest.mark.slow),
        pytest.param(GaussianDropout(0.8), marks=pytest.mark.slow),
        pytest.param(None, marks=pytest.mark.slow),
    ],
)
def test_the_change_is_that_of_exact_averages_with_an_error_of_second_order(noise):
    second = OTHER if isinstance(noise, ShakeShake) else None
    misses = []
    for n in (8, 16):
        layer = ResidualLayer(DENSE, noise, step=1.0 / n, second=second)
        found = noise_regulariser(layer, bowl, [[0.3, -0.4]])
        mean = mask_average(layer, bowl, Grid((-2.0, -2.0), (2.0, 2.0), 41), order=8).at((0.3, -0.4))
        misses.append(mean - found.loss[0] - found.change[0])
        assert abs(misses[-1]) < 0.3 * abs(found.change[0])
    # Depth that decays with l / N changes its own mean with N, the loss of reference included.
    assert misses[0] / misses[1] == pytest.approx(4.0, abs=0.6)


def test_a_network_has_the_change_of_its_loss():
    x, y = np.array([[0.4, -0.3], [-0.5, 0.2]]), [1, 0]
    misses = []
    for n in (8, 16):
        net = ResNet([2, 2, 1], n_blocks=n, noise=Dropout(0.7), shared=True)
        theta = net.initial(3)
        found = TrainingControl(net, x, y).regulariser(theta)
        exact = TrainingControl(net, x, y, order=8).evaluate(theta).loss
        misses.append(exact - (found.loss + found.change).mean())
    assert misses[0] / misses[1] == pytest.approx(4.0, abs=0.4)


def test_a_landscape_is_a_loss():
    layer = ResidualLayer(lambda _t, x: -x, Dropout(0.5), step=0.25)
    found = noise_regulariser(layer, quadratic(1.0), 0.5)
    assert found.loss == pytest.approx(0.5 * 0.25 * math.exp(-2.0), rel=1e-10)
    assert repr(found).startswith("<NoiseRegulariser of 1 points: mean loss 0.0169169, by noise +")


def test_noise_that_does_not_vanish_with_the_step_is_refused():
    with pytest.raises(ValueError, match="Use Dropout, StochasticDepth"):
        noise_regulariser(ResidualLayer(wave, AdditiveNoise(0.1)), steep, 0.1)


def test_a_number_of_blocks_is_positive():
    with pytest.raises(ValueError, match=r"n_blocks=0 must be .* Use n_blocks=10"):
        noise_regulariser(ResidualLayer(wave, Dropout(0.5)), steep, 0.1, n_blocks=0)
