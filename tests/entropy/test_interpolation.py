"""Many different coordinates are interpolated: to the digits of the integrals, and within the stated errors."""

import numpy as np
import pytest

import pdeopt
from pdeopt import landscapes

MANY = 20_000
DRAWN = np.random.default_rng(0).normal(size=MANY)


def assert_same(found, exact, chosen):
    """Of two sums over coordinates, the second of the chosen coordinates alone."""
    slope = np.abs(found.gradient[chosen] - exact.gradient)
    bend = np.abs(found.hessian_diagonal[chosen] - exact.hessian_diagonal)
    assert (slope <= found.gradient_error[chosen] + exact.gradient_error).all()
    assert bend.max() <= found.hessian_error + exact.hessian_error
    assert slope.max() <= 1e-11
    assert bend.max() <= 1e-11


@pytest.mark.parametrize(("time", "beta"), [(0.5, 1.0), (0.5, 50.0), (1e-3, 1.0)])
def test_many_different_coordinates_are_as_exact_as_each_alone(time, beta):
    chosen = np.concatenate([np.argsort(DRAWN)[[0, 1, 2, -3, -2, -1]], np.arange(44)])
    one = landscapes.double_well()
    found = pdeopt.local_entropy(landscapes.separable(one, dim=MANY), DRAWN, time=time, beta=beta)
    exact = pdeopt.local_entropy(landscapes.separable(one, dim=50), DRAWN[chosen], time=time, beta=beta)
    assert_same(found, exact, chosen)
    assert found.evaluations < 0.1 * MANY * exact.evaluations / 50


@pytest.mark.parametrize(("time", "beta"), [(0.5, 1.0), (0.02, 30.0)])
def test_across_a_kink_every_point_agrees_with_the_closed_form(time, beta):
    f = landscapes.absolute_value()
    found = pdeopt.local_entropy(f, DRAWN, time=time, beta=beta, method="quadrature")
    exact = pdeopt.local_entropy(f, DRAWN, time=time, beta=beta)
    assert exact.method == "closed form"
    for name, error in (("value", "error"), ("gradient", "gradient_error"), ("hessian", "hessian_error")):
        gap = np.abs(getattr(found, name) - getattr(exact, name)).reshape(-1)
        assert gap.max() <= 1e-11
        assert (gap <= (getattr(found, error) + getattr(exact, error)).reshape(-1)).all()


def test_a_well_narrower_than_the_panels_is_not_stepped_over():
    f = pdeopt.Landscape(
        lambda y: -np.exp(-0.5 * ((y - 0.3) / 0.01) ** 2),
        lambda y: (y - 0.3) / 1e-4 * np.exp(-0.5 * ((y - 0.3) / 0.01) ** 2),
        minima=((0.3,),),
        vectorised=True,
        name="narrow well",
    )
    x = np.linspace(-5.0, 5.0, MANY)
    near = np.flatnonzero(np.abs(x - 0.3) < 0.2)[::8]
    found = pdeopt.local_entropy(f, x, time=0.01, beta=40.0)
    exact = pdeopt.local_entropy(f, x[near], time=0.01, beta=40.0)
    assert np.abs(exact.gradient).max() > 1.0
    np.testing.assert_allclose(found.gradient[near], exact.gradient, rtol=0, atol=1e-10)
    np.testing.assert_allclose(found.value[near], exact.value, rtol=0, atol=1e-11)


def test_each_of_two_stretches_has_its_own_interpolant():
    """The chain rule: a landscape stretched by two on half of its axes relaxes as a wide and a narrow one."""
    scale = np.where(np.arange(MANY) % 2 == 0, 2.0, 1.0)
    f = landscapes.separable(landscapes.double_well(), dim=MANY).stretched(scale)
    small = landscapes.separable(landscapes.double_well(), dim=20).stretched(scale[:20])
    found = pdeopt.local_entropy(f, DRAWN, time=0.3, beta=2.0)
    exact = pdeopt.local_entropy(small, DRAWN[:20], time=0.3, beta=2.0)
    assert_same(found, exact, np.arange(20))


@pytest.mark.slow
def test_a_million_different_coordinates_take_seconds():
    x = np.random.default_rng(1).normal(size=10**6)
    found = pdeopt.local_entropy(landscapes.double_well(dim=10**6), x, time=0.5, beta=1.0)
    exact = pdeopt.local_entropy(landscapes.double_well(dim=50), x[:50], time=0.5, beta=1.0)
    assert_same(found, exact, np.arange(50))
    assert found.evaluations < 10**6
