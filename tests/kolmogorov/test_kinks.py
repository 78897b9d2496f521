"""Data with jumps and kinks: where they lie between nodes does not matter."""

import math

import numpy as np
import pytest
from option_cases import FIRST, SECOND, SPOT, call, clustered, in_log_price, in_price, put
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import ncx2

import pdeopt
from pdeopt.kolmogorov import indicator
from pdeopt.kolmogorov.kinks import projected

INF = float("inf")
WALLS = (("reflecting", "reflecting"),)

relaxing = pdeopt.SDE(lambda t, x: -x, lambda t, x: 2.0**0.5)
shifted = pdeopt.SDE(lambda t, x: 2.0 * (0.4 - x), lambda t, x: 0.5)
options = pytest.mark.parametrize("option", [FIRST, SECOND], ids=["strike 100", "strike 110"])


@pytest.mark.parametrize("upper", [8.0, 7.7, 7.93])
def test_probability_and_mean_excess_of_a_relaxing_process_wherever_nodes_lie(upper):
    L = pdeopt.Generator(relaxing, pdeopt.Grid(-8.0, upper, 161))
    assert L.backward(indicator(0.0, INF), 0.5).at(1.0) == pytest.approx(0.777230721820653, abs=1e-8)
    excess = L.backward(lambda x: max(x - 0.5, 0.0), 0.5, kinks=[0.5])
    assert excess.at(1.0) == pytest.approx(0.373291440557234, abs=1e-8)
    assert 1.9 < excess.order < 2.1


def test_probability_of_a_shifted_relaxing_process():
    L = pdeopt.Generator(shifted, pdeopt.Grid(-2.5, 3.1, 161))
    assert L.backward(indicator(0.5, INF), 1.0).at(-0.3) == pytest.approx(0.215883456555182, abs=1e-8)


def test_probability_on_a_stretched_axis():
    L = pdeopt.Generator(relaxing, pdeopt.Grid.from_axes(clustered(-7.0, 7.0, 0.2, 1.0, 161)))
    exact = ndtr((np.exp(-0.5) - 0.03) / 0.632120558828558**0.5)
    assert L.backward(indicator(0.03, INF), 0.5).at(1.0) == pytest.approx(exact, abs=1e-9)


@options
def test_options_in_log_price(option):
    spot, strike = np.log(SPOT), np.log(option.strike)
    L = in_log_price(option, pdeopt.Grid(spot - 1.8, spot + 1.9, 241))
    price = L.backward(call(option.strike, np.exp), option.expiry, kinks=[strike])
    assert price.at(spot) == pytest.approx(option.call, abs=1e-8 * option.strike)
    slope, bend = (price.derivative(spot, order) for order in (1, 2))
    assert slope / SPOT == pytest.approx(option.delta, abs=1e-8)
    assert (bend - slope) / SPOT**2 == pytest.approx(option.gamma, abs=1e-7)
    other = L.backward(put(option.strike, np.exp), option.expiry, kinks=[strike])
    assert other.at(spot) == pytest.approx(option.put, abs=1e-8 * option.strike)
    assert L.backward(indicator(strike, INF), option.expiry).at(spot) == pytest.approx(option.digital, abs=1e-8)


@options
def test_options_in_price_on_a_stretched_axis(option):
    L = in_price(option, clustered(0.0, 600.0, SPOT, 30.0, 241))
    price = L.backward(call(option.strike), option.expiry, kinks=[option.strike])
    assert price.at(SPOT) == pytest.approx(option.call, abs=1e-8 * option.strike)
    assert price.derivative(SPOT) == pytest.approx(option.delta, abs=1e-8)
    assert price.derivative(SPOT, 2) == pytest.approx(option.gamma, abs=1e-8)
    assert L.backward(indicator(option.strike, INF), option.expiry).at(SPOT) == pytest.approx(option.digital, abs=1e-8)


DOWN_AND_OUT = 7.58695396973641
DOUBLE_NO_TOUCH = 0.357874531456022


@pytest.mark.parametrize(("n", "tolerance"), [(61, 1e-8), (301, 1e-11)])
def test_call_with_a_barrier_at_a_wall_even_where_the_strike_is_few_nodes_away(n, tolerance):
    low = np.log(90.0)
    L = in_log_price(FIRST, pdeopt.Grid(low, low + 2.0, n), ("absorbing", "linear"))
    found = L.backward(call(100.0, np.exp), 1.0, kinks=[np.log(100.0)]).at(np.log(SPOT))
    assert found == pytest.approx(DOWN_AND_OUT, abs=100.0 * tolerance)


@pytest.mark.parametrize("jump", [0.13, 0.24, 0.35, 0.6, 1.1])
@pytest.mark.parametrize(("wall", "image"), [("absorbing", -1.0), ("reflecting", 1.0)])
def test_jump_a_few_nodes_from_a_wall(wall, image, jump):
    brownian = pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
    L = pdeopt.Generator(brownian, pdeopt.Grid(0.0, 8.0, 81), (wall, "reflecting"))
    start, spread = 0.7, 0.6
    # By reflection.
    direct, mirrored = (ndtr((jump + side * start) / spread) - ndtr(side * start / spread) for side in (-1.0, 1.0))
    found = L.backward(lambda x: 1.0 if x < jump else 0.0, spread**2, kinks=[jump])
    assert found.at(start) == pytest.approx(direct + image * mirrored, abs=3e-8)


def test_probability_of_a_process_whose_noise_vanishes_at_a_wall_that_it_reaches():
    system = pdeopt.SDE(lambda t, v: 2.0 * (0.05 - v), lambda t, v: 0.8 * max(v, 0.0) ** 0.5)
    L = pdeopt.Generator(system, pdeopt.Grid.from_axes(np.linspace(0.0, 1.4, 201) ** 2))
    assert L.backward(indicator(-1.0, 0.05), 1.0).at(0.1) == pytest.approx(0.695596261366945, abs=5e-8)
    scale = 0.64 * (1.0 - np.exp(-2.0)) / 8.0
    law = ncx2(0.4 / 0.64, 0.1 * np.exp(-2.0) / scale, scale=scale)
    # Substituted, for the distribution function rises as a small power.
    shortfall = quad(lambda z: law.cdf(0.03 * z**4) * 0.12 * z**3, 0.0, 1.0, epsabs=1e-12)[0]
    found = L.backward(lambda v: max(0.03 - v, 0.0), 1.0, kinks=[0.03])
    assert found.at(0.1) == pytest.approx(shortfall, abs=5e-9)


def test_value_at_an_end_that_is_never_left_is_kept():
    drift_of_genes = pdeopt.SDE(lambda t, x: 0.0, lambda t, x: max(x * (1.0 - x), 0.0) ** 0.5)
    L = pdeopt.Generator(drift_of_genes, pdeopt.Grid(0.0, 1.0, 81))
    found = L.backward(lambda x: abs(x - 0.11), 0.5, kinks=[0.11])
    assert found.plain[[0, -1]] == pytest.approx([0.11, 0.89], abs=1e-13)


def test_call_with_a_barrier_inside_the_grid():
    step = np.log(SPOT / 90.0) / 21.0
    L = in_log_price(FIRST, pdeopt.Grid(np.log(90.0) - 20.0 * step, np.log(90.0) + 400.0 * step, 421))
    alive = L.stopped(np.arange(421) > 20)
    found = alive.backward(call(100.0, np.exp), 1.0, kinks=[np.log(100.0)]).at(np.log(SPOT))
    assert found == pytest.approx(DOWN_AND_OUT, abs=1e-9)


def test_double_no_touch():
    L = in_log_price(FIRST, pdeopt.Grid(np.log(80.0), np.log(120.0), 81), "absorbing")
    assert L.backward(lambda x: 1.0, 1.0).at(np.log(SPOT)) == pytest.approx(DOUBLE_NO_TOUCH, abs=1e-10)


@pytest.mark.slow
def test_probability_of_a_quadrant_in_a_correlated_process():
    system = pdeopt.SDE(
        lambda t, x: (-x[0] - 0.5 * x[1], 0.3 * x[0] - 0.8 * x[1]),
        lambda t, x: ((1.0, 0.0), (0.48, 0.36)),
        noise="general",
        dim=2,
        n_noise=2,
    )
    L = pdeopt.Generator(system, pdeopt.Grid((-4.2, -3.9), (4.1, 3.8), (53, 53)))
    quadrant = indicator((0.0, 0.0), (INF, INF))
    found = L.backward(quadrant, 1.0, method="modified-craig-sneyd", n_steps=26)
    assert found.at((1.0, -1.0)) == pytest.approx(0.265997843411786, abs=1e-6)


@pytest.mark.parametrize("place", np.linspace(0.0, 1.0, 5))
def test_polynomials_of_degree_five_keep_their_values_at_nodes(place):
    grid = pdeopt.Grid(-3.0, 3.0, 41)
    found = projected(lambda x: x[..., 0] ** 5 - x[..., 0], grid, (np.array([place]),), WALLS)
    # Near walls, where the data are continued as even functions, they are not.
    x = grid.axes[0]
    assert np.abs(found - (x**5 - x))[11:-11].max() < 1e-12


def test_mass_of_a_box_is_kept_on_a_ring():
    grid = pdeopt.Grid(0.0, 1.0, 40, periodic=True)
    box = projected(lambda x: 1.0 * (x[..., 0] > 0.913), grid, (np.array([0.0, 0.913]),), (("periodic", "periodic"),))
    assert box.mean() == pytest.approx(0.087, abs=1e-14)


def test_area_of_a_box_in_the_plane_is_kept():
    grid = pdeopt.Grid((-2.0, -1.0), (2.0, 3.0), (61, 53))
    box = indicator((-0.313, 0.2), (0.77, 1.411))
    planes = tuple(np.array(axis) for axis in box.kinks)
    values = projected(lambda x: np.vectorize(lambda a, b: box((a, b)))(x[..., 0], x[..., 1]), grid, planes, WALLS * 2)
    assert values.sum() * np.prod(grid.spacing) == pytest.approx(1.083 * 1.211, rel=1e-13)


def test_weighted_sum_of_a_projected_jump_converges_in_sixth_order_and_that_of_its_values_in_first():
    def error(n: int, project: bool) -> float:
        grid, width, worst = pdeopt.Grid(-4.0, 4.0, n), 0.3, 0.0
        x = grid.axes[0]
        bell = np.exp(-0.5 * ((x - 0.3) / width) ** 2) * grid.spacing[0] / (width * np.sqrt(2.0 * np.pi))
        for jump in np.linspace(0.1, 0.2, 5):
            planes = (np.array([jump]),) if project else (np.empty(0),)
            values = projected(lambda y, jump=jump: 1.0 * (y[..., 0] > jump), grid, planes, WALLS)
            worst = max(worst, abs(np.sum(bell * values) - ndtr((0.3 - jump) / width)))
        return worst

    assert error(81, True) / error(161, True) > 2.0**5.5
    assert error(81, False) / error(161, False) < 2.0**1.5


def test_kinks_that_a_landscape_knows_of_are_used():
    L = pdeopt.Generator(relaxing, pdeopt.Grid(-8.0, 7.7, 161))
    absolute = pdeopt.Landscape(lambda x: abs(x), lambda x: 1.0 if x > 0.0 else -1.0, kinks=(0.0,))
    mean, deviation = np.exp(-0.5), 0.632120558828558**0.5
    exact = mean * (2.0 * ndtr(mean / deviation) - 1.0) + deviation * np.sqrt(2.0 / np.pi) * np.exp(
        -0.5 * (mean / deviation) ** 2
    )
    assert L.backward(absolute, 0.5).at(1.0) == pytest.approx(exact, abs=1e-8)


def test_time_spent_beyond_a_line_is_a_source_with_a_jump():
    def beyond(t, x):
        return 1.0 if x > 0.03 else 0.0

    brownian = pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
    L = pdeopt.Generator(brownian, pdeopt.Grid(-6.0, 6.3, 121))
    place = int(np.argmin(np.abs(L.grid.axes[0] - 0.9)))
    start = L.grid.axes[0][place]
    exact = quad(lambda t: ndtr((start - 0.03) / np.sqrt(t)), 0.0, 1.0, epsabs=1e-12)[0]
    errors = []
    for known in ((), (0.03,)):
        beyond.kinks = known
        found = L.backward(lambda x: 0.0, 1.0, source=beyond)
        errors.append(abs(found.values[place] - exact))
    assert errors[1] < 1e-7 < 1e-4 < errors[0]


@pytest.mark.parametrize("kinks", [["here"], [np.inf], ([0.0], [1.0])])
def test_kinks_that_are_no_positions_are_named(kinks):
    L = pdeopt.Generator(relaxing, pdeopt.Grid(-3.0, 3.0, 41))
    with pytest.raises(ValueError, match=r"kinks=.*one sequence per axis: 1 of them, e.g. kinks=\[0.0\]"):
        L.backward(abs, 0.5, kinks=kinks)


def test_corners_of_a_box_that_do_not_match_are_named():
    with pytest.raises(ValueError, match="not opposite corners of a box"):
        indicator((0.0, 0.0), (1.0,))
    with pytest.raises(ValueError, match="not opposite corners of a box"):
        indicator(1.0, 0.0)


def test_kinks_of_one_axis_only_are_told_by_empty_ones_of_the_others():
    system = pdeopt.SDE(lambda t, x: (0.0, 0.0), lambda t, x: (1.0, 1.0), dim=2)
    L = pdeopt.Generator(system, pdeopt.Grid((-5.0, -5.0), (5.0, 5.0), (41, 41)))
    found = L.backward(lambda x: 1.0 if x[0] > 0.1 else 0.0, 1.0, kinks=((0.1,), ()))
    assert found.at((0.3, 0.0)) == pytest.approx(0.5 * (1.0 + math.erf(0.2 / math.sqrt(2.0))), abs=1e-6)
