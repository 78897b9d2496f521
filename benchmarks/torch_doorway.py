"""A step of `TorchOptimizer` against one of `torch.optim`, alone and with the gradient it needs."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from benchmarks.measure import Row, interleaved, times_as_long
from pdeopt.networks.torch_optimizer import TorchOptimizer
from pdeopt.optimizers import SGD, Adam, AdLaLa

RATE = 1e-5
NETS = {(2, 20, 1): (10, 500), (784, 250, 10): (100, 30)}
"""Sizes, rows of a batch and calls that are timed at once."""

PAIRS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "SGD, torch.optim.SGD": (lambda p: TorchOptimizer(p, SGD(RATE)), lambda p: torch.optim.SGD(p, lr=RATE)),
    "Adam, torch.optim.Adam": (lambda p: TorchOptimizer(p, Adam(RATE)), lambda p: torch.optim.Adam(p, lr=RATE)),
    "AdLaLa, torch.optim.Adam": (lambda p: TorchOptimizer(p, AdLaLa(RATE)), lambda p: torch.optim.Adam(p, lr=RATE)),
}


def model_of(sizes: tuple[int, ...]) -> Any:
    """Return a network with one hidden layer, in double precision."""
    n_in, n_hidden, n_out = sizes
    parts = (torch.nn.Linear(n_in, n_hidden), torch.nn.ReLU(), torch.nn.Linear(n_hidden, n_out))
    return torch.nn.Sequential(*parts).double()


def steps(optimizer: Any, n: int) -> None:
    for _ in range(n):
        optimizer.step()


def training(optimizer: Any, model: Any, x: Any, n: int) -> None:
    for _ in range(n):
        optimizer.zero_grad()
        (model(x) ** 2).mean().backward()
        optimizer.step()


def rows() -> list[Row]:
    """Return processor time of a step alone, and of zero_grad, forward, backward and step; medians of five rounds."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    found = []
    for sizes, (n_rows, n) in NETS.items():
        x = torch.randn(n_rows, sizes[0], dtype=torch.float64)
        for names, makers in PAIRS.items():
            models = [model_of(sizes) for _ in makers]
            optimizers = [make(model.parameters()) for make, model in zip(makers, models, strict=True)]
            whole = [partial(training, *pair, x, n) for pair in zip(optimizers, models, strict=True)]
            alone = [partial(steps, optimizer, n) for optimizer in optimizers]
            for what, tasks in (("gradient and step", whole), ("step", alone)):
                ours, peer = 1e6 / n * interleaved(*tasks, busy=True)
                name, _, peer_name = names.partition(", ")
                net = "-".join(map(str, sizes))
                words = [f"{np.median(one):.3g} us" for one in (ours, peer)]
                ratio = times_as_long(ours, peer)
                found.append(Row(f"{name} on {net}, {what}", words[0], f"{peer_name} {words[1]}", ratio))
    return found
