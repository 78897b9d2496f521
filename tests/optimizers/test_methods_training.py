"""The training loop does to a network what a method's own `step` does, minibatch by minibatch."""

import numpy as np
import pytest
import reference_networks as networks

from pdeopt.kernels.batches import EPOCHS, next_rows
from pdeopt.networks import MLP, train, xor
from pdeopt.optimizers import (
    LOL,
    SGD,
    Adam,
    AdLa,
    AdLaLa,
    ElasticSGD,
    EntropySGD,
    Exponential,
    Langevin,
    Partition,
    Structure,
)

NET = MLP([2, 3, 1], activation="tanh")
DATA = xor(n_train=14, n_test=4, seed=2)
SEED, N_STEPS, BATCH = 9, 25, 4
METHODS = [
    SGD(Exponential(0.3, 0.9)),
    Adam(0.05),
    Langevin(0.3, 0.5, 0.01, "OBABO"),
    Langevin(0.3, 0.5, 0.01, "UBU"),
    AdLaLa(0.3, 0.01, 0.2),
    LOL(0.3, 0.5, 0.01, 0.02),
    EntropySGD(0.3, 0.1, 5, 0.5, 100.0, scoping=0.01),
    ElasticSGD(0.2, 3, 0.5, beta=100.0),
    Partition({"layer1.weight": AdLa(0.3, 0.01, 0.2), "layer1.bias": SGD(0.2), "rest": Adam(0.02)}),
]


def minibatch_gradients():
    """Return a function that gives the gradient on the next minibatch of the run at each call, by complex steps."""
    targets, order, held = DATA.targets(NET.loss_name, 1)[0], np.empty(14, dtype=np.int64), -1
    number = 0

    def gradient(x):
        nonlocal held, number
        start, stop, held = next_rows(SEED, 0, number, BATCH, EPOCHS, held, order)
        number += 1
        rows = order[start:stop]
        return networks.complex_step_gradient(x, NET.layout, DATA.x_train[rows], targets[rows])

    return gradient


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_training_is_the_method_step_by_step(method):
    fit = train(NET, DATA, method, n_steps=N_STEPS, batch_size=BATCH, seed=SEED, initial=0.5)
    gradient, x = minibatch_gradients(), NET.initial(SEED, 0.5)
    state = method.init(x, Structure(NET.n_parameters, NET.slices))
    for _ in range(N_STEPS):
        x, state = method.step(gradient, x, state, SEED)
    assert np.abs(fit.parameters - x).max() < 1e-12
    assert np.allclose(list(fit.state.frictions.values()), list(state.frictions.values()), rtol=0.0, atol=1e-12)
    assert set(fit.state.vectors) == set(state.vectors)
