"""The codes of the audit agree with each other, and its tableaus satisfy the conditions of their strong order."""

import numpy as np
import pytest

from benchmarks.audit import fourier, galerkin, strong_orders, tableaus, weak
from pdeopt.verification import weak_order
from pdeopt.verification.algebra.order_conditions import order_conditions
from pdeopt.verification.algebra.tableaux import Tableau

STEPS = [1 / 8, 1 / 16, 1 / 32, 1 / 64]


def general(name, tableau):
    return Tableau(name, tableau.A0, tableau.B0, tableau.alpha, tableau.betas, tableau.A1, tableau.B1)


def additive(name, tableau, beta_1, beta_3):
    zeros = (0,) * len(beta_1)
    return Tableau(name, tableau.A0, tableau.B0, tableau.alpha, (beta_1, zeros, beta_3), c1=beta_1)


TABLEAUS = [
    general("SRIW1", tableaus.SRIW1),
    general("SRIW2", tableaus.SRIW2),
    additive("SRA1", tableaus.SRA1, (1, 0), (-1, 1)),
    additive("SRA3", tableaus.SRA3, (1, 0, 0), (-1, 1, 0)),
]


@pytest.mark.parametrize("tableau", TABLEAUS, ids=[tableau.name for tableau in TABLEAUS])
def test_a_tableau_satisfies_all_conditions_of_strong_order_three_halves(tableau):
    assert order_conditions(tableau, claimed=1.5).verdict == "certified"


@pytest.mark.parametrize("case", weak.CASES, ids=[case.scheme for case in weak.CASES])
def test_two_codes_observe_the_same_weak_errors(case):
    problem = weak.problems.torus_additive() if case.additive else weak.problems.torus()
    ours = weak_order(case.method, problem, draws=case.draws, claimed=2.0, steps=STEPS).errors
    assert case.errors(case.step, np.array(STEPS)) == pytest.approx(ours, rel=1e-8)


def test_two_codes_observe_the_same_strong_errors_of_euler_heun():
    ours = strong_orders.order_of(
        strong_orders.strong_evidence("euler-heun", strong_orders.SCALED_AND_TURNED), np.array(STEPS)
    )[0]
    other = [strong_orders.strong.root_mean_square_error(strong_orders.strong.euler_heun, h) for h in STEPS]
    assert other == pytest.approx(ours, rel=1e-9)


def test_hermite_polynomials_give_the_tabulated_averages_of_baoab():
    assert galerkin.stationary_square(0.4, 1.0) == pytest.approx(1.1184872549480, abs=2e-9)
    assert galerkin.stationary_square(0.4, np.inf) == pytest.approx(1.119451373924, abs=2e-9)


def test_the_generator_in_coefficients_is_the_one_on_functions():
    x = fourier.NODES
    values = fourier.generator(0.8, 0.4) @ fourier.OBSERVABLES[:, 1]
    expected = fourier.drift(x) * np.cos(x) - 0.5 * (0.8 + 0.4 * np.cos(x)) ** 2 * np.sin(x)
    assert np.exp(1j * np.outer(x, fourier.MODES)) @ values == pytest.approx(expected, abs=1e-12)
