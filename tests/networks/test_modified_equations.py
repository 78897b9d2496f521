"""Coefficients of modified equations against moments by enumeration of masks and derivatives by complex step."""

from itertools import product
from math import sin

import numpy as np
import pytest

import pdeopt
from pdeopt.networks import (
    AdditiveNoise,
    BatchNoise,
    DenseBranch,
    DropConnect,
    Dropout,
    GaussianDropout,
    MultiplicativeNoise,
    ResidualLayer,
    ShakeShake,
    StochasticDepth,
    modified_equation,
)

STEP, KEEP = 0.1, 0.7
ACTIVATIONS = {
    "tanh": np.tanh,
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
    "softplus": lambda z: np.log(1.0 + np.exp(z)),
    "relu": lambda z: np.where(z.real > 0.0, z, 0.0),
    "identity": lambda z: z,
}


def dense(dim, n_hidden, activation="tanh", seed=0, bias=True):
    rng = np.random.default_rng(seed)
    outer = rng.standard_normal((dim, n_hidden)) / n_hidden**0.5
    inner, shift = rng.standard_normal((n_hidden, dim)), rng.standard_normal(n_hidden)
    return DenseBranch(inner, shift, outer, rng.standard_normal(dim) if bias else None, activation)


def points(dim, n=4):
    return np.random.default_rng(7).standard_normal((n, dim))


def twin(branch, x, hidden=1.0, weights=1.0, inputs=1.0):
    """f(x) with factors on its inputs, hidden units or outer weights, also of complex x."""
    s = ACTIVATIONS[branch.activation](branch.inner_weight @ (inputs * x) + branch.inner_bias) * hidden
    if branch.outer_weight is None:
        return s
    return (weights * branch.outer_weight) @ s + (0.0 if branch.outer_bias is None else branch.outer_bias)


def moments(outcomes, probabilities):
    values, w = np.array(outcomes), np.array(probabilities)
    mean = w @ values
    return mean, np.einsum("k,ki,kj->ij", w, values - mean, values - mean)


def masks(n, keep=KEEP):
    for bits in product((0.0, 1.0), repeat=n):
        yield np.array(bits), float(np.prod(np.where(np.array(bits) > 0, keep, 1.0 - keep)))


def enumerated(noise, f, x, g=None):
    """Mean and covariance of one layer's G at a point, from all its masks."""
    if isinstance(noise, StochasticDepth):
        sizes = (0.0, 1.0 / KEEP if noise.inverted else 1.0)
        return moments([size * twin(f, x) for size in sizes], [1.0 - KEEP, KEEP])
    if isinstance(noise, ShakeShake):
        etas, w = np.polynomial.legendre.leggauss(3) if noise.law == "uniform" else ([-1.0, 1.0], [1.0, 1.0])
        pairs = [0.5 * (1 + eta) * twin(f, x) + 0.5 * (1 - eta) * twin(g, x) for eta in etas]
        return moments(pairs, np.array(w) / 2.0)
    if isinstance(noise, DropConnect):
        shape = f.outer_weight.shape
        drawn = [(twin(f, x, weights=mask.reshape(shape) / KEEP), w) for mask, w in masks(f.outer_weight.size)]
    elif getattr(noise, "where", "branch") == "hidden":
        drawn = [(twin(f, x, hidden=mask / KEEP), w) for mask, w in masks(len(f.inner_bias))]
    elif getattr(noise, "where", "branch") == "input":
        drawn = [(twin(f, x, inputs=mask / KEEP), w) for mask, w in masks(f.dim)]
    else:
        drawn = [(twin(f, x) * mask / KEEP, w) for mask, w in masks(f.dim)]
    return moments(*zip(*drawn, strict=True))


NOISES = [
    StochasticDepth(KEEP),
    StochasticDepth(KEEP, inverted=True),
    Dropout(KEEP),
    Dropout(KEEP, "hidden"),
    Dropout(KEEP, "input"),
    DropConnect(KEEP),
    GaussianDropout(KEEP),
    ShakeShake(),
    ShakeShake("bernoulli"),
]


def layer_of(noise, dim, activation="tanh", n_hidden=3):
    second = dense(dim, 2, activation, seed=1) if isinstance(noise, ShakeShake) else None
    return ResidualLayer(dense(dim, n_hidden, activation), noise, STEP, second=second)


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("noise", NOISES, ids=repr)
def test_drift_and_covariance_are_moments_over_all_masks(noise, dim):
    layer = layer_of(noise, dim)
    equations = modified_equation(layer)
    for x in points(dim):
        mean, covariance = enumerated(noise, layer.branch, x, layer.second)
        assert equations.drift(x, picture="first") == pytest.approx(mean, abs=1e-14)
        assert equations.covariance(x, picture="first") == pytest.approx(STEP * covariance, abs=1e-14)
        assert np.array_equal(equations.drift(x, picture="ode"), equations.drift(x, picture="first"))
        assert np.array_equal(equations.covariance(x), equations.covariance(x, picture="first"))
        assert not equations.covariance(x, picture="ode").any()


def directional(mean, x, v):
    """The derivative of a mean along v, by a complex step."""
    return mean(x + 1e-30j * v).imag / 1e-30


def complex_mean(noise, f, g=None):
    if isinstance(noise, ShakeShake):
        return lambda x: 0.5 * (twin(f, x) + twin(g, x))
    if getattr(noise, "where", "") == "input":
        return lambda x: sum(w * twin(f, x, inputs=mask / KEEP) for mask, w in masks(f.dim))
    factor = KEEP if isinstance(noise, StochasticDepth) and not noise.inverted else 1.0
    return lambda x: factor * twin(f, x)


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize("noise", [NOISES[0], NOISES[3], NOISES[4], NOISES[7]], ids=repr)
def test_second_drift_of_a_dense_branch_is_exact(noise, activation):
    layer = layer_of(noise, 2, activation)
    mean = complex_mean(noise, layer.branch, layer.second)
    for x in points(2):
        m = mean(x.astype(complex)).real
        wanted = m - 0.5 * STEP * directional(mean, x, m)
        assert modified_equation(layer).drift(x) == pytest.approx(wanted, abs=5e-15)


def test_a_branch_of_one_layer_is_its_activation():
    rng = np.random.default_rng(2)
    branch = DenseBranch(rng.standard_normal((2, 2)), rng.standard_normal(2))
    equations = modified_equation(ResidualLayer(branch, Dropout(KEEP), STEP))
    for x in points(2):
        f = np.tanh(branch.inner_weight @ x + branch.inner_bias)
        jacobian = (1.0 - f**2)[:, None] * branch.inner_weight
        assert equations.drift(x) == pytest.approx(f - 0.5 * STEP * jacobian @ f, abs=1e-15)
        assert equations.covariance(x) == pytest.approx(STEP * (1 - KEEP) / KEEP * np.diag(f**2), abs=1e-15)


def swirl(t, x, rate):
    return rate * x[1] + sin(t), x[0] * x[1] - x[0] ** 3


def swirl_jacobian(x, rate):
    return np.array([[0.0, rate], [x[1] - 3.0 * x[0] ** 2, x[0]]])


def test_second_drift_of_a_callable_that_depends_on_time_is_that_of_its_derivatives():
    equations = modified_equation(ResidualLayer(swirl, Dropout(KEEP), STEP, dim=2, args=(1.5,)))
    for t, x in zip((0.0, 0.4, 2.0), points(2), strict=False):
        f = np.array(swirl(t, x, 1.5))
        wanted = f - 0.5 * STEP * (swirl_jacobian(x, 1.5) @ f + np.array([np.cos(t), 0.0]))
        assert equations.drift(x, t) == pytest.approx(wanted, abs=1e-12)


def test_linear_decay_moves_the_drift_in_time():
    n_blocks = 10
    noise = StochasticDepth(0.3, decay="linear")
    equations = modified_equation(ResidualLayer(lambda t, x: -x * x, noise, STEP, n_blocks=n_blocks))
    for k in range(n_blocks):
        p, x = 1.0 - (k + 1) / n_blocks * 0.7, 0.8
        m, slope = -p * x**2, -0.7 / (n_blocks * STEP)
        wanted = m - 0.5 * STEP * (-slope * x**2 + m * -2.0 * p * x)
        assert equations.drift(x, k * STEP)[0] == pytest.approx(wanted, abs=1e-12)
        assert equations.drift(x, k * STEP, picture="first")[0] == pytest.approx(m, abs=1e-14)
        assert equations.covariance(x, k * STEP)[0, 0] == pytest.approx(STEP * p * (1 - p) * x**4, abs=1e-14)


def test_past_the_last_layer_the_spread_is_its_own():
    noise = StochasticDepth(0.05, inverted=True, decay="linear")
    equations = modified_equation(ResidualLayer(lambda t, x: x, noise, STEP))
    assert equations.covariance(1.0, 1.0)[0, 0] == pytest.approx(STEP * 0.95 / 0.05, rel=1e-12)


def logistic(z):
    return 1.0 / (1.0 + np.exp(-z))


SLOPES = {
    "tanh": (lambda z: 1.0 - np.tanh(z) ** 2, lambda z: -2.0 * np.tanh(z) * (1.0 - np.tanh(z) ** 2)),
    "sigmoid": (
        lambda z: logistic(z) * (1.0 - logistic(z)),
        lambda z: logistic(z) * (1.0 - logistic(z)) * (1.0 - 2.0 * logistic(z)),
    ),
    "softplus": (logistic, lambda z: logistic(z) * (1.0 - logistic(z))),
    "relu": (lambda z: 1.0 * (z > 0.0), lambda z: 0.0 * z),
}


@pytest.mark.parametrize("activation", list(SLOPES))
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_second_equation_of_additive_noise_has_its_own_covariance(dim, activation):
    f, strength = dense(dim, 4, activation), 0.3
    equations, (slope, curvature) = (
        modified_equation(ResidualLayer(f, AdditiveNoise(strength), STEP)),
        SLOPES[activation],
    )
    for x in points(dim):
        z = f.inner_weight @ x + f.inner_bias
        jacobian = f.outer_weight @ (slope(z)[:, None] * f.inner_weight)
        bent = f.outer_weight @ (curvature(z) * (f.inner_weight**2).sum(axis=1))
        m = twin(f, x)
        drift = m - 0.5 * STEP * (jacobian @ m + 0.5 * strength**2 * bent)
        covariance = strength**2 * (np.eye(dim) - 0.5 * STEP * (jacobian + jacobian.T))
        assert equations.drift(x) == pytest.approx(drift, abs=1e-14)
        assert equations.covariance(x) == pytest.approx(covariance, abs=1e-14)
        assert equations.drift(x, picture="first") == pytest.approx(m, abs=1e-14)
        assert equations.covariance(x, picture="first") == pytest.approx(strength**2 * np.eye(dim), abs=1e-15)


def test_differences_of_a_callable_are_those_of_its_laplacian():
    def bowl(t, x):
        return sin(x[0]) * x[1], x[0] * x[1] ** 2

    equations = modified_equation(ResidualLayer(bowl, AdditiveNoise(1.0), STEP, dim=2))
    for a, b in points(2):
        f, bent = np.array([sin(a) * b, a * b**2]), np.array([-sin(a) * b, 2.0 * a])
        jacobian = np.array([[np.cos(a) * b, sin(a)], [b**2, 2.0 * a * b]])
        wanted = f - 0.5 * STEP * (jacobian @ f + 0.5 * bent)
        assert equations.drift(np.array([a, b])) == pytest.approx(wanted, abs=1e-10)


def test_noise_on_the_state_is_that_of_each_component_alone():
    equations = modified_equation(ResidualLayer(dense(2, 3), MultiplicativeNoise(0.4), STEP))
    x = np.array([0.5, -2.0])
    assert equations.covariance(x, picture="first") == pytest.approx(np.diag((0.4 * x) ** 2), abs=1e-15)
    assert equations.first.noise == "diagonal"


def test_noise_on_the_state_has_no_second_equation():
    equations = modified_equation(ResidualLayer(dense(2, 3), MultiplicativeNoise(0.4), STEP))
    with pytest.raises(ValueError, match=r"third order.*Use \.first"):
        _ = equations.second
    assert "none" in str(equations)


@pytest.mark.parametrize("spread", [0.7, [0.1 * k + 0.2 for k in range(10)]])
def test_batch_noise_is_as_large_as_the_given_spread(spread):
    equations = modified_equation(ResidualLayer(lambda t, x: -x, BatchNoise(0.2), STEP), spread=spread)
    for k in range(10):
        size = 0.2 * np.broadcast_to(spread, 10)[k]
        for late in (0.0, 0.5, 0.999):
            found = equations.covariance(0.3, (k + late) * STEP, picture="first")[0, 0]
            assert found * STEP == pytest.approx(size**2, rel=1e-12)
    # 0.7 / 0.1 is less than 7.
    seventh = equations.covariance(0.3, 0.7, picture="first")[0, 0]
    assert seventh * STEP == pytest.approx((0.2 * np.broadcast_to(spread, 10)[7]) ** 2, rel=1e-12)


def test_batch_noise_without_its_spread_says_how_to_get_it():
    with pytest.raises(ValueError, match=r"spread is missing.*numpy\.std"):
        modified_equation(ResidualLayer(lambda t, x: -x, BatchNoise(0.2), STEP))
    with pytest.raises(ValueError, match="n_blocks=10"):
        modified_equation(ResidualLayer(lambda t, x: -x, BatchNoise(0.2), STEP), spread=[0.1, 0.2])
    with pytest.raises(ValueError, match="BatchNoise alone"):
        modified_equation(ResidualLayer(lambda t, x: -x, Dropout(0.5), STEP), spread=1.0)


@pytest.mark.parametrize("noise", [NOISES[0], NOISES[2], NOISES[3], NOISES[5], AdditiveNoise(0.3)], ids=repr)
def test_wide_layers_work_on_arrays_as_narrow_ones_on_tuples(noise):
    dim, n_hidden = 9, 6
    layer = layer_of(noise, dim, n_hidden=n_hidden)
    f, x = layer.branch, points(dim)[0]
    equations = modified_equation(layer)
    if isinstance(noise, AdditiveNoise):
        wanted = noise.strength**2 * np.eye(dim)
    else:
        s, ratio = np.tanh(f.inner_weight @ x + f.inner_bias), (1 - KEEP) / KEEP
        value = twin(f, x)
        wanted = {
            0: KEEP * (1 - KEEP) * np.outer(value, value),
            2: ratio * np.diag(value**2),
            3: ratio * (f.outer_weight * s**2) @ f.outer_weight.T,
            5: ratio * np.diag((f.outer_weight**2) @ s**2),
        }[NOISES.index(noise)] * STEP
    assert equations.covariance(x, picture="first") == pytest.approx(wanted, abs=1e-14)
    mean = complex_mean(noise, f)
    m = mean(x.astype(complex)).real
    if not isinstance(noise, AdditiveNoise):
        assert equations.drift(x) == pytest.approx(m - 0.5 * STEP * directional(mean, x, m), abs=1e-14)


def test_many_hidden_units_have_as_many_columns_as_components():
    layer = layer_of(Dropout(KEEP, "hidden"), 2, n_hidden=40)
    equations, f = modified_equation(layer), layer.branch
    assert equations.second.n_brownian == 2
    for x in points(2):
        s = np.tanh(f.inner_weight @ x + f.inner_bias)
        wanted = STEP * (1 - KEEP) / KEEP * (f.outer_weight * s**2) @ f.outer_weight.T
        assert equations.covariance(x) == pytest.approx(wanted, abs=1e-14)


def test_input_dropout_of_four_components_has_the_covariance_of_all_masks():
    layer = layer_of(Dropout(KEEP, "input"), 4)
    equations = modified_equation(layer)
    assert equations.second.n_brownian == 4
    for x in points(4):
        mean, covariance = enumerated(layer.noise, layer.branch, x)
        assert equations.drift(x, picture="ode") == pytest.approx(mean, abs=1e-14)
        assert equations.covariance(x) == pytest.approx(STEP * covariance, abs=1e-14)


def test_input_dropout_of_many_components_is_refused():
    with pytest.raises(ValueError, match=r"dim=11.*where='hidden'"):
        modified_equation(layer_of(Dropout(KEEP, "input"), 11))


@pytest.mark.parametrize("noise", NOISES, ids=repr)
def test_the_stated_rank_is_that_of_the_covariance(noise):
    equations = modified_equation(layer_of(noise, 2))
    assert max(np.linalg.matrix_rank(equations.covariance(x), tol=1e-9) for x in points(2)) == equations.rank


def test_one_hidden_unit_has_noise_of_rank_one():
    equations = modified_equation(layer_of(Dropout(KEEP, "hidden"), 2, n_hidden=1))
    assert (equations.rank, equations.second.n_brownian) == (1, 1)
    assert np.linalg.matrix_rank(equations.covariance(points(2)[0]), tol=1e-12) == 1


def test_where_nothing_is_dropped_nothing_is_random():
    for noise in (StochasticDepth(1.0), Dropout(1.0, "input"), Dropout(1.0, "hidden"), None):
        equations = modified_equation(ResidualLayer(dense(2, 3), noise, STEP))
        assert not equations.covariance(points(2)).any()


def test_a_step_too_long_for_additive_noise_is_refused():
    equations = modified_equation(ResidualLayer(lambda t, x: 30.0 * x, AdditiveNoise(1.0), STEP))
    with pytest.raises(ValueError, match="not finite"):
        pdeopt.Generator(equations.second, pdeopt.Grid(-1.0, 1.0, 33)).backward(np.cos, 0.1)


def test_what_is_printed_names_the_equations():
    text = str(modified_equation(layer_of(StochasticDepth(KEEP), 2)))
    assert "m = p f" in text
    assert "C = p (1 - p) f f^T, rank 1" in text
    assert repr(modified_equation(layer_of(ShakeShake(), 2))).startswith("<ModifiedEquations of dim 2")


def test_points_of_another_dimension_and_unknown_pictures_are_refused():
    equations = modified_equation(layer_of(Dropout(KEEP), 2))
    with pytest.raises(ValueError, match=r"dim=2"):
        equations.drift(np.zeros(3))
    with pytest.raises(ValueError, match="'second'"):
        equations.drift(np.zeros(2), picture="third")


def test_dropout_is_unbiased_after_an_activation_and_biased_before_it():
    branch, x = dense(2, 3), points(2)
    f = np.array([twin(branch, point) for point in x])
    after, before = (
        modified_equation(ResidualLayer(branch, Dropout(0.5, where), 1e-9)) for where in ("hidden", "input")
    )
    assert after.drift(x) == pytest.approx(f, abs=1e-8)
    # Of order one, however short the step.
    assert np.abs(before.drift(x) - f).max() > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("noise", [*NOISES, AdditiveNoise(0.3)], ids=repr)
def test_compiled_coefficients_are_those_in_python(noise):
    equations = modified_equation(layer_of(noise, 2))
    for x in points(2, 2):
        system = equations.second
        assert system.compiled_drift(0.1, tuple(x), *system.args) == pytest.approx(equations.drift(x, 0.1), abs=1e-14)
        sigma = np.array(system.compiled_diffusion(0.1, tuple(x), *system.args)).reshape(2, -1)
        assert sigma @ sigma.T == pytest.approx(equations.covariance(x, 0.1), abs=1e-15)


@pytest.mark.slow
@pytest.mark.parametrize("dim", [1, 2, 9])
@pytest.mark.parametrize("noise", [StochasticDepth(KEEP, decay="linear"), Dropout(KEEP, "hidden")], ids=repr)
def test_paths_of_all_forms_have_the_moments_of_a_short_time(noise, dim):
    equations, x = modified_equation(layer_of(noise, dim)), points(dim)[0]
    run = pdeopt.simulate(equations.second, x, step=1e-4, n_steps=1, n_paths=20_000, seed=1)
    moves, a = (run.final - x) / 1e-2, equations.covariance(x)
    scale = np.sqrt(np.outer(np.diag(a), np.diag(a)))
    assert np.abs(np.cov(moves.T).reshape(dim, dim) - a).max() <= 5.0 * scale.max() * (2.0 / 20_000) ** 0.5


def test_a_callable_and_a_dense_branch_share_the_parameters_of_one_equation():
    g = dense(2, 3)
    equations = modified_equation(ResidualLayer(swirl, ShakeShake(), STEP, dim=2, second=g, args=(1.5,)))
    for x in points(2):
        f, values = np.array(swirl(0.0, x, 1.5)), twin(g, x)
        assert equations.drift(x, picture="ode") == pytest.approx(0.5 * (f + values), abs=1e-14)
        wanted = STEP / 12.0 * np.outer(f - values, f - values)
        assert equations.covariance(x) == pytest.approx(wanted, abs=1e-14)
