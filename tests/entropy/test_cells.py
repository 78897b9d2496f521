"""Samples on a line are relaxed by sums over cells, against Gauss quadrature of every cell."""

import numpy as np
import pytest

import pdeopt

NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)


def on_every_cell(f, edges, x, time, beta):
    """Value, slope and bend of one point."""
    half = 0.5 * np.diff(edges)[:, None]
    y = (0.5 * (edges[1:] + edges[:-1])[:, None] + half * NODES).ravel()
    density = (half * WEIGHTS).ravel() * np.exp(-beta * (f(y[:, None]) + (y - x) ** 2 / (2 * time)))
    mass = density.sum()
    mean = density @ (y - x) / mass
    variance = density @ (y - x - mean) ** 2 / mass
    value = -np.log(mass * np.sqrt(beta / (2 * np.pi * time))) / beta
    return value, -mean / time, (1 - beta / time * variance) / time


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("n_points", [3, 101], ids=["by quadrature", "by cells"])
def test_samples_relax_to_the_digits_of_their_cells(periodic, n_points):
    grid = pdeopt.Grid(-2.0, 2.0, 101, periodic=periodic)
    nodes = grid.axes[0]
    f = pdeopt.Landscape.from_samples((nodes**2 - 1) ** 2 + 0.1 * np.random.default_rng(0).normal(size=101), grid)
    edges = np.unique(np.concatenate([nodes + 4 * k for k in range(-4, 5)]))
    x = np.linspace(-2.3, 2.3, n_points)
    found = pdeopt.local_entropy(f, x, time=0.3, beta=1.0)
    for i in range(0, n_points, max(1, n_points // 10)):
        exact = on_every_cell(f, edges, x[i], 0.3, 1.0)
        assert abs(found.value[i] - exact[0]) <= found.error[i] <= 1e-12
        assert abs(found.gradient.ravel()[i] - exact[1]) <= found.gradient_error.ravel()[i] <= 1e-12
        assert abs(found.hessian.ravel()[i] - exact[2]) <= found.hessian_error.ravel()[i] <= 1e-11
