"""Heston calls to a hundred-thousandth of the strike, by the sweeps and by the generator."""

import numpy as np
import pytest

from benchmarks.kolmogorov_heston import CASES, STRIKE, extrapolated, generator_prices, largest_error, prices

ASKED, PAIR = (60, 101, 51), (56, 97, 49)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_calls_are_those_of_lewis_integral(case):
    assert largest_error(case, prices(case, ASKED)) <= 5e-5 * STRIKE
    assert largest_error(case, extrapolated(case, PAIR)) <= 1e-5 * STRIKE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_generator_gives_the_same_calls(case):
    assert largest_error(case, generator_prices(case, ASKED)) <= 5e-5 * STRIKE
    assert largest_error(case, extrapolated(case, PAIR, generator_prices)) <= 1e-5 * STRIKE


def test_all_schemes_agree():
    case = CASES[0]
    for method in ("craig-sneyd", "hundsdorfer-verwer", "tr-bdf2"):
        np.testing.assert_allclose(prices(case, ASKED, method), case.prices, atol=8e-5 * STRIKE)
