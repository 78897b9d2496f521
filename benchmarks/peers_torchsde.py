"""Euler-Maruyama in the double well by torchsde, on one thread."""

import torch
import torchsde

from benchmarks.loads import Load


class DoubleWell(torch.nn.Module):
    """The equation dX = (X - X^3) dt + sigma dW, in the form torchsde asks for."""

    noise_type, sde_type = "diagonal", "ito"

    def __init__(self, sigma: float) -> None:
        super().__init__()
        self.sigma = sigma

    def f(self, _t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the drift."""
        return y - y * y * y

    def g(self, _t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the diffusion."""
        return torch.full_like(y, self.sigma)


def euler_load(n_paths: int, n_steps: int, h: float, sigma: float) -> Load:
    """Return Euler-Maruyama from 1; its Brownian motion knows the step, which is its fastest use."""
    torch.set_num_threads(1)
    equation, start = DoubleWell(sigma), torch.ones(n_paths, 1, dtype=torch.float64)
    times = torch.tensor([0.0, n_steps * h], dtype=torch.float64)

    def task() -> object:
        noise = torchsde.BrownianInterval(0.0, n_steps * h, size=(n_paths, 1), dtype=torch.float64, dt=h, entropy=0)
        with torch.no_grad():
            return torchsde.sdeint(equation, start, times, bm=noise, method="euler", dt=h)[-1, :, 0].numpy()

    return Load(f"torchsde, {n_paths} paths", task, n_paths * n_steps)
