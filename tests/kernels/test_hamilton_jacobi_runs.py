"""Equal steps by several threads within one kernel."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numba import njit

from pdeopt import Grid, HamiltonJacobi
from pdeopt.hamilton_jacobi.finite_differences.explicit import SSPRK33, Euler, Heun
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.operator import Operator
from pdeopt.hamilton_jacobi.finite_differences.schemes import Godunov
from pdeopt.kernels.hamilton_jacobi.meeting import meet, new_cells
from pdeopt.kernels.hamilton_jacobi.rows import new_work

N_SIDE, N_STEPS, DT = 260, 5, 1e-5


@njit(nogil=True)
def look_at_the_others(cells, me, count, rounds, seen):
    """Count rounds, and note how far the others are each time all have met: as far, and no farther."""
    for k in range(rounds):
        seen[me, 0] = k
        meet(cells, me, count)
        for other in range(count):
            if seen[other, 0] != k:
                seen[me, 1] += 1
        meet(cells, me, count)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_thread_goes_on_before_all_have_met(count):
    cells, seen = new_cells(count), np.zeros((count, 8), dtype=np.int64)
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda me: look_at_the_others(cells, me, count, 300, seen), range(count)))
    assert seen[:, 0].tolist() == [299] * count
    assert seen[:, 1].tolist() == [0] * count


def rough():
    grid = Grid((0.0, 0.0), (1.0, 1.0), (N_SIDE, N_SIDE), periodic=(True, False))
    return HamiltonJacobi(0.01 * np.random.default_rng(0).standard_normal(grid.shape), grid, viscosity=0.01)


def operator(pool, threads):
    problem = rough()
    return Operator(problem, Godunov(), Mesh(problem.grid, problem.walls, 1), pool, threads)


def fields_of(one, count):
    return [one.mesh.field(one.problem.initial_values), *(one.mesh.empty() for _ in range(count - 1))]


@pytest.mark.parametrize("stepper", [Euler(), Heun(), SSPRK33()], ids=lambda one: one.name)
def test_steps_in_one_call_are_single_steps_to_the_bit_whatever_the_threads(stepper):
    one = operator(None, 1)
    single = fields_of(one, stepper.n_registers)
    for k in range(N_STEPS):
        stepper.step(one, single, k * DT, DT)
    with ThreadPoolExecutor(2) as pool:
        for many in (one, operator(pool, 2)):
            fields = fields_of(many, stepper.n_registers)
            many.run(stepper, fields, N_STEPS, 0.0, DT)
            assert len(many.bands) == (1 if many is one else 2)
            for found, expected in zip(fields[: 1 if stepper.name == "euler" else None], single, strict=False):
                assert np.array_equal(many.mesh.inside(found), one.mesh.inside(expected))


def test_steps_in_space_do_not_depend_on_where_layers_are_cut_into_bands():
    grid = Grid((0.0,) * 3, (1.0,) * 3, (5, 4, 6), periodic=(True, False, True))
    problem = HamiltonJacobi(0.01 * np.random.default_rng(0).standard_normal(grid.shape), grid, viscosity=0.01)
    one = Operator(problem, Godunov(), Mesh(grid, problem.walls, 1))
    with ThreadPoolExecutor(3) as pool:
        many = Operator(problem, Godunov(), one.mesh, pool, 3)
        many.bands, many.works = [(0, 3), (3, 14), (14, 20)], [new_work(3, True) for _ in range(3)]
        single, fields = fields_of(one, 3), fields_of(many, 3)
        for operator_, its in ((one, single), (many, fields)):
            operator_.run(SSPRK33(), its, N_STEPS, 0.0, DT)
    assert np.array_equal(one.mesh.inside(single[0]), one.mesh.inside(fields[0]))
    assert not np.array_equal(one.mesh.inside(single[0]), problem.initial_values)


@njit
def power(t, x, degree):
    """Return the derivative of a power of the time."""
    return degree * t ** (degree - 1)


@pytest.mark.parametrize("stepper", [Euler(), Heun(), SSPRK33()], ids=lambda one: one.name)
def test_stages_of_all_steps_see_a_source_at_their_own_times(stepper):
    # Without slopes a method of order p integrates powers up to t^p exactly.
    grid, begin, dt = Grid(0.0, 1.0, 8, periodic=True), 0.3, 0.1
    problem = HamiltonJacobi(np.zeros(8), grid, source=power, source_args=(stepper.order,))
    one = Operator(problem, Godunov(), Mesh(grid, problem.walls, 1))
    fields = fields_of(one, stepper.n_registers)
    one.run(stepper, fields, N_STEPS, begin, dt)
    expected = (begin + N_STEPS * dt) ** stepper.order - begin**stepper.order
    np.testing.assert_allclose(one.mesh.inside(fields[0]), expected, rtol=1e-14)


def test_an_interrupt_before_the_kernel_leaves_no_thread_waiting():
    with ThreadPoolExecutor(2) as pool:
        many = operator(pool, 2)
        kernel = many.advance

        def interrupted(*given):
            _, number, _ = given[7]
            if number == 0:
                raise KeyboardInterrupt
            kernel(*given)

        vars(many)["advance"] = interrupted
        with pytest.raises(KeyboardInterrupt):
            many.run(Euler(), fields_of(many, 2), N_STEPS, 0.0, DT)
