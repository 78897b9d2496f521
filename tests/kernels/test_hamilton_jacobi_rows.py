"""What bounds a step, against a slow twin that takes one array at a time."""

import numpy as np
import pytest
import reference_hamilton_jacobi as slow

from pdeopt import Grid
from pdeopt.hamilton_jacobi import HamiltonJacobi
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.operator import Operator
from pdeopt.hamilton_jacobi.finite_differences.schemes import Godunov


def uneven(n, seed):
    return np.sort(np.random.default_rng(seed).uniform(-1.0, 1.0, n))


def plane():
    """Return a problem with rows longer than a chunk, on uneven axes."""
    grid = Grid.from_axes(uneven(9, 1), uneven(700, 2))
    f = 0.1 * np.random.default_rng(3).standard_normal(grid.shape)
    return HamiltonJacobi(f, grid, viscosity=0.3, boundary=("reflecting", "extrapolation"))


def box():
    """Return a problem in space with a viscosity of its own at every node."""
    grid = Grid((0.0,) * 3, (1.0,) * 3, (6, 7, 8), periodic=(True, False, True))
    rng = np.random.default_rng(4)
    f, viscosity = rng.standard_normal(grid.shape), rng.uniform(size=grid.shape)
    return HamiltonJacobi(f, grid, viscosity=viscosity, boundary="reflecting")


@pytest.mark.parametrize("problem", [plane(), box()], ids=["plane", "box"])
def test_the_bound_of_a_step_is_that_of_the_slow_twin(problem):
    operator = Operator(problem, Godunov(), Mesh(problem.grid, problem.walls, 1))
    found = operator.limits(operator.mesh.field(problem.initial_values), 0.0)
    transport, diffusion, ranges, speeds = np.zeros(problem.grid.shape), np.zeros(problem.grid.shape), [], []
    for axis, nodes in enumerate(problem.grid.axes):
        minus, plus, before, after = slow.slopes(problem.initial_values, axis, nodes, problem.walls[axis])
        transport += np.maximum(np.abs(minus), np.abs(plus)) / np.minimum(before, after)
        diffusion += 2.0 * problem.viscosity_values / (before * after)
        ranges.append([min(minus.min(), plus.min()), max(minus.max(), plus.max())])
        speeds.append(max(np.abs(minus).max(), np.abs(plus).max()))
    assert found.rate == pytest.approx((transport + diffusion).max(), rel=1e-12)
    assert found.transport == pytest.approx(transport.max(), rel=1e-12)
    np.testing.assert_allclose(found.slopes, ranges)
    np.testing.assert_allclose(found.speeds, speeds)
