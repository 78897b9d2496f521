"""Minibatch training by PyTorch in double precision: Adam as it comes, AdLaLa as its authors wrote it."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
import torch

from pdeopt.networks import Data


class AdLaLa(torch.optim.Optimizer):
    """Adaptive Langevin dynamics on the first group of parameters, Langevin dynamics on the second, in place."""

    def __init__(
        self,
        first: Iterable[torch.Tensor],
        others: Iterable[torch.Tensor],
        *,
        h: float,
        tau: tuple[float, float],
        gamma: float,
        sigma: float,
        eps: float,
    ) -> None:
        super().__init__([{"params": list(first)}, {"params": list(others)}], {})
        self.h, self.tau, self.gamma, self.sigma, self.eps, self.xi = h, tau, gamma, sigma, eps, 0.1
        for group in self.param_groups:
            for one in group["params"]:
                self.state[one]["p"] = torch.zeros_like(one)

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """B of the gradient at hand, then A C D E D C A and A O A: one gradient a step."""
        h, first, others = self.h, self.param_groups[0]["params"], self.param_groups[1]["params"]
        for one in [*first, *others]:
            self.state[one]["p"].sub_(one.grad, alpha=h)
            one.add_(self.state[one]["p"], alpha=0.5 * h)
        brake, kick = np.exp(-0.5 * h * self.xi), self.sigma * np.sqrt(0.5 * h)
        for one in first:
            self.state[one]["p"].mul_(brake).add_(torch.randn_like(one), alpha=kick)
        momenta = [self.state[one]["p"] for one in first]
        squares = sum(float((p * p).sum()) for p in momenta)
        self.xi += self.eps * h * (squares - self.tau[0] * sum(p.numel() for p in momenta))
        brake = np.exp(-0.5 * h * self.xi)
        for one in first:
            self.state[one]["p"].add_(torch.randn_like(one), alpha=kick).mul_(brake)
        c = np.exp(-self.gamma * h)
        for one in others:
            self.state[one]["p"].mul_(c).add_(torch.randn_like(one), alpha=np.sqrt(self.tau[1] * (1.0 - c * c)))
        for one in [*first, *others]:
            one.add_(self.state[one]["p"], alpha=0.5 * h)


def training_loop(
    data: Data,
    sizes: tuple[int, ...],
    batch_size: int,
    optimizer: Callable[[torch.nn.Sequential], torch.optim.Optimizer],
) -> Callable[[int], None]:
    """Return a function that does so many steps more, on minibatches of shuffled epochs."""
    layers: list[torch.nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        layers += [torch.nn.Linear(n_in, n_out, dtype=torch.float64), torch.nn.ReLU()]
    net, loss = torch.nn.Sequential(*layers[:-1]), torch.nn.CrossEntropyLoss()
    chosen, order = optimizer(net), [torch.empty(0, dtype=torch.int64)]
    x, y = torch.from_numpy(data.x_train), torch.from_numpy(np.asarray(data.y_train))

    def steps(n: int) -> None:
        for _ in range(n):
            if order[0].numel() < batch_size:
                order[0] = torch.randperm(data.n_train)
            rows, order[0] = order[0][:batch_size], order[0][batch_size:]
            chosen.zero_grad()
            loss(net(x[rows]), y[rows]).backward()
            chosen.step()

    return steps
