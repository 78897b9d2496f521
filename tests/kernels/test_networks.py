"""Networks as kernels: gradient, loss and outputs against a slow twin by complex step."""

import numba
import numpy as np
import pytest
import reference_networks as twin

from pdeopt.kernels.networks import evaluation, gradients
from pdeopt.kernels.networks.layout import work_size

SIZES = ([2, 20, 1], [2, 1], [3, 5], [1, 3, 1], [5, 3, 7, 2], [2, 70, 3])


@numba.njit(cache=True)
def gradient(parameters, layout, x, y, rows, work, out):
    gradients.gradient(parameters, layout, x, y, rows, work, out)


@numba.njit(cache=True)
def evaluate(parameters, layout, x, y, work):
    return evaluation.evaluate(parameters, layout, x, y, work)


@numba.njit(cache=True)
def forward(parameters, layout, x, work, out):
    evaluation.forward(parameters, layout, x, work, out)


CASES = [
    np.array([len(sizes) - 1, activation, loss, *sizes])
    for sizes in SIZES
    for activation in range(4)
    for loss in range(3)
    if sizes[-1] > 1 or loss != 1
]


@pytest.mark.parametrize("n_rows", [1, 4, 10])
@pytest.mark.parametrize("layout", CASES, ids=str)
def test_the_gradient_is_that_of_the_complex_step(layout, n_rows):
    parameters, x, y = twin.random_case(layout, 12, seed=n_rows)
    rows = np.random.default_rng(1).permutation(12)[:n_rows]
    out, work = np.full(parameters.size, np.nan), np.full(work_size(layout, n_rows), np.nan)
    gradient(parameters, layout, x, y, rows, work, out)
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
