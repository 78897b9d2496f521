"""The multiscale integrator, against averaged equations solved without sampling."""

import numpy as np
import pytest

import pdeopt
from pdeopt.homogenization import averaged, macro, multiscale
from pdeopt.systems import elastic, entropy_sgd

BOWL = entropy_sgd(pdeopt.landscapes.quadratic(2.0), 0.5, 2.0, 1e-4)


def errors_without_noise(method, steps):
    """Errors at time 1 of dX = -X ds, the fast variable without noise and at rest."""
    system = entropy_sgd(pdeopt.landscapes.quadratic(2.0), 0.5, np.inf, 1e-4)
    runs = [
        multiscale(system, 1.0, macro_step=h, n_steps=round(1 / h), n_micro=1, n_burn=400, replicas=2, method=method)
        for h in steps
    ]
    return [run.final[0, 0] - np.exp(-1.0) for run in runs]


@pytest.mark.parametrize(("method", "order"), [("euler", 1.0), ("midpoint", 2.0)])
def test_macro_schemes_have_their_orders(method, order):
    steps = [0.25, 0.125, 0.0625, 0.03125]
    found = pdeopt.convergence.observed_order(steps, errors_without_noise(method, steps))
    assert found.admits(order)


def test_sampled_paths_stay_within_their_error_bars():
    run = multiscale(BOWL, [[1.0], [-0.5]], macro_step=0.1, n_steps=10, n_micro=400, micro_step=0.05, replicas=256)
    exact = np.array([1.0, -0.5]) * np.exp(-1.0)
    # Midpoint errors: h^2/6 of the decay.
    assert np.all(np.abs(run.final[:, 0] - exact) < 4.0 * run.standard_error[-1, :, 0] + 1e-3)
    assert run.x.shape == (11, 2, 1)
    # Var of a time average: S/T with S = 1/4; ten independent steps add up.
    bar = 0.1 * np.sqrt(10 * 0.25 / (400 * 0.05) / 256)
    np.testing.assert_allclose(run.standard_error[-1, :, 0], bar, rtol=0.15)


def test_runs_are_the_same_for_a_seed_and_differ_for_another():
    options = {"macro_step": 0.1, "n_steps": 2, "micro_step": 0.05, "n_micro": 20, "replicas": 8}
    one, two, three = (multiscale(BOWL, 1.0, seed=seed, **options).x for seed in (3, 3, 4))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, three)


def test_costs_are_counted():
    run = multiscale(BOWL, 1.0, macro_step=0.1, n_steps=5, micro_step=0.05, n_micro=20, n_burn=10, replicas=8)
    assert run.micro_steps == 5 * 2 * 8 * 30
    assert run.direct_steps == pytest.approx(0.5 / (1e-4 * 0.05))
    assert "5 macro steps to time 0.5" in str(run)


def test_an_interrupt_keeps_what_was_done(monkeypatch):
    inner, calls = macro.held, []

    def stopping(*given):
        calls.append(1)
        if len(calls) > 8:
            raise KeyboardInterrupt
        return inner(*given)

    monkeypatch.setattr(macro, "held", stopping)
    run = multiscale(BOWL, 1.0, macro_step=0.1, n_steps=50, micro_step=0.05, n_micro=5, replicas=4)
    assert run.interrupted
    assert run.x.shape == (3, 1, 1)
    assert run.times.tolist() == [0.0, 0.1, 0.2]


@pytest.mark.slow
def test_the_double_well_is_followed_into_the_relaxed_minimum():
    system = entropy_sgd(pdeopt.landscapes.double_well(), 0.2, 4.0, 1e-4)
    run = multiscale(system, [[1.6], [0.2]], macro_step=0.1, n_steps=20, n_micro=400, micro_step=0.04, replicas=256)
    exact = [averaged(system).flow(x, [2.0])[0, 0] for x in (1.6, 0.2)]
    assert np.all(np.abs(run.final[:, 0] - exact) < 4.0 * run.standard_error[-1, :, 0] + 2e-3)
    assert run.micro_steps < 256 * run.direct_steps


@pytest.mark.slow
def test_many_replicas_tied_to_their_mean_settle_where_the_relaxed_gradient_vanishes():
    # m = <y> under the local Gibbs law at m, which is grad f_t(m) = 0; the mean of n replicas is off by O(1/n).
    time, beta, n = 0.2, 4.0, 64
    f = pdeopt.landscapes.double_well()
    root = averaged(entropy_sgd(f, time, beta)).flow(1.0, [60.0])[0]
    local = pdeopt.local_entropy(f, root, time, beta)
    assert abs(local.mean[0] - root[0]) < 1e-8
    system = elastic(f, time, beta, 1.0, n, "mean")
    run = pdeopt.simulate(system, system.start(root), step=0.02, n_steps=1500, n_paths=200, save_every=50, seed=3)
    means = run.paths[10:, :, 1:].mean(axis=2)
    error = means.mean(axis=0).std() / np.sqrt(200)
    assert error < 4e-3
    assert abs(means.mean() - root[0]) < 4.0 * error + 1.0 / n


@pytest.mark.slow
def test_replicas_tied_to_their_mean_have_the_exact_law_at_any_number():
    time, beta, n = 0.5, 1.0, 4
    f = pdeopt.landscapes.double_well()
    system = elastic(f, time, beta, 1.0, n, "mean")
    run = pdeopt.simulate(system, system.start(0.5), step=0.02, n_steps=4000, n_paths=2000, save_every=200, seed=6)
    means = run.paths[10:, :, 1:].mean(axis=2)
    x = np.linspace(-4.0, 4.0, 801)
    law = np.exp(-n * beta * averaged(entropy_sgd(f, time, beta)).landscape(x))
    exact = np.sum(law * x**2) / law.sum()
    squares = (means**2).mean(axis=0) + time / (n * beta)
    assert abs(squares.mean() - exact) < 4.0 * squares.std() / np.sqrt(2000) + 5e-3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"macro_step": -0.1}, "macro_step=-0.1 must be one number, positive"),
        ({"n_steps": 0}, "n_steps=0 must be a whole number"),
        ({"replicas": 1}, "replicas=1 leaves no error bar"),
        ({"method": "rk4"}, "method='rk4' is not known. Use one of 'euler', 'midpoint'"),
        ({"n_micro": 0}, "n_micro=0"),
        ({"micro_step": 0.0}, "micro_step=0.0"),
    ],
)
def test_bad_input_is_named_with_what_works(options, words):
    with pytest.raises(ValueError, match=words):
        multiscale(BOWL, 1.0, **{"macro_step": 0.1, "n_steps": 2} | options)
