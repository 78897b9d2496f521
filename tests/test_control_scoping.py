"""Scoped flows and scoped samples, against closed forms, proximal points and the local Gibbs law."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import kstest

import pdeopt
from pdeopt.control import ScopedFlow, ScopedSamples, scoped_flow, scoped_samples

BOWL = pdeopt.landscapes.quadratic(3.0)
WELL = pdeopt.landscapes.double_well()
LINE = pdeopt.Grid(-5.0, 5.0, 401)
MIXTURE = pdeopt.landscapes.gaussian_mixture([0.7, 0.3], [[-1.0], [1.5]], [[[0.3]], [[0.2]]])


@pytest.mark.parametrize("beta", [math.inf, 2.0])
def test_a_bowl_is_scoped_along_a_straight_line_to_the_prox(beta):
    flow = scoped_flow(BOWL, [1.7, -0.4], 0.4, beta)
    left = 1.0 + 3.0 * (0.4 - flow.times[:, None, None])
    np.testing.assert_allclose(flow.paths, np.array([[1.7], [-0.4]]) * left / 2.2, rtol=1e-12)
    np.testing.assert_allclose(flow.final[:, 0], np.array([1.7, -0.4]) / 2.2, rtol=1e-12)


def test_a_cone_is_scoped_to_its_prox_also_where_that_is_the_kink():
    x0 = np.array([-2.0, -0.5, 0.0, 0.3, 1.7])
    flow = scoped_flow(pdeopt.landscapes.absolute_value(), x0, 1.0)
    exact = np.sign(x0) * np.maximum(np.abs(x0) - 1.0, 0.0)
    assert np.abs(flow.final[:, 0] - exact).max() < 1e-9
    assert (np.abs(flow.final[:, 0] - exact) <= 3.0 * flow.error[:, 0] + 1e-12).all()


def test_where_the_gradient_jumps_the_path_goes_straight_to_one_of_the_proximal_points():
    f = pdeopt.landscapes.piecewise_parabolas([0.0, 0.0], [2.0, 2.0], [[-1.0], [1.0]])
    starts = np.array([0.0, 1e-9, -1e-9, 0.7])
    flow = scoped_flow(f, starts, 1.5)
    proxes = (starts[:, None] + 3.0 * np.array([-1.0, 1.0])) / 4.0
    nearest = np.abs(flow.final - proxes).min(axis=1)
    assert nearest.max() < 1e-9
    assert flow.final[1, 0] > 0.0 > flow.final[2, 0]
    ways = np.linspace(0.0, 1.0, len(flow.times))[:, None, None]
    np.testing.assert_allclose(flow.paths, starts[:, None] + ways * (flow.final - starts[:, None]), atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "time", "exact"), [(0.3, 0.5, 0.485536711694142262), (0.05, 2.0, 0.730893103186221393)]
)
def test_a_double_well_is_scoped_to_the_published_prox(start, time, exact):
    assert abs(scoped_flow(WELL, start, time).final[0] - exact) < 1e-8


def test_in_fifty_dimensions_the_flow_ends_at_the_prox():
    rng = np.random.default_rng(3)
    root = rng.normal(size=(50, 50)) / 7.0
    matrix, x0 = root @ root.T + 0.1 * np.eye(50), rng.normal(size=(4, 50))
    flow = scoped_flow(pdeopt.landscapes.quadratic(matrix), x0, 0.7)
    np.testing.assert_allclose(flow.final, np.linalg.solve(np.eye(50) + 0.7 * matrix, x0.T).T, atol=1e-9)


def test_a_flow_from_a_grid_agrees_with_one_at_points_and_with_a_record():
    line, facts = pdeopt.Grid(-6.0, 6.0, 201), {"time": 0.5, "beta": 1.0, "tolerance": 1e-4}
    points = scoped_flow(MIXTURE, [0.2, 1.1], **facts)
    grid = scoped_flow(MIXTURE, [0.2, 1.1], grid=line, **facts)
    record = pdeopt.relax(MIXTURE, line, time=0.5, beta=1.0)
    np.testing.assert_allclose(grid.final, points.final, atol=1e-4)
    np.testing.assert_allclose(scoped_flow(record, [0.2, 1.1], **facts).final, points.final, atol=3e-3)


def test_a_flow_comes_back_from_its_file(tmp_path):
    flow = scoped_flow(BOWL, [1.0, 2.0], 0.4)
    back = ScopedFlow.load(flow.save(tmp_path / "flow"))
    np.testing.assert_array_equal(back.paths, flow.paths)
    assert str(back) == str(flow)
    with pytest.raises(ValueError, match="holds ScopedFlow, not a ScopedSamples"):
        ScopedSamples.load(tmp_path / "flow.npz")


def test_a_quadratic_landscape_is_sampled_exactly_in_one_step():
    matrix = np.array([[3.0, 1.0], [1.0, 0.5]])
    drawn = scoped_samples(pdeopt.landscapes.quadratic(matrix), [1.7, -0.3], 0.4, 2.0, n_paths=20_000, n_steps=1)
    shrink = np.linalg.inv(np.eye(2) + 0.4 * matrix)
    assert drawn.effective_sample_size == pytest.approx(20_000.0, rel=1e-9)
    assert (np.abs(drawn.mean.value - shrink @ [1.7, -0.3]) < 4.0 * drawn.mean.error).all()
    assert (np.abs(drawn.covariance.value - 0.2 * shrink) < 4.0 * drawn.covariance.error).all()
    exact = 0.5 * np.array([1.7, -0.3]) @ matrix @ shrink @ [1.7, -0.3] + np.log(np.linalg.det(shrink)) / -4.0
    assert float(drawn.value.value) == pytest.approx(exact, rel=1e-12)


@pytest.fixture(scope="module")
def published():
    return scoped_samples(WELL, 0.3, 0.5, 1.0, n_paths=40_000, n_steps=64, grid=LINE, seed=1)


def test_a_double_well_has_the_published_moments(published):
    gradient, curvature = 0.04721507787541257, 0.2138047663929530
    mean, covariance = published.mean, published.covariance
    assert abs(mean.value[0] - (0.3 - 0.5 * gradient)) < 4.0 * mean.error[0] < 0.02
    assert abs(covariance.value[0, 0] - 0.5 * (1.0 - 0.5 * curvature)) < 4.0 * covariance.error[0, 0] < 0.02
    for name in ("value", "cost"):
        found = getattr(published, name)
        assert abs(found.value - 0.1685643906374680) < 4.0 * found.error < 0.01
    assert published.value.error < 1e-4


def test_the_whole_law_is_that_of_gibbs(published):
    def density(y):
        return math.exp(-WELL(y) - (0.3 - y) ** 2)

    total = quad(density, -5.0, 5.0)[0]
    nodes = np.linspace(-4.0, 4.0, 401)
    pieces = [quad(density, a, b)[0] for a, b in pairwise(nodes)]
    law = np.concatenate([[0.0], np.cumsum(pieces)]) / total
    ends = published.resampled(5000, seed=2)[:, 0]
    assert kstest(ends, lambda y: np.interp(y, nodes, law)).pvalue > 0.01


def bias(method, n_steps, n_paths=100_000):
    """Error of the unweighted second moment, its noise shared with the weighted one, and its standard error."""
    drawn = scoped_samples(MIXTURE, 0.2, 0.5, 1.0, n_paths=n_paths, n_steps=n_steps, method=method)
    squares = drawn.points[:, 0] ** 2
    parts = (1.0 - n_paths * drawn.weights) * (squares - drawn.weights @ squares)
    return abs(parts.mean()), parts.std() / math.sqrt(n_paths)


@pytest.mark.parametrize(("method", "order", "steps"), [("euler", 1.0, (8, 32))])
def test_euler_s_steps_have_weak_order_one(method, order, steps):
    (coarse, first), (fine, second) = (bias(method, n) for n in steps)
    measured = math.log(coarse / fine) / math.log(steps[1] / steps[0])
    bar = 2.0 * math.hypot(first / coarse, second / fine) / math.log(steps[1] / steps[0])
    assert abs(measured - order) < bar + 0.1
    assert bar < 0.15


@pytest.mark.slow
def test_gaussian_steps_have_weak_order_two():
    (coarse, first), (fine, second) = (bias("gaussian", n, 400_000) for n in (32, 128))
    measured = math.log(coarse / fine) / math.log(4.0)
    bar = 2.0 * math.hypot(first / coarse, second / fine) / math.log(4.0)
    assert abs(measured - 2.0) < bar + 0.15
    assert bar < 0.2


@pytest.mark.parametrize("method", ["euler", "gaussian"])
def test_weights_take_away_the_error_of_few_steps(method):
    exact = MIXTURE.relaxed(0.5, 1.0)
    mean = 0.2 - 0.5 * exact.gradient_at(0.2)[0]
    drawn = scoped_samples(MIXTURE, 0.2, 0.5, 1.0, n_paths=100_000, n_steps=2, method=method)
    plain = drawn.expectation(lambda x: x**2, weighted=False).value[0]
    second = 0.5 * (1.0 - 0.5 * exact.hessian_at(0.2)[0, 0]) + mean**2
    weighted = drawn.expectation(lambda x: x**2)
    assert abs(weighted.value[0] - second) < 4.0 * weighted.error[0]
    assert abs(drawn.value.value - exact(0.2)) < 4.0 * drawn.value.error
    if method == "euler":
        assert abs(plain - second) > 5.0 * weighted.error[0]


def test_in_sixty_dimensions_samples_have_the_moments_of_the_relaxation():
    curvatures = np.linspace(0.1, 4.0, 60)
    drawn = scoped_samples(pdeopt.landscapes.quadratic(curvatures), np.ones(60), 0.3, 2.0, n_paths=2000, n_steps=32)
    assert drawn.method == "euler"
    found, shrink = drawn.expectation(lambda x: x, weighted=False), 1.0 / (1.0 + 0.3 * curvatures)
    assert (np.abs(found.value - shrink) < 5.0 * found.error).all()
    assert 10.0 < drawn.effective_sample_size < 2000.0


def test_samples_depend_on_their_seed_alone_and_come_back_from_a_file(tmp_path):
    one, two, other = (scoped_samples(BOWL, 1.0, 0.4, 2.0, n_paths=100, n_steps=4, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.points, two.points)
    assert np.abs(one.points - other.points).max() > 0.1
    assert str(ScopedSamples.load(one.save(tmp_path / "drawn"))) == str(one)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"beta": math.inf}, "use scoped_flow"),
        ({"time": -1.0}, "time=-1.0"),
        ({"x0": [0.0, 1.0]}, "x0 holds 2 points"),
        ({"method": "heun"}, "'gaussian', 'euler'"),
        ({"n_paths": 1}, "n_paths=1 must be a whole number of at least 2"),
        ({"grid": pdeopt.Grid((0.0, 0.0), (1.0, 1.0), 9)}, "grid has 2 axes"),
    ],
)
def test_samples_that_cannot_be_drawn_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        scoped_samples(**({"f": BOWL, "x0": 0.0, "time": 0.4, "beta": 2.0} | change))


def test_what_is_no_landscape_is_not_scoped():
    with pytest.raises(TypeError, match="neither a Landscape nor a Relaxation"):
        scoped_flow(lambda x: x, 0.0, 1.0)
    with pytest.raises(ValueError, match="x0 has shape"):
        scoped_flow(pdeopt.landscapes.quadratic([1.0, 2.0]), [1.0, 2.0, 3.0], 1.0)
