"""Straight jumps between walls: interpolation, ends at walls, turning back."""

import numpy as np
import pytest
from numba import njit
from reference_kolmogorov import straight_jump

from pdeopt.kernels.kolmogorov.crossing import ABSORBING, FOLDING, OPEN, spread_point, straight_jumps, way_to_wall

KINDS = {"open": OPEN, "folding": FOLDING, "absorbing": ABSORBING}
WALLS = [(("folding", "absorbing"), ("absorbing", "folding")), (("open", "open"), ("folding", "folding"))]
SHAPE = (7, 6)


def rates_of(jumps, shape, walls, rate):
    """Return {offset: rate} of every node."""
    d = len(shape)
    n, m = jumps.shape[:2]
    offsets, rates = np.zeros((n, m, 2, 2**d, d), dtype=np.int64), np.zeros((n, m, 2, 2**d))
    kinds = np.array([[KINDS[wall] for wall in pair] for pair in walls])
    straight_jumps(jumps, rate, np.array(shape), kinds, np.zeros(d, dtype=np.int64), np.zeros(d), offsets, rates)
    tables = []
    for vectors, sizes in zip(offsets.reshape(n, -1, d), rates.reshape(n, -1), strict=True):
        table = {}
        for vector, size in zip(vectors, sizes, strict=True):
            if size:
                table[tuple(vector.tolist())] = table.get(tuple(vector.tolist()), 0.0) + size
        tables.append(table)
    return tables


def inside(node, shape, walls):
    """Tell whether a node lies on no absorbing wall."""
    ends = [(k == 0, k == n - 1) for k, n in zip(node, shape, strict=True)]
    return not any(
        end and wall == "absorbing"
        for at, pair in zip(ends, walls, strict=True)
        for end, wall in zip(at, pair, strict=True)
    )


@pytest.mark.parametrize("walls", WALLS)
def test_rates_are_those_of_the_slow_twin(walls):
    jumps = np.random.default_rng(2).normal(scale=1.7, size=(np.prod(SHAPE), 1, 2))
    tables = rates_of(jumps, SHAPE, walls, 0.8)
    for node, jump, found in zip(np.ndindex(*SHAPE), jumps[:, 0], tables, strict=True):
        if inside(node, SHAPE, walls):
            expected = straight_jump(node, jump, SHAPE, walls, 0.8)
            assert found == pytest.approx({key: rate for key, rate in expected.items() if rate > 1e-12}, rel=1e-7)


def test_linear_functions_are_in_the_kernel_between_absorbing_walls():
    shape, walls = (6, 5, 7), (("absorbing", "absorbing"),) * 3
    jumps = np.random.default_rng(3).normal(scale=1.5, size=(np.prod(shape), 2, 3))
    for node, table in zip(np.ndindex(*shape), rates_of(jumps, shape, walls, 1.0), strict=True):
        if inside(node, shape, walls):
            assert min(table.values()) > 0.0
            assert np.allclose(sum(rate * np.array(offset) for offset, rate in table.items()), 0.0, atol=1e-9)
            assert all(0 <= i + k < n for offset in table for i, k, n in zip(node, offset, shape, strict=True))


def test_walls_are_met_where_lines_cross_them():
    @njit
    def met(node, jump, shape, walls):
        offsets, rates = np.zeros((4, 2), dtype=np.int64), np.zeros(4)
        spread_point(jump, 1.0, offsets, rates)
        part, kind = way_to_wall(node, jump, shape, walls)
        return part, kind, rates.sum()

    walls = np.array([[FOLDING, ABSORBING], [OPEN, OPEN]])
    found = met(np.array([3, 3]), np.array([4.0, 0.5]), np.array([6, 6]), walls)
    assert found == pytest.approx((0.5, ABSORBING, 1.0))
