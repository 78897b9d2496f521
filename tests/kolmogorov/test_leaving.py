"""Where and when a process leaves a set, and what it is worth until then."""

import numpy as np
import pytest
from scipy.optimize import brentq

import pdeopt
from pdeopt.kolmogorov import indicator

INF = float("inf")

brownian = pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
drifting = pdeopt.SDE(lambda t, x, m: m, lambda t, x, m: 1.0, args=(0.7,))


def everywhere(grid):
    return np.ones(grid.shape, dtype=bool)


def strip():
    return pdeopt.Generator(drifting, pdeopt.Grid(-1.0, 2.0, 61), "absorbing")


def unit_interval(*, drift=0.0, boundary="absorbing", n=41):
    system = pdeopt.SDE(lambda t, x, m: m, lambda t, x, m: 1.0, args=(drift,))
    return pdeopt.Generator(system, pdeopt.Grid(0.0, 1.0, n), boundary)


def series(t, x, weight=lambda rate: 1.0):
    """Survival of Brownian motion in (0, 1) by its eigenfunctions."""
    n = np.arange(1.0, 200.0, 2.0)
    rates = 0.5 * (np.pi * n) ** 2
    return np.sum(4.0 / (np.pi * n) * np.sin(np.pi * n * x) * np.exp(-rates * t) * weight(rates))


def test_exit_of_a_strip_by_value_by_parts_and_its_mean_time():
    L = strip()
    x, inside = L.grid.axes[0], everywhere(L.grid)
    right = L.exit_value(values=lambda x: 1.0 if x > 0.0 else 0.0)
    assert right.at(0.25) == pytest.approx(0.838804412555385, rel=1e-12)
    parts = L.exit_probabilities(inside, {"low": x < -0.99, "high": x > 1.99})
    assert parts["high"].at(0.25) == pytest.approx(0.838804412555385, rel=1e-12)
    assert np.abs(parts["low"].values + parts["high"].values - 1.0).max() < 1e-14
    assert L.exit_value(inside, source=1.0).at(0.25) == pytest.approx(1.80916176809451, rel=1e-11)


def test_laplace_transform_of_the_exit_time_of_a_strip():
    rate, m, low, high, x = 0.3, 0.7, -1.0, 2.0, 0.25
    d = np.sqrt(m * m + 2.0 * rate)
    sides = np.exp(m * (low - x)) * np.sinh(d * (high - x)) + np.exp(m * (high - x)) * np.sinh(d * (x - low))
    L = strip()
    found = L.discounted_exit(everywhere(L.grid), rate).at(x)
    assert found == pytest.approx(sides / np.sinh(d * (high - low)), rel=1e-11)


def test_law_of_the_exit_time_of_an_interval():
    L, times = unit_interval(), np.append(np.linspace(0.01, 0.1, 28), np.linspace(0.11, 0.6, 50))
    law, x = L.hitting_law(None, times), 0.3
    assert law.at(x)[27] == pytest.approx(0.630401071139851, abs=1e-10)
    assert law.at(x) == pytest.approx([series(t, x) for t in times], abs=2e-8)
    leaving = [series(t, x, lambda rate: rate) for t in times[12:]]
    assert law.density[12:, 12] == pytest.approx(leaving, abs=1e-7)
    for probability in (0.1, 0.5, 0.9):
        exact = brentq(lambda t, p=probability: series(t, x) - (1.0 - p), 1e-3, 1.0)
        assert law.quantile(probability, x) == pytest.approx(exact, abs=1e-6)


def test_survival_with_drift_and_with_one_reflecting_wall():
    assert unit_interval(drift=2.0).hitting_law(None, 0.1).at(0.3) == pytest.approx(0.736667343576522, abs=1e-9)
    mixed = unit_interval(boundary=("reflecting", "absorbing"))
    assert mixed.hitting_law(None, 0.5).at(0.25) == pytest.approx(0.634160686592959, abs=1e-11)


def test_reflected_motion():
    still = unit_interval(boundary="reflecting").backward(lambda x: x, 0.1)
    assert still.at(0.2) == pytest.approx(0.299992542408666, abs=1e-10)
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: -1.0, lambda t, x: 1.0), pdeopt.Grid(0.0, 7.0, 141))
    assert L.backward(indicator(1.0, INF), 1.0).at(0.5) == pytest.approx(0.108563216461467, abs=1e-9)


def test_a_stopped_generator_is_that_of_a_smaller_grid_with_absorbing_walls():
    wide = pdeopt.Generator(brownian, pdeopt.Grid(-0.5, 1.5, 81))
    x = wide.grid.axes[0]
    inside = (x > 1e-9) & (x < 1.0 - 1e-9)
    assert wide.hitting_law(inside, 0.1).at(0.3) == pytest.approx(0.630401071139851, abs=1e-10)
    stopped, narrow = wide.stopped(inside), unit_interval()
    assert stopped.backward(np.cos, 0.1).at(0.3) == pytest.approx(narrow.backward(np.cos, 0.1).at(0.3), abs=1e-13)
    assert stopped.stopped(x < 0.6).problem.absorbing.sum() == np.sum(~(inside & (x < 0.6)))


def test_mean_exit_time_of_a_square_and_sides_by_symmetry():
    grid = pdeopt.Grid((0.0, 0.0), (1.0, 1.0), (25, 25))
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: (0.0, 0.0), lambda t, x: (1.0, 1.0), dim=2), grid, "absorbing")
    inside, (x, y) = everywhere(grid), np.moveaxis(grid.points(), -1, 0)
    tau = L.mean_exit_time(inside).at([(0.5, 0.5), (0.25, 0.4)])
    assert tau == pytest.approx([0.147342706563028, 0.110995858558141], abs=1e-9)
    low, high = 1e-9, 1.0 - 1e-9
    # Each side with one corner: turned into each other by quarter turns.
    sides = {"west": (x < low) & (y < high), "north": (y > high) & (x < high)}
    sides |= {"east": (x > high) & (y > low), "south": (y < low) & (x > low)}
    found = L.exit_probabilities(inside, sides)
    assert [side.at((0.5, 0.5)) for side in found.values()] == pytest.approx([0.25] * 4, abs=1e-13)
    assert np.abs(sum(side.values for side in found.values()) - 1.0).max() < 1e-13


def test_annulus_by_its_radius():
    radius = pdeopt.SDE(lambda t, r: 0.5 / r, lambda t, r: 1.0)
    outer = pdeopt.Generator(radius, pdeopt.Grid(1.0, 3.0, 41), "absorbing")
    outer = outer.exit_value(values=lambda r: 1.0 if r > 2.0 else 0.0)
    assert outer.at(2.0) == pytest.approx(0.630929753571457, abs=1e-11)


def test_resolvent_of_a_relaxing_process():
    L = pdeopt.Generator(pdeopt.SDE(lambda t, x: -x, lambda t, x: 2.0**0.5), pdeopt.Grid(-9.0, 9.0, 181), "linear")
    # x decays at rate 1 and x^2 - 1 at rate 2.
    found = L.resolvent(lambda x: x * x + x, 0.5).at([0.3, 1.2])
    exact = [x / 1.5 + (x * x - 1.0) / 2.5 + 1.0 / 0.5 for x in (0.3, 1.2)]
    assert found == pytest.approx(exact, abs=1e-9)


def test_resolvent_of_a_jump_integrates_its_probability():
    L = pdeopt.Generator(brownian, pdeopt.Grid(-9.0, 9.7, 181))
    # (r - 1/2 d^2) u = 1{x > 0}: exponentials that meet with one slope.
    rate = 2.0
    decay = np.sqrt(2.0 * rate)
    found = L.resolvent(indicator(0.0, INF), rate).at([-1.4, 1.3])
    exact = [0.5 / rate * np.exp(-1.4 * decay), (1.0 - 0.5 * np.exp(-1.3 * decay)) / rate]
    assert found == pytest.approx(exact, abs=1e-7)


def bounded_nodes(n):
    """Return nodes on [0, 1] on which a diffusion of root x (1 - x) is even."""
    nodes = 0.5 * (1.0 - np.cos(np.linspace(0.0, np.pi, n)))
    nodes[[0, -1]] = 0.0, 1.0
    return pdeopt.Grid.from_axes(nodes)


def spread(t, x):
    return max(x * (1.0 - x), 0.0) ** 0.5


@pytest.mark.parametrize("rates", [None, "scharfetter-gummel"])
def test_fixation_and_absorption_of_a_gene(rates):
    chosen = pdeopt.SDE(lambda t, x: 2.0 * x * (1.0 - x), spread)
    L = pdeopt.Generator(chosen, bounded_nodes(81), "absorbing", rates=rates)
    assert L.exit_value(values=lambda x: x).at(0.3) == pytest.approx(0.711843659500443, rel=1e-10)
    neutral = pdeopt.Generator(pdeopt.SDE(lambda t, x: 0.0, spread), bounded_nodes(81), "absorbing", rates=rates)
    tau = neutral.mean_exit_time(everywhere(neutral.grid))
    assert tau.at(0.3) == pytest.approx(1.22172860410979, rel=1e-9)
    assert 1.9 < tau.order < 2.1


def test_exit_values_on_a_part_that_is_not_outside_are_refused():
    L = strip()
    x, inside = L.grid.axes[0], everywhere(L.grid)
    with pytest.raises(ValueError, match=r"parts\['high'\] holds 10 nodes where the process goes on"):
        L.exit_probabilities(inside, {"high": x > 1.47})
    with pytest.raises(ValueError, match="parts share 1 nodes"):
        L.exit_probabilities(inside, {"high": x > 1.99, "top": x > 1.99})
    with pytest.raises(TypeError, match="must map names to sets"):
        L.exit_probabilities(inside, [x > 1.99])


def test_rates_and_times_out_of_range_are_refused():
    L = strip()
    with pytest.raises(ValueError, match=r"rate=-1\.0 must be a number of at least 0"):
        L.discounted_exit(everywhere(L.grid), -1.0)
    with pytest.raises(ValueError, match="never leaves"):
        pdeopt.Generator(brownian, pdeopt.Grid(-1.0, 1.0, 21)).resolvent(1.0, 0.0)
    with pytest.raises(ValueError, match=r"probability=0\.99 is not reached"):
        L.hitting_law(None, [0.1, 0.2]).quantile(0.99, 0.25)
    moving = pdeopt.Generator(pdeopt.SDE(lambda t, x: t, lambda t, x: 1.0), pdeopt.Grid(0.0, 1.0, 21), "absorbing")
    with pytest.raises(ValueError, match="coefficients depend on time"):
        moving.hitting_law(None, 0.1)
