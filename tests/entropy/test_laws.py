"""Laws that local entropy obeys whatever the landscape: semigroup, equivariance, scaling, structure, bounds."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import multivariate_normal

import pdeopt
from pdeopt import landscapes

LINE = [
    landscapes.double_well(),
    landscapes.absolute_value(),
    landscapes.chaudhari_figure_1(),
    landscapes.gaussian_mixture(beta=2.0),
]
PLANE = landscapes.coupled_double_well()
BETA, TIME = 2.0, 0.4


def relaxed(f, x, time=TIME, beta=BETA, **options):
    return pdeopt.local_entropy(f, x, time=time, beta=beta, **options)


@pytest.mark.parametrize("f", [landscapes.double_well(), landscapes.log_cosh()], ids=lambda f: f.name)
@pytest.mark.parametrize("beta", [2.0, np.inf])
def test_relaxing_twice_is_relaxing_for_the_sum_of_times(f, beta):
    """The semigroup, the second step by a sum over a fine grid."""
    steps = np.linspace(-2.5, 3.1, 561)
    exponent = relaxed(f, steps, 0.25, beta).value + (steps - 0.3) ** 2 / 0.3
    if np.isinf(beta):
        assert exponent.min() == pytest.approx(relaxed(f, 0.3, 0.4, beta).value, abs=1e-4)
    else:
        spacing = steps[1] - steps[0]
        total = spacing * np.exp(-beta * exponent).sum() * np.sqrt(beta / (2 * np.pi * 0.15))
        assert -np.log(total) / beta == pytest.approx(relaxed(f, 0.3, 0.4, beta).value, abs=1e-12)


@pytest.mark.parametrize("f", LINE, ids=lambda f: f.name)
def test_moving_landscape_and_point_together_changes_nothing(f):
    e, moved = relaxed(f, 0.3), relaxed(f.shifted(0.7), 1.0)
    assert moved.value == pytest.approx(e.value, abs=1e-13)
    assert moved.gradient == pytest.approx(e.gradient, abs=1e-12)


def test_turning_landscape_and_point_together_turns_the_gradient():
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    x = np.array([0.3, -0.2])
    e, turned = relaxed(PLANE, x), relaxed(PLANE.rotated(turn), turn @ x)
    assert turned.value == pytest.approx(e.value, abs=1e-13)
    np.testing.assert_allclose(turned.gradient, turn @ e.gradient, atol=1e-12)
    np.testing.assert_allclose(turned.hessian, turn @ e.hessian @ turn.T, atol=1e-12)


@pytest.mark.parametrize("f", LINE[:3], ids=lambda f: f.name)
def test_scaling_the_loss_is_scaling_time_and_temperature(f):
    e = relaxed(f, 0.3, time=3.0 * TIME, beta=3.0 * BETA)
    scaled = relaxed(f.scaled(1 / 3.0), 0.3)
    assert scaled.value == pytest.approx(3.0 * e.value, abs=1e-12)
    assert scaled.hessian == pytest.approx(3.0 * e.hessian, abs=1e-11)


@pytest.mark.parametrize("f", LINE[:3], ids=lambda f: f.name)
def test_stretching_the_landscape_is_stretching_time_by_the_square(f):
    e = relaxed(f, 0.3 / 1.5, time=TIME / 1.5**2)
    stretched = relaxed(f.stretched(1.5), 0.3)
    assert stretched.value == pytest.approx(e.value, abs=1e-13)
    assert stretched.gradient == pytest.approx(e.gradient / 1.5, abs=1e-12)


@pytest.mark.parametrize("f", LINE, ids=lambda f: f.name)
def test_an_added_slope_moves_the_point(f):
    """u[f + p x](x) = u[f](x - t p) + p x - t p^2 / 2, with the slope added as a plain function."""
    slope = 0.7
    tilted = pdeopt.Landscape(
        lambda x: float(f(x)) + slope * x, lambda x: float(f.gradient_at(x)[0]) + slope, kinks=f.kinks
    )
    e = relaxed(f, 0.3 - TIME * slope)
    found = relaxed(tilted, 0.3)
    assert found.value == pytest.approx(e.value + slope * 0.3 - TIME * slope**2 / 2, abs=1e-12)
    assert found.gradient == pytest.approx(e.gradient + slope, abs=1e-11)


@pytest.mark.parametrize("beta", [0.5, 2.0, 50.0])
@pytest.mark.parametrize("f", LINE[:3], ids=lambda f: f.name)
def test_relaxation_lies_between_the_inviscid_one_and_heat_smoothing(f, beta):
    e = relaxed(f, 0.3, beta=beta)
    nodes, weights = np.polynomial.hermite_e.hermegauss(180)
    smooth = float(weights @ f(0.3 + np.sqrt(TIME / beta) * nodes) / weights.sum())
    assert e.value <= smooth + 1e-3
    low, high = f.curvature
    cold = relaxed(f, 0.3, beta=np.inf).value
    if 1 + TIME * low > 0:
        assert e.value >= cold + np.log(1 + TIME * low) / (2 * beta) - 1e-13
    if np.isfinite(high):
        assert e.value <= cold + np.log(1 + TIME * high) / (2 * beta) + 1e-13


@pytest.mark.parametrize("f", [PLANE, landscapes.ridge(PLANE, [[1.0, 2.0, 0.0], [0.0, 1.0, -1.0]])])
def test_the_gradient_is_the_derivative_of_the_value_and_the_hessian_of_the_gradient(f):
    x, h = np.array([0.3, -0.2, 0.5])[: f.dim], 1e-4
    e = relaxed(f, x)
    for i, step in enumerate(h * np.eye(f.dim)):
        ahead, behind = relaxed(f, x + step), relaxed(f, x - step)
        assert (ahead.value - behind.value) / (2 * h) == pytest.approx(e.gradient[i], abs=1e-7)
        np.testing.assert_allclose((ahead.gradient - behind.gradient) / (2 * h), e.hessian[i], atol=1e-6)


def test_the_equation_holds_between_value_and_derivatives():
    """u_t = -|grad u|^2 / 2 + lap u / (2 beta), u_t by differences."""
    x = np.array([0.3, -0.2])
    e = relaxed(PLANE, x)
    rate = (relaxed(PLANE, x, TIME + 1e-4).value - relaxed(PLANE, x, TIME - 1e-4).value) / 2e-4
    assert rate == pytest.approx(-0.5 * (e.gradient**2).sum() + e.laplacian / (2 * BETA), abs=1e-7)


@pytest.mark.parametrize(
    ("structured", "x"),
    [
        (landscapes.tilted_double_well(dim=2).stretched([1.0, 2.0]).shifted(0.1).scaled(2.0), [0.3, -0.2]),
        (landscapes.separable([landscapes.double_well(), landscapes.cosine()]), [0.3, -0.2]),
        (landscapes.ridge(landscapes.double_well(), [1.0, 2.0]).shifted([0.1, 0.2]), [0.3, -0.2]),
        (landscapes.plus_quadratic(PLANE, [1.0, 3.0], [0.3, 0.1], 0.7), [0.3, -0.2]),
        (landscapes.radial(landscapes.log_cosh(), [0.5, 0.1]).rotated(0.3).stretched(2.0), [0.3, -0.2]),
        (landscapes.radial(landscapes.absolute_value(), [0.3, 0.1]), [0.3, -0.2]),
        pytest.param(
            landscapes.ridge(landscapes.separable(landscapes.double_well(), 3), np.tri(3)[:, :2] / 2),
            [0.3, -0.2],
            marks=pytest.mark.slow,
        ),
    ],
    ids=["stretched", "separable", "ridge", "bowl", "radial", "cone", "wide ridge"],
)
def test_what_is_known_of_the_structure_changes_only_the_work(structured, x):
    e = relaxed(structured, x)
    plain = dataclasses.replace(structured, structure=None, relaxation=None)
    q = relaxed(plain, x, method="quadrature")
    assert abs(e.value - q.value) <= e.error + q.error
    assert (np.abs(e.gradient - q.gradient) <= e.gradient_error + q.gradient_error).all()
    assert np.abs(e.hessian - q.hessian).max() <= e.hessian_error + q.hessian_error


def test_a_radial_landscape_has_a_smooth_centre():
    f = landscapes.radial_double_well(5)
    at, near = (relaxed(f, [r, 0.0, 0.0, 0.0, 0.0]) for r in (0.0, 1e-5))
    np.testing.assert_allclose(at.gradient, 0.0, atol=1e-15)
    np.testing.assert_allclose(at.hessian, near.hessian, atol=1e-8)


@pytest.mark.parametrize("beta", [0.7, np.inf])
def test_low_rank_quadratics_are_the_dense_ones(beta):
    rng = np.random.default_rng(1)
    bends, factors, center = rng.uniform(-0.5, 3, 12), rng.normal(size=(3, 12)), rng.normal(size=12)
    dense = landscapes.quadratic(np.diag(bends) + factors.T @ factors, center, 0.3)
    slim = landscapes.quadratic(bends, center, 0.3, factors=factors)
    x = rng.normal(size=(4, 12))
    e, q = (relaxed(f, x, 0.5, beta) for f in (slim, dense))
    np.testing.assert_allclose(e.value, q.value, rtol=1e-13)
    np.testing.assert_allclose(e.hessian, q.hessian, atol=1e-13)
    np.testing.assert_allclose(slim.relaxed(0.2, beta).relaxed(0.3, beta)(x), q.value, rtol=1e-13)


def test_diagonal_mixtures_widen_by_the_variance_of_the_kernel():
    rng = np.random.default_rng(2)
    means, spreads, x = rng.normal(size=(3, 12)), rng.uniform(0.1, 1, (3, 12)), rng.normal(size=12)
    weights = np.array([0.5, 0.3, 0.2])
    e = relaxed(landscapes.gaussian_mixture(weights, means, spreads, BETA), x)
    wide = [np.diag(row + TIME / BETA) for row in spreads]
    masses = weights * [multivariate_normal.pdf(x, mean, cov) for mean, cov in zip(means, wide, strict=True)]
    slopes = np.array([np.linalg.solve(cov, x - mean) for mean, cov in zip(means, wide, strict=True)])
    shares = masses / masses.sum()
    assert e.value == pytest.approx(-np.log(masses.sum()) / BETA, rel=1e-13)
    np.testing.assert_allclose(e.gradient, shares @ slopes / BETA, atol=1e-13)
    excess = slopes - shares @ slopes
    bends = np.tensordot(shares, np.linalg.inv(wide), 1) - excess.T @ (shares[:, None] * excess)
    np.testing.assert_allclose(e.hessian, bends / BETA, atol=1e-12)


@pytest.mark.parametrize("name", ["absolute_value", "rectifier", "half_line"])
@pytest.mark.parametrize("beta", [0.3, 4.0, 1e3])
def test_closed_forms_at_kinks_and_walls_equal_the_integral(name, beta):
    f = getattr(landscapes, name)()
    x = np.array([-3.0, -0.4, 0.0, 0.1, 0.7, 2.0])
    e, q = relaxed(f, x, beta=beta), relaxed(f, x, beta=beta, method="quadrature")
    assert (e.method, q.method) == ("closed form", "quadrature")
    assert (np.abs(e.value - q.value) <= e.error + q.error).all()
    assert (np.abs(e.gradient - q.gradient) <= e.gradient_error + q.gradient_error).all()
    assert (np.abs(e.hessian[:, 0, 0] - q.hessian[:, 0, 0]) <= e.hessian_error + q.hessian_error).all()
    np.testing.assert_allclose(f.relaxed(0.3, beta).relaxed(0.1, beta)(x), e.value, rtol=1e-12)


def test_samples_are_integrated_between_their_nodes():
    grid = pdeopt.Grid(-3.0, 3.0, 61)
    f = pdeopt.Landscape.from_samples(np.sin(3 * grid.axes[0]), grid)
    e = relaxed(f, 0.123)
    y = np.linspace(-8, 8, 2_000_001)
    weights = np.exp(-BETA * (f(y) + (y - 0.123) ** 2 / (2 * TIME)))
    total = (weights.sum() - 0.5 * (weights[0] + weights[-1])) * (y[1] - y[0])
    assert e.value == pytest.approx(-np.log(total * np.sqrt(BETA / (2 * np.pi * TIME))) / BETA, abs=1e-9)


def test_an_integral_that_diverges_is_refused_with_the_time_of_blow_up():
    f = pdeopt.Landscape(lambda x: -0.5 * x * x, name="hilltop")
    assert relaxed(f, 0.3, time=0.5).value == pytest.approx(-0.5 * 0.09 / 0.5 + np.log(0.5) / (2 * BETA), abs=1e-12)
    with pytest.raises(
        ValueError, match=r"time=2: hilltop falls off so fast .* blows up at about time 1; use time=0.5"
    ):
        relaxed(f, 0.3, time=2.0)


def test_a_steep_wall_of_quartic_growth_and_a_far_point():
    e = relaxed(landscapes.quartic(), 100.0, time=0.5, beta=1.0)
    prox = relaxed(landscapes.quartic(), 100.0, time=0.5, beta=np.inf)
    bend = 12 * prox.mean[0] ** 2
    # Laplace's approximation, whose error is of the order of one over the exponent.
    assert e.value == pytest.approx(prox.value + 0.5 * np.log1p(0.5 * bend), abs=1e-3)
