"""Errors and orders in space: the published tables, and the exact transforms as the truth."""

import numpy as np
import pytest

from benchmarks import hamilton_jacobi_space as space
from benchmarks import hamilton_jacobi_tables as tables
from pdeopt.convergence import EOCTable
from pdeopt.hamilton_jacobi import WENO5, LaxFriedrichs

SMALL = (20, 40, 80)


def test_first_order_before_the_kink_has_the_published_errors():
    for n in SMALL:
        found = tables.errors("b1", n, tables.SMOOTH, LaxFriedrichs(tables.SPEED["b1"]), "euler")
        np.testing.assert_allclose(found, tables.FIRST[n], rtol=0.006)


def test_fifth_order_before_the_kink_has_the_published_errors():
    scheme = WENO5("lax-friedrichs", tables.SPEED["b1"])
    for n in SMALL:
        found = tables.errors("b1", n, tables.SMOOTH, scheme, "ssprk33", short=True)
        np.testing.assert_allclose(found, tables.FIFTH_SHORT[n], rtol=0.006)


def test_godunov_after_the_kink_has_the_published_errors():
    for n in SMALL:
        assert tables.errors("b5", n, tables.KINKED, tables.Godunov(), "euler")[1] == pytest.approx(
            tables.AFTER[n][1], rel=0.006
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", tables.TABLES)
def test_every_published_number_is_met_to_its_digits(name):
    assert [what for what, _, _, fits in tables.TABLES[name]() if not fits] == []


@pytest.mark.parametrize("when", space.TIMES)
def test_the_monotone_scheme_is_of_first_order_in_the_mean_before_and_after_the_kink(when):
    order = space.table(1, np.inf, when, "mean", ["godunov"], (80, 120, 160, 240, 320)).orders["godunov"]
    assert order.admits(1.0), str(order)
    assert order.bar < 0.1


def test_fifth_order_slopes_are_of_fifth_order_with_viscosity_while_the_solution_is_smooth():
    order = space.table(1, 10.0, "before the kink", "max", ["weno5"]).orders["weno5"]
    assert order.admits(5.0), str(order)
    assert order.bar < 0.1


def test_lax_friedrichs_slopes_of_fifth_order_are_of_second_order_in_the_mean_after_a_kink_on_a_node():
    scheme, numbers = WENO5("lax-friedrichs", tables.SPEED["b5"]), (40, 80, 160, 320)
    found = [tables.errors("b5", n, tables.KINKED, scheme, "ssprk33")[0] for n in numbers]
    order = EOCTable(2.0 / np.array(numbers), {"mean": found}).orders["mean"]
    assert order.admits(2.0), str(order)
    assert order.bar < 0.1


@pytest.mark.slow
@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("beta", [1000.0, np.inf])
def test_every_monotone_scheme_tends_to_first_order_in_the_mean_also_in_the_plane(dim, beta):
    cells, names = ((160, 240, 320, 480) if dim == 1 else (80, 120, 160, 240)), ["godunov", "lf-local", "lf-global"]
    for when in space.TIMES:
        found = space.table(dim, beta, when, "mean", names, cells)
        last = [found.local_orders(name)[-1] for name in names]
        # The largest speed at all nodes smears most, and is slowest to get there.
        assert last == pytest.approx([1.0] * 3, abs=0.06), f"{when}: {last}"


@pytest.mark.slow
@pytest.mark.parametrize("dim", [1, 2])
def test_every_accurate_scheme_tends_to_fifth_order_while_the_solution_is_smooth(dim):
    cells, names = ((160, 240, 320) if dim == 1 else (80, 120, 160)), ["weno5", "weno5-lf", "filtered"]
    for beta in (10.0, np.inf):
        found = space.table(dim, beta, "before the kink", "mean", names, cells)
        for name in names[:2] if dim == 2 else names:
            assert 4.6 < found.local_orders(name)[-1] < 5.1, f"{beta}: {found}"


@pytest.mark.slow
def test_errors_with_viscosity_at_the_step_of_the_monotone_bound_are_those_published():
    assert space.viscous_table()
