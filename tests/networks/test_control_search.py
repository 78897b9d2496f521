"""Minimisation of the loss of random networks on grids that follow the states."""

import numpy as np
import pytest

from pdeopt import Grid
from pdeopt.networks import Dropout, ResNet, TrainingControl


def linear(n_blocks, *, shared):
    """Return control of a linear dropout network that is to send 1 to 2, p = 1/2."""
    options = {"branch": "linear", "loss": "squared", "readout": False, "noise": Dropout(0.5)}
    return TrainingControl(ResNet([1, 1, 1], n_blocks=n_blocks, shared=shared, **options), [[1.0]], [2.0])


def test_weights_of_their_own_are_found_from_any_start_on_a_grid_that_follows():
    # The loss is symmetric in the weights of blocks: products of one factor for each.
    control, h = linear(20, shared=False), 1.0 / 20.0
    for seed in (1, 2):
        found = control.solve(control.net.initial(seed), progress=False)
        first, second = 1.0 + h * found.parameters, (1.0 + h * found.parameters) ** 2 + (h * found.parameters) ** 2
        assert found.converged
        assert found.loss == pytest.approx(0.5 * second.prod() - 2.0 * first.prod() + 2.0, rel=1e-10)
        assert found.loss == pytest.approx(linear(20, shared=True).solve(np.array([0.5])).loss, rel=1e-9)
        assert found.sweeps.grid.upper[0] < 100.0


def test_a_grid_that_does_not_resolve_the_loss_is_said_to_be_too_coarse():
    net = ResNet([1, 1, 1], n_blocks=6, hidden=2, noise=Dropout(0.5), loss="squared")
    x = np.linspace(-1.0, 1.0, 5)[:, None]
    control = TrainingControl(net, x, np.sin(3.0 * x[:, 0]), grid=Grid(-8.0, 8.0, 17))
    found = control.solve(net.initial(1), weight_decay=1e-4, max_iterations=200, progress=False)
    assert not found.converged
    assert "use a finer grid=" in found.message
    fine = TrainingControl(net, x, np.sin(3.0 * x[:, 0]), grid=Grid(-8.0, 8.0, 1601)).evaluate(found.parameters)
    assert abs(fine.loss - found.loss) > 10.0 * fine.error


def test_a_chosen_grid_becomes_finer_until_it_resolves_the_loss():
    net = ResNet([1, 1, 1], n_blocks=6, hidden=2, noise=Dropout(0.5), loss="squared")
    x = np.linspace(-1.0, 1.0, 5)[:, None]
    found = TrainingControl(net, x, np.sin(3.0 * x[:, 0]), order=2).solve(
        net.initial(1), max_iterations=60, progress=False
    )
    assert found.sweeps.error <= 1e-3 * found.history[0]


def test_a_chosen_grid_is_as_large_as_likely_paths_need_and_not_as_the_most_unlikely_one():
    net = ResNet([1, 1, 1], n_blocks=40, hidden=3, horizon=2.0, noise=Dropout(0.6), shared=True)
    x, theta = np.linspace(-1.0, 2.0, 7)[:, None], 2.0 * net.initial(3)
    found = TrainingControl(net, x, np.arange(7) % 2, picture="second").evaluate(theta)
    fine = TrainingControl(net, x, np.arange(7) % 2, picture="second", grid=Grid(-60.0, 60.0, 12001)).evaluate(theta)
    assert found.grid.upper[0] - found.grid.lower[0] < 60.0
    assert found.leaving < 1e-6
    assert found.loss == pytest.approx(fine.loss, abs=1e-6)


@pytest.mark.slow
def test_in_the_plane_the_pictures_approach_the_network_on_grids_of_their_own():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(30, 2)), rng.integers(0, 2, 30)
    errors = {}
    for n in (10, 20, 40):
        net = ResNet([2, 2, 1], n_blocks=n, hidden=3, horizon=2.0, noise=Dropout(0.6), shared=True)
        theta = 2.0 * net.initial(3)
        losses = {p: TrainingControl(net, x, y, picture=p).evaluate(theta).loss for p in ("masks", "second", "first")}
        errors[n] = abs(losses["second"] - losses["masks"]), abs(losses["first"] - losses["masks"])
    assert errors[10][0] / errors[20][0] == pytest.approx(4.0, abs=0.8)
    assert errors[10][1] / errors[20][1] == pytest.approx(2.0, abs=0.4)
    assert errors[20][1] / errors[40][1] == pytest.approx(2.0, abs=0.3)
