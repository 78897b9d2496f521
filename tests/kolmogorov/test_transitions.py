"""Transitions between two sets, with and without detailed balance, and stationary currents."""

import numpy as np
import pytest

import pdeopt

tilted_well = pdeopt.Landscape(lambda x: (x * x - 1.0) ** 2 + 0.3 * x, lambda x: 4.0 * x * (x * x - 1.0) + 0.3)

CORRELATED = np.array([[1.0, 0.48], [0.48, 0.36]])
PULL = np.array([[1.0, 0.5], [-0.3, 0.8]])
STATIONARY = np.array([[36.0 / 95.0, 23.0 / 95.0], [23.0 / 95.0, 6.0 / 19.0]])


def well(beta, n=241):
    return pdeopt.Generator(pdeopt.overdamped_langevin(tilted_well, beta), pdeopt.Grid(-3.0, 3.0, n))


def left_and_right(L):
    x = L.grid.axes[0]
    return x < -1.0 + 1e-9, x > 1.0 - 1e-9


@pytest.mark.parametrize(
    ("beta", "committor", "flux"),
    [
        (1.0, 0.439617623972388, 0.133527896403968),
        (3.0, 0.381740710381158, 0.0129022911177536),
        (5.0, 0.355500132355750, 0.00111791923846854),
    ],
)
def test_committor_flux_and_rates_of_a_tilted_well(beta, committor, flux):
    L = well(beta)
    a, b = left_and_right(L)
    paths = L.transition_paths(a, b)
    assert paths.committor.at(0.0) == pytest.approx(committor, rel=1e-10)
    assert paths.flux == pytest.approx(flux, rel=1e-11)
    # On a line the mean time from the edge of one set to the other is one over the rate.
    assert paths.rate * L.mean_exit_time(~b).at(-1.0) == pytest.approx(1.0, abs=1e-12)
    assert paths.reverse_rate * L.mean_exit_time(~a).at(1.0) == pytest.approx(1.0, abs=1e-12)
    assert paths.flux * (1.0 / paths.rate + 1.0 / paths.reverse_rate) == pytest.approx(1.0, abs=1e-9)
    assert np.abs(paths.committor.values + paths.backward_committor.values - 1.0).max() < 1e-13


def test_current_of_transitions_on_a_line_is_the_flux():
    L = well(3.0)
    paths = L.transition_paths(*left_and_right(L))
    between = np.abs(L.grid.axes[0]) < 0.95
    assert paths.current.values[0][between] == pytest.approx(paths.flux, rel=1e-10)
    assert paths.edges.sum(axis=1)[121] == pytest.approx(paths.flux, rel=1e-3)
    assert (paths.edges.data >= 0.0).all()
    assert (paths.density.values * L.volumes).sum() == pytest.approx(paths.reactive, rel=1e-3)


@pytest.mark.parametrize("rates", ["gibbs", "scharfetter-gummel", "square-root"])
def test_stationary_current_vanishes_in_detailed_balance(rates):
    system = pdeopt.overdamped_langevin(pdeopt.landscapes.double_well(), beta=3.0)
    L = pdeopt.Generator(system, pdeopt.Grid(-3.0, 3.0, 121), rates=rates)
    scale = L.invariant_density().values.max() / L.grid.spacing[0]
    assert np.abs(L.stationary_current().values).max() < 1e-12 * scale


def test_stationary_current_vanishes_where_mobility_varies():
    # Drift -M V' + M' / beta with noise sqrt(2 M / beta), M = 1 + x^2 / 2, V = x^2 / 2, beta = 1.
    system = pdeopt.SDE(lambda t, x: -(1.0 + 0.5 * x * x) * x + x, lambda t, x: (2.0 + x * x) ** 0.5)
    L = pdeopt.Generator(system, pdeopt.Grid(-5.0, 5.0, 101))
    assert np.abs(L.stationary_current().values).max() < 1e-13
    x = np.array([0.0, 0.7, 1.6])
    assert L.invariant_density().at(x) == pytest.approx(np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi), rel=1e-6)


def washboard(force, diffusion):
    system = pdeopt.SDE(lambda t, x, f, d: f + np.sin(x), lambda t, x, f, d: (2.0 * d) ** 0.5, args=(force, diffusion))
    return pdeopt.Generator(system, pdeopt.Grid(0.0, 2.0 * np.pi, 128, periodic=True))


@pytest.mark.parametrize(
    ("force", "diffusion", "velocity"), [(0.5, 0.5, 0.175593406036971), (1.0, 0.1, 0.368953245762)]
)
def test_stationary_current_of_a_tilted_washboard_is_its_velocity_over_the_period(force, diffusion, velocity):
    current = washboard(force, diffusion).stationary_current()
    assert 2.0 * np.pi * current.values[0] == pytest.approx(velocity, abs=1e-9)
    assert np.ptp(current.plain[0]) < 1e-13


def test_committors_of_a_driven_ring_against_those_of_the_process_that_turns_the_other_way():
    L = washboard(0.5, 0.5)
    x = L.grid.axes[0]
    a, b = np.abs(x - 1.0) < 0.1, np.abs(x - 4.0) < 0.1
    paths = L.transition_paths(a, b)
    # Reversed in time the drift is -f + 2 D (log p)'.
    density = L.invariant_density(extrapolate=True)
    steps = np.fft.fftfreq(x.size, 1.0 / x.size) * 1j
    slope = np.fft.ifft(steps * np.fft.fft(np.log(density.values))).real
    drift = -(0.5 + np.sin(x)) + slope
    waves = np.fft.fft(drift) / x.size

    def reversed_drift(t, y):
        return float(np.real(np.sum(waves[:30] * np.exp(1j * np.arange(30) * y)) * 2.0 - waves[0]))

    turned = pdeopt.Generator(pdeopt.SDE(reversed_drift, lambda t, y: 1.0), L.grid)
    assert paths.backward_committor.values == pytest.approx(turned.committor(b, a).values, abs=1e-7)
    assert np.abs(paths.committor.values + paths.backward_committor.values - 1.0).max() > 0.5


def rotating(n):
    system = pdeopt.SDE(
        lambda t, x: (-x[0] - 0.5 * x[1], 0.3 * x[0] - 0.8 * x[1]),
        lambda t, x: ((1.0, 0.0), (0.48, 0.36)),
        noise="general",
        dim=2,
        n_noise=2,
    )
    return pdeopt.Generator(system, pdeopt.Grid((-4.0, -4.0), (4.0, 4.0), (n, n)))


def test_stationary_current_of_a_rotating_process_in_the_plane():
    L = rotating(41)
    points, precision = L.grid.points(), np.linalg.inv(STATIONARY)
    density = np.exp(-0.5 * np.einsum("...i,ij,...j", points, precision, points))
    density /= 2.0 * np.pi * np.sqrt(np.linalg.det(STATIONARY))
    exact = np.einsum("ij,...j->i...", -PULL + 0.5 * CORRELATED @ precision, points) * density
    found = L.stationary_current()
    assert np.abs(found.values - exact).max() < 1e-2 * np.abs(exact).max()
    assert np.abs(found.values - exact).max() < 3.0 * found.error.max()


def turning(speed, n):
    """Return Brownian motion in a bowl that is also turned: its density is that of the bowl for every speed."""
    system = pdeopt.SDE(
        lambda t, x, w: (-x[0] - w * x[1], w * x[0] - x[1]), lambda t, x, w: (2.0**0.5, 2.0**0.5), dim=2, args=(speed,)
    )
    return pdeopt.Generator(system, pdeopt.Grid((-5.0, -5.0), (5.0, 5.0), (n, n)))


def test_backward_committor_in_the_plane_is_that_of_the_process_turned_the_other_way():
    L = turning(2.0, 41)
    x = L.grid.points()[..., 0]
    a, b = x < -0.99, x > 0.99
    found, other = L.transition_paths(a, b, levels=2), turning(-2.0, 41).committor(b, a, levels=2)
    middle = np.abs(L.grid.points()).max(axis=-1) < 2.1
    assert found.backward_committor.values[middle] == pytest.approx(other.values[middle], abs=1e-3)
    assert np.abs(found.backward_committor.values + found.committor.values - 1.0)[middle].max() > 0.1
    assert L.backward_committor(a, b, levels=2).values == pytest.approx(found.backward_committor.values, abs=1e-12)
    # By symmetry of the bowl and of the turning.
    assert found.rate == pytest.approx(found.reverse_rate, rel=1e-9)
    # What flows out of one set and into the other crosses the line between.
    cut = found.current.plain[0][20] @ np.append(np.append(0.5, np.ones(39)), 0.5) * L.grid.spacing[1]
    assert cut == pytest.approx(L.transition_paths(a, b, levels=1).flux, rel=1e-2)


def test_sets_that_meet_and_processes_that_end_are_refused():
    L = well(3.0, 61)
    a, b = left_and_right(L)
    with pytest.raises(ValueError, match="a and b share 21 nodes"):
        L.transition_paths(a, a)
    ending = pdeopt.Generator(L.system, L.grid, "absorbing")
    with pytest.raises(ValueError, match=r"no stationary state.*boundary='reflecting'"):
        ending.transition_paths(a, b)
    with pytest.raises(ValueError, match="no stationary state"):
        ending.stationary_current()
