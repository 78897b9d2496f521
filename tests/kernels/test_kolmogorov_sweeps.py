"""Tridiagonal systems on many lines, and explicit jumps, against dense matrices."""

import numpy as np
import pytest
from numba import njit

from pdeopt.kernels.kolmogorov.jumps import apply_jumps
from pdeopt.kernels.kolmogorov.planes import step_plane
from pdeopt.kernels.kolmogorov.sweeps import close_lines, factor_lines, solve_across, solve_along

RNG = np.random.default_rng(3)


@njit
def solved(lower, upper, loss, weight, values):
    """Both solvers from compiled code; the contiguous one where lines do not lie side by side."""
    pivots, out = np.empty(loss.shape), np.empty(values.shape)
    factor_lines(lower, upper, loss, weight, np.empty(loss.shape[2]), pivots)
    if loss.shape[2] == 1:
        solve_along(lower[:, :, 0], upper[:, :, 0], weight, pivots[:, :, 0], values[:, :, 0], out[:, :, 0])
    else:
        solve_across(lower, upper, weight, pivots, values, out)
    return out


@njit
def closed(column, before, after, reciprocal, values):
    close_lines(column, before, after, reciprocal, values)
    return values


@njit
def stepped(jumps, scales, loss, axes, weight, restart, values):
    start, correction, out = np.empty(values.shape), np.empty(values.shape), np.empty(values.shape)
    (weights, rows, shifts), (first, second), (lower, upper, pivots), (low, high, others) = (
        jumps,
        scales,
        axes[0],
        axes[1],
    )
    step_plane(
        weights,
        rows,
        shifts,
        first,
        second,
        loss,
        0.4,
        0.1,
        lower,
        upper,
        pivots,
        low[:, :, 0],
        high[:, :, 0],
        others[:, :, 0],
        weight,
        restart,
        values,
        start,
        correction,
        out,
    )
    return out


@njit
def jumped(weights, rows, shifts, scales, loss, values):
    out = np.empty(values.shape)
    apply_jumps(weights, rows, shifts, scales, loss, 2.0, 1.0, values, 3.0, values, out)
    return out


def rates(shape):
    lower, upper, loss = RNG.random((3, *shape))
    lower[:, 0] = upper[:, -1] = 0.0
    return 40.0 * lower, 40.0 * upper, loss


def matrix(lower, upper, loss, weight):
    """I - weight A of one line."""
    rows = np.diag(lower + upper + loss) - np.diag(lower[1:], -1) - np.diag(upper[:-1], 1)
    return np.eye(len(loss)) + weight * rows


@pytest.mark.parametrize("shape", [(1, 9, 5), (3, 4, 2), (3, 6, 1), (5, 2, 1), (1, 1, 4), (9, 7, 1)])
def test_lines_are_solved_as_dense_systems(shape):
    parts, weight = rates(shape), 0.7
    values = RNG.normal(size=(2 * shape[0], *shape[1:]))
    found = solved(*parts, weight, values)
    for block, k in np.ndindex(2 * shape[0], shape[2]):
        lines = matrix(*(part[block % shape[0], :, k] for part in parts), weight)
        np.testing.assert_allclose(found[block, :, k], np.linalg.solve(lines, values[block, :, k]), rtol=1e-12)


@pytest.mark.parametrize("shape", [(1, 40, 3), (2, 40, 1)])
def test_rows_of_huge_rates_keep_constants(shape):
    lower, upper, _ = rates(shape)
    found = solved(1e14 * lower, 1e14 * upper, np.zeros(shape), 1.0, np.ones(shape))
    np.testing.assert_allclose(found, 1.0, rtol=1e-13)


def test_values_may_be_solved_in_place():
    for shape in ((2, 7, 3), (6, 7, 1)):
        lower, upper, loss = rates(shape)
        values, pivots = RNG.normal(size=shape), np.empty(shape)
        expected = solved(lower, upper, loss, 0.3, values)
        factor_lines(lower, upper, loss, 0.3, np.empty(shape[2]), pivots)
        if shape[2] == 1:
            arrays = (array[..., 0] for array in (lower, upper, pivots, values, values))
            low, high, pivot, given, out = arrays
            solve_along(low, high, 0.3, pivot, given, out)
        else:
            solve_across(lower, upper, 0.3, pivots, values, values)
        np.testing.assert_allclose(values, expected, rtol=1e-14)


def test_a_ring_is_closed_as_a_bordered_system():
    # The last unknown of a line z = (y, f) is eliminated by hand: y + column z_last = x, pivot z_last = f + ends y.
    column, y = RNG.random((1, 4, 2)), RNG.normal(size=(1, 4, 2))
    before, after, pivot, f = RNG.random((4, 1, 2))
    found = closed(column, before, after, 1.0 / pivot, np.concatenate([y, f[:, None]], axis=1))
    last = (f + before * y[:, -1] + after * y[:, 0]) / pivot
    np.testing.assert_allclose(found[:, -1], last, rtol=1e-14)
    np.testing.assert_allclose(found[:, :-1], y + column * last[:, None], rtol=1e-14)


@pytest.mark.parametrize(
    ("n", "shifts"), [(3000, (-61, -1, 1, 60, 61)), (7, (-5, 3, 6, 1)), (4, (1,)), (2100, (2050,))]
)
def test_jumps_are_those_of_a_dense_matrix(n, shifts):
    shifts = np.array(shifts)
    weights = RNG.random((len(shifts), n))
    for row, shift in zip(weights, shifts, strict=True):
        row[: max(0, -shift)] = 0.0
        row[n - max(0, shift) :] = 0.0
    scales, loss, values = RNG.normal(size=len(shifts)), RNG.random(n), RNG.normal(size=(2, n))
    expected = 3.0 * values - 2.0 * loss * values
    for row, shift, scale in zip(weights, shifts, scales, strict=True):
        expected += scale * row * (np.roll(values, -shift, axis=1) - values)
    found = jumped(weights, np.arange(len(shifts)), shifts, scales, loss, values)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_jumps_share_rows_and_keep_constants_to_the_last_bit():
    shifts, rows, scales = np.array([-1, 1, -2]), np.array([0, 0, 0]), np.array([0.3, -7.0, 1e9])
    weights = RNG.random((1, 30))
    weights[:, :2] = weights[:, -1:] = 0.0
    found = jumped(weights, rows, shifts, scales, np.zeros(30), np.full((1, 30), 0.1))
    assert (found == 3.0 * 0.1).all()


@pytest.mark.parametrize("restart", [False, True])
def test_a_whole_step_in_a_plane_is_made_of_dense_matrices(restart):
    (n, m), weight = (4, 3), 0.6
    lower, upper, loss = rates((1, n, m))
    low, high, lost = rates((n, m, 1))
    pivots, others = np.empty((1, n, m)), np.empty((n, m, 1))
    factor_lines(lower, upper, loss, weight, np.empty(m), pivots)
    factor_lines(low, high, lost, weight, np.empty(1), others)
    across, along = np.zeros((2, n * m, n * m))
    for k in range(m):
        across[k::m, k::m] = np.linalg.inv(matrix(lower[0, :, k], upper[0, :, k], loss[0, :, k], weight))
    for k in range(n):
        along[k * m : k * m + m, k * m : k * m + m] = np.linalg.inv(
            matrix(low[k, :, 0], high[k, :, 0], lost[k, :, 0], weight)
        )
    jumps, ends, scales = RNG.random((2, n * m)), np.array([3, -2]), RNG.normal(size=(2, 2))
    jumps[0, -3:] = jumps[1, :2] = 0.0
    death, values = RNG.random(n * m), RNG.normal(size=(2, n * m))
    moves = [np.eye(n * m, k=shift) * row[:, None] - np.diag(row) for shift, row in zip(ends, jumps, strict=True)]
    first, second = (sum(a * move for a, move in zip(scale, moves, strict=True)) for scale in scales)
    first, second, solve = first - 0.4 * np.diag(death), second - 0.1 * np.diag(death), along @ across
    start = first @ values.T
    correction = solve @ start
    again = solve @ (start + second @ correction - restart * correction)
    expected = values.T + restart * correction + again
    axes = (lower, upper, pivots), (low, high, others)
    found = stepped((jumps, np.arange(2), ends), (scales[0], scales[1]), death, axes, weight, restart, values)
    np.testing.assert_allclose(found, expected.T, rtol=1e-11)
