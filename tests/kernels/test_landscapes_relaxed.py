"""Kernels of relaxed kinks and of landscapes of many coordinates, called from compiled code."""

import numba
import numpy as np
import pytest

from pdeopt.kernels.landscapes import hinges, mixtures, quadratics
from pdeopt.landscapes.bowls import Bowl
from pdeopt.landscapes.soft_minima import SoftMinimum

RNG = np.random.default_rng(5)
X, CENTER, SLOPE, DIAGONAL = RNG.normal(size=(4, 9))
FACTORS, CORE = RNG.normal(size=(2, 9)), np.array([[2.0, 0.3], [0.3, 1.0]])
HEIGHTS, MEANS, PRECISIONS = RNG.normal(size=3), RNG.normal(size=(3, 9)), RNG.uniform(0.2, 2.0, (3, 9))


@numba.njit
def all_hinges(x, left, right, wall, time, beta):
    return (
        hinges.hinge(x, left, right, wall, time, beta),
        hinges.hinge_gradient(x, left, right, wall, time, beta),
        hinges.hinge_hessian(x, left, right, wall, time, beta),
    )


@numba.njit
def all_bowls(x, slope, diagonal, factors, core, center, level):
    return (
        quadratics.low_rank_quadratic(x, slope, diagonal, factors, core, center, level),
        quadratics.low_rank_quadratic_gradient(x, slope, diagonal, factors, core, center, level),
        quadratics.low_rank_quadratic_hessian(x, slope, diagonal, factors, core, center, level),
    )


@numba.njit
def all_mixtures(x, heights, means, precisions, beta):
    return (
        mixtures.diagonal_mixture(x, heights, means, precisions, beta),
        mixtures.diagonal_mixture_gradient(x, heights, means, precisions, beta),
        mixtures.diagonal_mixture_hessian(x, heights, means, precisions, beta),
    )


# Slopes left and right, wall, x, time, beta; value and slope to forty digits.
HINGES = [
    ((-1.0, 1.0, 0.0), 0.25, 0.5, 4.0, 0.2519812297376556442, 0.3137869772024316831),
    ((-1.0, 1.0, 0.0), 0.0, 1.0, 1.0, 0.6478744644493181964, 0.0),
    ((0.0, 0.0, 1.0), -1.0, 1.0, 4.0, 0.9457960834205079872, -1.186607766411420434),
    ((0.0, 1.0, 0.0), 0.1, 0.4, 5.0, 0.1021822153918833420, 0.3968871227541510191),
]


@pytest.mark.parametrize(("shape", "x", "time", "beta", "value", "slope"), HINGES)
def test_relaxed_hinges_have_the_published_values(shape, x, time, beta, value, slope):
    found = all_hinges(x, *shape, time, beta)
    assert found[:2] == (pytest.approx(value, abs=1e-15), pytest.approx(slope, abs=1e-15))
    ahead, behind = (all_hinges(x + h, *shape, time, beta)[1] for h in (1e-5, -1e-5))
    assert found[2] == pytest.approx((ahead - behind) / 2e-5, abs=1e-8)


def test_cold_hinges_are_parabolas_between_lines():
    assert all_hinges((0.2, 2.0), -1.0, 1.0, 0.0, 0.5, np.inf)[0] == pytest.approx(0.04 + 1.75)
    assert all_hinges((0.2, 2.0), -1.0, 1.0, 0.0, 0.5, np.inf)[1] == (pytest.approx(0.4), 1.0)


def test_low_rank_quadratics_are_their_formula():
    matrix = np.diag(DIAGONAL) + FACTORS.T @ CORE @ FACTORS
    value, gradient, hessian = all_bowls(X, SLOPE, DIAGONAL, FACTORS, CORE, CENTER, 0.7)
    away = X - CENTER
    assert value == pytest.approx(0.7 + SLOPE @ X + 0.5 * away @ matrix @ away, rel=1e-14)
    np.testing.assert_allclose(gradient, SLOPE + matrix @ away, rtol=1e-13)
    np.testing.assert_allclose(hessian, matrix, rtol=1e-13)
    whole = Bowl(SLOPE, DIAGONAL, CENTER, 0.7, FACTORS, CORE)
    assert whole.values(X) == pytest.approx(value, rel=1e-14)
    np.testing.assert_allclose(whole.gradients(X), gradient, rtol=1e-13)


def test_diagonal_mixtures_are_their_formula():
    value, gradient, hessian = all_mixtures(X, HEIGHTS, MEANS, PRECISIONS, 2.0)
    terms = np.exp(HEIGHTS - 0.5 * (PRECISIONS * (X - MEANS) ** 2).sum(axis=1))
    shares, slopes = terms / terms.sum(), PRECISIONS * (X - MEANS)
    assert value == pytest.approx(-np.log(terms.sum()) / 2.0, rel=1e-14)
    np.testing.assert_allclose(gradient, shares @ slopes / 2.0, rtol=1e-13)
    excess = slopes - shares @ slopes
    bends = np.diag(shares @ PRECISIONS) - excess.T @ (shares[:, None] * excess)
    np.testing.assert_allclose(hessian, bends / 2.0, atol=1e-14)
    whole = SoftMinimum(2.0, HEIGHTS, None, MEANS, PRECISIONS)
    assert whole.values(X) == pytest.approx(value, rel=1e-14)
