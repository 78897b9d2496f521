"""Networks as kernels: gradient, loss and outputs against a slow twin by complex step."""

import numpy as np
import pytest
import reference_networks as twin

from pdeopt.kernels.networks.evaluation import evaluate, forward
from pdeopt.kernels.networks.gradients import gradient
from pdeopt.kernels.networks.layout import prefers_blas, work_size
from pdeopt.kernels.networks.products import gradient_blas

SIZES = ([2, 20, 1], [2, 1], [3, 5], [1, 3, 1], [5, 3, 7, 2], [2, 70, 3])


CASES = [
    np.array([len(sizes) - 1, activation, loss, *sizes])
    for sizes in SIZES
    for activation in range(4)
    for loss in range(3)
    if sizes[-1] > 1 or loss != 1
]


@pytest.mark.parametrize("way", [gradient, gradient_blas], ids=["loops", "blas"])
@pytest.mark.parametrize("n_rows", [1, 5, 9])
@pytest.mark.parametrize("layout", CASES, ids=str)
def test_the_gradient_is_that_of_the_complex_step(layout, n_rows, way):
    parameters, x, y = twin.random_case(layout, 12, seed=n_rows)
    rows = np.random.default_rng(1).permutation(12)[:n_rows]
    out, work = np.full(parameters.size, np.nan), np.full(work_size(layout, n_rows), np.nan)
    way(parameters, layout, x, y, rows, work, out)
    expected = twin.complex_step_gradient(parameters, layout, x[rows], y[rows])
    assert np.abs(out - expected).max() <= 1e-14 * np.abs(expected).max()


@pytest.mark.parametrize("layout", CASES, ids=str)
def test_loss_and_outputs_are_those_of_the_twin(layout):
    parameters, x, y = twin.random_case(layout, 11, seed=2)
    work, out = np.full(work_size(layout, 1), np.nan), np.empty((11, layout[-1]))
    loss, _ = evaluate(parameters, layout, x, y, work)
    forward(parameters, layout, x, work, out)
    assert loss == pytest.approx(twin.mean_loss(parameters, layout, x, y), rel=1e-14)
    assert np.abs(out - twin.outputs(parameters, layout, x)).max() < 1e-14 * max(1.0, np.abs(out).max())


@pytest.mark.parametrize("way", [gradient, gradient_blas], ids=["loops", "blas"])
@pytest.mark.parametrize("loss", [0, 1, 2])
def test_logits_of_ten_thousand_do_not_overflow(loss, way):
    # Outputs are the bias: the wrong class by 1e4, where every slope is that of a straight line.
    layout = np.array([1, 0, loss, 1, 2])
    parameters, x = np.array([0.0, 0.0, 1e4, -1e4]), np.array([[1.0]])
    y = np.array([[1.0]]) if loss == 1 else np.array([[0.0, 1.0]])
    out, work = np.empty(4), np.empty(work_size(layout, 1))
    way(parameters, layout, x, y, np.array([0]), work, out)
    slopes = [1e4, -1e4 - 1.0] if loss == 2 else [1.0, -1.0]
    assert out.tolist() == slopes * 2
    expected = 0.5 * (1e8 + (1e4 + 1.0) ** 2) if loss == 2 else 2e4
    assert evaluate(parameters, layout, x, y, work) == (expected, 0.0)


@pytest.mark.parametrize("way", [gradient, gradient_blas], ids=["loops", "blas"])
@pytest.mark.parametrize("layout", CASES, ids=str)
def test_gradient_and_loss_are_nan_where_a_parameter_is(layout, way):
    parameters, x, y = twin.random_case(layout, 5, seed=0)
    parameters[0] = np.nan
    out, work = np.zeros(parameters.size), np.zeros(work_size(layout, 5))
    way(parameters, layout, x, y, np.arange(5), work, out)
    assert np.isnan(out).any()
    assert np.isnan(evaluate(parameters, layout, x, y, work)[0])


@pytest.mark.parametrize("way", [gradient, gradient_blas], ids=["loops", "blas"])
def test_scratch_outside_its_size_is_left_alone(way):
    for layout in CASES:
        parameters, x, y = twin.random_case(layout, 7, seed=0)
        size = work_size(layout, 7)
        out, work = np.empty(parameters.size), np.full(size + 64, 7.0)
        way(parameters, layout, x, y, np.arange(7), work, out)
        assert (work[size:] == 7.0).all()


def test_small_networks_take_loops_and_large_ones_products():
    assert not prefers_blas(np.array([2, 0, 0, 2, 20, 1]), 10)
    assert not prefers_blas(np.array([2, 0, 0, 2, 500, 1]), 1000)
    assert prefers_blas(np.array([2, 0, 1, 784, 250, 10]), 100)
    assert prefers_blas(np.array([2, 0, 1, 64, 100, 10]), 1)
