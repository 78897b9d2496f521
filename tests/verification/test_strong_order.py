"""Strong orders by coupled paths: right steps certified, broken ones refuted, and too few paths say how many more."""

import math

import numpy as np
import pytest
from numba import njit
from random_equations import MANY

from pdeopt import SDE, verification
from pdeopt.systems import problems
from pdeopt.verification import certify_strong, strong_order

LINE = problems.tanh(a=0.5, b=0.5, x0=0.3)


@njit
def drift(x, a, b):
    return -(a + b * b * x) * (1.0 - x * x)


@njit
def sigma(x, b):
    return b * (1.0 - x * x)


def euler(t, x, h, xi, args):
    a, b = args
    return x + h * drift(x, a, b) + sigma(x, b) * math.sqrt(h) * xi


def milstein(correction, drifting=1.0):
    """Return Milstein's step with its correction and its drift weighed."""

    def step(t, x, h, xi, args):
        a, b = args
        slope = -2.0 * b * x * sigma(x, b)
        moved = x + drifting * h * drift(x, a, b) + sigma(x, b) * math.sqrt(h) * xi
        return moved + correction * h * slope * (xi * xi - 1.0)

    return step


def heun(of_stratonovich):
    """Return Heun's step with the drift of the Stratonovich or of the Ito equation."""

    def step(t, x, h, xi, args):
        a, b = args
        w, half = math.sqrt(h) * xi, 0.5 * of_stratonovich
        y = x + h * (drift(x, a, b) + half * 2.0 * b * x * sigma(x, b)) + sigma(x, b) * w
        first = drift(x, a, b) + half * 2.0 * b * x * sigma(x, b)
        second = drift(y, a, b) + half * 2.0 * b * y * sigma(y, b)
        return x + 0.5 * h * (first + second) + 0.5 * w * (sigma(x, b) + sigma(y, b))

    return step


def test_an_euler_step_of_ones_own_has_order_one_half_and_not_one():
    found = strong_order(euler, LINE, claimed=0.5)
    assert (found.verdict, found.is_sharp) == ("certified", True)
    assert found.interval[0] < 0.5 < found.interval[1]
    refuted = strong_order(euler, LINE, claimed=1.0, n_paths=found.n_paths)
    assert refuted.verdict == "refuted"
    assert refuted.p_values[0] > 0.999


def test_an_underpowered_run_says_how_many_paths_settle_it_and_they_do():
    few = strong_order(euler, LINE, claimed=0.5, n_paths=200)
    assert few.verdict == "inconclusive"
    assert f"{few.needed_paths} paths would settle it" in str(few)
    assert 10_000 < few.needed_paths < 2_000_000
    enough = strong_order(euler, LINE, claimed=0.5, n_paths=2 * few.needed_paths)
    assert (enough.verdict, enough.needed_paths) == ("certified", 0)


def test_equal_seeds_give_equal_bits_for_any_number_of_threads():
    first, second = (strong_order(euler, LINE, claimed=0.5, n_paths=5000, threads=n) for n in (1, 3))
    assert np.array_equal(first.errors, second.errors)
    other = strong_order(euler, LINE, claimed=0.5, n_paths=5000, seed=1)
    assert abs(other.errors / first.errors - 1.0).max() < 0.3
    assert not np.array_equal(other.errors, first.errors)


def test_errors_along_exact_paths_are_those_of_the_closed_form():
    # Euler-Maruyama on geometric Brownian motion.
    a, b, x0 = 0.3, 0.4, 0.5
    steps = 0.5 ** np.arange(3, 7)
    found = strong_order("euler-maruyama", problems.gbm(a, b, x0), steps=steps, n_paths=40_000)
    n = 1.0 / steps
    square = ((1 + a * steps) ** 2 + b * b * steps) ** n - 2 * (
        np.exp(a * steps) * (1 + a * steps + b * b * steps)
    ) ** n
    exact = x0 * np.sqrt(square + np.exp(2 * a + b * b))
    assert np.all(np.abs(found.errors - exact) < 4.0 * found.standard_errors)


def test_a_step_without_error_is_certified_at_any_order():
    walk = SDE(lambda t, x: 0.0, lambda t, x: 1.0, "additive")
    found = strong_order(lambda t, x, h, xi, args: x + math.sqrt(h) * xi, walk, claimed=7.0, n_paths=600)
    assert (found.verdict, found.order) == ("certified", math.inf)


BROKEN = {
    "without the correction": (milstein(0.0), 1.0),
    "half the correction": (milstein(0.25), 1.0),
    "the drift twice": (milstein(0.5, 2.0), 1.0),
    "the drift of Ito in Heun's scheme": (heun(0.0), 1.0),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_broken_steps_are_refuted(name):
    step, claimed = BROKEN[name]
    assert strong_order(step, LINE, claimed=claimed).verdict == "refuted"


@pytest.mark.slow
def test_right_steps_are_certified():
    assert strong_order(milstein(0.5), LINE, claimed=1.0).verdict == "certified"
    assert strong_order(heun(1.0), LINE, claimed=1.0).verdict == "certified"


def kicked(t, x, h, xi, args):
    """Take BAOAB's step in a harmonic well, with the friction of a step applied twice."""
    beta, friction, stiffness = args[0], args[1], 1.69
    q, p = x[0], x[1] - 0.5 * h * stiffness * x[0]
    q += 0.5 * h * p
    c = math.exp(-2.0 * friction * h)
    p = c * p + math.sqrt((1.0 - c * c) / beta) * xi
    q += 0.5 * h * p
    return q, p - 0.5 * h * stiffness * q


@pytest.mark.slow
def test_a_wrong_limit_is_refuted_though_its_levels_converge():
    well = problems.harmonic_langevin(1.3, 1.0 / 0.9, 0.7)
    found = strong_order(kicked, well, draws=("friction",), claimed=1.0)
    assert (found.verdict, found.order < 0.3) == ("refuted", True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "order"), [("ubu", 2.0), ("baoab", 1.0), ("leimkuhler-matthews", 0.5), ("sra1", 1.5), ("sriw1", 1.5)]
)
def test_schemes_have_the_orders_of_the_literature(method, order):
    found = strong_order(method)
    assert (found.verdict, found.is_sharp, found.claimed) == ("certified", True, order)


@pytest.mark.slow
def test_many_coordinates_have_the_order_of_few():
    found = strong_order("euler-maruyama", MANY, steps=0.5 ** np.arange(5, 10))
    assert (found.verdict, found.claimed) == ("certified", 1.0)


@pytest.mark.slow
def test_exact_errors_of_clark_and_camerons_equation_are_met():
    found = strong_order("euler-maruyama", problems.clark_cameron(), n_paths=20_000)
    # Of a step and its half the errors are E |X - Y|^2 = T h / 4.
    assert np.all(np.abs(found.errors - np.sqrt(found.steps / 4.0)) < 4.0 * found.standard_errors)


def test_several_schemes_are_decided_together():
    names = [found.name for found in certify_strong([euler, euler], problem=LINE, claimed=0.5, n_paths=300)]
    assert names == ["euler, strong order"] * 2


def test_an_interrupt_gives_an_inconclusive_verdict_of_what_was_done(monkeypatch):
    def cut_short(of_paths, first, n_paths, **options):
        return of_paths(first, 600), False

    monkeypatch.setattr(verification.strong, "sample", cut_short)
    found = strong_order(euler, LINE, claimed=0.5, n_paths=100_000)
    assert (found.verdict, found.n_paths) == ("inconclusive", 600)


def test_a_claim_above_that_of_the_reference_is_not_refuted_by_it():
    found = strong_order(
        "euler-maruyama", problems.clark_cameron(), claimed=1.0, n_paths=512, steps=[1, 0.5, 0.25, 0.125]
    )
    assert found.verdict == "inconclusive"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"steps": [0.1, 0.05, 0.02, 0.01]}, r"each half the one before.*Use steps=\[0\.125, 0\.0625"),
        ({"steps": [0.5, 0.25]}, "must be four or more"),
        ({"steps": [0.3, 0.15, 0.075, 0.0375]}, "must divide 1"),
        ({"n_paths": 0}, "n_paths=0 must be at least 1"),
        ({"draws": ("three-point",)}, "'three-point' approximate no path"),
        ({"x0": [1.0, 2.0]}, "x0 of shape"),
    ],
)
def test_bad_input_is_refused_with_advice(options, words):
    with pytest.raises(ValueError, match=words):
        strong_order(euler, LINE, **options)


def test_a_weak_scheme_has_no_strong_order():
    with pytest.raises(ValueError, match="approximate no path"):
        strong_order("weak-euler-two-point")


def test_a_kind_of_noise_without_an_equation_is_refused():
    with pytest.raises(ValueError, match="noise='pink' has no default equation"):
        strong_order(euler, noise="pink")


def test_a_step_that_does_not_compile_is_refused():
    with pytest.raises(TypeError, match="does not compile"):
        strong_order(lambda t, x, h, xi, args: undefined_name(x), LINE, claimed=1.0)  # noqa: F821


def test_paths_that_leave_the_finite_numbers_are_reported():
    def exploding(t, x, h, xi, args):
        return x + math.exp(50.0 * x * x) * xi

    with pytest.raises(ValueError, match=r"left the finite numbers with step 0\.125\. Use finer steps"):
        strong_order(exploding, LINE, claimed=1.0, n_paths=512)
