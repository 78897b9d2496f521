"""The same training elsewhere: PyTorch on one thread and scikit-learn, double precision, the same net and batches."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from sklearn.neural_network import MLPClassifier

from pdeopt.networks import Data

BATCH = 10
H, TAU, SIGMA, EPS, GAMMA = 0.25, 1e-4, 0.01, 0.1, 0.5

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def network() -> torch.nn.Sequential:
    """Return the 2-20-1 network, all parameters from a Gaussian of standard deviation 1/2."""
    net = torch.nn.Sequential(torch.nn.Linear(2, 20), torch.nn.ReLU(), torch.nn.Linear(20, 1))
    for one in net.parameters():
        torch.nn.init.normal_(one, 0.0, 0.5)
    return net


def batches(of: Data, n_steps: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield minibatches, shuffled in every epoch; cut by hand, which is faster than a DataLoader."""
    x, y = torch.as_tensor(of.x_train), torch.as_tensor(of.y_train, dtype=torch.float64)[:, None]
    per_epoch = len(x) // BATCH
    for step in range(n_steps):
        if step % per_epoch == 0:
            order = torch.randperm(len(x))
        rows = order[step % per_epoch * BATCH :][:BATCH]
        yield x[rows], y[rows]


def _with_optimizer(make: Callable[..., torch.optim.Optimizer], of: Data, n_steps: int, **settings: float) -> float:
    net, loss = network(), torch.nn.BCEWithLogitsLoss()
    optimizer = make(net.parameters(), **settings)
    for x, y in batches(of, n_steps):
        optimizer.zero_grad()
        value = loss(net(x), y)
        value.backward()
        optimizer.step()
    return float(value.detach())


def torch_sgd(of: Data, n_steps: int) -> float:
    """Train by `torch.optim.SGD`."""
    return _with_optimizer(torch.optim.SGD, of, n_steps, lr=0.1)


def torch_adam(of: Data, n_steps: int) -> float:
    """Train by `torch.optim.Adam`."""
    return _with_optimizer(torch.optim.Adam, of, n_steps, lr=0.005)


def torch_adlala(of: Data, n_steps: int) -> float:
    """Train by AdLaLa in operations on tensors: A C D E D C A on the first layer, A O A on the second, B on both."""
    net, loss = network(), torch.nn.BCEWithLogitsLoss()
    parameters = list(net.parameters())
    momenta = [torch.zeros_like(one) for one in parameters]
    n, xi = parameters[0].numel() + parameters[1].numel(), 0.1
    decay = float(np.exp(-GAMMA * H))
    size, half = float(np.sqrt(TAU * (1.0 - decay**2))), float(SIGMA * np.sqrt(0.5 * H))
    for x, y in batches(of, n_steps):
        with torch.no_grad():
            for q, p in zip(parameters, momenta, strict=True):
                q.add_(p, alpha=0.5 * H)
            for p in momenta[:2]:
                p.mul_(float(np.exp(-0.5 * H * xi))).add_(torch.randn_like(p), alpha=half)
            xi += H * EPS * (float(sum((p * p).sum() for p in momenta[:2])) - n * TAU)
            for p in momenta[:2]:
                p.add_(torch.randn_like(p), alpha=half).mul_(float(np.exp(-0.5 * H * xi)))
            for p in momenta[2:]:
                p.mul_(decay).add_(torch.randn_like(p), alpha=size)
            for q, p in zip(parameters, momenta, strict=True):
                q.add_(p, alpha=0.5 * H)
        value = loss(net(x), y)
        gradients = torch.autograd.grad(value, parameters)
        for p, g in zip(momenta, gradients, strict=True):
            p.add_(g, alpha=-H)
    return float(value.detach())


def _by_sklearn(of: Data, n_steps: int, **settings: object) -> MLPClassifier:
    epochs = n_steps * BATCH // of.n_train
    fixed = {"alpha": 0.0, "tol": 0.0, "n_iter_no_change": 10**9, "max_iter": epochs, "batch_size": BATCH}
    return MLPClassifier((20,), **fixed, **settings).fit(of.x_train, of.y_train)


def sklearn_sgd(of: Data, n_steps: int) -> MLPClassifier:
    """Train by scikit-learn's SGD."""
    return _by_sklearn(of, n_steps, solver="sgd", learning_rate_init=0.1, momentum=0.0, nesterovs_momentum=False)


def sklearn_adam(of: Data, n_steps: int) -> MLPClassifier:
    """Train by scikit-learn's Adam."""
    return _by_sklearn(of, n_steps, solver="adam", learning_rate_init=0.005)
