"""Lower envelopes in linear time against the smallest over every cell or node."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from reference import lowest_node, lowest_on_cells

from pdeopt.kernels import envelopes

TIMES = [1e-6, 1e-3, 0.05, 1.0, 1e3]


@njit
def hopf_lax(values, nodes, outputs, time):
    n, m = nodes.size, outputs.size
    pieces, stack, starts = np.empty((n, 4)), np.empty(n, np.int64), np.empty(n)
    out, argmin = np.empty(m), np.empty(m)
    envelopes.hopf_lax_line(values, nodes, outputs, time, pieces, stack, starts, out, argmin)
    return out, argmin


@njit
def hopf_lax_nodes(values, nodes, outputs, time):
    n, m = nodes.size, outputs.size
    out, argmin, kept, starts = np.empty(m), np.empty(m), np.empty((2, n + 1)), np.empty(n)
    envelopes.hopf_lax_nodes_line(values, nodes, outputs, time, kept, starts, out, argmin)
    return out, argmin


@njit
def segment(x, low, high, value, slope, time):
    return envelopes.segment_value(x, low, high, value, slope, time)


@njit
def stacked(values, nodes, time, low, high):
    n = nodes.size
    pieces, stack, starts = np.empty((n, 4)), np.empty(n, np.int64), np.empty(n)
    count = envelopes.collect_pieces(values, nodes, time, low, high, pieces)
    size = envelopes.stack_pieces(pieces, count, time, stack, starts)
    return pieces[:count], stack[:size], starts[:size]


@njit
def crossed(pieces, time, low):
    return envelopes.crossing(0, 1, pieces, time, 0.5 / time, low)


def line(kind, seed=0, n=120):
    rng = np.random.default_rng(seed)
    nodes = np.linspace(-1.0, 1.0, n) if seed % 2 else np.sort(rng.uniform(-1.0, 1.0, n))
    values = {
        "noise": rng.standard_normal(n),
        "smooth": -np.cos(np.pi * nodes),
        "convex": nodes**2,
        "concave": -(nodes**2),
        "kink": np.abs(nodes),
        "constant": np.zeros(n),
        "walls": np.where(rng.uniform(size=n) < 0.2, np.inf, rng.standard_normal(n)),
    }[kind]
    return values, nodes


def isolated(values):
    """Tell which nodes are alone between walls."""
    finite = np.concatenate([[False], np.isfinite(values), [False]])
    return finite[1:-1] & ~finite[:-2] & ~finite[2:]


KINDS = ["noise", "smooth", "convex", "concave", "kink", "constant", "walls"]


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [0, 1])
def test_envelope_is_the_smallest_over_every_cell(kind, time, seed):
    values, nodes = line(kind, seed)
    outputs = np.linspace(-1.4, 1.3, 333)
    expected, _ = lowest_on_cells(values, nodes, outputs, time, np.zeros(nodes.size - 1))
    alone = isolated(values)
    if alone.any():
        expected = np.minimum(expected, lowest_node(values[alone], nodes[alone], outputs, time)[0])
    result, _ = hopf_lax(values, nodes, outputs, time)
    np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("kind", KINDS)
def test_minimiser_attains_the_envelope(kind, time):
    values, nodes = line(kind, 1)
    outputs = np.linspace(-1.4, 1.3, 333)
    result, place = hopf_lax(values, nodes, outputs, time)
    below = np.interp(place, nodes, np.where(np.isinf(values), 1e9, values))
    attained = below + (outputs - place) ** 2 / (2.0 * time)
    known = below < 1e6
    np.testing.assert_allclose(attained[known], result[known], rtol=1e-9, atol=1e-10)


def test_minimiser_is_the_smallest_of_two_that_tie():
    nodes = np.linspace(-2.0, 2.0, 41)
    values = np.minimum((nodes - 1.0) ** 2, (nodes + 1.0) ** 2)
    assert hopf_lax(values, nodes, np.array([0.0]), 1.0)[1][0] < 0.0


@given(st.lists(st.integers(-3, 3), min_size=2, max_size=12), st.integers(-4, 4))
def test_envelope_is_right_where_slopes_and_crossings_tie(heights, log_time):
    values, time = np.array(heights, float), 2.0**log_time
    nodes = np.arange(values.size, dtype=float)
    outputs = np.linspace(-2.0, values.size + 1.0, 4 * values.size + 13)
    expected, _ = lowest_on_cells(values, nodes, outputs, time, np.zeros(nodes.size - 1))
    np.testing.assert_allclose(hopf_lax(values, nodes, outputs, time)[0], expected, atol=1e-12)


@pytest.mark.parametrize("time", TIMES)
def test_minimisers_of_increasing_outputs_increase(time):
    values, nodes = line("noise", 0, 500)
    _, place = hopf_lax(values, nodes, np.linspace(-1.0, 1.0, 1001), time)
    assert (np.diff(place) >= -1e-12).all()


def test_envelope_of_walls_alone_is_infinite():
    nodes = np.linspace(0.0, 1.0, 9)
    assert np.isposinf(hopf_lax(np.full(9, np.inf), nodes, nodes, 1.0)[0]).all()


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("kind", KINDS)
def test_node_envelope_is_the_smallest_over_every_node(kind, time):
    values, nodes = line(kind)
    outputs = np.linspace(-1.4, 1.3, 333)
    expected, _ = lowest_node(values, nodes, outputs, time)
    result, _ = hopf_lax_nodes(values, nodes, outputs, time)
    np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-13)


def test_node_envelope_names_the_winning_node():
    values, nodes = line("noise", 2)
    outputs = np.linspace(-1.0, 1.0, 77)
    np.testing.assert_array_equal(
        hopf_lax_nodes(values, nodes, outputs, 0.05)[1], lowest_node(values, nodes, outputs, 0.05)[1]
    )


@pytest.mark.parametrize("x", [-3.0, 0.1, 0.9, 4.0])
def test_segment_value_is_the_smallest_on_the_segment(x):
    y = np.linspace(-0.5, 0.7, 100001)
    total = 2.0 - 1.3 * (y + 0.5) + (x - y) ** 2 / (2.0 * 0.4)
    value, place = segment(x, -0.5, 0.7, 2.0, -1.3, 0.4)
    assert (value, place) == pytest.approx((total.min(), y[total.argmin()]), abs=2e-5)


def test_pieces_are_the_segments_that_outputs_can_come_from():
    nodes, values = np.arange(6.0), np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    pieces, _, _ = stacked(values, nodes, 1.0, 2.5, 3.5)
    np.testing.assert_array_equal(pieces[:, :2], [[1.0, 2.0], [2.0, 3.0]])


def test_a_convex_corner_without_segments_in_reach_is_a_piece_of_its_own():
    nodes, values = np.array([-10.0, 0.0, 10.0]), np.array([100.0, 0.0, 100.0])
    pieces, _, _ = stacked(values, nodes, 1.0, -0.1, 0.1)
    np.testing.assert_array_equal(pieces, [[0.0, 0.0, 0.0, 0.0]])


def test_starts_of_the_stack_are_where_neighbouring_pieces_are_equal():
    values, nodes = line("noise", 3, 60)
    pieces, stack, starts = stacked(values, nodes, 0.05, -1.0, 1.0)
    left = [segment(x, *pieces[j], 0.05)[0] for x, j in zip(starts[1:], stack[:-1], strict=True)]
    right = [segment(x, *pieces[k], 0.05)[0] for x, k in zip(starts[1:], stack[1:], strict=True)]
    np.testing.assert_allclose(left, right, atol=1e-11)


def test_two_separate_pieces_cross_where_they_are_equal():
    pieces = np.array([[0.0, 1.0, 0.3, 2.0], [2.0, 3.0, 0.1, -0.5]])
    x = crossed(pieces, 0.7, -5.0)
    assert segment(x, *pieces[0], 0.7)[0] == pytest.approx(segment(x, *pieces[1], 0.7)[0], abs=1e-13)
