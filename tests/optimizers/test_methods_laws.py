"""Laws that thermostats keep on oscillators, with tolerances from the standard errors of means over blocks."""

import numpy as np
import pytest
from driven_programs import driven

from pdeopt.optimizers import AdLa, Structure

N, H, EPS, TAU, SIGMA = 10, 0.05, 0.5, 1.3, 1.1
N_BLOCKS = 50


def law(form, n_steps, noise=0.0, word="BACDEDCAB"):
    """Return means and standard errors of xi, of its variance and of q^2 on N oscillators."""
    method = AdLa(H, TAU, SIGMA, EPS, 0.5, "all", form, word)
    _, _, records, _ = driven(
        method, Structure(N), np.ones(N), n_steps, nonlinear=False, noise=noise, n_records=N_BLOCKS + 2
    )
    xi, squares, positions = records[2:].T
    table = np.array([xi, squares - xi.mean() ** 2, positions])
    return table.mean(axis=1), table.std(axis=1, ddof=1) / np.sqrt(N_BLOCKS)


def assert_law(found, friction, variance):
    mean, error = found
    assert (np.abs(mean - [friction, variance, TAU]) < 4.0 * error).all(), (mean, error)


CASES = [("xi", "BACDEDCAB"), ("eps*xi", "BACDEDCAB"), ("xi", "BAOEOAB"), ("eps*xi", "BAOEOAB")]
SCALE = {"xi": 1.0, "eps*xi": EPS}


@pytest.mark.parametrize(("form", "word"), CASES[:2])
def test_friction_is_normal_with_the_mean_and_variance_of_its_form(form, word):
    found = law(form, 130_000, word=word)
    assert_law(found, SIGMA**2 / (2.0 * TAU * SCALE[form]), EPS * TAU / SCALE[form])
    # The error bars tell the forms apart.
    assert abs(found[0][0] - SIGMA**2 / (2.0 * TAU * SCALE["xi" if form != "xi" else "eps*xi"])) > 10.0 * found[1][0]


@pytest.mark.slow
@pytest.mark.parametrize(("form", "word"), CASES)
def test_friction_keeps_its_law_over_a_long_run(form, word):
    assert_law(law(form, 1_300_000, word=word), SIGMA**2 / (2.0 * TAU * SCALE[form]), EPS * TAU / SCALE[form])


def test_noise_of_gradients_is_met_by_friction():
    s = 3.0
    mean, error = law("xi", 130_000, noise=s)
    assert mean[0] == pytest.approx((SIGMA**2 + H * s**2) / (2.0 * TAU), abs=4.0 * error[0])
    assert mean[2] == pytest.approx(TAU, abs=4.0 * error[2])
    assert H * s**2 / (2.0 * TAU) > 10.0 * error[0]
