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
def skipped(slopes, widths, time):
    return envelopes.is_skipped(slopes, widths, time)


@njit
def left_after_dropping(values, nodes, half):
    kept = np.empty((2, nodes.size + 1))
    count = envelopes.finite_nodes(values, nodes, kept)
    return kept[:, :count].copy(), kept[:, : envelopes.drop_covered_nodes(kept, count, half)]


@njit
def stacked_nodes(values, nodes, time):
    kept, starts = np.empty((2, nodes.size + 1)), np.empty(nodes.size)
    size = envelopes.stack_nodes(kept, envelopes.finite_nodes(values, nodes, kept), time, starts)
    return kept[:, :size], starts[:size]


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


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("kind", KINDS)
def test_nodes_dropped_are_the_finite_ones_that_never_lie_below_both_neighbours(kind, time):
    values, nodes = line(kind)
    finite, left = left_after_dropping(values, nodes, 0.5 / time)
    np.testing.assert_array_equal(finite, np.array([nodes, values])[:, np.isfinite(values)])
    y, value = finite
    crossing = 0.5 * (y[:-1] + y[1:]) + time * np.diff(value) / np.diff(y)
    # What is decided by rounding may go either way.
    gap, rounding = np.diff(crossing), 1e-10 * (1.0 + np.abs(crossing[:-1]))
    gone = ~np.isin(y[1:-1], left[0])
    assert gone[gap < -rounding].all()
    assert not gone[gap > rounding].any()


def test_smallest_winners_survive_when_all_nodes_tie_at_one_output():
    nodes = np.arange(-4.0, 5.0)
    _, left = left_after_dropping(-(nodes**2), nodes, 1.0)
    np.testing.assert_array_equal(left[0], [-4.0, 4.0])
    assert hopf_lax_nodes(-(nodes**2), nodes, np.array([0.0]), 0.5)[1][0] == -4.0


@pytest.mark.parametrize("kind", KINDS)
def test_nodes_on_the_stack_win_from_their_start_to_the_next(kind):
    values, nodes = line(kind)
    (y, _), starts = stacked_nodes(values, nodes, 0.05)
    ends = np.concatenate([starts[1:], [3.0]])
    middles = 0.5 * (np.maximum(starts, -3.0) + ends)
    clear = (middles > -3.0) & (ends - starts > 1e-9)
    np.testing.assert_array_equal(lowest_node(values, nodes, middles[clear], 0.05)[1], y[clear])


@given(st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3), st.lists(st.floats(0.5, 1.5), min_size=3, max_size=3))
def test_a_skipped_segment_is_nowhere_below_both_neighbours(slopes, widths):
    slopes = sorted(slopes, reverse=True)
    nodes = np.concatenate([[0.0], np.cumsum(widths)])
    values = np.concatenate([[0.0], np.cumsum(np.multiply(slopes, widths))])
    outputs = np.linspace(-9.0, 14.0, 300)
    if skipped(tuple(slopes), tuple(widths), 2.0):
        below = np.minimum(
            lowest_on_cells(values[:2], nodes[:2], outputs, 2.0, np.zeros(1))[0],
            lowest_on_cells(values[2:], nodes[2:], outputs, 2.0, np.zeros(1))[0],
        )
        middle = lowest_on_cells(values[1:3], nodes[1:3], outputs, 2.0, np.zeros(1))[0]
        assert (middle >= below - 1e-12).all()


@pytest.mark.parametrize(("slopes", "expected"), [((1.0, 0.0, -1.0), True), ((0.4, 0.0, -0.4), False)])
def test_a_segment_of_a_uniform_grid_is_skipped_when_the_slopes_around_it_fall_by_two_widths_over_time(
    slopes, expected
):
    assert skipped(slopes, (1.0, 1.0, 1.0), 1.0) is expected


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
