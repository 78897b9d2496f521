"""Stationary laws and stability limits on the harmonic potential, against closed forms and published digits."""

import numpy as np
import pytest

from pdeopt import sde
from pdeopt.sde.harmonic import one_step, spectral_radius, stationary_covariance

CASES = [
    (1.0, 1.0, 1.0, 0.5),
    (2.0, 0.5, 0.25, 0.6),
    (1.0, 0.1, 1.0, 1.9),
    (1.0, 10.0, 1.0, 1.0),
    (3.0, 0.0137, 2.0, 0.1),
]
"""Frequency, friction, temperature, step."""

CLOSED_FORMS = {
    "baoab": lambda x, _: (1, 0, 1 - x),
    "gjf": lambda x, _: (1, 0, 1 - x),
    "aboba": lambda x, _: (1, 0, 1 / (1 - x)),
    "obabo": lambda x, _: (1 / (1 - x), 0, 1),
    "babo": lambda x, _: (1 / (1 - x), 0, 1),
    "oabao": lambda x, _: (1 - x, 0, 1),
    "abao": lambda x, _: (1 - x, 0, 1),
    "aoab": lambda _, h: (1, -h / 2, 1),
    "baoa": lambda _, h: (1, h / 2, 1),
}
"""<q^2> / Q, <qp> / T and <p^2> / T, of x = h^2 w^2 / 4 and h."""


def scaled(scheme, case):
    w, gamma, tau, h = case
    c = stationary_covariance(sde.get(scheme), w, gamma, 1.0 / tau, h)
    return np.array([c[0, 0] * w**2, c[0, 1], c[1, 1]]) / tau


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("scheme", CLOSED_FORMS)
def test_one_gradient_schemes_have_the_stationary_covariance_of_the_closed_forms(scheme, case):
    w, _, _, h = case
    expected = CLOSED_FORMS[scheme](h**2 * w**2 / 4, h)
    # Near the stability limit the Lyapunov equation loses the digits of 1 / (1 - radius).
    np.testing.assert_allclose(scaled(scheme, case), expected, rtol=1e-12, atol=2e-12)


@pytest.mark.parametrize("case", CASES)
def test_schemes_with_friction_in_their_bias_have_the_stationary_covariance_of_the_closed_forms(case):
    w, gamma, _, h = case
    x, c, k = h**2 * w**2 / 4, np.exp(-gamma * h), h**2 * w**2
    lie = 2 * (1 + c) - k
    expected = {
        "bbk": ((1 + (gamma * h) ** 2 / 4) / (1 - x), 0, 1),
        "aoboa": ((1 + c) / (2 * np.sqrt(c)), 0, 2 * (1 + c) / (2 * (1 + c) - np.sqrt(c) * k)),
    }
    if lie > 0:
        position = (1 + c) ** 2 / lie
        expected["bao"] = (position, h * c * (1 + c) / lie, (1 + c) * (2 - (1 - c) * k) / lie)
        expected["oba"] = (position, h * (1 + c) / lie, 2 * (1 + c) / lie)
    for scheme, values in expected.items():
        np.testing.assert_allclose(scaled(scheme, case), values, rtol=1e-11, atol=2e-12)


def test_bbk_with_shared_noise_has_obabo_positions_and_cold_central_differences():
    x, _, p = scaled("bbk-shared", (2.0, 0.5, 0.25, 0.6))
    assert x == pytest.approx(1 / (1 - 0.36), rel=1e-12)
    assert p == pytest.approx(1 / (1 + 0.15), rel=1e-12)


def test_underdamped_euler_maruyama_has_its_closed_form():
    w, gamma, _, h = case = (1.0, 1.0, 1.0, 0.5)
    k = h * w**2
    expected = np.array([2 * gamma * (2 - gamma * h + h * k) / (gamma - k), -2 * gamma * h, 4 * gamma])
    size = (4 - 2 * gamma * h + h * k) * np.array([1, gamma - k, gamma - k])
    np.testing.assert_allclose(scaled("euler-maruyama", case), expected / size, rtol=1e-12)


TWELVE_DIGITS = """
1 1 1 0.5 ava 1.020747041268 0 1.065223264261
1 1 1 0.5 vav 1.087323495285 -0.03311592761695 1.001008590973
1 1 1 0.5 ubu 0.9585914656611 0.01100734141287 1.021205555673
1 1 1 0.5 bub 1.022100231024 -0.02210023102368 0.9600306707451
1 1 1 0.5 exponential-euler 1.324498113848 0.006626414614353 1.319390824389
1 1 1 0.5 bao 0.8710385923088 0.1644262463446 1.031038797506
1 1 1 0.5 bbk 1.133333333333 0 1
1 1 1 0.5 euler-maruyama 2.153846153846 -0.6153846153846 2.461538461538
2 0.5 0.25 0.6 baoab 0.0625 0 0.16
2 0.5 0.25 0.6 aboba 0.0625 0 0.390625
2 0.5 0.25 0.6 obabo 0.09765625 0 0.25
2 0.5 0.25 0.6 oabao 0.04 0 0.25
2 0.5 0.25 0.6 gjf 0.0625 0 0.16
2 0.5 0.25 0.6 bbk 0.099853515625 0 0.25
2 0.5 0.25 0.6 bao 0.09277019208895 0.09474971870466 0.3467714843794
2 0.5 0.25 0.6 ava 0.06296804837831 0 0.3889985488654
2 0.5 0.25 0.6 vav 0.0979779177762 -0.008736093313785 0.2507789441552
2 0.5 0.25 0.6 ubu 0.04755420019389 0.002905185164423 0.2959180785322
2 0.5 0.25 0.6 bub 0.07415248895763 -0.005826244478815 0.1912203518855
"""


@pytest.mark.parametrize("line", TWELVE_DIGITS.split("\n")[1:-1])
def test_stationary_covariances_have_the_digits_of_the_forty_digit_solve(line):
    w, gamma, tau, h, scheme, *values = line.split()
    c = stationary_covariance(sde.get(scheme), float(w), float(gamma), 1 / float(tau), float(h))
    # Half a unit of the twelfth or thirteenth printed digit, and rounding.
    np.testing.assert_allclose([c[0, 0], c[0, 1], c[1, 1]], [float(v) for v in values], rtol=6e-13, atol=1e-14)


@pytest.mark.parametrize(
    ("scheme", "case", "entry", "value"),
    [
        ("baoab", (1, 0.1, 1, 1.9), 1, 0.0975),
        ("aboba", (1, 0.1, 1, 1.9), 1, 10.25641025641),
        ("obabo", (1, 0.1, 1, 1.9), 0, 10.25641025641),
        ("oabao", (1, 0.1, 1, 1.9), 0, 0.0975),
        ("bao", (1, 0.1, 1, 1.9), 0, 75.99980230796),
        ("ubu", (1, 0.1, 1, 1.9), 0, 0.4049127097036),
        ("ava", (1, 0.1, 1, 1.9), 0, 1.003006524874),
        ("baoab", (1, 10, 1, 1), 1, 0.75),
        ("bbk", (1, 10, 1, 1), 0, 34.66666666667),
        ("ava", (1, 10, 1, 1), 0, 5.00045401991),
        ("ubu", (1, 10, 1, 1), 0, 0.9433924266301),
        ("aoboa", (1, 10, 1, 1), 0, 74.20994852479),
    ],
)
def test_stationary_variances_near_the_limit_and_at_high_friction_have_the_published_digits(scheme, case, entry, value):
    w, gamma, tau, h = case
    covariance = stationary_covariance(sde.get(scheme), w, gamma, 1 / tau, h)
    assert covariance[entry, entry] == pytest.approx(value, rel=6e-13)


@pytest.mark.parametrize(
    ("scheme", "case", "value"),
    [
        ("baoab", (1, 1, 1, 0.5), 0.899591833768),
        ("obabo", (1, 1, 1, 0.5), 0.875),
        ("gjf", (1, 1, 1, 0.5), 0.9),
        ("bao", (1, 1, 1, 0.5), 0.8443851671995),
        ("ava", (1, 1, 1, 0.5), 0.9016326649282),
        ("vav", (1, 1, 1, 0.5), 0.8775406687981),
        ("ubu", (1, 1, 1, 0.5), 0.8936376102995),
        ("bub", (1, 1, 1, 0.5), 0.8931249246331),
        ("exponential-euler", (1, 1, 1, 0.5), 0.8954378527069),
        ("euler-maruyama", (1, 1, 1, 0.5), 0.8571428571429),
        ("ubu", (2, 0.5, 0.25, 0.6), 0.3516870769378),
        ("gjf", (2, 0.5, 0.25, 0.6), 0.3739130434783),
        ("baoab", (1, 0.1, 1, 1.9), -0.6488306183839),
    ],
)
def test_correlations_of_successive_positions_have_the_published_digits(scheme, case, value):
    w, gamma, tau, h = case
    mean, _ = one_step(sde.get(scheme), w, gamma, 1 / tau, h)
    c = stationary_covariance(sde.get(scheme), w, gamma, 1 / tau, h)
    assert (mean @ c)[0, 0] / c[0, 0] == pytest.approx(value, rel=6e-13)


@pytest.mark.parametrize("scheme", ["baoab", "aboba", "obabo", "oabao", "aoab", "babo"])
def test_words_with_one_force_share_determinant_and_trace(scheme):
    w, gamma, h = 1.7, 0.6, 0.8
    mean, _ = one_step(sde.get(scheme), w, gamma, 1.0, h)
    c = np.exp(-gamma * h)
    assert np.linalg.det(mean) == pytest.approx(c, rel=1e-14)
    assert np.trace(mean) == pytest.approx((1 + c) * (1 - h**2 * w**2 / 2), rel=1e-13)


BIAS = {
    "baoab": lambda w, _: (0, -(w**2) / 4, 0),
    "bbk": lambda w, g: ((w**2 + g**2) / 4, 0, 0),
    "ava": lambda w, g: (g**2 / 12, w**2 / 4, 0),
    "vav": lambda w, g: (w**2 / 4 + g**2 / 12, 0, -g / 8),
    "ubu": lambda w, g: (-(w**2) / 6, w**2 / 12, g / 24),
    "bub": lambda w, g: (w**2 / 12, -(w**2) / 6, -g / 12),
    "aoboa": lambda w, g: (g**2 / 8, w**2 / 4, 0),
    "boaob": lambda w, g: (w**2 / 4 + g**2 / 8, 0, -g / 4),
}


@pytest.mark.parametrize("scheme", BIAS)
def test_leading_bias_of_symmetric_schemes_is_that_of_the_expansion(scheme):
    w, gamma, h = 1.3, 0.7, 0.01
    q, qp, p = (scaled(scheme, (w, gamma, 0.9, h)) - (1, 0, 1)) / h**2
    # The next terms are of relative size h^2.
    np.testing.assert_allclose((q, p, qp), BIAS[scheme](w, gamma), atol=3e-4)


LIMITS = {
    0.1: {"bao": 1.911044883, "ava": 2.003339451, "exponential-euler": 0.200671144},
    1.0: {"bao": 1.556232192, "ava": 2.399357281, "exponential-euler": 3.922359503},
    10.0: {"bao": 1.414214072, "ava": 20.0},
}


@pytest.mark.parametrize("friction", LIMITS)
def test_stability_limits_are_those_of_the_bisection_to_ten_digits(friction):
    limits = LIMITS[friction]
    expected = dict.fromkeys(("baoab", "aboba", "obabo", "oabao", "gjf", "bbk", "bbk-shared"), 2.0) | limits
    expected |= dict.fromkeys(("vav", "ubu", "bub"), limits["ava"])
    found = {name: sde.get(name).stability_limit(1.0, friction) for name in expected}
    assert found == pytest.approx(expected, rel=0, abs=5.1e-10)


def test_stability_limits_scale_with_the_frequency_and_exist_without_friction():
    assert sde.Splitting("BAOAB").stability_limit(8.0, 0.0) == pytest.approx(0.25, rel=1e-12)
    assert sde.Splitting("UBU").stability_limit(8.0, 8.0) == pytest.approx(2.399357281 / 8, rel=3e-10)


def test_spectral_radii_of_unstable_steps_have_the_published_digits():
    assert spectral_radius(sde.get("exponential-euler"), 2.0, 0.5, 0.6) == pytest.approx(1.154036061179, rel=1e-12)
    assert spectral_radius(sde.get("euler-maruyama"), 2.0, 0.5, 0.6) == pytest.approx(1.462873883833, rel=1e-12)
    assert spectral_radius(sde.get("euler-maruyama"), 1.0, 10.0, 1.0) == pytest.approx(8.898979485566, rel=1e-12)


def test_a_step_without_stationary_law_is_refused():
    with pytest.raises(ValueError, match=r"h=2\.1 with frequency=1\.0 .* the spectral radius 1\.25"):
        stationary_covariance(sde.get("baoab"), 1.0, 1.0, 1.0, 2.1)


def test_a_metropolis_test_is_not_linear():
    with pytest.raises(ValueError, match="accepts or rejects"):
        one_step(sde.get("metropolised-obabo"), 1.0, 1.0, 1.0, 0.1)
