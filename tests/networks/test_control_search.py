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
