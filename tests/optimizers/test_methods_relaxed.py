"""Methods of deep relaxation against closed forms: proximal points, smoothed gradients, linear maps."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from pdeopt.optimizers import FP, HJ, SGD, ElasticSGD, EntropySGD, Heat, Parle

CURVATURES = np.array([0.5, 1.0, 3.0])
START = np.array([1.0, -2.0, 0.5])


def stepped(method, x=START, gradient=lambda y: CURVATURES * y, n=1, seed=0):
    """Return the points after each of some steps."""
    rng, state, points = np.random.default_rng(seed), method.init(x), []
    for _ in range(n):
        x, state = method.step(gradient, x, state, rng)
        points.append(x)
    return np.array(points)


def slope_of(method, x, gradient):
    """Return what a step of size 1 subtracts."""
    return x - stepped(replace(method, step_size=1.0), x, gradient)[0]


def wave(y):
    return y - 0.9 * np.sin(2.0 * y)


@pytest.mark.parametrize(
    "method",
    [
        HJ(inner_step_size=0.1, n_inner=500, time=0.7),
        HJ(inner_step_size=0.1, n_inner=500, time=0.7, outer="gradient"),
        FP(n_inner=500, time=0.7),
        EntropySGD(inner_step_size=0.1, n_inner=500, time=0.7, beta=np.inf),
    ],
    ids=["HJ", "HJ by gradient", "FP", "Entropy-SGD"],
)
def test_long_loops_find_the_gradient_of_the_inviscid_relaxation(method):
    x = np.linspace(-3.0, 3.0, 13)
    prox = np.array([brentq(lambda y, at=at: y - at + 0.7 * float(wave(y)), -9.0, 9.0, xtol=1e-14) for at in x])
    assert np.abs(slope_of(method, x, wave) - (x - prox) / 0.7).max() < 1e-11


def test_unscaled_steps_have_the_time_as_part_of_the_step_size():
    for method in (HJ(time=0.3), EntropySGD(time=0.3, beta=np.inf)):
        slope = slope_of(method, START, wave)
        assert slope_of(replace(method, scaled=False), START, wave) == pytest.approx(0.3 * slope, abs=1e-14)


@pytest.mark.parametrize("n_inner", [1, 7])
def test_the_mean_of_heat_is_the_gradient_of_the_smoothed_loss(n_inner):
    n, k, variance = 40_000, 1.7, 0.6
    steps = slope_of(Heat(n_inner=n_inner, time=1.2, beta=2.0), np.full(n, 0.4), lambda y: -k * np.sin(k * y))
    exact = -k * np.exp(-0.5 * k**2 * variance) * np.sin(k * 0.4)
    # Sines of Gaussian angles: E sin^2 = (1 - exp(-2 k^2 v) cos 2 k x) / 2.
    square = 0.5 * k**2 * (1.0 - np.exp(-2.0 * k**2 * variance) * np.cos(2.0 * k * 0.4))
    spread = np.sqrt((square - exact**2) / n_inner)
    assert steps.mean() == pytest.approx(exact, abs=4.0 * spread / np.sqrt(n))
    assert steps.std() == pytest.approx(spread, rel=4.0 / np.sqrt(n))


@pytest.mark.parametrize("n_replicas", [1, 4])
@pytest.mark.parametrize("n_inner", [1, 3])
def test_replicas_on_a_quadratic_follow_their_linear_map(n_replicas, n_inner):
    eta, time, center = 0.1, 0.6, 0.25
    method = ElasticSGD(eta, n_replicas, time, center, n_inner)
    points = stepped(method, n=25)
    for i, q in enumerate(CURVATURES):
        inner = np.linalg.matrix_power([[1.0 - eta * (q + 1.0 / time), eta / time], [0.0, 1.0]], n_inner)
        outer = np.array([[1.0, 0.0], [center / time, 1.0 - center / time]])
        state = np.full(2, START[i])
        for point in points:
            state = outer @ inner @ state
            assert point[i] == pytest.approx(state[1], abs=1e-13)


def test_a_centre_that_is_the_mean_of_replicas_goes_down_a_quadratic_as_if_there_were_no_springs():
    noise = np.random.default_rng(1).standard_normal((120, 3))

    def noisy():
        batches = iter(noise)
        return lambda y: CURVATURES * y + next(batches)

    tied = stepped(ElasticSGD(0.1, 3, 0.2), gradient=noisy(), n=40)
    averaged = iter(noise.reshape(40, 3, 3).mean(axis=1))
    free = stepped(SGD(0.1), gradient=lambda y: CURVATURES * y + next(averaged), n=40)
    assert np.abs(tied - free).max() < 1e-13


def test_parle_of_one_replica_is_entropy_sgd_without_noise():
    one = Parle(0.3, 0.05, 1, 12, 0.8, 1.0, 0.6, 0.0, 0.1, 0.1, 0.1)
    same = EntropySGD(0.3, 0.05, 12, 0.8, np.inf, 0.6, 0.1, scaled=False)
    assert np.abs(stepped(one, gradient=wave, n=15) - stepped(same, gradient=wave, n=15)).max() < 1e-14


def test_times_of_parle_shrink_to_their_limits_and_those_that_start_below_stay():
    gamma, rho = Parle(time=100.0, elastic_time=1.0, scoping=0.5).times(np.array([0, 2, 50]))
    assert gamma == pytest.approx([100.0, 100.0 / 2.25, 1.0])
    assert rho == pytest.approx([1.0, 1.0 / 2.25, 0.1])
    gamma, rho = Parle(time=0.5, elastic_time=0.05, scoping=0.5).times(np.array([0, 2, 50]))
    assert gamma == pytest.approx([0.5, 0.5, 0.5])
    assert rho == pytest.approx([0.05, 0.05, 0.05])


@pytest.mark.parametrize("method", [EntropySGD(), HJ(), FP(), Heat(), ElasticSGD(), Parle(shortest=0.0)])
def test_scoping_divides_the_time_at_every_step(method):
    scoped = replace(method, time=0.8, scoping=0.25)
    assert scoped.time_at(np.arange(4)) == pytest.approx([0.8, 0.64, 0.512, 0.4096], abs=1e-15)
    now = replace(method, time=0.512, scoping=0.0)
    late, state = scoped.init(START), scoped.init(START).n_steps
    assert state == 0
    after = stepped(now, gradient=wave)[0]
    late = type(late)(2, late.vectors, late.frictions, late.structure)
    if isinstance(method, ElasticSGD | Parle):  # Replicas are begun at step 0 only.
        late.vectors.update({name: START for name in late.vectors if name.startswith("replica")})
    x, _ = scoped.step(wave, START, late, np.random.default_rng(0))
    assert x == pytest.approx(after, abs=1e-14)


def test_averages_have_the_weights_that_they_are_said_to_have():
    keep = EntropySGD(n_inner=3, average=0.25, beta=np.inf)
    iterates = []
    _, state = keep.step(lambda y: iterates.append(y) or CURVATURES * y, START, keep.init(START), 0)
    a, b, c = iterates[1], iterates[2], state.last
    assert state.mean == pytest.approx(0.25**3 * START + 0.75 * (0.0625 * a + 0.25 * b + c), abs=1e-14)
    _, other = replace(keep, average=0.75, average_of="new").step(wave, START, keep.init(START), 0)
    _, one = keep.step(wave, START, keep.init(START), 0)
    assert np.array_equal(other.mean, one.mean)
    _, plain = replace(keep, average=None).step(lambda y: CURVATURES * y, START, keep.init(START), 0)
    assert plain.mean == pytest.approx((a + b + c) / 3.0, abs=1e-14)
