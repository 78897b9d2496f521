"""Exact averages of random networks over all masks, against enumeration of all paths."""

import math
import re
from itertools import product

import numpy as np
import pytest
from numpy.polynomial.legendre import leggauss

from pdeopt import Grid
from pdeopt.networks import (
    AdditiveNoise,
    BatchNoise,
    DenseBranch,
    DropConnect,
    Dropout,
    GaussianDropout,
    MultiplicativeNoise,
    ResidualLayer,
    ShakeShake,
    StochasticDepth,
    mask_average,
)

LINE = Grid(-1.0, 1.0, 801)
SQUARE = Grid((-1.0, -1.0), (1.0, 1.0), (121, 121))
HALF, GENTLE, DEPTH = Dropout(0.5), Dropout(0.8), StochasticDepth(0.5)


def wave(_t, x):
    return 1.5 * math.sin(math.pi * x) / math.pi


def steep(x):
    return math.log1p(math.exp(-4.0 * x))


def swirl(_t, x):
    return (
        0.25 * math.sin(math.pi * x[0]) * (1.0 + 0.5 * math.cos(math.pi * x[1])),
        0.3 * math.sin(math.pi * x[1]) * (1.0 - 0.4 * x[0]),
    )


def counter(_t, x):
    return -0.2 * math.sin(math.pi * x[0]) * (1.0 - 0.3 * x[1]), 0.25 * math.sin(math.pi * x[1])


def slanted(x):
    return math.log1p(math.exp(-3.0 * (x[0] + 0.5 * x[1])))


# Means at 0.1 and -0.35 over all masks of 8 and 128 layers, by a recursion on Chebyshev nodes of 40 digits.
LINES = [
    (HALF, 8, 0.2372956451657, 3.1200263572822),
    (GENTLE, 8, 0.2176535535879, 3.1619659392886),
    (DEPTH, 8, 0.3748131454223, 2.4081812985081),
    (HALF, 128, 0.1925131950083, 3.1523238567967),
    (GENTLE, 128, 0.1906538917999, 3.1549896253323),
    (DEPTH, 128, 0.3645457044523, 2.4198864634441),
]


@pytest.mark.parametrize(("noise", "n", "first", "second"), LINES)
def test_averages_on_a_line_have_all_known_digits(noise, n, first, second):
    found = mask_average(ResidualLayer(wave, noise, step=1.0 / n), steep, LINE, order=12)
    assert found.at([0.1, -0.35]) == pytest.approx([first, second], abs=3e-13)


def enumerated(x, n, outcomes, terminal):
    """Return the mean over every path of n layers, all of them side by side."""
    points, chances = np.array([x], dtype=float), np.ones(1)
    for _ in range(n):
        sent = [(c, y) for c, y in outcomes(points)]
        chances = np.concatenate([chances * c for c, _ in sent])
        points = np.concatenate([y for _, y in sent])
    return float(chances @ terminal(points))


def swirl_of(x):
    a, b = np.sin(np.pi * x.T)
    return np.stack([0.25 * a * (1.0 + 0.5 * np.cos(np.pi * x[:, 1])), 0.3 * b * (1.0 - 0.4 * x[:, 0])], axis=1)


def counter_of(x):
    a, b = np.sin(np.pi * x.T)
    return np.stack([-0.2 * a * (1.0 - 0.3 * x[:, 1]), 0.25 * b], axis=1)


def scaled(sizes, chances):
    pairs = list(zip(sizes, chances, strict=True))
    return lambda x: [(c, x + swirl_of(x) * np.array(size) / 8.0) for size, c in pairs]


def shaken(x):
    nodes, weights = leggauss(5)
    pairs = zip(0.5 + 0.5 * nodes, 0.5 * weights, strict=True)
    return [(c, x + (eta * swirl_of(x) + (1.0 - eta) * counter_of(x)) / 8.0) for eta, c in pairs]


PLANES = [
    (HALF, None, scaled(list(product([0.0, 2.0], repeat=2)), [0.25] * 4), 0.444115180474),
    (DEPTH, None, scaled([(0.0, 0.0), (1.0, 1.0)], [0.5] * 2), 0.488228047791),
    (StochasticDepth(0.5, inverted=True), None, scaled([(0.0, 0.0), (2.0, 2.0)], [0.5] * 2), 0.434650326673),
    (ShakeShake(), counter, shaken, 0.723221621478),
]


@pytest.mark.parametrize(("noise", "second", "outcomes", "known"), PLANES)
def test_averages_in_the_plane_are_those_over_every_single_path(noise, second, outcomes, known):
    layer = ResidualLayer(swirl, noise, step=1.0 / 8.0, dim=2, second=second)
    all_paths = enumerated((0.3, -0.4), 8, outcomes, lambda x: np.log1p(np.exp(-3.0 * (x[:, 0] + 0.5 * x[:, 1]))))
    assert all_paths == pytest.approx(known, abs=1e-12)
    found = mask_average(layer, slanted, SQUARE, order=12)
    assert found.at((0.3, -0.4)) == pytest.approx(all_paths, abs=2e-12)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("noise", "second", "known"),
    [(HALF, None, 0.434541281542), (DEPTH, None, 0.487507128607), (ShakeShake(), counter, 0.725099413955)],
)
def test_averages_of_64_layers_in_the_plane_have_all_known_digits(noise, second, known):
    layer = ResidualLayer(swirl, noise, step=1.0 / 64.0, dim=2, second=second)
    assert mask_average(layer, slanted, SQUARE.refined(2), order=12).at((0.3, -0.4)) == pytest.approx(known, abs=2e-12)


@pytest.mark.parametrize("order", [4, 6, 8])
def test_the_error_estimate_is_above_the_error(order):
    layer = ResidualLayer(wave, HALF, step=1.0 / 8.0)
    found, exact = (mask_average(layer, steep, Grid(-1.0, 1.0, 101), order=p) for p in (order, 12))
    assert found.error.max() < 0.05
    assert np.all(np.abs(found.values - exact.values) <= found.error + 1e-8)


W1, B1 = np.array([[1.0, -0.5], [0.3, 0.8], [-0.6, 0.4]]), np.array([0.1, -0.2, 0.3])
W2, B2 = np.array([[0.5, -0.3, 0.2], [0.1, 0.6, -0.4]]), np.array([0.05, -0.1])


def dense(x, outer=W2):
    return np.tanh(x @ W1.T + B1) @ np.swapaxes(outer, -1, -2) + B2


def masked_hidden(x):
    return [(0.125, x + 0.5 * dense(x, W2 * np.array(mask))) for mask in product([0.0, 2.0], repeat=3)]


def masked_weights(x):
    return [(1 / 64, x + 0.5 * dense(x, W2 * np.reshape(mask, (2, 3)))) for mask in product([0.0, 2.0], repeat=6)]


def masked_input(x):
    return [(0.25, x + 0.5 * dense(x * np.array(mask))) for mask in product([0.0, 2.0], repeat=2)]


@pytest.mark.parametrize(
    ("noise", "outcomes"),
    [
        (Dropout(0.5, "hidden"), masked_hidden),
        (DropConnect(0.5), masked_weights),
        (Dropout(0.5, "input"), masked_input),
        (None, lambda x: [(1.0, x + 0.5 * dense(x))]),
    ],
)
def test_each_place_of_a_mask_has_its_own_paths(noise, outcomes):
    layer = ResidualLayer(DenseBranch(W1, B1, W2, B2), noise, step=0.5)
    found = mask_average(layer, lambda x: math.sin(x[0] + 2.0 * x[1]), Grid((-3.0, -3.0), (3.0, 3.0), 97), order=12)
    wanted = enumerated((0.3, -0.4), 2, outcomes, lambda x: np.sin(x[:, 0] + 2.0 * x[:, 1]))
    assert found.at((0.3, -0.4)) == pytest.approx(wanted, abs=1e-10)


@pytest.mark.parametrize(
    ("noise", "square"),
    [
        # Second moments of x - x/4 with a normal number that is added, that multiplies x, or the branch.
        (AdditiveNoise(0.6), 0.75**2 * 0.49 + 0.36 * 0.25),
        (MultiplicativeNoise(0.6), (0.75**2 + 0.36 * 0.25) * 0.49),
        (GaussianDropout(0.5), (0.75**2 + 0.25**2) * 0.49),
    ],
)
def test_normal_factors_have_their_second_moments(noise, square):
    layer = ResidualLayer(lambda _t, x: -x, noise, step=0.25)
    found = mask_average(layer, lambda x: x * x, Grid(-6.0, 6.0, 201), n_blocks=1)
    assert found.at(0.7) == pytest.approx(square, rel=1e-12)


def test_layers_of_a_list_act_one_after_the_other_and_depth_is_dropped_more_and_more():
    decaying = StochasticDepth(0.5, decay="linear")
    alike = mask_average(ResidualLayer(wave, decaying, step=0.25, n_blocks=4), steep, LINE)
    each = [ResidualLayer(wave, StochasticDepth(1.0 - 0.125 * k), step=0.25) for k in (1, 2, 3, 4)]
    assert np.array_equal(alike.values, mask_average(each, steep, LINE).values)
    half = ResidualLayer(lambda _t, x: -0.5 * x, None, step=1.0)
    there = mask_average([half, ResidualLayer(wave, None, step=0.5)], lambda x: x, LINE).at(0.5)
    assert there == pytest.approx(0.25 + 0.75 * math.sin(0.25 * math.pi) / math.pi, abs=1e-12)


def test_branches_know_the_time_of_their_layer():
    layer = ResidualLayer(lambda t, x: t + 0.0 * x, None, step=0.25)
    found = mask_average(layer, lambda x: x, Grid(-1.0, 2.0, 31), n_blocks=np.int64(4))
    assert found.at(0.5) == pytest.approx(0.5 + 0.25 * (0.0 + 0.25 + 0.5 + 0.75), abs=1e-13)


@pytest.mark.parametrize("order", [4, 6])
def test_paths_that_leave_the_grid_are_refused_and_the_advice_works(order):
    layer = ResidualLayer(lambda _t, x: x, HALF, step=0.1)
    small = mask_average(layer, lambda x: x, Grid(-2.0, 2.0, 101), order=order)
    with pytest.raises(ValueError, match=r"leave the grid from .* Use Grid\(") as refused:
        small.at(1.0)
    low, high = map(float, re.findall(r"Grid\(\[(.*)\], \[(.*)\], ", str(refused.value))[0])
    # The largest value that a path takes is 1.2^10 = 6.19.
    assert 6.19 < high < 9.0
    advised = mask_average(layer, lambda x: x, Grid(low, high, 101), order=order)
    assert advised.at(1.0) == pytest.approx(1.1**10, abs=1e-7)


WIDE = DenseBranch(np.ones((13, 1)), np.ones(13), np.ones((1, 13)))
LAYER = ResidualLayer(wave, HALF, step=0.125)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"grid": Grid(0.0, 1.0, 11, periodic=True)}, "not periodic"),
        ({"grid": Grid.from_axes([0.0, 0.1, 0.3, 0.4, 0.5, 0.6, 0.7])}, "uniform"),
        ({"grid": Grid(-1.0, 1.0, (7, 7, 7))}, "one or two axes"),
        ({"order": 5}, "even number"),
        ({"grid": Grid(-1.0, 1.0, 5)}, r"Use order=2"),
        ({"n_blocks": 0}, "n_blocks=0 must be a whole number of at least 1. Use n_blocks=10"),
        ({"terminal": np.zeros(7)}, r"the grid has shape \(801,\)"),
        ({"layers": [LAYER], "n_blocks": 3}, "Leave it out"),
        ({"layers": ResidualLayer(wave, BatchNoise(0.1))}, "AdditiveNoise"),
        (
            {
                "layers": ResidualLayer(
                    DenseBranch(np.ones((13, 1)), np.ones(13), np.ones((1, 13))), Dropout(0.5, "hidden")
                )
            },
            r"2\^13 .* 12 random factors",
        ),
    ],
)
def test_bad_arguments_are_named_with_one_that_works(arguments, message):
    given = {"layers": LAYER, "terminal": steep, "grid": LINE, **arguments}
    with pytest.raises(ValueError, match=message):
        mask_average(given.pop("layers"), given.pop("terminal"), given.pop("grid"), **given)


def test_more_positions_than_memory_holds_are_refused():
    layer = ResidualLayer(DenseBranch(np.ones((6, 2)), np.ones(6), np.ones((2, 6))), DropConnect(0.5))
    with pytest.raises(ValueError, match=r"10000 nodes with 4096 outcomes .* Use at most 7324 nodes"):
        mask_average(layer, lambda x: x[0], Grid((-1.0, -1.0), (1.0, 1.0), 100))


def test_points_outside_the_grid_are_refused():
    with pytest.raises(ValueError, match=r"points holds \[1.5\], outside"):
        mask_average(LAYER, steep, LINE).at([0.5, 1.5])


def test_the_record_prints_its_size_and_error():
    assert repr(mask_average(LAYER, steep, LINE)).startswith("<MaskAverage over 8 layers on 801 nodes: error at most ")
