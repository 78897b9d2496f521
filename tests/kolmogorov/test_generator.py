"""The generator on a grid: rates, boundaries and the laws that matrices keep."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

import pdeopt
from pdeopt.kolmogorov import PartiallyAbsorbing
from pdeopt.kolmogorov.rates import bernoulli

WELL = pdeopt.Landscape(lambda x: (x * x - 1.0) ** 2 + 0.3 * x)
FITTED = ("gibbs", "scharfetter-gummel", "square-root")
HALVINGS = (0.1, 0.05, 0.025, 0.0125)
EXACT_TIMES = {1.0: 4.71223535128078, 8.0: None}


def spread(t, x):
    return 0.5 + 0.1 * math.cos(x)


def turning(t, x):
    return math.sin(2.0 * x)


def rolling(x):
    return (x[0] ** 2 - 1.0) ** 2 + 0.5 * x[0] * x[1] + x[1] ** 2


def stretched(n, lower=-2.0, upper=2.0):
    return np.sort(0.5 * (upper + lower) + 0.5 * (upper - lower) * np.sinh(2.0 * np.linspace(-1, 1, n)) / np.sinh(2.0))


def time_across(beta, h, rates):
    """Return the mean first passage time from -1 to 1 of the tilted double well on one grid."""
    grid = pdeopt.Grid(-3.0, 1.0, round(4.0 / h) + 1)
    L = pdeopt.Generator(pdeopt.overdamped_langevin(WELL, beta), grid, rates=rates)
    found = L.mean_exit_time(grid.axes[0] < 1.0 - h / 2, extrapolate=False)
    return float(found.values[round(2.0 / h)])


def exact_time_across(beta):
    def potential(y):
        return (y * y - 1.0) ** 2 + 0.3 * y

    nodes, weights = np.polynomial.legendre.leggauss(200)
    y = nodes
    inner = np.array([quad(lambda z: math.exp(-beta * potential(z)), -4.0, at, epsabs=0, epsrel=1e-13)[0] for at in y])
    return beta * float(np.sum(weights * np.exp(beta * potential(y)) * inner))


@pytest.mark.parametrize(
    ("beta", "rates", "errors"),
    [
        (8.0, "square-root", (-3.4e-2, -8.6e-3, -2.2e-3, -5.4e-4)),
        (8.0, "scharfetter-gummel", (-2.3e-2, -5.7e-3, -1.4e-3, -3.6e-4)),
        (8.0, "gibbs", (-6.4e-6, -1.7e-6, -4.3e-7, -1.1e-7)),
        (8.0, "central", (4.9, 4.0e-1, 8.3e-2, 2.0e-2)),
        (8.0, "upwind", (-0.97, -0.89, -0.72, -0.50)),
    ],
)
def test_errors_of_passage_times_are_those_known_of_each_scheme(beta, rates, errors):
    exact = exact_time_across(beta)
    found = [time_across(beta, h, rates) / exact - 1.0 for h in HALVINGS]
    np.testing.assert_allclose(found, errors, rtol=0.06)


@pytest.mark.parametrize("z", [-800.0, -3.0, -1e-2, -1e-13, 0.0, 1e-12, 9.9e-3, 1.0, 700.0])
def test_the_bernoulli_function_has_all_digits(z):
    exact = 1.0 if z == 0.0 else z / math.expm1(z) if z < 700 else z * math.exp(-z)
    assert float(bernoulli(np.array(z))) == pytest.approx(exact, rel=4e-16)


@pytest.mark.parametrize("rates", ["scharfetter-gummel", "square-root", "central", "upwind", "hybrid"])
def test_rows_sum_to_minus_the_killing(rates):
    system = pdeopt.SDE(turning, spread)
    L = pdeopt.Generator(system, pdeopt.Grid(-2.0, 2.0, 33), rates=rates, killing=lambda t, x: x * x)
    np.testing.assert_allclose(L.matrix.sum(axis=1), -(L.grid.axes[0] ** 2), atol=1e-12)


@pytest.mark.parametrize("axis", [np.linspace(-2.0, 2.0, 41), stretched(41)])
def test_central_rates_have_the_moments_of_the_equation(axis):
    L = pdeopt.Generator(pdeopt.SDE(turning, spread), pdeopt.Grid.from_axes(axis), rates="central")
    x, inner = axis, slice(1, -1)
    drift = np.sin(2.0 * x)
    variance = (0.5 + 0.1 * np.cos(x)) ** 2
    np.testing.assert_allclose((L.matrix @ x)[inner], drift[inner], atol=1e-11)
    np.testing.assert_allclose((L.matrix @ x**2)[inner], (2.0 * x * drift + variance)[inner], atol=1e-10)


def test_scharfetter_gummel_adds_what_the_table_says_to_the_second_moment():
    h, drift, sigma = 0.125, 0.7, 1.3
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: drift, lambda t, x: sigma), pdeopt.Grid(-2.0, 2.0, 33))
    x, inner = L.grid.axes[0], slice(1, -1)
    w = 2.0 * drift * h / sigma**2
    added = sigma**2 * (0.5 * w / math.tanh(0.5 * w) - 1.0)
    np.testing.assert_allclose((L.matrix @ x)[inner], drift, rtol=1e-12)
    np.testing.assert_allclose((L.matrix @ x**2 - 2.0 * x * drift)[inner], sigma**2 + added, rtol=1e-11)


@pytest.mark.filterwarnings("ignore:grid has")
@pytest.mark.parametrize("rates", FITTED)
@pytest.mark.parametrize("dim", [1, 2])
def test_fitted_rates_of_a_gradient_system_are_in_detailed_balance(rates, dim):
    f = WELL if dim == 1 else pdeopt.Landscape(rolling, dim=2)
    grid = pdeopt.Grid((-2.0,) * dim, (2.0,) * dim, (21, 17)[:dim])
    L = pdeopt.Generator(pdeopt.overdamped_langevin(f, 3.0), grid, rates=rates)
    masses = (L.volumes * np.exp(-3.0 * f(grid.points()))).ravel()
    flows = L.matrix.toarray() * masses[:, None]
    np.testing.assert_allclose(flows, flows.T, rtol=1e-11, atol=1e-15 * np.abs(flows).max())


def test_a_wall_node_owns_half_a_cell():
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0), pdeopt.Grid(0.0, 1.0, 11))
    np.testing.assert_allclose(L.volumes, [0.05] + [0.1] * 9 + [0.05])
    np.testing.assert_allclose(L.matrix.toarray()[0, :3], [-100.0, 100.0, 0.0])


def test_a_periodic_axis_has_the_spectrum_of_a_circle():
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0), pdeopt.Grid(0.0, 2.0, 16, periodic=True))
    modes = np.sort(np.linalg.eigvals(-L.matrix.toarray()).real)
    exact = np.sort((1.0 - np.cos(2.0 * np.pi * np.arange(16) / 16)) * 64.0)
    np.testing.assert_allclose(modes, exact, atol=1e-10)


def test_absorbing_walls_drop_their_states_and_keep_the_loss():
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0), pdeopt.Grid(0.0, 1.0, 11), "absorbing")
    dense = L.matrix.toarray()
    assert not dense[[0, -1]].any()
    assert not dense[:, [0, -1]].any()
    np.testing.assert_allclose(dense.sum(axis=1), [0.0, -50.0] + [0.0] * 7 + [-50.0, 0.0], atol=1e-12)


def test_a_partially_absorbing_wall_takes_the_time_of_its_closed_form():
    # u'' / 2 = -1, u'(0) = 0, u'(1) / 2 + kappa u(1) = 0.
    kappa = 0.7
    system = pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
    L = pdeopt.Generator(system, pdeopt.Grid(0.0, 1.0, 21), ("reflecting", PartiallyAbsorbing(kappa)))
    x = L.grid.axes[0]
    found = L.mean_exit_time(np.ones(21, dtype=bool))
    np.testing.assert_allclose(found.values, 1.0 - x**2 + 1.0 / kappa, rtol=1e-12)


def test_linear_walls_keep_linear_functions():
    system = pdeopt.SDE(lambda t, x: 0.3 * x, lambda t, x: 0.2 * x)
    L = pdeopt.Generator(system, pdeopt.Grid(0.5, 2.0, 31), "linear")
    np.testing.assert_allclose(L.matrix @ L.grid.axes[0], 0.3 * L.grid.axes[0], atol=1e-12)
    u = L.backward(lambda x: x, 1.0)
    np.testing.assert_allclose(u.values, L.grid.axes[0] * math.exp(0.3), rtol=1e-10)


@pytest.mark.parametrize(("sense", "power"), [("ito", 2.0), ("stratonovich", 1.0), ("fick", 0.0)])
def test_noise_without_drift_settles_as_its_interpretation_says(sense, power):
    # Zero flux: the density is a to the power -1, -1/2 and 0.
    system = pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0 + 0.5 * math.sin(x))
    grid = pdeopt.Grid(0.0, 2.0 * math.pi, 64, periodic=True)
    found = pdeopt.Generator(system, grid, interpretation=sense).invariant_density()
    exact = (1.0 + 0.5 * np.sin(grid.axes[0])) ** -power
    np.testing.assert_allclose(found.values, exact / (exact.sum() * grid.spacing[0]), rtol=2e-8)


def test_a_stretched_axis_keeps_second_order():
    exact = math.exp(-0.5) * 0.3
    errors = []
    for n in (41, 81, 161):
        system = pdeopt.SDE(lambda t, x: -x, lambda t, x: 0.25)
        grid = pdeopt.Grid.from_axes(stretched(n))
        L = pdeopt.Generator(system, grid, rates="upwind" if n < 0 else None)
        u = L.backward(lambda x: x**3, 0.5, extrapolate=False)
        mean, variance = exact, 0.25**2 / 2.0 * (1.0 - math.exp(-1.0))
        errors.append(abs(float(u.at(0.3)) - (mean**3 + 3.0 * mean * variance)))
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    np.testing.assert_allclose(orders, 2.0, atol=0.1)


def test_the_default_rates_follow_the_equation():
    names = {
        "gibbs": pdeopt.Generator(pdeopt.overdamped_langevin(WELL), pdeopt.Grid(-2.0, 2.0, 33)),
        "scharfetter-gummel": pdeopt.Generator(pdeopt.SDE(turning, spread), pdeopt.Grid(-2.0, 2.0, 9)),
        "hybrid": pdeopt.Generator(pdeopt.SDE(lambda t, x: 0.1 * x, lambda t, x: 0.2 * x), pdeopt.Grid(0.0, 2.0, 9)),
    }
    assert {name: L.operator.rates for name, L in names.items()} == {name: (name,) for name in names}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"system": 3}, "system=3 is not an SDE"),
        ({"grid": pdeopt.Grid((0.0, 0.0), (1.0, 1.0), 5)}, "dim=1"),
        ({"rates": "gibbs"}, "rates='scharfetter-gummel'"),
        ({"rates": "magic"}, "rates='magic' is not known"),
        ({"boundary": "open"}, "'reflecting'"),
        ({"boundary": ["reflecting"] * 3}, "3 entries"),
        ({"killing": np.zeros(4)}, "killing has shape"),
        ({"interpretation": "klimontovich"}, "'fick'"),
    ],
)
def test_wrong_questions_are_answered_with_what_works(arguments, words):
    given = {"system": pdeopt.SDE(turning, spread), "grid": pdeopt.Grid(-1.0, 1.0, 5)} | arguments
    with pytest.raises((TypeError, ValueError), match=words):
        pdeopt.Generator(**given).matrix  # noqa: B018


def test_a_coefficient_that_is_not_finite_is_named_with_its_place():
    system = pdeopt.SDE(lambda t, x: 1.0 / x, lambda t, x: 1.0)
    with pytest.raises(ValueError, match=r"drift fails at t=0, x=\[0\.\]"):
        pdeopt.Generator(system, pdeopt.Grid(0.0, 1.0, 5)).matrix  # noqa: B018


def test_a_partially_absorbing_wall_has_a_rate():
    with pytest.raises(ValueError, match=r"rate=-1\.0"):
        PartiallyAbsorbing(-1.0)


def test_rates_that_are_not_resolved_are_named_with_a_grid_that_works():
    cold = pdeopt.overdamped_langevin(pdeopt.landscapes.double_well(), 200.0)
    with pytest.warns(UserWarning, match="Use 68 nodes or more"):
        pdeopt.Generator(cold, pdeopt.Grid(-2.0, 2.0, 17)).matrix  # noqa: B018
    pdeopt.Generator(cold, pdeopt.Grid(-2.0, 2.0, 104)).matrix  # noqa: B018


def test_rates_that_overflow_are_refused_with_what_works():
    fast = pdeopt.SDE(lambda t, x: 1e6 * (1.0 - x), lambda t, x: 0.1)
    grid = pdeopt.Grid(-1.0, 1.0, 5)
    with pytest.raises(ValueError, match="rates='scharfetter-gummel'"):
        pdeopt.Generator(fast, grid, rates="square-root").matrix  # noqa: B018
    assert np.isfinite(pdeopt.Generator(fast, grid).matrix.data).all()


@pytest.mark.parametrize("correlation", [-0.9, 0.5, 0.999])
def test_by_default_correlated_noise_makes_a_markov_chain(correlation):
    rest = math.sqrt(1.0 - correlation**2)
    system = pdeopt.SDE(
        lambda t, x: (-x[0], -2.0 * x[1]),
        lambda t, x: ((1.0, 0.0), (0.7 * correlation, 0.7 * rest)),
        noise="general",
        dim=2,
        n_noise=2,
    )
    L = pdeopt.Generator(system, pdeopt.Grid((-2.0, -2.0), (2.0, 2.0), (41, 37)))
    assert L.operator.stencil.rates.min() >= 0.0
    np.testing.assert_allclose(L.matrix.sum(axis=1), 0.0, atol=1e-10)
    if correlation > 0.99:
        return
    inner = (np.abs(L.grid.points()) < 0.5).all(axis=-1).ravel()
    x, y = np.moveaxis(L.grid.points(), -1, 0).reshape(2, -1)
    np.testing.assert_allclose((L.matrix @ x)[inner], -x[inner], atol=1e-9)
    product = (L.matrix @ (x * y))[inner] + 3.0 * (x * y)[inner]
    np.testing.assert_allclose(product, 0.7 * correlation, atol=0.1)


def test_a_diffusion_matrix_that_is_none_is_refused_with_a_near_one():
    grid = pdeopt.Grid((-1.0, -1.0), (1.0, 1.0), 5)
    L = pdeopt.Generator.from_covariance(lambda t, x: (0.0, 0.0), lambda t, x: ((1.0, 1.2), (1.2, 1.0)), grid)
    with pytest.raises(ValueError, match=r"smallest eigenvalue -0\.2 is below the limit 0") as caught:
        L.matrix  # noqa: B018
    assert "A near matrix that works" in str(caught.value)


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_a_diffusion_matrix_makes_the_equation_of_its_cholesky_factor(dim):
    rows = np.array([[2.0, 0.4, 0.3], [0.4, 1.0, 0.1], [0.3, 0.1, 0.5]])[:dim, :dim]
    given = 2.0 if dim == 1 else tuple(map(tuple, rows.tolist()))
    zero = 0.0 if dim == 1 else (0.0,) * dim
    grid = pdeopt.Grid((-1.0,) * dim, (1.0,) * dim, 5)
    L = pdeopt.Generator.from_covariance(lambda t, x: zero, lambda t, x: given, grid)
    point = 0.0 if dim == 1 else (0.0,) * dim
    sigma = np.array(L.system.compiled_diffusion(0.0, point)).reshape(dim, -1)
    np.testing.assert_allclose(sigma @ sigma.T, rows, atol=1e-14)
    twin = pdeopt.Generator(L.system, grid)
    np.testing.assert_allclose(L.matrix.toarray(), twin.matrix.toarray(), atol=1e-12)


def test_the_report_says_where_positivity_is_lost():
    system = pdeopt.SDE(lambda t, x: 5.0, lambda t, x: 0.5)
    grid = pdeopt.Grid(0.0, 1.0, 11)
    assert pdeopt.Generator(system, grid).report().is_monotone
    lost = pdeopt.Generator(system, grid, rates="central").report()
    assert lost.n_negative == 10
    assert lost.offset == (-1,)
    assert lost.lowest == pytest.approx(2.0 * (12.5 - 25.0))


def test_a_potential_that_is_infinite_on_the_grid_is_named_with_its_place():
    walled = pdeopt.Landscape(lambda x: math.inf if x > 1.0 else x * x)
    with pytest.raises(ValueError, match=r"potential inf at x=\[1\.5\]"):
        pdeopt.Generator(pdeopt.overdamped_langevin(walled), pdeopt.Grid(-2.0, 2.0, 9)).matrix  # noqa: B018
