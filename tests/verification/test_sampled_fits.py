"""Orders of sampled errors: intervals hold the order, decisions are seldom wrong, and too few paths decide nothing."""

import numpy as np
import pytest
from sampled_cases import STEPS, squares_of_order

from pdeopt.verification import Verdict, holm
from pdeopt.verification.paths.decisions import decide, decide_means, together
from pdeopt.verification.paths.sampled_fits import fit_order, root_mean_squares


def decided(squares, claimed, steps=STEPS):
    return decide("made up", steps, root_mean_squares(squares), claimed=claimed, tier="", evidence="")


def test_logarithms_of_root_mean_squares_have_the_covariance_that_samples_show():
    rng = np.random.default_rng(3)
    found = [root_mean_squares(squares_of_order(1.0, 2000, rng)) for _ in range(300)]
    seen = np.cov(np.array([one.logs for one in found]).T)
    said = np.mean([one.covariance for one in found], axis=0)
    np.testing.assert_allclose(said, seen, atol=0.3 * seen.max())
    np.testing.assert_allclose(np.diag(said), np.diag(seen), rtol=0.3)


@pytest.mark.parametrize("order", [0.5, 0.75, 1.5, 2.0])
@pytest.mark.parametrize("departure", [(0.0, 1.0), (1.5, 0.5), (-0.6, 0.5), (1.5, 1.0), (-0.6, 1.0)])
def test_errors_almost_without_noise_give_their_order_though_slopes_depart_from_it(order, departure):
    c, q = departure
    logs = order * np.log(STEPS) + 0.5 * np.log(1.0 + c * (STEPS / STEPS[0]) ** q)
    fit = fit_order(STEPS, logs, 1e-8 * np.eye(STEPS.size))
    assert abs(fit.order - order) < 3.0 * fit.deviation < 0.02


def test_a_plain_line_through_departing_errors_excludes_their_order_and_the_fit_does_not():
    # As Milstein's errors on the arctangent problem do.
    squares = squares_of_order(1.0, 100_000, np.random.default_rng(5), (0.5, 0.5))
    errors = root_mean_squares(squares)
    slope = np.polyfit(np.log(STEPS), errors.logs, 1)[0]
    assert slope > 1.03
    fit = fit_order(STEPS, errors.logs, errors.covariance)
    assert abs(fit.order - 1.0) < 2.0 * fit.deviation


def test_the_largest_steps_are_left_out_where_no_curve_fits_them():
    logs = 1.0 * np.log(STEPS)
    logs[:2] += (3.0, -1.0)
    fit = fit_order(STEPS, logs, 1e-6 * np.eye(STEPS.size))
    assert (fit.first, fit.curve.size) == (2, STEPS.size - 2)
    assert fit.order == pytest.approx(1.0, abs=3.0 * fit.deviation)


def calibration(n_trials, n_paths, seed):
    """Return, for errors of known order, whether the interval holds it, and the verdicts on it and on 1/4 more."""
    rng = np.random.default_rng(seed)
    inside, right, wrong = [], [], []
    for _ in range(n_trials):
        order, q = rng.choice([0.5, 0.75, 1.0, 1.5, 2.0]), rng.choice([0.5, 1.0])
        squares = squares_of_order(order, n_paths, rng, (rng.uniform(-0.6, 1.5), q))
        found = decided(squares, order)
        inside.append(found.interval[0] <= order <= found.interval[1])
        right.append(found.verdict)
        wrong.append(decided(squares, order + 0.25).verdict)
    return np.mean(inside), right, wrong


def test_intervals_hold_the_order_and_decisions_are_right():
    inside, right, wrong = calibration(10, 100_000, 7)
    assert inside >= 0.75
    assert "refuted" not in right
    assert "certified" not in wrong
    assert min(right.count("certified"), wrong.count("refuted")) >= 5


@pytest.mark.slow
def test_intervals_of_many_samples_hold_the_order_and_no_decision_is_wrong():
    inside, right, wrong = calibration(400, 120_000, 11)
    # Three standard deviations of 400 trials below 95 %.
    assert inside >= 0.917
    assert "refuted" not in right
    assert "certified" not in wrong


@pytest.mark.parametrize("order", [0.5, 1.0])
def test_few_paths_decide_nothing_and_the_number_they_ask_for_does(order):
    rng = np.random.default_rng(2)
    few = decided(squares_of_order(order, 200, rng), order)
    assert few.verdict == "inconclusive"
    assert 10_000 < few.needed_paths < 3_000_000
    enough = decided(squares_of_order(order, few.needed_paths, rng), order)
    assert (enough.verdict, enough.needed_paths) == ("certified", 0)
    assert decided(squares_of_order(order, few.needed_paths, rng), order + 0.25).verdict == "refuted"


def test_a_wide_interval_decides_nothing_even_where_a_claim_is_far_off():
    squares = squares_of_order(1.0, 10_000, np.random.default_rng(10))
    found = decided(squares, 1.5)
    assert found.p_values[0] > 1.0 - 1e-6
    assert (found.verdict, found.needed_paths > 20_000) == ("inconclusive", True)


def test_a_claim_where_tests_cannot_tell_needs_more_paths_though_the_interval_is_narrow():
    rng = np.random.default_rng(4)
    found = decided(squares_of_order(1.0, 200_000, rng), 1.05)
    assert found.interval[1] - found.interval[0] < 0.04
    assert found.verdict == "inconclusive"
    assert found.needed_paths > 400_000


def test_errors_made_by_few_paths_decide_nothing():
    rng = np.random.default_rng(6)
    # A common factor of heavy tails and little else: a narrow interval that rests on a handful of paths.
    squares = STEPS**2.0 * (1.0 + 0.05 * rng.normal(size=(20_000, STEPS.size))) ** 2
    heavy = squares * np.exp(3.0 * rng.normal(size=(20_000, 1)))
    found = decided(heavy, 1.0)
    assert (found.verdict, found.interval[1] - found.interval[0] < 0.04) == ("inconclusive", True)
    assert found.needed_paths > 20_000
    assert decided(squares, 1.0).verdict == "certified"


def test_without_a_claim_an_order_must_be_a_multiple_of_a_half():
    rng = np.random.default_rng(8)
    assert decided(squares_of_order(1.5, 200_000, rng), None).verdict == "certified"
    between = decided(squares_of_order(1.25, 200_000, rng), None)
    assert (between.verdict, between.needed_paths) == ("inconclusive", 0)


def test_two_one_sided_tests_have_the_p_values_of_their_normal_distances():
    found = decided(squares_of_order(1.0, 200_000, np.random.default_rng(9)), 1.0)
    below, above = found.p_values
    deviation = (found.interval[1] - found.order) / 1.959964
    normal = np.random.default_rng(0).normal(size=400_000)
    assert below < 1e-3
    assert above < 1e-3
    wide = decide_means("m", STEPS, STEPS, 0.15 * STEPS, 100, claimed=1.05, tier="", evidence="")
    deviation = (wide.interval[1] - wide.order) / 1.959964
    share = np.mean(normal > (wide.order - 1.0) / deviation)
    assert wide.p_values[0] == pytest.approx(share, abs=4e-3)


def test_holm_gives_the_values_worked_out_by_hand():
    found = holm([0.001, 0.04, 0.03, 0.005])
    np.testing.assert_allclose(found, [0.004, 0.06, 0.06, 0.015], rtol=1e-12)
    assert holm([0.7, 0.8]).max() == 1.0


def verdict(p_value, kind):
    numbers = np.ones(1)
    return Verdict("x", kind, 1.0, (0.9, 1.1), 1.0, numbers, numbers, np.ones(0), "", "", p_values=(p_value, 0.5))


def test_decisions_that_hold_alone_may_not_hold_together():
    several = [verdict(9e-4, "certified"), verdict(1e-7, "certified"), verdict(1.0 - 1e-8, "refuted")]
    assert [one.verdict for one in together(several)] == ["inconclusive", "certified", "refuted"] or [
        one.verdict for one in together(several)
    ] == ["certified", "certified", "refuted"]
    crowded = [verdict(9e-4, "certified"), verdict(8e-4, "certified"), verdict(1e-7, "certified")]
    assert [one.verdict for one in together(crowded)] == ["inconclusive", "inconclusive", "certified"]


def test_means_lost_in_noise_are_refused_with_the_number_of_paths():
    errors = 0.5 * STEPS**1.0
    found = decide_means("m", STEPS, STEPS, errors, 1000, claimed=1.0, tier="", evidence="")
    assert found.verdict == "inconclusive"
    assert found.needed_paths == pytest.approx(1.2 * 1000 * (0.5 / 0.2) ** 2, rel=0.05)
    clear = decide_means("m", STEPS, STEPS, 0.001 * STEPS, 1000, claimed=1.0, tier="", evidence="")
    assert clear.verdict == "certified"


def test_a_sampled_verdict_prints_its_standard_errors_and_the_paths_it_needs():
    found = decided(squares_of_order(1.0, 300, np.random.default_rng(1)), 1.0)
    lines = str(found).splitlines()
    assert lines[1].split() == ["step", "error", "+-", "slope"]
    assert float(lines[2].split()[2]) == pytest.approx(found.standard_errors[0], rel=0.06)
    assert lines[-2] == f"{found.needed_paths} paths would settle it"
