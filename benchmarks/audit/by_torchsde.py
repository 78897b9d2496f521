"""Steps by torchsde, from increments and time integrals that are given, of equations with diagonal noise."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torchsde

Function = Callable[..., torch.Tensor]


class Equation(torch.nn.Module):
    """An equation in the form torchsde asks for."""

    noise_type = "diagonal"

    def __init__(self, drift: Function, noise: Function, sde_type: str) -> None:
        super().__init__()
        self.drift, self.noise, self.sde_type = drift, noise, sde_type

    def f(self, _t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the drift."""
        return self.drift(y)

    def g(self, _t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the diffusion."""
        return self.noise(y)


@dataclass
class Given:
    """A Brownian motion over one step, whose increments and time integrals are given."""

    W: torch.Tensor
    U: torch.Tensor
    levy_area_approximation = "space-time"
    dtype = torch.float64
    device = torch.device("cpu")

    @property
    def shape(self) -> torch.Size:
        """Paths and motions."""
        return self.W.shape

    def __call__(self, _ta: object, _tb: object, return_U: bool = False, **_: object) -> object:
        """Return the increments, with their time integrals if asked for."""
        return (self.W, self.U) if return_U else self.W


def step(method: str, drift: Function, noise: Function, sde_type: str = "ito") -> Callable[..., np.ndarray]:
    """Return the step of (x, h, w, u): increments over sqrt(h) and their time integrals over h^1.5."""
    equation = Equation(drift, noise, sde_type)

    def steps(x: np.ndarray, h: float, w: np.ndarray, u: np.ndarray | float = 0.0) -> np.ndarray:
        shape = np.broadcast_shapes(np.shape(x), np.shape(w), np.shape(u))
        y, W, U = (torch.tensor(np.broadcast_to(value, shape).reshape(-1, 1)) for value in (x, w * h**0.5, u * h**1.5))
        times = torch.tensor([0.0, h], dtype=torch.float64)
        with torch.no_grad():
            found = torchsde.sdeint(equation, y, times, bm=Given(W, U), method=method, dt=h)
        return found[-1, :, 0].numpy().reshape(shape)

    return steps


def matrix_step(method: str, drift: Function, noise: Function, sde_type: str) -> Callable[..., np.ndarray]:
    """Return the step of (points, h, normals), shapes (n, d) and (n, m), of noise that is a matrix at a point."""
    equation = Equation(drift, noise, sde_type)
    equation.noise_type = "general"

    def steps(x: np.ndarray, h: float, xi: np.ndarray) -> np.ndarray:
        y, W = torch.tensor(np.array(x)), torch.tensor(xi * h**0.5)
        times = torch.tensor([0.0, h], dtype=torch.float64)
        with torch.no_grad():
            return torchsde.sdeint(equation, y, times, bm=Given(W, W), method=method, dt=h)[-1].numpy()

    return steps
