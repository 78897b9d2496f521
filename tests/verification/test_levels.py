"""Differences of levels on the same paths: rates of mean, variance and cost, and weak orders from them."""

import math

import numpy as np
import pytest

from pdeopt import SDE
from pdeopt.systems import problems
from pdeopt.verification import level_check, levels, weak_order_sampled

STEPS = [0.25, 0.125, 0.0625, 0.03125]
A, B = 0.4, 0.5
PROBLEM = problems.gbm(A, B, 1.0)


def euler(t, x, h, xi, args):
    a, b = args
    return x * (1.0 + a * h + b * math.sqrt(h) * xi)


def first(x):
    return x[:, 0]


def second(x):
    return x[:, 0] ** 2


def moments_of_euler(h):
    """Return mean and mean square of Euler's scheme at time 1."""
    return (1.0 + A * h) ** (1.0 / h), ((1.0 + A * h) ** 2 + B * B * h) ** (1.0 / h)


def test_means_of_differences_are_those_of_the_closed_form():
    found = level_check(euler, PROBLEM, observable=second, steps=STEPS, n_paths=20_000)
    exact = [moments_of_euler(h)[1] - moments_of_euler(h / 2)[1] for h in STEPS]
    assert np.all(np.abs(found.means - exact) < 4.0 * found.standard_errors)


def test_rates_of_euler_are_one_for_mean_and_variance():
    found = level_check(euler, PROBLEM, observable=first, steps=STEPS, n_paths=40_000)
    # Strong order 1/2, of the variance 1.
    assert abs(found.beta[0] - 1.0) < 4.0 * found.beta[1]
    assert abs(found.alpha[0] - 1.0) < 4.0 * found.alpha[1]
    assert found.consistency.max() < 1.0
    assert 3.0 < found.kurtosis.max() < 200.0


def test_levels_whose_means_do_not_meet_are_inconsistent():
    rng = np.random.default_rng(0)
    # In the second column the finer mean of a level, in the first the coarser one: those of neighbours should agree.
    values = [rng.normal(size=(5000, 3)) + means for means in ((0.0, 0.5, 0.0), (0.5, 0.7, 0.0), (0.9, 0.9, 0.0))]
    first, second = levels._consistency([levels.Level(one, True) for one in values])
    assert first < 1.0
    assert second == pytest.approx(0.2 / (3.0 * 2.0 / np.sqrt(5000)), rel=0.25)


def test_the_table_of_a_check_has_a_row_for_every_step():
    found = level_check(euler, PROBLEM, steps=STEPS, n_paths=600)
    lines = str(found).splitlines()
    assert lines[0].startswith("euler: alpha ")
    assert lines[1].split() == ["step", "mean", "+-", "variance", "kurtosis", "consistency"]
    assert [float(line.split()[0]) for line in lines[2:6]] == STEPS
    assert lines[-1] == "'gbm', 600 paths a level"
    assert repr(found).startswith("<LevelCheck euler: alpha")
    assert found.relative_error == found.standard_errors[-1] / abs(found.means[-1])


def test_a_mean_lost_in_noise_is_refused_and_enough_paths_decide():
    few = weak_order_sampled(euler, PROBLEM, observable=first, claimed=1.0, steps=STEPS, n_paths=300)
    assert few.verdict == "inconclusive"
    assert few.standard_errors.max() / few.errors.min() > 0.2
    assert few.needed_paths > 1000


@pytest.mark.slow
def test_weak_errors_of_euler_are_those_of_the_closed_form_and_a_wrong_drift_is_refuted():
    steps = [*STEPS, 0.015625]
    found = weak_order_sampled(euler, PROBLEM, observable=first, claimed=1.0, steps=steps, n_paths=1_000_000)
    assert found.verdict != "refuted"
    assert found.standard_errors.max() / found.errors.min() < 0.2
    # What is still missing is said, and is within reach.
    assert found.verdict == "certified" or 1_000_000 < found.needed_paths < 1_000_000_000
    exact = [abs(moments_of_euler(h)[0] - math.exp(A)) for h in steps]
    assert np.all(np.abs(found.errors - exact) < 4.0 * found.standard_errors)

    def wrong(t, x, h, xi, args):
        a, b = args
        return x * (1.0 + 1.2 * a * h + b * math.sqrt(h) * xi)

    refuted = weak_order_sampled(wrong, PROBLEM, observable=first, claimed=1.0, steps=STEPS, n_paths=100_000)
    assert refuted.verdict == "refuted"


@pytest.mark.slow
def test_many_dimensions_have_the_weak_order_of_few():
    def drift(t, x, out):
        for i in range(x.size):
            out[i] = -x[i] / (1.0 + x[i] * x[i])

    def noise(t, x, out):
        out[:] = 0.7

    many = SDE(drift, noise, "additive", dim=12)
    found = weak_order_sampled("euler-maruyama", many, claimed=1.0, n_paths=8000, steps=STEPS)
    assert found.verdict != "refuted"
    assert abs(found.order - 1.0) < 2.0 * (found.interval[1] - found.order)
    assert abs(found.order - 1.0) < 0.2
