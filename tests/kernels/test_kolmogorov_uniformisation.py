"""Powers of jump matrices against dense ones, and Poisson terms against SciPy's."""

import numpy as np
import pytest
from numba import njit
from scipy import sparse, stats

from pdeopt.kernels.kolmogorov import uniformisation as kernels
from pdeopt.kolmogorov.stencil import Stencil

OFFSETS = np.array([(1, 0, 0), (0, 1, 0), (0, 0, -1), (1, -1, 1), (0, -1, 0)])
TERMS = np.array([0.1, 0.0, 0.5, 0.4])


@njit(cache=True)
def by_stencil(offsets, weights, loss, transpose, terms, v):
    work, out = np.empty((2, v.size)), np.zeros(v.size)
    work[0] = v
    kernels.stencil_series(offsets, weights, loss, transpose, terms, work, out)
    return out


@njit(cache=True)
def by_matrix(starts, targets, weights, loss, transpose, terms, v):
    work, out = np.empty((2, v.size)), np.zeros(v.size)
    work[0] = v
    kernels.matrix_series(starts, targets, weights, loss, transpose, terms, work, out)
    return out


@njit(cache=True)
def poisson(mean, first, n):
    out = np.empty(n)
    kernels.poisson_terms(mean, first, out)
    return out


@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("shape", [(1, 1, 7), (1, 4, 5), (3, 4, 5)])
def test_a_series_of_jumps_is_that_of_the_dense_matrix(transpose, shape):
    rng = np.random.default_rng(0)
    weights, loss = rng.uniform(0.0, 0.15, (len(OFFSETS), *shape)), rng.uniform(0.0, 0.1, shape)
    weights[:, rng.uniform(size=shape) < 0.3] = 0.0
    v = rng.standard_normal(np.prod(shape))
    offsets = tuple(map(tuple, OFFSETS.tolist()))
    jump = np.eye(v.size) + Stencil(offsets, weights, loss, (True,) * 3).matrix.toarray()
    jump = jump.T if transpose else jump
    expected = sum(term * np.linalg.matrix_power(jump, k) @ v for k, term in enumerate(TERMS))
    found = by_stencil(OFFSETS, weights, loss.ravel(), transpose, TERMS, v)
    assert np.abs(found - expected).max() < 1e-15 * 8
    off = sparse.csr_array(jump.T if transpose else jump)
    off.setdiag(0.0)
    off.eliminate_zeros()
    rows = off.indptr.astype(np.int64), off.indices.astype(np.int64), off.data, loss.ravel()
    assert np.abs(by_matrix(*rows, transpose, TERMS, v) - expected).max() < 1e-15 * 8


@pytest.mark.parametrize(("mean", "first", "n"), [(0.3, 0, 12), (40.0, 5, 90), (1e6, 990_000, 20_000)])
def test_poisson_terms_are_probabilities_over_the_largest(mean, first, n):
    exact = stats.poisson.pmf(np.arange(first, first + n), mean)
    found = poisson(mean, first, n)
    assert np.allclose(found, exact / stats.poisson.pmf(int(mean), mean), rtol=1e-9 + 1e-13 * mean)
    assert np.allclose(found / found.sum(), exact, rtol=1e-8 + 1e-13 * mean, atol=1e-18)
