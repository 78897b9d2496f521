"""Sparse systems of jump processes, their orders, and chains as records."""

import numpy as np
import pytest
from reference_kolmogorov import exact_generator, exact_masses, gibbs_line, product_rates, relative_errors
from scipy import sparse

from pdeopt.kolmogorov.balance import balanced_masses, keeps_balance
from pdeopt.kolmogorov.chains import Chain
from pdeopt.kolmogorov.elimination import eliminated
from pdeopt.kolmogorov.masses import Masses
from pdeopt.kolmogorov.ordering import dissection, minimum_degree
from pdeopt.kolmogorov.stencil import Stencil

STAR = ((1, 0), (-1, 0), (0, 1), (0, -1))


def plane(n, m, beta=40.0):
    """Two independent chains, in a double well and in a single one."""
    _, along = gibbs_line(lambda x: (x**2 - 1.0) ** 2, -1.7, 1.7, n, beta)
    _, across = gibbs_line(lambda y: 0.5 * y**2, -1.2, 1.2, m, beta)
    return Stencil(STAR, product_rates(along, across), np.zeros((n, m)), (False, False))


def random_rates(seed, n):
    generator = np.random.default_rng(seed)
    rates = sparse.random_array((n, n), density=0.3, rng=generator) * 10.0
    ring = sparse.coo_array((np.full(n, 1e-3), (np.arange(n), np.roll(np.arange(n), 1))), shape=(n, n))
    return sparse.csr_array(rates + ring)


def gibbs_logarithms(n, m, beta=40.0):
    x, y = np.linspace(-1.7, 1.7, n)[:, None], np.linspace(-1.2, 1.2, m)
    halves = [np.where((axis == axis.min()) | (axis == axis.max()), np.log(0.5), 0.0) for axis in (x, y)]
    return -beta * ((x**2 - 1.0) ** 2 + 0.5 * y**2) + halves[0] + halves[1]


def test_stationary_masses_are_the_gibbs_law_with_half_cells_on_walls():
    logarithms = gibbs_logarithms(25, 13)
    found = eliminated(plane(25, 13).matrix).masses.values
    expected = np.exp(logarithms - np.logaddexp.reduce(logarithms.ravel())).ravel()
    np.testing.assert_allclose(found, expected, rtol=1e-11)


def test_masses_in_detailed_balance_reach_beyond_the_range_of_floats():
    logarithms = gibbs_logarithms(25, 13, beta=300.0)
    found = balanced_masses(plane(25, 13, beta=300.0).matrix).logarithms
    np.testing.assert_allclose(found - found.max(), (logarithms - logarithms.max()).ravel(), atol=1e-10)
    assert found.min() < -1000.0


def test_masses_of_a_process_with_currents_match_exact_arithmetic():
    rates = random_rates(3, 9)
    exact = exact_masses(exact_generator(rates.toarray(), np.zeros(9)))
    assert max(relative_errors(eliminated(rates).masses.values, exact)) < 1e-14
    assert balanced_masses(rates) is None


def test_a_current_of_a_millionth_is_told_from_detailed_balance():
    rates = plane(9, 7, beta=1.0).matrix
    masses = balanced_masses(rates)
    assert keeps_balance(rates, masses)
    pushed = rates.tolil()
    pushed[10, 11] *= 1.0 + 1e-6
    assert balanced_masses(sparse.csr_array(pushed)) is None
    assert not keeps_balance(sparse.csr_array(pushed), masses)


def test_every_order_gives_the_same_solution():
    process, source = plane(25, 13), np.linspace(0.0, 1.0, 325)
    losses = np.where(np.arange(325) == 300, 1.0, 0.0)
    orders = [np.arange(325), dissection((25, 13), (1, 1), (False, False)), None]
    found = [eliminated(process.matrix, losses, order=order).solve(source) for order in orders]
    np.testing.assert_allclose(found[1], found[0], rtol=1e-12)
    np.testing.assert_allclose(found[2], found[0], rtol=1e-12)


@pytest.mark.parametrize(
    ("shape", "width", "periodic"), [((20, 33), (1, 2), (False, True)), ((7, 8, 9), (1, 1, 1), (True, False, False))]
)
def test_a_dissection_takes_every_node_once(shape, width, periodic):
    order = dissection(shape, width, periodic)
    assert np.array_equal(np.sort(order), np.arange(np.prod(shape)))


def test_factors_of_a_plane_grow_as_n_log_n_in_orders_of_dissection_and_minimum_degree():
    def entries(n, order_of):
        rates = plane(n, n, beta=1.0).matrix
        return eliminated(rates, 1.0, order=order_of(rates, n)).columns.size / (n**2 * np.log2(n**2))

    by_dissection = [entries(n, lambda _, n: dissection((n, n), (1, 1), (False, False))) for n in (16, 32, 64)]
    by_degree = [entries(n, lambda rates, _: minimum_degree(rates)) for n in (16, 32, 64)]
    # 31/8 n log2 n is the leading term of nested dissection for five points.
    assert max(by_dissection) < 31.0 / 8.0
    assert max(by_degree) < 31.0 / 8.0


def test_a_dissection_of_a_torus_cuts_it_open():
    n = 32
    torus = Stencil(STAR, np.ones((4, n, n)), np.ones((n, n)), (True, True))
    losses = torus.killing.ravel()
    found, uncut = (
        eliminated(torus.matrix, losses, order=dissection((n, n), (1, 1), (wraps, wraps))).columns.size
        for wraps in (True, False)
    )
    assert found < 0.9 * uncut


def test_the_poisson_equation_on_a_ring_has_its_closed_form():
    n = 24
    ring = Stencil(((1,), (-1,)), np.ones((2, n)), np.zeros(n), (True,))
    wave = np.cos(2.0 * np.pi * np.arange(n) / n)
    found = eliminated(ring.matrix).poisson(wave + 5.0)
    np.testing.assert_allclose(found, wave / (2.0 - 2.0 * np.cos(2.0 * np.pi / n)), atol=1e-13)


def test_a_closed_process_refuses_to_solve_and_an_open_one_to_have_masses():
    closed, open_one = (eliminated(random_rates(1, 6), losses) for losses in (0.0, 1.0))
    with pytest.raises(ValueError, match=r"nothing is lost.*poisson"):
        closed.solve(np.ones(6))
    with pytest.raises(ValueError, match="loses mass"):
        _ = open_one.masses


def test_a_state_without_a_way_out_is_named():
    rates = sparse.csr_array(np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))
    with pytest.raises(ValueError, match=r"from state 1 there is no way.*1 for a state where"):
        eliminated(rates, [0.0, 0.0, 1.0])
    assert eliminated(rates, [0.0, 1.0, 1.0]).solve([1.0, 0.0, 0.0])[0] == 1.0


@pytest.mark.parametrize("wrong", [-2.0, np.nan, np.inf])
def test_rates_of_chains_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match=f"down has the entry {wrong:g}; a rate is a finite number of at least 0"):
        Chain([1.0, 1.0, 0.0], [0.0, wrong, 1.0])


def test_rates_off_the_ends_of_a_chain_are_refused_and_work_as_killing():
    with pytest.raises(ValueError, match=r"up\[-1\]=2 and down\[0\]=0 lead off.*add them to killing"):
        Chain([1.0, 2.0], [0.0, 1.0])
    # From the last state: out with probability 2/3, or back and here again after one unit on average.
    assert Chain([1.0, 0.0], [0.0, 1.0], [0.0, 2.0]).solve([1.0, 1.0])[1] == pytest.approx(1.0, rel=1e-15)


def test_a_chain_that_is_cut_has_no_masses():
    with pytest.raises(ValueError, match="states 1 and 2 have no rates both ways"):
        _ = Chain([1.0, 0.0, 0.0], [0.0, 1.0, 1.0]).masses


def test_masses_from_values_and_logarithms_are_the_same():
    values = np.array([0.5, 0.25, 0.25])
    np.testing.assert_allclose(Masses.from_logarithms(np.log(values) - 900.0).values, values, rtol=1e-13)
    np.testing.assert_allclose(Masses.from_values(values).logarithms, np.log(values), rtol=1e-15)
