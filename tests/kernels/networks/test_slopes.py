"""Kernels called by their address."""

import numba
import numpy as np

from pdeopt.kernels._jit import kernel
from pdeopt.kernels.networks import slopes


@kernel
def plain(parameters, layout, x, y, rows, work, out):
    for i in range(out.size):
        out[i] = parameters[i] * layout[0] + x[rows[1], 1] + y[rows[0], 0] + work[2]


@kernel
def noisy(parameters, layout, x, y, rows, work, outputs, out, seed, run, number):
    for i in range(out.size):
        out[i] = parameters[i] + 100 * seed + 10 * run + number + outputs.shape[0]


@numba.njit(cache=True)
def called(slope, parameters, layout, data, rows, work, out, key):
    slopes.take_slope(slope, parameters, layout, data, rows, work, out, key)


def arguments(out):
    data = np.arange(6.0).reshape(3, 2), np.array([[10.0], [20.0], [30.0]])
    return np.array([1.0, 2.0]), np.array([7]), data, np.array([2, 1]), np.full(4, 0.5), out, (3, 2, 1)


def test_one_compiled_caller_serves_gradients_with_and_without_noise():
    out = np.zeros(2)
    called(slopes.slope_address(plain, noisy=False), *arguments(out))
    assert out.tolist() == [7.0 + 3.0 + 30.0 + 0.5, 14.0 + 3.0 + 30.0 + 0.5]
    called(slopes.slope_address(noisy, noisy=True), *arguments(out))
    assert out.tolist() == [322.0, 323.0]
    assert len(called.signatures) == 1


def test_the_address_of_a_kernel_stays():
    assert slopes.slope_address(plain, noisy=False) == slopes.slope_address(plain, noisy=False)
