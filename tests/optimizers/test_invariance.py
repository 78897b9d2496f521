"""Nothing depends on where the origin is, nor on the units of the loss."""

import numpy as np
import pytest

from pdeopt.optimizers import minimize_entropy_sgd, minimize_hj_prox, minimize_local_entropy


def rippled(x):
    return float((x * x).sum() / 40.0 + np.sin(3.0 * x).prod() + np.abs(x[0]))


def wave(x):
    return float(1.0 - (1.0 + np.cos(12.0 * np.sqrt(x @ x))) / (0.5 * (x @ x) + 2.0))


def searched(method, function, shift, factor=1.0, constant=0.0):
    points = []

    def moved(x):
        points.append(x - shift)
        return factor * function(x - shift) + constant

    start = np.array([7.3, -4.1])
    bounds = np.stack([shift - 15.0, shift + 17.0], axis=-1)
    found = method(moved, start + shift, bounds=bounds, rng=3, maxfev=400)
    return found, np.array(points)


@pytest.mark.parametrize("function", [rippled, wave])
@pytest.mark.parametrize(
    ("method", "growth"), [(minimize_local_entropy, 1e-6), (minimize_hj_prox, 1e-3), (minimize_entropy_sgd, 1e-6)]
)
@pytest.mark.parametrize("shift", [(123.456, -78.9), (1e3, 1e-3)])
def test_a_shift_of_everything_changes_points_by_rounding_and_their_number_not_at_all(method, growth, function, shift):
    here, points = searched(method, function, np.zeros(2))
    there, moved = searched(method, function, np.array(shift))
    assert here.nfev == there.nfev
    assert np.abs(points - moved).max() < growth


@pytest.mark.parametrize("method", [minimize_local_entropy, minimize_hj_prox])
def test_units_of_the_loss_do_not_matter(method):
    _, points = searched(method, rippled, np.zeros(2))
    _, scaled = searched(method, rippled, np.zeros(2), factor=8.0)
    _, raised = searched(method, rippled, np.zeros(2), factor=3.0, constant=50.0)
    assert np.array_equal(points, scaled)
    assert np.abs(points - raised).max() < 1e-4
