"""Ghost layers, stages and bounds of steps against slow twins, one array at a time."""

import numpy as np
import pytest
import reference_hamilton_jacobi as slow
from numba import njit

from pdeopt import Grid
from pdeopt.hamilton_jacobi import HamiltonJacobi
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.operator import Operator
from pdeopt.hamilton_jacobi.finite_differences.schemes import Godunov
from pdeopt.kernels.hamilton_jacobi import ghosts

KINDS = {"periodic": ghosts.PERIODIC, "reflecting": ghosts.REFLECTING, "extrapolation": ghosts.EXTRAPOLATED}
SIDES = [("periodic", "periodic"), ("reflecting", "extrapolation"), ("extrapolation", "reflecting")]


@njit
def fill(values, axis, sides, shape, strides, n_ghosts):
    ghosts.fill_ghosts(values, axis, sides, shape, strides, n_ghosts)


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


def operator_of(problem):
    return Operator(problem, Godunov(), Mesh(problem.grid, problem.walls, 1))


def axes_and_sides(problem):
    return [np.asarray(nodes) for nodes in problem.grid.axes], problem.walls


@pytest.mark.parametrize("shape", [(5,), (2, 9), (4, 2, 5)])
@pytest.mark.parametrize("sides", SIDES)
def test_ghost_nodes_are_those_of_the_slow_twin_on_every_axis(shape, sides):
    whole = np.full(tuple(n + 6 for n in shape), np.nan)
    inside = whole[(slice(3, -3),) * len(shape)]
    inside[...] = np.random.default_rng(5).standard_normal(shape)
    strides = tuple(step // whole.itemsize for step in whole.strides)
    kinds = (KINDS[sides[0]], KINDS[sides[1]])
    for axis in range(len(shape)):
        fill(whole.reshape(-1), axis, kinds, shape, strides, 3)
        region = tuple(slice(None) if k == axis else slice(3, -3) for k in range(len(shape)))
        np.testing.assert_allclose(whole[region], slow.padded(inside, axis, sides, 3), rtol=0.0, atol=1e-14)


@pytest.mark.parametrize("problem", [plane(), box()], ids=["plane", "box"])
def test_a_stage_is_that_of_the_slow_twin(problem):
    operator = operator_of(problem)
    u, v, out = (operator.mesh.field(k * problem.initial_values) for k in (1.0, 0.5, 0.0))
    operator.stage(u, v, out, 0.0, (0.25, 0.75, 0.01))
    values = problem.initial_values
    rate = slow.godunov_rate(values, *axes_and_sides(problem), problem.viscosity_values)
    expected = 0.25 * 0.5 * values + 0.75 * values + 0.01 * rate
    np.testing.assert_allclose(operator.mesh.inside(out), expected, rtol=0.0, atol=1e-13 * np.abs(expected).max())


@pytest.mark.parametrize("problem", [plane(), box()], ids=["plane", "box"])
def test_the_bound_of_a_step_is_that_of_the_slow_twin(problem):
    found = operator_of(problem).limits(operator_of(problem).mesh.field(problem.initial_values), 0.0)
    axes, sides = axes_and_sides(problem)
    slopes = slow.one_sided(problem.initial_values, axes, sides)
    transport, diffusion = np.zeros(problem.grid.shape), np.zeros(problem.grid.shape)
    for axis, (minus, plus) in enumerate(slopes):
        before, after = (
            g.reshape([-1 if k == axis else 1 for k in range(len(axes))]) for g in slow.gaps_around(axes[axis])
        )
        transport += np.maximum(np.abs(minus), np.abs(plus)) / np.minimum(before, after)
        diffusion += 2.0 * problem.viscosity_values / (before * after)
    assert found.rate == pytest.approx((transport + diffusion).max(), rel=1e-12)
    assert found.transport == pytest.approx(transport.max(), rel=1e-12)
    np.testing.assert_allclose(found.slopes, [[min(a.min(), b.min()), max(a.max(), b.max())] for a, b in slopes])
    np.testing.assert_allclose(found.speeds, np.abs(slopes).max(axis=tuple(range(1, problem.grid.dim + 2))))
