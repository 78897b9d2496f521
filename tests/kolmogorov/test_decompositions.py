"""Diffusion matrices along offsets: moments, positivity, where decompositions fail."""

import ast
import re

import numpy as np
import pytest

from pdeopt.kolmogorov.decompositions import index_units, selling, seven_point
from pdeopt.kolmogorov.semidefinite import checked_diffusion


def wavy(n=12):
    """Drift and matrices that turn and change their sign of covariance over a grid."""
    x, y = np.meshgrid(np.linspace(0.0, 1.0, n), np.linspace(0.0, 2.0, n), indexing="ij")
    rho = 0.9 * np.sin(3.0 * x + 2.0 * y)
    s, t = 1.0 + 0.5 * x, 0.6 + 0.3 * np.cos(y)
    a = np.stack([np.stack([s * s, rho * s * t], -1), np.stack([rho * s * t, t * t], -1)], -2)
    return np.stack([1.0 - x, np.sin(x + y)], -1), a


@pytest.mark.parametrize("decompose", [selling, seven_point])
def test_moments_are_drift_and_diffusion_at_every_node(decompose):
    (b, a), h = wavy(), np.array([0.05, 0.08])
    found = decompose(b, a, h)
    e = np.array(found.offsets, dtype=float) * h
    assert np.einsum("k...,ki->...i", found.drifts, e) == pytest.approx(b, abs=1e-12)
    assert np.einsum("k...,ki,kj->...ij", found.weights, e, e) == pytest.approx(a, abs=1e-13)


def test_the_weights_of_selling_are_those_of_a_generator_for_every_correlation_below_one():
    rho = np.concatenate([-1.0 + 10.0 ** -np.linspace(0.0, 6.0, 40), 1.0 - 10.0 ** -np.linspace(0.0, 6.0, 40)])
    a = np.stack([np.stack([1.0 + 0 * rho, 0.7 * rho], -1), np.stack([0.7 * rho, 0.49 + 0 * rho], -1)], -2)
    found = selling(np.zeros((80, 2)), a, (1.0, 1.3), reach=2000)
    assert found.weights.min() >= 0.0


def test_seven_points_are_a_generator_where_the_ratio_of_spacings_allows():
    a = np.array([[[1.0, 0.6], [0.6, 0.5]]])
    for ratio in (0.9, 1.1, 1.3, 1.5, 1.8, 2.1):
        lowest = seven_point(np.zeros((1, 2)), a, (ratio, 1.0)).weights.min()
        assert (lowest >= 0.0) == (0.6 / 0.5 <= ratio <= 1.0 / 0.6)


def test_in_three_dimensions_both_give_the_matrix_back():
    rng = np.random.default_rng(5)
    root = rng.normal(size=(4, 3, 2, 3, 3)) + 2.0 * np.eye(3)
    a, b, h = root @ np.swapaxes(root, -1, -2), rng.normal(size=(4, 3, 2, 3)), (0.5, 0.7, 1.1)
    for found in (selling(b, a, h), seven_point(b, a, h)):
        e = np.array(found.offsets) * h
        assert np.einsum("k...,ki,kj->...ij", found.weights, e, e) == pytest.approx(a, rel=1e-10, abs=1e-11)
        assert np.einsum("k...,ki->...i", found.drifts, e) == pytest.approx(b, rel=1e-9, abs=1e-9)


def test_a_drift_that_a_degenerate_matrix_does_not_reach_goes_along_the_axes():
    a = np.array([[[1.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]])
    found = selling(np.array([[0.3, -0.5], [0.2, 0.1]]), a, (1.0, 1.0))
    total = np.einsum("k...,ki->...i", found.drifts, np.array(found.offsets, dtype=float))
    assert total == pytest.approx(np.array([[0.3, -0.5], [0.2, 0.1]]), abs=1e-13)


def test_on_stretched_axes_steps_of_the_grid_follow_the_formula_of_ito():
    """x = sinh(s): x' = cosh(s), x'' = sinh(s), and s = arsinh(x) has drift b s' + a s'' / 2."""
    errors = []
    for n in (20, 40, 80):
        s = np.linspace(-1.0, 1.5, n + 1)
        x, k = np.sinh(s), 2.5 / n
        b, a = (1.0 - x)[:, None], (0.5 + x * x)[:, None, None]
        drift, diffusion = index_units(b, a, [x])
        exact = b[:, 0] / np.cosh(s) - 0.5 * a[:, 0, 0] * x / (1.0 + x * x) ** 1.5
        errors.append(
            [abs(k * drift[:, 0] - exact).max(), abs(k * k * diffusion[:, 0, 0] - a[:, 0, 0] / np.cosh(s) ** 2).max()]
        )
    assert np.log2(np.array(errors[:-1]) / np.array(errors[1:])) == pytest.approx(2.0, abs=0.25)


def test_jumps_beyond_the_reach_are_refused_with_a_reach_that_works():
    a = np.broadcast_to([[1.0, 0.3], [0.3, 1.0]], (3, 3, 2, 2)).copy()
    a[1, 2] = [[1.0, 9.9], [9.9, 100.0]]
    with pytest.raises(ValueError, match=r"node \(1, 2\) is \[\[1.0, 9.9\], .*eigenvalues.*reach=8") as refusal:
        selling(np.zeros((3, 3, 2)), a, (1.0, 1.0))
    reach = int(re.search(r"Use reach=(\d+)", str(refusal.value))[1])
    assert selling(np.zeros((3, 3, 2)), a, (1.0, 1.0), reach).width == reach


def test_four_dimensions_are_refused_by_selling_and_taken_by_neighbours():
    a, b = np.broadcast_to(np.eye(4) + 0.1, (2, 4, 4)), np.zeros((2, 4))
    with pytest.raises(ValueError, match=r"d=4, above the limit d=3.*seven-point"):
        selling(b, a, (1.0,) * 4)
    assert seven_point(b, a, (1.0,) * 4).weights.min() >= 0.0


def test_a_matrix_that_is_no_diffusion_is_refused_with_a_near_one_that_works():
    a = np.broadcast_to([[1.0, 0.2], [0.2, 1.0]], (3, 3, 2, 2)).copy()
    a[2, 1] = [[1.0, 1.4], [1.4, 1.0]]
    points = np.stack(np.meshgrid([0.0, 0.5, 1.0], [2.0, 3.0, 4.0], indexing="ij"), -1)
    with pytest.raises(
        ValueError, match=r"x=\[1.0, 3.0\] is \[\[1.0, 1.4\], .*smallest eigenvalue -0.4 .*limit 0"
    ) as refusal:
        checked_diffusion(a, points)
    near = np.array(ast.literal_eval(re.search(r"works is (\[\[.*?\]\])", str(refusal.value))[1]))
    assert checked_diffusion(near) == pytest.approx(np.full((2, 2), 1.2), rel=1e-4)


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ([[1.0, np.nan], [np.nan, 1.0]], r"node \(0,\) is .*is not finite. Use a grid"),
        ([[1.0, 0.5], [0.1, 1.0]], r"node \(0,\) is .*is not symmetric. Use a = sigma @ sigma.T"),
    ],
)
def test_a_matrix_that_is_not_finite_or_not_symmetric_is_refused(matrix, words):
    with pytest.raises(ValueError, match=words):
        checked_diffusion(np.array([matrix]))
    with pytest.raises(ValueError, match=r"shape \(2, 3\). Use square"):
        checked_diffusion(np.zeros((2, 3)))
