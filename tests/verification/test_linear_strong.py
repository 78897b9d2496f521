"""Errors along a path of linear equations with additive noise, against published digits and a slow sum."""

import numpy as np
import pytest
from scipy.integrate import quad

from pdeopt.landscapes import quadratic
from pdeopt.systems import overdamped_langevin, problems
from pdeopt.verification import stationary_path_errors, weak_order
from pdeopt.verification.moments.linear_strong import path_errors
from pdeopt.verification.moments.on_paths import has_exact_strong_errors, strong_evidence
from pdeopt.verification.verdict import verdict_of

WELL = problems.harmonic_langevin(frequency=1.3, beta=1 / 0.9, friction=0.7)
OU = problems.ornstein_uhlenbeck()

TABLE = {
    "baoab": (6.2597821710e-2, 3.1152460341e-2, 1.5558031163e-2, 7.7767440440e-3),
    "aboba": (6.2597821710e-2, 3.1152460341e-2, 1.5558031163e-2, 7.7767440440e-3),
    "obabo": (6.3349939882e-2, 3.1245585887e-2, 1.5569644484e-2, 7.7781948570e-3),
    "oabao": (6.2812351903e-2, 3.1179509720e-2, 1.5561419593e-2, 7.7771678244e-3),
    "bao": (9.8512452073e-2, 4.9106049289e-2, 2.4558550134e-2, 1.2285545851e-2),
    "gjf": (5.5024458060e-2, 2.7417461613e-2, 1.3696974701e-2, 6.8470206284e-3),
    "ubu": (7.3546007796e-3, 1.8330052774e-3, 4.5790048414e-4, 1.1445322442e-4),
    "bub": (6.4639748186e-3, 1.6041695993e-3, 4.0031092095e-4, 1.0003212904e-4),
    "exponential-euler": (1.5204809172e-1, 6.8487800518e-2, 3.2621810721e-2, 1.5933246134e-2),
    "euler-maruyama": (4.1983639728e-1, 1.6136525996e-1, 7.2533920197e-2, 3.4538001863e-2),
}


@pytest.mark.parametrize("method", TABLE)
def test_stationary_errors_along_a_path_have_the_published_digits(method):
    found = [stationary_path_errors(method, WELL, h)[0] for h in (0.2, 0.1, 0.05, 0.025)]
    # Half a unit of the last printed digit of the smallest entry, and rounding.
    np.testing.assert_allclose(found, TABLE[method], rtol=2e-10)


def test_errors_of_eulers_scheme_are_those_of_the_sum_over_all_past_noise():
    h, n = 0.125, 8
    pieces = [
        quad(lambda s, k=k: ((1 - h) ** (n - 1 - k) - np.exp(s - 1.0)) ** 2, k * h, (k + 1) * h)[0] for k in range(n)
    ]
    from_zero = path_errors("euler-maruyama", OU.system, h, n, start=[0.0])
    assert from_zero[0] == pytest.approx(np.sqrt(sum(pieces)), rel=1e-12)
    mean = (1 - h) ** n - np.exp(-1.0)
    anywhere = path_errors("euler-maruyama", OU.system, h, n)
    assert anywhere[0] == pytest.approx(np.sqrt(sum(pieces) + mean**2), rel=1e-12)


ORDERS = {"baoab": 1.0, "obabo": 1.0, "bao": 1.0, "bbk": 1.0, "bbk-shared": 0.5, "gjf": 1.0, "ubu": 2.0, "bub": 2.0}


@pytest.mark.parametrize("method", ORDERS)
def test_strong_orders_at_a_time_are_those_proved(method):
    evidence = strong_evidence(method, WELL.system)
    steps = 0.5 ** np.arange(4, 12)
    errors, rounding = [evidence.error(h) for h in steps], [evidence.rounding(h) for h in steps]
    found = verdict_of("", steps, errors, claimed=ORDERS[method], tier="", evidence="", rounding=rounding)
    assert (found.verdict, found.is_sharp) == ("certified", True)


def test_noise_shared_by_two_steps_costs_half_an_order():
    system = overdamped_langevin(quadratic(), 1.0)
    coarse, fine = (path_errors("leimkuhler-matthews", system, 1 / n, n)[0] for n in (1024, 2048))
    assert np.log2(coarse / fine) == pytest.approx(0.5, abs=1e-3)


def baoab(decay):
    """Return BAOAB for the well above, with its friction times a factor."""

    def step(t, x, h, xi, args):
        beta, friction = args[:2]
        q, p = x
        p = p - 0.5 * h * 1.69 * q
        q = q + 0.5 * h * p
        c = np.exp(-decay * friction * h)
        p = c * p + np.sqrt((1.0 - c * c) / beta) * xi
        q = q + 0.5 * h * p
        return q, p - 0.5 * h * 1.69 * q

    return step


def test_a_users_step_with_friction_draws_has_the_errors_of_the_word_it_is():
    found = stationary_path_errors(baoab(1.0), WELL, 0.1, draws=("friction",))
    np.testing.assert_allclose(found, stationary_path_errors("baoab", WELL, 0.1), rtol=1e-12)
    # With too much friction the path is another one.
    assert stationary_path_errors(baoab(2.0), WELL, 0.01, draws=("friction",))[0] > 0.1


def test_which_errors_are_known_without_sampling():
    exact = [("euler-maruyama", OU), ("sra1", OU), ("baoab", WELL), ("milstein", problems.gbm())]
    sampled = [("ri6", problems.gbm()), ("tamed-euler", OU), ("milstein", problems.wave()), ("baoab", OU)]
    assert all(has_exact_strong_errors(method, problem.system) for method, problem in exact)
    assert not any(has_exact_strong_errors(method, problem.system) for method, problem in sampled)


def test_a_step_without_stationary_law_is_refused():
    with pytest.raises(ValueError, match=r"h=1\.7 gives .* no stationary law. Use a smaller step"):
        stationary_path_errors("baoab", WELL, 1.7)


def test_other_equations_and_draws_are_refused_with_some_that_work():
    with pytest.raises(ValueError, match=r"not linear with additive noise. Use .*harmonic_langevin"):
        stationary_path_errors("milstein", problems.gbm(), 0.1)
    with pytest.raises(ValueError, match=r"are not those of a path .*draws=\('increment',\)"):
        stationary_path_errors(baoab(1.0), WELL, 0.1, draws=("three-point",))


def test_a_step_that_is_not_linear_is_refused_by_matrices():
    with pytest.raises(ValueError, match=r"'tamed-euler' is not linear .*torus_additive"):
        weak_order("tamed-euler", OU)
