"""Shifted solves of walks against dense ones."""

import numpy as np
import pytest
from numba import njit
from reference_kolmogorov import random_walk, walk_matrix

from pdeopt.kernels.kolmogorov import contour

SHIFTS = np.array([4.0 + 1.0j, 0.3 + 2.0j, -6.0 + 5.0j])
STEP = 0.7


@njit(cache=True)
def on_line(down, up, loss, re, im, weights, values, source, transpose):
    shape = (2, down.size, re.size)
    pivots, x, out = np.empty(shape), np.empty(shape), np.empty(down.size)
    contour.line_pivots(down, up, loss, STEP, re, im, pivots)
    contour.load(values, source, re, im, x)
    if transpose:
        contour.line_solve_transposed(down.size, down, up, STEP, pivots, x)
    else:
        contour.line_solve(down.size, down, up, STEP, pivots, x)
    contour.combine(weights, x, out)
    return out


@njit(cache=True)
def on_ring(down, up, loss, re, im, weights, values, source, transpose):
    shape = (2, down.size, re.size)
    pivots, closure, x, out = np.empty(shape), np.empty(shape), np.empty(shape), np.empty(down.size)
    lost, above = loss.copy(), up.copy()
    lost[0] += down[0]
    lost[-2] += up[-2]
    above[-2] = 0.0
    contour.line_pivots(down, above, lost, STEP, re, im, pivots)
    contour.ring_closure(down, up, loss, STEP, re, im, pivots, closure)
    contour.load(values, source, re, im, x)
    if transpose:
        contour.ring_solve_transposed(down, up, STEP, pivots, closure, x)
    else:
        contour.ring_solve(down, up, STEP, pivots, closure, x)
    contour.combine(weights, x, out)
    return out


@pytest.mark.parametrize("ring", [False, True])
@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("n", [3, 8])
def test_a_sum_of_shifted_solves_is_that_of_the_dense_matrices(ring, transpose, n):
    rng = np.random.default_rng(n)
    walk = random_walk(rng, n, 2, ring, 1.0)
    values, source, weights = rng.standard_normal(n), rng.standard_normal(n), np.array([1.0 + 2.0j, -0.5j, 0.3])
    solve = on_ring if ring else on_line
    parts = np.stack([weights.real, weights.imag])
    found = solve(*walk, SHIFTS.real.copy(), SHIFTS.imag.copy(), parts, values, source, transpose)
    matrix = walk_matrix(*walk, ring)
    matrix = matrix.T if transpose else matrix
    right = [values + source / z for z in SHIFTS]
    dense = [np.linalg.solve(z * np.eye(n) - STEP * matrix, b) for z, b in zip(SHIFTS, right, strict=True)]
    expected = sum((c * x).real for c, x in zip(weights, dense, strict=True))
    assert np.allclose(found, expected, rtol=0.0, atol=1e-13 * np.abs(expected).max())


@pytest.mark.parametrize("ring", [False, True])
def test_constants_are_solved_to_rounding_beside_rates_of_any_size(ring):
    rng = np.random.default_rng(2)
    walk = random_walk(rng, 40, 24, ring, 0.0)
    solve = on_ring if ring else on_line
    # Re((1 + 2i) / z) for z = 1 + 2i.
    re, im, parts = np.array([1.0]), np.array([2.0]), np.array([[1.0], [2.0]])
    found = solve(*walk, re, im, parts, np.ones(40), np.empty(0), False)
    assert np.abs(found - 1.0).max() < 1e-13
