"""Orders of errors without noise: series whose order is known, rounding, and verdicts."""

import numpy as np
import pytest

from pdeopt.verification.fits import Fit, extrapolated_order, local_slopes
from pdeopt.verification.verdict import decided, verdict_of

STEPS = 0.5 ** np.arange(4, 12)


@pytest.mark.parametrize("order", [0.5, 1.0, 1.5, 2.0])
@pytest.mark.parametrize("next_power", [0.5, 1.0, 2.0])
def test_the_order_of_a_series_lies_within_its_bar_of_less_than_two_hundredths(order, next_power):
    errors = STEPS**order * (1.0 + 0.8 * STEPS**next_power - 0.5 * STEPS ** (2.0 * next_power))
    fit = extrapolated_order(STEPS, errors)
    assert abs(fit.order - order) <= fit.bar + 1e-12
    assert fit.bar < 0.02


def test_powers_that_nearly_cancel_in_the_mean_square_are_told_apart_by_their_signs():
    first, second = np.array([1.0, -0.3, 0.2]), np.array([-9.0, 4.0, 0.5])
    errors = STEPS[:, None] ** 1.5 * first + STEPS[:, None] ** 2 * second
    slopes = local_slopes(STEPS, np.sqrt(np.mean(errors**2, axis=1)))
    assert abs(slopes[-1] - 1.5) > 0.1
    fit = extrapolated_order(STEPS, errors)
    assert fit.order == pytest.approx(1.5, abs=1e-6)


def test_errors_of_rounding_alone_have_infinite_order():
    assert extrapolated_order(STEPS, 1e-15 * np.cos(np.arange(8.0)), 1e-15) == Fit(float("inf"), 0.0)


def test_too_few_errors_beyond_rounding_give_no_order():
    fit = extrapolated_order(STEPS, STEPS**2, 1e-6)
    assert np.isnan(fit.order)
    assert decided(fit, 2.0) == "inconclusive"


def test_rounding_widens_the_bar():
    exact = extrapolated_order(STEPS, STEPS**2 * (1.0 + STEPS))
    assert extrapolated_order(STEPS, STEPS**2 * (1.0 + STEPS), 1e-10).bar > 10.0 * exact.bar


def test_a_verdict_shows_its_steps_errors_and_slopes():
    found = verdict_of("mine, weak order", STEPS, 3.0 * STEPS, claimed=None, tier="by hand", evidence="a series")
    assert (found.verdict, found.claimed, found.is_sharp) == ("certified", 1.0, True)
    lines = str(found).splitlines()
    assert lines[0] == "mine, weak order: certified; claimed 1, order 1.0000 +- 0.0001"
    assert lines[3].split() == ["0.03125", "9.3750e-02", "1.0000"]
    assert lines[-1] == "by hand: a series"


def test_an_order_between_halves_is_inconclusive_where_nothing_is_claimed():
    errors = STEPS**1.25
    assert verdict_of("mine", STEPS, errors, claimed=None, tier="", evidence="").verdict == "inconclusive"


def test_steps_that_are_no_geometric_sequence_are_refused():
    with pytest.raises(ValueError, match=r"not a decreasing geometric sequence. Use 0\.5 \*\* np\.arange"):
        extrapolated_order([0.1, 0.2, 0.4], [1.0, 2.0, 3.0])
