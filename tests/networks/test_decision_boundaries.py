"""Distances to boundaries that are known, and shares of right answers that are known."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit
from scipy.stats import beta

from pdeopt.networks import MLP, margins, robustness


def labels(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2, n)


@pytest.mark.parametrize("d", [1, 2, 3, 6])
def test_margins_of_a_linear_network_are_distances_to_a_plane(d):
    net, x, y = MLP([d, 1]), np.random.default_rng(d).standard_normal((40, d)), labels(40, d)
    theta = net.initial(d)
    logits = x @ theta[:-1] + theta[-1]
    expected = np.abs(logits) / np.linalg.norm(theta[:-1]) * np.where((logits > 0) == y, 1, -1)
    found = margins(lambda p: net.probabilities(theta, p), x, y, reach=50.0, n_radii=8)
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("level", [0.3, 0.5])
def test_margins_of_a_disc_are_distances_to_a_circle(level):
    x = np.random.default_rng(0).uniform(-2.0, 2.0, (60, 2))
    radius = 1.0 - np.log(level / (1.0 - level)) / 4.0
    away = np.hypot(*x.T) - radius
    found = margins(lambda p: expit(4.0 * (1.0 - np.hypot(*p.T))), x, np.zeros(60, dtype=int), level=level)
    assert found == pytest.approx(away, abs=1e-9)


def test_margins_of_an_ellipse_are_those_of_a_search_along_it():
    x = np.random.default_rng(3).uniform(-3.0, 3.0, (20, 2))
    found = margins(lambda p: expit(2.0 - p[:, 0] ** 2 / 2.0 - 2.0 * p[:, 1] ** 2), x, labels(20, 3), reach=6.0)
    for point, distance in zip(x, np.abs(found), strict=True):

        def length(angle, point=point):
            return np.hypot(2.0 * np.cos(angle) - point[0], np.sin(angle) - point[1])

        start = min(np.linspace(0.0, 2.0 * np.pi, 721), key=length)
        best = minimize_scalar(length, bounds=(start - 0.01, start + 0.01), method="bounded", options={"xatol": 1e-12})
        assert distance == pytest.approx(best.fun, abs=1e-8)


def test_a_boundary_with_a_corner_is_met_at_the_corner():
    found = margins(lambda p: expit(p.max(axis=1)), [[1.0, 1.0], [-0.5, -2.0], [-3.0, -4.0]], [1, 0, 1], reach=9.0)
    assert found == pytest.approx([2**0.5, 0.5, -3.0], abs=1e-7)


def test_there_is_no_margin_beyond_the_reach():
    line = lambda p: expit(p[:, 0])  # noqa: E731
    found = margins(line, [[2.0, 0.0], [-2.0, 0.0], [0.5, 0.0]], [1, 1, 1], reach=1.0)
    assert found == pytest.approx([np.inf, -np.inf, 0.5], abs=1e-12)


def test_points_on_the_boundary_have_no_margin():
    assert margins(lambda p: expit(p[:, 0]), [[0.0, 1.0], [1.0, 1.0]], [1, 1])[0] == 0.0


def test_robustness_of_a_half_plane_is_the_law_of_a_coordinate_of_the_circle():
    n, size, away = 20000, 0.8, 0.5
    x = np.tile([away, 0.0], (n, 1))
    found = robustness(lambda p: expit(p[:, 0]), x, np.ones(n, dtype=int), [0.4, size])
    share = 1.0 - np.arccos(away / size) / np.pi
    assert found.accuracy[0] == 1.0
    assert found.accuracy[1] == pytest.approx(share, abs=4.0 * (share * (1.0 - share) / n) ** 0.5)


def test_wilsons_interval_holds_the_share_as_the_formula_says():
    x = np.array([[1.0], [1.0], [-1.0], [1.0]])
    found = robustness(lambda p: expit(p[:, 0]), x, [1, 1, 1, 1], 0.0)
    z, n, p = 1.959963984540054, 4, 0.75
    centre, half = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    assert [found.lower[0], found.upper[0]] == pytest.approx(np.array([centre - half, centre + half]) / (1 + z * z / n))
    assert beta.ppf(0.025, 3, 2) < found.lower[0] < found.accuracy[0] < found.upper[0]


def test_a_record_prints_its_shares():
    found = robustness(lambda p: expit(p[:, 0]), np.ones((50, 1)), np.ones(50, dtype=int), [0.0, 2.0])
    assert "100.0%" in str(found).splitlines()[1]
    assert repr(found).startswith("<Robustness of 50 points: 100.0% at 0")


def test_unfit_arguments_are_named():
    line = lambda p: expit(p[:, 0])  # noqa: E731
    with pytest.raises(ValueError, match=r"y of shape \(2,\) must be labels 0 and 1 of 1 points"):
        margins(line, [[0.0, 1.0]], [0, 1])
    with pytest.raises(ValueError, match=r"one number for each. Use lambda points: net.probabilities"):
        margins(lambda p: np.ones((len(p), 3)), [[0.0, 1.0]], [0])
    with pytest.raises(ValueError, match=r"probability is not finite at"):
        margins(lambda p: np.full(len(p), np.nan), [[0.0, 1.0]], [0])
    with pytest.raises(ValueError, match=r"reach=-1 must be a finite number above 0. Use reach=1"):
        margins(line, [[0.0, 1.0]], [0], reach=-1)
    with pytest.raises(ValueError, match=r"must be lengths from 0 on, e.g. sizes=\[0.0, 0.1\]"):
        robustness(line, [[0.0, 1.0]], [0], [-0.1])
