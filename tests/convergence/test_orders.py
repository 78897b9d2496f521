"""Observed orders: expansions whose order is known, irregular errors, and the reasons why there is none."""

import numpy as np
import pytest

from pdeopt.convergence import local_slopes, observed_order

HALVED = 0.1 * 0.5 ** np.arange(7)


def expansion(rng, n):
    """Return an order, spacings in uneven ratios, and errors with four terms beyond the first."""
    order, power = rng.choice([0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 2.37]), rng.choice([0.5, 1.0, 2.0])
    ratios = rng.choice([1.3, 1.5, 2.0]) * np.exp(0.1 * rng.normal(size=n))
    h = rng.choice([0.1, 0.05]) / np.cumprod(np.maximum(ratios, 1.1))
    terms = rng.normal(size=4)
    return order, h, h**order * (1.0 + sum(c * h ** (power * (k + 1)) for k, c in enumerate(terms)))


@pytest.mark.parametrize("n", [4, 5, 6, 7])
def test_the_order_of_random_expansions_lies_within_the_bar_in_19_of_20_cases(n):
    rng = np.random.default_rng(n)
    cases = [expansion(rng, n) for _ in range(400)]
    found = [(order, observed_order(h, e)) for order, h, e in cases if (e > 0.0).all()]
    settled = [(order, one) for order, one in found if one.is_settled]
    assert len(settled) > 0.8 * len(found)
    assert np.mean([one.admits(order) for order, one in settled]) > 0.95


@pytest.mark.parametrize("scatter", [0.01, 0.05])
def test_the_order_of_irregular_errors_lies_within_the_bar_in_19_of_20_cases(scatter):
    rng = np.random.default_rng(1)
    errors = [HALVED**2 * (1.0 + HALVED) * np.exp(scatter * rng.uniform(-1.0, 1.0, 7)) for _ in range(400)]
    settled = [one for one in (observed_order(HALVED, e) for e in errors) if one.is_settled]
    assert len(settled) > 350
    assert np.mean([one.admits(2.0) for one in settled]) > 0.95


def test_the_bar_of_a_smooth_sequence_is_small_and_covers_the_last_local_order():
    found = observed_order(HALVED, HALVED**1.5 * (1.0 + HALVED))
    assert found.bar < 0.01
    assert abs(found.order - found.slopes[-1]) <= found.bar
    assert str(found) == f"order {found.order:.3f} +- {found.bar:.3f}"


def test_errors_that_stagnate_are_pre_asymptotic():
    found = observed_order(HALVED[:5], HALVED[:5] ** 2 + 1e-4)
    assert (found.order, found.bar, found.admits(2.0)) == (None, None, False)
    assert str(found).startswith("pre-asymptotic: local orders 1.96 ... 0.88 still change by more than")


def test_errors_that_depend_on_where_the_grid_lies_are_irregular():
    found = observed_order(HALVED[:5], HALVED[:5] * np.array([0.75, 1.5, 0.75, 1.5, 0.75]))
    assert str(found).startswith("irregular: local orders between 0.00 and 2.00 scatter by more than a bar of 0.25")


def test_a_change_of_sign_is_named_with_its_place():
    found = observed_order([0.4, 0.2, 0.1], [-0.02, 0.01, 0.004])
    assert "changes its sign, from -0.02 at spacing 0.4 to 0.01 at 0.2" in str(found)
    assert not found.is_settled


def test_errors_below_rounding_are_left_out():
    errors = np.where(HALVED < 0.004, 1e-13, HALVED**2)
    found = observed_order(HALVED, errors, rounding=1e-13)
    assert found.n_used == 5
    assert found.admits(2.0)


def test_rounding_widens_the_bar():
    clean, noisy = (observed_order(HALVED, HALVED**2, rounding=rounding) for rounding in (0.0, 1e-8))
    assert clean.bar < 1e-9 < 1e-4 < noisy.bar < 0.05


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        ([0.0, 0.0, 0.0], "no error beyond rounding"),
        ([0.1, 0.0, 0.0], "no local order and no bar: 1 errors exceed rounding"),
        ([0.4, 0.1, 0.0], "one local order, 2.00, and no bar: 2 errors exceed rounding; use 3 or more"),
    ],
)
def test_too_few_errors_give_no_order_but_a_reason(errors, words):
    found = observed_order([0.4, 0.2, 0.1], errors)
    assert str(found).startswith(words)
    assert found.order is None
    assert np.isfinite(found.slopes).all()


@pytest.mark.parametrize("spacings", [[0.1, 0.2, 0.4], [0.2, 0.1, 0.0], [0.1], [[0.2, 0.1]], [0.2, np.nan]])
def test_spacings_that_do_not_decrease_are_refused_with_some_that_do(spacings):
    with pytest.raises(ValueError, match=r"spacings=.* such as \[0.1, 0.05, 0.025\]"):
        observed_order(spacings, np.ones(np.shape(spacings)))


def test_errors_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match=r"errors=\[1.0, nan, 0.1\] must be one finite number for each of 3 spacings"):
        observed_order([0.4, 0.2, 0.1], [1.0, np.nan, 0.1])


def test_local_slopes_are_those_of_powers_for_any_ratio():
    h = np.array([0.3, 0.2, 0.05])
    np.testing.assert_allclose(local_slopes(h, 7.0 * h**1.25), 1.25, rtol=1e-12)
