"""Richardson extrapolation: published grid studies, and solutions whose expansion is known."""

import numpy as np
import pytest

from pdeopt.convergence import observed_order_from_solutions, richardson

# Pressure recovery of an inlet; from the NASA tutorial "Examining Spatial (Grid) Convergence", Slater.
INLET = ([4.0, 2.0, 1.0], [0.96178, 0.96854, 0.97050])
# Celik et al. 2008, table 1: reattachment length, and an axial velocity with p < 1; numbers of cells first.
STUDIES = [
    ([4500.0, 8000.0, 18000.0], [5.863, 5.972, 6.063], 1.53, 6.1685, 2.2),
    ([980.0, 4500.0, 18000.0], [10.6050, 10.7250, 10.7880], 0.75, 10.8801, 1.1),
]


def test_the_published_study_of_an_inlet_is_reproduced():
    found = richardson(*INLET)
    assert found.used == pytest.approx(1.786170, abs=1e-6)
    assert float(found.values) == pytest.approx(0.97130, abs=5e-6)
    np.testing.assert_allclose(100.0 * found.index, [0.356249, 0.103083], atol=1e-6)


@pytest.mark.parametrize(("cells", "values", "order", "limit", "index"), STUDIES)
def test_published_studies_with_uneven_ratios_are_reproduced(cells, values, order, limit, index):
    found = richardson(1.0 / np.sqrt(cells), values)
    assert found.used == pytest.approx(order, abs=0.005)
    assert float(found.values) == pytest.approx(limit, abs=2e-4)
    assert 100.0 * found.index[-1] == pytest.approx(index, abs=0.05)


def grids(counts):
    return [np.linspace(0.0, 1.0, n) for n in counts]


def solutions(counts, order, dim=2):
    """Return solutions sin(x + 2y + ...) with an error h^p cos x + h^(p+1)."""
    found = []
    for nodes in grids(counts):
        coordinates = np.meshgrid(*[nodes] * dim, indexing="ij")
        h = 1.0 / (nodes.size - 1)
        exact = np.sin(sum((k + 1) * x for k, x in enumerate(coordinates)))
        found.append(exact + h**order * np.cos(coordinates[0]) + h ** (order + 1.0))
    return found


@pytest.mark.parametrize("dim", [1, 2, 3])
@pytest.mark.parametrize("norm", ["max", "l1", "l2"])
def test_nested_grids_of_any_dimension_give_the_order_and_the_solution_within_the_error(dim, norm):
    counts = (5, 9, 17, 33) if dim == 3 else (9, 17, 33, 65, 129)
    computed = solutions(counts, 2.0, dim)
    h = 1.0 / (np.array(counts) - 1)
    found = richardson(h, computed, norm=norm)
    assert found.order.admits(2.0)
    coordinates = np.meshgrid(*grids(counts[:1]) * dim, indexing="ij")
    truth = np.sin(sum((k + 1) * x for k, x in enumerate(coordinates)))
    error = np.abs(found.values - truth)
    assert (error <= found.error).all()
    assert error.max() < 0.2 * np.abs(computed[-1][(slice(None, None, 2 ** (len(counts) - 1)),) * dim] - truth).max()


@pytest.mark.parametrize("n", [3, 4, 5])
def test_extrapolated_values_of_random_expansions_lie_within_their_error_in_19_of_20_cases(n):
    rng = np.random.default_rng(n)
    within = []
    for _ in range(100):
        h = 0.2 / np.cumprod(rng.choice([1.5, 2.0]) * np.exp(0.05 * rng.normal(size=n)))
        order, terms = rng.choice([1.0, 2.0, 3.0, 4.0]), rng.normal(size=(4, 7))
        values = [h_k**order * sum(c * h_k**k for k, c in enumerate(terms)) for h_k in h]
        found = richardson(h, values, rounding=0.0)
        within.append(np.mean(np.abs(found.values) <= found.error))
    assert np.mean(within) > 0.95


def test_estimated_errors_approach_the_true_ones():
    counts = (9, 17, 33, 65, 129)
    found = richardson(1.0 / (np.array(counts) - 1), solutions(counts, 1.0, dim=1))
    true = [np.abs(u - np.sin(x)).max() for u, x in zip(solutions(counts, 1.0, dim=1), grids(counts), strict=True)]
    np.testing.assert_allclose(found.errors[-2:], true[-2:], rtol=0.04)


def test_uneven_ratios_are_solved_for():
    counts = (7, 13, 19, 31, 61)
    h = 1.0 / (np.array(counts) - 1)
    values = 3.0 + 0.7 * h**1.3
    assert observed_order_from_solutions(h, values).order == pytest.approx(1.3, abs=1e-6)


def test_periodic_grids_are_nested_from_their_first_node():
    def at(n):
        return np.sin(2.0 * np.pi * np.arange(n) / n) * (1.0 + n**-2.0)

    found = richardson(1.0 / np.array([8, 16, 48]), [at(8), at(16), at(48)])
    np.testing.assert_allclose(found.values, np.sin(2.0 * np.pi * np.arange(8) / 8), atol=1e-12)


def test_three_grids_have_one_local_order_and_no_bar():
    found = observed_order_from_solutions(*INLET)
    assert (found.order, found.bar) == (None, None)
    assert str(found) == "one local order, 1.786, and no bar: a fourth grid gives one"


def test_equal_solutions_have_no_error_beyond_rounding():
    assert str(observed_order_from_solutions([0.4, 0.2, 0.1], [1.0, 1.0, 1.0])) == "no error beyond rounding"


@pytest.mark.parametrize("values", [[1.0, 1.1, 1.3], [1.0, 1.2, 1.1]])
def test_differences_that_do_not_shrink_are_refused_unless_an_order_is_assumed(values):
    with pytest.raises(ValueError, match=r"do not shrink .* such as order=2"):
        richardson([0.4, 0.2, 0.1], values)
    assert richardson([0.4, 0.2, 0.1], values, order=2.0).used == 2.0


def test_grids_that_are_not_nested_are_refused_with_those_that_would_be():
    with pytest.raises(ValueError, match=r"values\[1\] of shape \(8,\) is not nested in \(5,\).*k \(m - 1\) \+ 1"):
        richardson([0.4, 0.2, 0.1], [np.zeros(5), np.zeros(8), np.zeros(17)])


@pytest.mark.parametrize(
    ("values", "words"),
    [([1.0, 2.0], "2 solutions for 3 spacings"), ([1.0, np.nan, 2.0], "not finite")],
)
def test_values_that_do_not_fit_are_refused(values, words):
    with pytest.raises(ValueError, match=words):
        richardson([0.4, 0.2, 0.1], values)


def test_unknown_norms_are_refused_with_the_known():
    with pytest.raises(ValueError, match="norm='l3' is unknown; use 'max', 'l1', 'l2'"):
        richardson([0.4, 0.2, 0.1], [1.0, 2.0, 3.0], norm="l3")
