"""Models, losses and loops for tests of the PyTorch optimizer; torch is imported by those who call."""

import numpy as np

from pdeopt.kernels.batches import EPOCHS, next_rows
from pdeopt.networks import MLP, spirals
from pdeopt.optimizers import Structure

NET = MLP([2, 6, 5, 1], activation="tanh")
DATA = spirals(turns=1, n_train=40, n_test=2, seed=1)
START = NET.initial(3, 0.5)
STRUCTURE = Structure(NET.n_parameters, NET.slices)


def numpy_run(method, n_steps, seed=0, *, structure=STRUCTURE, gradient=None, start=START):
    """Return the points of steps 0, 1, ..., by the interpreter of programs."""
    x, state, points = start.copy(), method.init(start, structure), [start]
    for _ in range(n_steps):
        x, state = method.step(gradient or full_gradient, x, state, seed)
        points.append(x)
    return np.array(points)


def full_gradient(parameters):
    """Return the gradient of the mean logistic loss on all data, written out."""
    views = NET.views(parameters)
    x, y = DATA.x_train, DATA.targets("logistic")[0]
    outs = [x]
    for k in (1, 2, 3):
        z = outs[-1] @ views[f"layer{k}.weight"].T + views[f"layer{k}.bias"]
        outs.append(np.tanh(z) if k < 3 else z)
    delta = (1.0 / (1.0 + np.exp(-outs[3])) - y) / len(y)
    found = []
    for k in (3, 2, 1):
        found = [(delta.T @ outs[k - 1]).ravel(), delta.sum(axis=0), *found]
        delta = delta @ views[f"layer{k}.weight"] * (1.0 - outs[k - 1] ** 2)
    return np.concatenate(found)


def rows_of(number, batch_size, seed):
    """Return the rows of a minibatch of `train`, epochs being shuffled."""
    order = np.empty(DATA.n_train, dtype=np.int64)
    start, stop, _ = next_rows(seed, 0, number, batch_size, EPOCHS, -1, order)
    return order[start:stop]
