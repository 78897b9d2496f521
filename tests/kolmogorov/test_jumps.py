"""Jump rates along offsets: moments, walls of every kind, detailed balance, known expectations."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import spsolve

from pdeopt.convergence import observed_order
from pdeopt.grid import Grid
from pdeopt.kolmogorov.jumps import gradient_rates, selling_rates, seven_point_rates
from pdeopt.kolmogorov.positivity import positivity
from pdeopt.kolmogorov.stencil import Stencil
from pdeopt.kolmogorov.wide_walls import edge_factors

REFLECTING = (("reflecting", "reflecting"),) * 2
ABSORBING = (("absorbing", "absorbing"),) * 2
WIDE = np.array([[1.0, 2.55], [2.55, 9.0]])
"""Needs jumps of up to three steps."""


def stencil(rates, grid):
    return Stencil(*rates, np.zeros(grid.shape), grid.periodic)


def constant(matrix, grid):
    return np.broadcast_to(matrix, (*grid.shape, *np.shape(matrix)))


def shares(grid):
    """Volumes of cells: half at walls."""
    lines = [np.where(np.isin(np.arange(n), (0, n - 1)), 0.5, 1.0) for n in grid.shape]
    return np.multiply.outer(*lines) * np.prod(grid.spacing)


@pytest.mark.parametrize("rates", ["scharfetter-gummel", "square-root", "hybrid", "central", "upwind"])
def test_the_first_moment_is_the_drift_and_the_second_the_diffusion_up_to_the_order(rates):
    """Of the generator on x, and on x x^T less drift times x: exact, of second order, or of first where upwind."""
    errors = []
    for n in (9, 17, 33):
        grid = Grid((0.0, 0.0), (1.0, 1.0), (n, n))
        b, a = constant([3.0, -2.0], grid), constant([[1.0, 0.7], [0.7, 1.5]], grid)
        offsets, found = selling_rates(b, a, grid.spacing, rates=rates)
        e = np.array(offsets) * grid.spacing
        middle = found[:, n // 2, n // 2]
        first, second = middle @ e, np.einsum("k,ki,kj->ij", middle, e, e)
        errors.append([abs(first - b[0, 0]).max(), abs(second - a[0, 0]).max()])
    (first, second), spacings = np.transpose(errors), [1 / 8, 1 / 16, 1 / 32]
    if rates == "square-root":
        assert observed_order(spacings, first).admits(2.0)
    else:
        assert first.max() < 1e-12
    if rates in ("central", "hybrid"):
        assert second.max() < 1e-12
    else:
        assert observed_order(spacings, second).admits(1.0 if rates == "upwind" else 2.0)


@pytest.mark.parametrize("matrix", [WIDE, [[1.0, -0.7], [-0.7, 1.0]], [[1.0, 5.8], [5.8, 36.0]]])
def test_reflecting_walls_keep_the_dirichlet_form_of_linear_and_quadratic_functions(matrix):
    """The form of u and v is the integral of 1/2 grad u . a grad v: in closed form for x_i and x_j or x_j^2."""
    grid = Grid((0.0, 0.0), (2.0, 3.0), (31, 41))
    offsets, rates = selling_rates(np.zeros((*grid.shape, 2)), constant(matrix, grid), (1.0, 1.0))
    x, volume = (
        [axis / h for axis, h in zip(np.moveaxis(grid.points(), -1, 0), grid.spacing, strict=True)],
        shares(grid),
    )
    cells = volume.sum() / np.prod(grid.spacing)

    def form(u, v):
        total = 0.0
        for e, rate in zip(offsets, rates, strict=True):
            du, dv = (np.roll(w, (-e[0], -e[1]), (0, 1)) - w for w in (u, v))
            total += 0.5 * np.sum(volume / np.prod(grid.spacing) * rate * du * dv)
        return total

    for i in range(2):
        for j in range(2):
            half = 0.5 * matrix[i][j] * cells
            assert form(x[i], x[j]) == pytest.approx(half, rel=1e-12)
            assert form(x[i], x[j] ** 2) == pytest.approx(half * (grid.shape[j] - 1), rel=1e-12)


@pytest.mark.parametrize("matrix", [WIDE, [[1.0, 0.7], [0.7, 1.0]]])
def test_without_drift_the_volumes_of_cells_are_stationary_between_reflecting_walls(matrix):
    grid = Grid((0.0, 0.0), (1.0, 1.0), (15, 18))
    found = stencil(selling_rates(np.zeros((*grid.shape, 2)), constant(matrix, grid), (1.0, 1.0)), grid)
    flow = shares(grid).ravel() @ found.matrix
    assert np.abs(flow).max() < 1e-14 * np.abs(found.diagonal).max()
    assert found.rates.min() >= 0.0


def solved(n, rates, walls, matrix=WIDE):
    """Solve 3 u - L u = f with drift on the unit square, boundary values on absorbing walls."""
    grid = Grid((0.0, 0.0), (1.0, 1.0), (n + 1, n + 1))
    x, y = np.moveaxis(grid.points(), -1, 0)
    found = stencil(rates(constant([0.7, -0.4], grid), constant(matrix, grid), grid.spacing, walls), grid)
    fixed = np.zeros(grid.shape, dtype=bool)
    if walls == ABSORBING:
        fixed[[0, -1], :], fixed[:, [0, -1]] = True, True
    free = np.where(fixed, 0.0, 1.0).ravel()
    system = sparse.diags(free) @ (3.0 * sparse.eye(x.size) - found.matrix) + sparse.diags(1.0 - free)
    f = np.where(fixed, np.sin(2.0 * x) + y * y, np.cos(3.0 * x + 1.0) * np.exp(y) + x)
    return spsolve(system.tocsc(), f.ravel()).reshape(grid.shape)


@pytest.mark.parametrize("walls", [REFLECTING, ABSORBING])
def test_wide_jumps_are_of_second_order_between_walls_that_they_cross(walls):
    """The seven-point stencil, which is no generator here but never leaves the grid, extrapolated, is the reference."""
    rough, fine = (solved(n, seven_point_rates, walls)[:: n // 16, :: n // 16] for n in (64, 128))
    reference = ((4.0 * fine - rough) / 3.0)[4:-4, 4:-4]
    ns = [16, 32, 64]
    errors = [abs(solved(n, selling_rates, walls)[:: n // 16, :: n // 16][4:-4, 4:-4] - reference).max() for n in ns]
    assert observed_order([1 / n for n in ns], errors).admits(2.0)


def test_linear_functions_stay_harmonic_where_jumps_end_at_absorbing_walls():
    grid = Grid((0.0, 0.0), (1.0, 1.0), (12, 13))
    offsets, rates = selling_rates(np.zeros((*grid.shape, 2)), constant(WIDE, grid), (1.0, 1.0), ABSORBING)
    moment = np.einsum("k...,ki->...i", rates, np.array(offsets, dtype=float))
    assert rates.min() >= 0.0
    assert np.abs(moment[1:-1, 1:-1]).max() < 1e-13
    # Long jumps leave across the second axis alone, which interpolation on the wall does not touch.
    second = np.einsum("k...,k->...", rates, np.array(offsets, dtype=float)[:, 1] ** 2)
    assert second[1:-1, 1:-1] == pytest.approx(WIDE[1, 1], rel=1e-13)


def test_a_slight_drift_is_kept_where_jumps_end_at_absorbing_walls():
    grid, b = Grid((0.0, 0.0), (1.0, 1.0), (12, 13)), [3e-6, -2e-6]
    offsets, rates = selling_rates(constant(b, grid), constant(WIDE, grid), (1.0, 1.0), ABSORBING)
    moment = np.einsum("k...,ki->...i", rates, np.array(offsets, dtype=float))
    assert moment[1:-1, 1:-1] == pytest.approx(constant(b, grid)[1:-1, 1:-1], rel=1e-5)


@pytest.mark.parametrize("size", range(1, 10))
def test_edges_next_to_a_wall_integrate_linear_functions_from_the_wall_on(size):
    n = 6 * size + 8
    weights = edge_factors((n,), (size,), (("reflecting", "reflecting"),)) * np.where(np.arange(n) == 0, 0.5, 1.0)
    first = np.arange(2 * size)
    end = 0.5 * size + 2 * size - 0.5
    assert weights.min() >= 0.0
    assert weights[first].sum() == pytest.approx(end, rel=1e-13)
    assert weights[first] @ (first + 0.5 * size) == pytest.approx(0.5 * end**2, rel=1e-13)
    back = edge_factors((n,), (-size,), (("reflecting", "reflecting"),))
    assert back == pytest.approx(edge_factors((n,), (size,), (("reflecting", "reflecting"),))[::-1], rel=1e-13)


@pytest.mark.parametrize("walls", [REFLECTING, (("periodic", "periodic"), ("reflecting", "absorbing"))])
def test_rates_of_a_gradient_system_are_in_detailed_balance(walls):
    periodic = tuple(pair[0] == "periodic" for pair in walls)
    grid = Grid((0.0, 0.0), (2.0 * np.pi, 3.0), (24, 31), periodic)
    x, y = np.moveaxis(grid.points(), -1, 0)
    u = 4.0 * np.cos(x) + (y - 1.5) ** 2 * (3.0 + np.sin(x))
    rho, s = 0.7 * np.sin(y), 1.0 + 0.3 * np.cos(x)
    a = np.stack([np.stack([s * s, 0.7 * rho * s], -1), np.stack([0.7 * rho * s, 0.49 + 0 * s], -1)], -2)
    found = stencil(gradient_rates(u, a, grid.spacing, walls), grid)
    inside = np.ones(grid.shape, dtype=bool)
    volume = np.ones(grid.shape)
    volume[:, 0] = 0.5
    if not periodic[0]:
        volume[[0, -1], :] *= 0.5
        volume[:, -1] = 0.5 * volume[:, 5]
    else:
        inside[:, -1] = False
    kept = np.flatnonzero(inside.ravel())
    flow = (sparse.diags((volume * np.exp(-u)).ravel()) @ found.matrix).tocsr()[kept][:, kept]
    assert abs(flow - flow.T).max() <= 1e-14 * abs(flow).max()
    assert found.rates.min() >= 0.0


def test_rates_of_a_gradient_system_have_its_drift():
    """b = -1/2 a grad U + 1/2 div a, with U = x^2 + x y and a = [[2 + x, y], [y, 3]]: by hand."""
    errors = []
    for n in (20, 40, 80):
        grid = Grid((0.0, 0.0), (1.0, 1.0), (n + 1, n + 1))
        x, y = np.moveaxis(grid.points(), -1, 0)
        a = np.stack([np.stack([2.0 + x, y], -1), np.stack([y, 3.0 + 0 * x], -1)], -2)
        exact = -0.5 * np.stack([(2 + x) * (2 * x + y) + y * x, y * (2 * x + y) + 3 * x], -1) + 0.5 * np.array(
            [2.0, 0.0]
        )
        offsets, rates = gradient_rates(x * x + x * y, a, grid.spacing)
        b = np.einsum("k...,ki->...i", rates, np.array(offsets) * grid.spacing)
        errors.append(abs(b - exact)[n // 4 : -n // 4, n // 4 : -n // 4].max())
    assert observed_order([1 / 20, 1 / 40, 1 / 80], errors).admits(2.0)


def test_the_equation_itself_holds_on_walls_that_nothing_crosses_by_diffusion():
    """dX = X-independent inward drift with a normal diffusion that vanishes at the wall: the cell is whole."""
    grid = Grid((0.0, 0.0), (1.0, 1.0), (9, 9))
    x, y = np.moveaxis(grid.points(), -1, 0)
    root = np.sqrt(x)
    a = np.stack([np.stack([x, 0.5 * root], -1), np.stack([0.5 * root, 1.0 + 0 * x], -1)], -2)
    found = stencil(selling_rates(constant([0.3, -0.1], grid), a, grid.spacing), grid)
    assert (found.matrix @ x.ravel()).reshape(grid.shape)[0] == pytest.approx(0.3, abs=1e-13)
    assert (found.matrix @ y.ravel()).reshape(grid.shape)[0, 1:-1] == pytest.approx(-0.1, abs=1e-13)
    linear = (("linear", "linear"), ("reflecting", "reflecting"))
    outward = stencil(selling_rates(constant([0.3, 0.0], grid), constant(np.eye(2), grid), grid.spacing, linear), grid)
    assert (outward.matrix @ x.ravel()).reshape(grid.shape) == pytest.approx(0.3, abs=1e-12)


def test_bad_names_and_grids_too_small_for_wide_jumps_are_refused():
    grid = Grid((0.0, 0.0), (1.0, 1.0), (6, 6))
    with pytest.raises(ValueError, match=r"rates='gibbs' is not known along offsets. Use one of 'scharfetter-gummel'"):
        selling_rates(np.zeros((6, 6, 2)), constant(np.eye(2), grid), (1.0, 1.0), rates="gibbs")
    with pytest.raises(ValueError, match=r"axis 1 has 6 nodes, too few for jumps of 3 steps.*at least 9 nodes"):
        selling_rates(np.zeros((6, 6, 2)), constant(WIDE, grid), (1.0, 1.0))
    assert selling_rates(np.zeros((6, 9, 2)), np.broadcast_to(WIDE, (6, 9, 2, 2)), (1.0, 1.0))[1].min() >= 0.0


def test_the_report_names_the_smallest_rate_and_where_it_is():
    a = constant([[1.0, 0.5], [0.5, 2.0]], grid := Grid((0.0, 0.0), (1.0, 1.0), (7, 7))).copy()
    a[3, 2] = [[1.0, 1.2], [1.2, 2.0]]
    report = positivity(stencil(seven_point_rates(np.zeros((7, 7, 2)), a, (1.0, 1.0)), grid))
    assert (report.node, report.n_negative, report.width) == ((3, 2), 2, 1)
    assert report.lowest == pytest.approx(-0.1)
    assert report.offset in ((1, 0), (-1, 0))
    assert report.row_sum < 1e-14
    assert "2 negative rates; the smallest is -0.1" in str(report)
    wide = positivity(stencil(selling_rates(np.zeros((7, 7, 2)), a, (1.0, 1.0)), grid))
    assert wide.is_monotone
    assert wide.width == 2
