"""Entropy-SGD against the exact expectation of its finite loop, and against the law of the Langevin step."""

from dataclasses import replace

import numpy as np
import pytest

from pdeopt.optimizers import EntropySGD

QUADRATIC = EntropySGD(step_size=0.1, inner_step_size=0.1, n_inner=20, time=2.0, beta=np.inf, average=0.75)


def stepped(method, x, gradient=lambda y: 2.0 * y, seed=0, n=1):
    rng, state = np.random.default_rng(seed), method.init(x)
    for _ in range(n):
        x, state = method.step(gradient, x, state, rng)
    return x, state


def test_the_expectation_of_a_finite_loop_on_a_quadratic_is_the_published_one():
    x, state = stepped(QUADRATIC, np.array([1.0]))
    assert state.last[0] == pytest.approx(0.202536969551147195, abs=4e-16)
    assert state.mean[0] == pytest.approx(0.215221817306883167, abs=4e-16)
    assert x[0] == pytest.approx(0.960761090865344158, abs=1e-15)


def test_noise_has_that_expectation_and_the_variance_of_its_recursion():
    n = 40_000
    _, state = stepped(replace(QUADRATIC, beta=3.0), np.ones(n))
    factor = 1.0 - 0.1 * 2.5
    variance = 2.0 * 0.1 / 3.0 * (1.0 - factor**40) / (1.0 - factor**2)
    assert state.last.mean() == pytest.approx(0.202536969551147195, abs=4.0 * np.sqrt(variance / n))
    assert state.last.var() == pytest.approx(variance, rel=4.0 * np.sqrt(2.0 / n))


def test_a_long_loop_goes_down_the_gradient_of_the_local_entropy():
    long = replace(QUADRATIC, n_inner=400, average=0.9)
    x, _ = stepped(long, np.array([1.0]))
    relaxed_gradient = 2.0 / (1.0 + 2.0 * 2.0)
    assert x[0] == pytest.approx(1.0 - 0.1 * relaxed_gradient, abs=1e-12)


def test_without_average_and_noise_the_step_is_the_inviscid_one_with_the_last_iterate():
    _, state = stepped(replace(QUADRATIC, average=0.0, n_inner=5), np.array([1.0]))
    assert state.mean[0] == state.last[0] == pytest.approx(0.2 + 0.8 * 0.75**5, abs=1e-15)


def test_unscaled_steps_leave_the_time_to_the_step_size():
    x, state = stepped(replace(QUADRATIC, scaled=False), np.array([1.0]))
    assert x[0] == pytest.approx(1.0 - 0.1 * (1.0 - state.mean[0]), abs=1e-15)


def test_scoping_shortens_the_time_and_momentum_is_of_nesterovs_kind():
    method = replace(QUADRATIC, scoping=0.5, momentum=0.9)
    x, state = stepped(method, np.array([1.0]))
    slope = (1.0 - 0.215221817306883167) / 2.0
    assert state.time == pytest.approx(2.0 / 1.5)
    assert x[0] == pytest.approx(1.0 - 0.1 * 1.9 * slope, abs=1e-14)


@pytest.mark.parametrize("wrong", [{"time": 0.0}, {"average": 1.0}, {"n_inner": 0}, {"beta": float("nan")}])
def test_a_wrong_setting_is_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        EntropySGD(**wrong)
