"""Kernels that ask for the widest vector instructions."""

import numba
import numpy as np
import pytest
from llvmlite import binding

from pdeopt.kernels._wide import wide_vectors


@numba.njit
def narrow(a, b):
    for i in range(a.size):
        b[i] = a[i] * a[i] + 3.0 * b[i]


@numba.njit
def wide(a, b):
    wide_vectors()
    for i in range(a.size):
        b[i] = a[i] * a[i] + 3.0 * b[i]


def results():
    found = []
    for kernel in (narrow, wide):
        a, b = np.random.default_rng(0).standard_normal((2, 1003))
        kernel(a, b)
        found.append(b)
    return found


def test_a_kernel_with_wide_vectors_has_the_same_bits():
    one, other = results()
    assert np.array_equal(one, other)


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
@pytest.mark.skipif(not binding.get_host_cpu_features().get("avx512f"), reason="no vectors of 512 bits here")
def test_a_kernel_that_asks_has_registers_of_512_bits():
    results()
    assert "zmm" in next(iter(wide.inspect_asm().values()))
