"""Models, losses and loops for tests of the PyTorch optimizer; torch is imported by those who call."""

import numpy as np

from pdeopt.kernels.batches import EPOCHS, next_rows
from pdeopt.networks import MLP, spirals
from pdeopt.optimizers import (
    BAOAB,
    FP,
    HJ,
    LOL,
    OBABO,
    SGD,
    SGLD,
    Adam,
    AdLa,
    AdLaLa,
    ElasticSGD,
    EntropySGD,
    Heat,
    Langevin,
    Momentum,
    Nesterov,
    Parle,
    Partition,
    RMSProp,
    Structure,
)

NET = MLP([2, 6, 5, 1], activation="tanh")
DATA = spirals(turns=1, n_train=40, n_test=2, seed=1)
START = NET.initial(3, 0.5)
STRUCTURE = Structure(NET.n_parameters, NET.slices)


def falling(steps):
    """Return a step size that halves every 8 steps."""
    return 0.2 * 0.5 ** (steps / 8.0)


ONE_GRADIENT = {
    "sgd": SGD(0.3),
    "sgd, schedule": SGD(falling),
    "momentum": Momentum(0.1, 0.8),
    "nesterov": Nesterov(0.1, 0.8),
    "rmsprop": RMSProp(0.01),
    "adam": Adam(0.01),
    "sgld": SGLD(0.1, 0.1),
    "baoab": BAOAB(0.2, 0.5, 1e-2),
    "baoab, schedule": BAOAB(falling, 0.5, 1e-2),
    "obabo": OBABO(0.2, 0.5, 1e-2),
    "buab": Langevin(0.2, 0.5, 1e-2, word="BUB"),
    "bva": Langevin(0.2, 0.5, 1e-2, word="VAV"),
    "baoa": Langevin(0.2, 0.5, 1e-2, word="BAOA"),
    "adla": AdLa(0.2, 1e-2, 0.1),
    "adla, tensors": AdLa(0.2, 1e-2, 0.1, scope="tensor"),
    "adla, O": AdLa(0.2, 1e-2, 0.1, word="BAOEOAB", friction_form="eps*xi"),
    "adlala": AdLaLa(0.2, 1e-2, 0.1),
    "lol": LOL(0.2, 0.1, 1e-2, 1e-3),
    "partition": Partition({"layer2": AdLa(0.2, 1e-2, 0.1), "rest": BAOAB(0.1)}),
}
"""Methods for which backward and step are enough, and whose tensors all move in the same calls."""

CLOSURE = {
    "aboba": Langevin(0.2, 0.5, 1e-2, word="ABOBA"),
    "two kicks": Langevin(0.2, 0.5, 1e-2, word="BABAOABAB"),
    "mixed": Partition({"first": AdLa(0.2, 1e-2, 0.1), "layer2": SGD(0.1), "rest": Adam(0.01)}),
    "entropy-sgd": EntropySGD(0.2, 0.1, n_inner=5, beta=1e3, scoping=0.1, momentum=0.5),
    "hj": HJ(0.2, 0.1, n_inner=3),
    "fp": FP(0.2, n_inner=3),
    "heat": Heat(0.2, n_inner=3, beta=1e3),
    "elastic-sgd": ElasticSGD(0.1, n_replicas=2),
    "parle": Parle(0.1, 0.1, n_replicas=2, n_inner=2),
}
"""Others."""


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
