"""Whole marches: orders in time, smoothing of kinks, transposes, chosen steps."""

from dataclasses import replace

import numpy as np
import pytest
from reference_kolmogorov import random_split, split_matrices
from scipy import sparse
from scipy.integrate import solve_ivp
from scipy.sparse.linalg import expm_multiply
from scipy.stats import norm

from pdeopt.convergence import observed_order
from pdeopt.kolmogorov import Split, Stencil, Tridiagonal
from pdeopt.kolmogorov.steppers import SCHEMES, CraigSneyd, march

RATE, VOLATILITY = 0.05, 0.2


def central_axis(axis, drift, variance, spacing):
    """Central differences for a drift and a constant variance; no flux through the ends."""
    lower, upper = (0.5 * variance / spacing**2 + sign * drift / (2.0 * spacing) for sign in (-1.0, 1.0))
    np.moveaxis(lower, axis, 0)[0] = np.moveaxis(upper, axis, 0)[-1] = 0.0
    return Tridiagonal(axis, lower, -lower - upper, upper)


def turning_split(n):
    """The process dX = -K X dt + dB with K = [[1, .5], [-.3, .8]] and Cov dB = [[1, .48], [.48, .36]] dt."""
    nodes, spacing = np.linspace(-4.0, 4.0, n, retstep=True)
    x, y = np.meshgrid(nodes, nodes, indexing="ij")
    axes = central_axis(0, -x - 0.5 * y, 1.0, spacing), central_axis(1, 0.3 * x - 0.8 * y, 0.36, spacing)
    rate = np.zeros((n, n))
    rate[1:-1, 1:-1] = 0.48 / (4.0 * spacing**2)
    offsets = ((-1, -1), (-1, 1), (1, -1), (1, 1))
    rates = np.array([rate, -rate, -rate, rate])
    return Split(axes, Stencil(offsets, rates, np.zeros((n, n)), (False, False))), np.exp(-0.5 * (x**2 + y**2))


@pytest.mark.parametrize(
    ("method", "order"),
    [("douglas", 1), ("craig-sneyd", 2), ("modified-craig-sneyd", 2), ("hundsdorfer-verwer", 2), (CraigSneyd(0.7), 1)],
)
def test_orders_with_a_mixed_derivative(method, order):
    split, values = turning_split(41)
    exact = expm_multiply(matrix_of(split), values.ravel()).reshape(41, 41)
    steps = [40, 80, 160, 320]
    errors = [np.abs(march(split, values, [1.0, 0.0], method, n_steps=n).final - exact).max() for n in steps]
    found = observed_order(1.0 / np.array(steps), errors)
    assert found.admits(order), found
    assert found.bar <= 0.1


def matrix_of(split):
    return sparse.csr_array(sum(split_matrices(split)))


def moving(split, other):
    """A generator that depends on time, split + sin(3 t) other."""

    def at(time):
        wave = np.sin(3.0 * time)
        axes = [
            replace(p, **{name: getattr(p, name) + wave * getattr(q, name) for name in ("lower", "diagonal", "upper")})
            for p, q in zip(split.axes, other.axes, strict=True)
        ]
        return Split(tuple(axes), replace(split.cross, rates=split.cross.rates + wave * other.cross.rates))

    return at


@pytest.mark.parametrize("method", SCHEMES)
def test_orders_where_coefficients_and_source_depend_on_time(method):
    rng = np.random.default_rng(1)
    split, other = (random_split(rng, (4, 5), (False, True), scale, frozen=0.0) for scale in (1.5, 0.5))
    values, source = rng.normal(size=(2, 4, 5))
    a, b = sum(split_matrices(split)), sum(split_matrices(other))
    slope = lambda s, u: (a + np.sin(3.0 - 3.0 * s) * b) @ u + np.cos(2.0 - 2.0 * s) * source.ravel()  # noqa: E731
    exact = solve_ivp(slope, (0.0, 1.0), values.ravel(), method="DOP853", rtol=1e-12, atol=1e-13).y[:, -1]
    steps = [20, 40, 80, 160]
    given = {"source": lambda t: np.cos(2.0 * t) * source}
    runs = [march(moving(split, other), values, [1.0, 0.3, 0.0], method, n_steps=n, **given) for n in steps]
    errors = [np.abs(run.final.ravel() - exact).max() for run in runs]
    assert observed_order(1.0 / np.array(steps), errors).admits(SCHEMES[method].order)


def call_errors(n, damping):
    """Errors of gamma and price at the strike of a call, logarithmic grid, steps of five spacings."""
    spacing = 4.0 / n
    x = spacing * np.arange(n + 1) - 2.0
    inner = np.where(np.abs(x) < 2.0 - 0.5 * spacing, 1.0, 0.0)
    diffusion, drift = 0.5 * (VOLATILITY / spacing) ** 2, (RATE - 0.5 * VOLATILITY**2) / (2.0 * spacing)
    part = Tridiagonal(0, inner * (diffusion - drift), -inner * (2.0 * diffusion + RATE), inner * (diffusion + drift))
    edge = lambda t: np.append(np.zeros(n), RATE * np.exp(RATE * (t - 1.0)))  # noqa: E731
    payoff = np.maximum(np.exp(x) - 1.0, 0.0)
    steps = round(1.0 / (5.0 * spacing))
    run = march(Split((part,)), payoff, [1.0, 0.0], "crank-nicolson", n_steps=steps, damping=damping, source=edge)
    below, here, above = run.final[n // 2 - 1 : n // 2 + 2]
    gamma = (above - 2.0 * here + below) / spacing**2 - (above - below) / (2.0 * spacing)
    d = (RATE + 0.5 * VOLATILITY**2) / VOLATILITY
    price = norm.cdf(d) - np.exp(-RATE) * norm.cdf(d - VOLATILITY)
    return abs(gamma - norm.pdf(d) / VOLATILITY), abs(here - price)


@pytest.mark.parametrize(
    ("damping", "gammas", "prices"),
    [
        (0, (0.835, 1.78, 3.62, 7.27, 14.6), (1.0e-3, 4.3e-4, 1.9e-4, 9.1e-5, 4.4e-5)),
        (2, (6.4e-2, 3.7e-2, 2.0e-2, 1.0e-2, 5.2e-3), None),
        (4, (5.8e-2, 1.2e-2, 2.9e-3, 6.9e-4, 1.7e-4), (1.1e-3, 2.7e-4, 6.7e-5, 1.7e-5, 4.2e-6)),
    ],
)
def test_four_half_steps_give_gamma_its_order_back(damping, gammas, prices):
    # Published errors, to the digits given: without them gamma grows without bound.
    found = np.array([call_errors(n, damping) for n in (80, 160, 320, 640, 1280)])
    np.testing.assert_allclose(found[:, 0], gammas, rtol=0.04 if damping else 0.004)
    if prices is not None:
        np.testing.assert_allclose(found[:, 1], prices, rtol=0.04)
    if damping == 4:
        assert observed_order(1.0 / np.array([80, 160, 320, 640, 1280]), found[:, 0]).admits(2)


@pytest.mark.parametrize("method", SCHEMES)
def test_marches_and_transposed_marches_are_dual(method):
    rng = np.random.default_rng(3)
    split, other = (random_split(rng, (6, 7), (False, True), scale) for scale in (20.0, 2.0))
    p, u = rng.normal(size=(2, 6, 7))
    for given in (split, moving(split, other)):
        later = march(given, u, [1.0, 0.3, 0.0], method, n_steps=30, damping=(4, 2)).final
        earlier = march(given, p, [0.0, 0.3, 1.0], method, n_steps=30, damping=(2, 4), transpose=True).final
        assert abs(np.sum(p * later) - np.sum(earlier * u)) <= 1e-14 * np.linalg.norm(p) * np.linalg.norm(u)


@pytest.mark.parametrize("method", ["modified-craig-sneyd", "tr-bdf2", "backward-euler"])
@pytest.mark.parametrize("damping", [0, 4])
def test_a_tolerance_is_kept_at_every_time(method, damping):
    split, values = turning_split(17)
    tolerance = 3e-3 if method == "backward-euler" else 1e-5
    run = march(split, values, [0.0, 0.4, 1.0], method, tolerance=tolerance, damping=damping)
    exact = [expm_multiply(t * matrix_of(split), values.ravel()).reshape(17, 17) for t in (0.0, 0.4, 1.0)]
    errors = np.abs(run.values - exact).max(axis=(1, 2))
    assert (errors <= run.error + 1e-14).all()
    assert run.error[-1] <= 1.2 * tolerance
    assert run.error[-1] >= 1e-2 * tolerance
    assert run.steps.sum() == pytest.approx(1.0, rel=1e-12)


def test_steps_grow_where_the_solution_has_become_smooth():
    split, _ = turning_split(17)
    point = np.zeros((17, 17))
    point[8, 8] = 1.0
    run = march(split, point, [0.0, 4.0], "tr-bdf2", tolerance=1e-4, transpose=True)
    assert run.steps.max() > 30.0 * run.steps.min()
    assert run.final.sum() == pytest.approx(1.0, abs=1e-13)


def test_every_time_is_met_and_the_first_is_kept():
    split, values = turning_split(9)
    run = march(split, values, [1.0, 0.75, 0.1, 0.0], n_steps=7)
    assert run.values.shape == (4, 9, 9)
    assert (run.values[0] == values).all()
    assert run.steps == pytest.approx([0.125] * 2 + [0.13] * 5 + [0.1])
    alone = march(split, values, [1.0, 0.75], n_steps=2).final
    assert (alone == run.values[1]).all()


def test_several_problems_at_once_are_solved_as_one_by_one():
    split, values = turning_split(9)
    pair = np.array([values, values**2])
    for method in ("modified-craig-sneyd", "crank-nicolson"):
        both = march(split, pair, [1.0, 0.0], method, n_steps=5).final
        single = [march(split, one, [1.0, 0.0], method, n_steps=5).final for one in pair]
        np.testing.assert_allclose(both, single, rtol=1e-13)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": np.zeros((3, 9))}, r"values has shape \(3, 9\), .* Pass values of shape \(9, 9\)"),
        ({"values": np.full((9, 9), np.nan)}, "values has 81 entries that are not finite"),
        ({"times": [0.0, 1.0, 0.5]}, r"times=\[0.0, 1.0, 0.5\] must be two or more finite numbers"),
        ({"times": [1.0]}, "must be two or more"),
        ({"n_steps": 0}, "n_steps=0 must be at least 1, such as 100"),
        ({"n_steps": 5, "tolerance": 1e-3}, "n_steps=5 and tolerance=0.001 exclude each other"),
        ({"tolerance": -1.0}, "tolerance=-1.0 must be positive, such as 1e-6"),
        ({"damping": 3}, "damping=3 must be an even number .* such as damping=4"),
        ({"tolerance": 1e-3, "damping": (0, 4)}, "give n_steps, not tolerance"),
        ({"transpose": True, "source": 1.0}, "source belongs to the equation of values"),
        ({"method": "adi"}, "method='adi' is no time stepper: use one of backward-euler"),
    ],
)
def test_marches_that_make_no_sense_are_refused(changes, message):
    split, values = turning_split(9)
    arguments = {"values": values, "times": [1.0, 0.0], **changes}
    with pytest.raises(ValueError, match=message):
        march(split, **arguments)


def test_an_unstable_scheme_is_reported():
    split, values = turning_split(17)
    grown = Split(split.axes, replace(split.cross, rates=1e4 * split.cross.rates))
    with pytest.raises(FloatingPointError, match="no longer finite after 200 steps"), np.errstate(all="ignore"):
        march(grown, values, [1.0, 0.0], n_steps=200)
