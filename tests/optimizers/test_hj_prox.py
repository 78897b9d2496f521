"""The proximal step by samples against closed forms."""

import numpy as np
import pytest

from pdeopt.optimizers import HJProx


def moved(method, function, x, seed=0):
    return method.step(function, x, method.init(x), np.random.default_rng(seed))


def test_the_mean_of_a_quadratic_is_its_prox():
    n, delta, time, stiffness = 40_000, 0.2, 0.7, 3.0
    method = HJProx(delta=delta, time=time, n_samples=n)
    x, state = moved(method, lambda y: 0.5 * stiffness * float(y @ y), np.array([1.5, -0.5]))
    exact = np.array([1.5, -0.5]) / (1.0 + time * stiffness)
    deviation = np.sqrt(delta * time / (1.0 + time * stiffness) / state.effective_sample_size)
    assert np.abs(x - exact).max() < 4.0 * deviation


def test_the_gradient_is_that_of_the_viscous_landscape_of_an_absolute_value():
    method = HJProx(delta=0.25, time=0.5, n_samples=40_000)
    _, state = moved(method, lambda y: float(np.abs(y).sum()), np.array([0.25]))
    published, deviation = 0.3137869772024316831, np.sqrt(0.125 / state.effective_sample_size) / 0.5
    assert state.slope[0] / 0.5 == pytest.approx(published, abs=4.0 * deviation)


def test_a_high_plateau_does_not_pull_to_the_origin():
    method = HJProx(delta=0.01, time=1.0, n_samples=100)
    x, _ = moved(method, lambda y: 1e6 + float(y[0]), np.array([500.0]))
    assert abs(x[0] - 500.0) < 1.0


def test_a_temperature_of_ones_own_choice_gives_the_effective_sample_size():
    method = HJProx(n_samples=200, share=0.25)
    _, state = moved(method, lambda y: float(y @ y), np.array([2.0, 1.0, 0.0]))
    assert state.effective_sample_size == pytest.approx(50.0, rel=1e-6)


def test_walls_have_no_weight_and_nothing_but_walls_moves_little():
    method = HJProx(delta=0.1, time=1.0, n_samples=400)
    x, _ = moved(method, lambda y: np.inf if y[0] < 0.0 else 0.0, np.array([0.0]))
    assert 0.1 < x[0] < 0.5
    x, state = moved(method, lambda y: np.inf, np.array([0.0]))
    assert np.isfinite(x).all()
    assert state.effective_sample_size == pytest.approx(400.0)


def test_the_time_grows_when_the_way_becomes_shorter_and_shrinks_otherwise():
    method, rng = HJProx(delta=0.01, time=1.0, n_samples=500, shrink=0.5, grow=3.0), np.random.default_rng(0)
    x = np.array([4.0])
    x, first = method.step(lambda y: 0.5 * float(y @ y), x, method.init(x), rng)
    x, second = method.step(lambda y: 0.5 * float(y @ y), x, first, rng)
    assert first.time == 0.5
    assert second.time == pytest.approx(1.5)
