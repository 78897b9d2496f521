"""Densities in relaxed landscapes: laws, closed forms, slow twins and observed orders."""

import math
import re

import numpy as np
import pytest
from scipy.linalg import expm

import pdeopt
from pdeopt import Grid
from pdeopt.control import (
    ControlProblem,
    DensityEvolution,
    controlled_law,
    density_steps,
    evolved_density,
    optimal_control,
    relaxed_density,
)
from pdeopt.convergence import observed_order
from pdeopt.kolmogorov.potentials import cell_volumes, gibbs_masses, potential_split, potential_stencil
from tests.reference_kolmogorov import potential_matrix

METHODS = ("exponential", "backward-euler")
WELL = pdeopt.landscapes.double_well()
BOWL = pdeopt.landscapes.quadratic(3.0)
LINE = Grid(-3.0, 3.0, 61)
STRETCHED = Grid.from_axes(np.sinh(np.linspace(-1.8, 1.8, 41)))
RING = Grid(-3.0, 3.0, 60, periodic=True)
PLANE = Grid((-2.0, -3.0), (2.0, 3.0), (17, 20), (False, True))
GRIDS = {"line": LINE, "stretched": STRETCHED, "ring": RING, "plane": PLANE}


def rough(grid, size=6.0):
    """A potential whose steps between neighbours are many viscosities of 0.1."""
    return size * np.random.default_rng(5).normal(size=grid.shape) + (grid.points() ** 2).sum(axis=-1)


def gaussian(x, mean, variance):
    return np.exp(-0.5 * (x - mean) ** 2 / variance) / np.sqrt(2.0 * np.pi * variance)


def scoped_moments(a, horizon, viscosity, mean, variance):
    """Mean and variance at the end of scoping in a x^2 / 2, whose relaxation is a x^2 / (2 (1 + a t))."""
    shrink = 1.0 / (1.0 + a * horizon)
    return mean * shrink, variance * shrink**2 + 2.0 * viscosity / a * (1.0 - shrink)


@pytest.mark.parametrize("name", GRIDS)
def test_rates_of_a_potential_are_those_of_the_slow_twin(name):
    grid = GRIDS[name]
    potential = rough(grid, 0.4)
    twin = potential_matrix(potential, grid.axes, grid.periodic, 0.3)
    found = potential_stencil(potential, grid, 0.3).matrix.toarray()
    np.testing.assert_allclose(found, twin, rtol=1e-12, atol=1e-13 * np.abs(twin).max())
    parts = potential_split(potential, grid, 0.3)
    total = sum(part.lower + part.diagonal + part.upper for part in parts.axes)
    assert np.abs(total).max() < 1e-13 * np.abs(twin).max()


@pytest.mark.parametrize("name", GRIDS)
def test_gibbs_masses_are_in_detailed_balance_to_rounding(name):
    grid = GRIDS[name]
    masses = gibbs_masses(rough(grid, 0.4), grid, 0.3).ravel()
    flows = masses[:, None] * potential_stencil(rough(grid, 0.4), grid, 0.3).matrix.toarray()
    away = ~np.eye(len(masses), dtype=bool)
    np.testing.assert_allclose(flows[away], flows.T[away], rtol=1e-13)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", GRIDS)
def test_the_gibbs_density_of_a_rough_potential_stays_to_rounding(name, method):
    grid = GRIDS[name]
    potential = rough(grid)
    first = gibbs_masses(potential, grid, 0.1) / cell_volumes(grid)
    found = evolved_density(potential, first, grid, 3.0, viscosity=0.1, method=method, n_steps=300, n_saved=4)
    assert np.abs(np.diff(potential.ravel())).max() > 100.0 * 0.1
    np.testing.assert_allclose(found.final, first, rtol=1e-11, atol=1e-300)
    np.testing.assert_allclose(found.stationary, first, rtol=1e-13)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", GRIDS)
def test_mass_is_kept_and_no_density_negative_over_thousands_of_steps(name, method):
    grid = GRIDS[name]
    start = [0.3] * grid.dim
    found = evolved_density(rough(grid), start, grid, 2.0, viscosity=0.1, method=method, n_steps=4000, n_saved=5)
    assert np.abs(found.mass - 1.0).max() < 1e-14
    assert found.values.min() >= 0.0
    # A unit in the last place of every step, all in the same direction.
    assert found.rounding < 4000 * np.finfo(float).eps


@pytest.mark.parametrize("step", [1e-9, 1e-2, 1.0, 1e4])
@pytest.mark.parametrize("name", ["line", "plane"])
def test_backward_euler_is_positive_and_keeps_mass_at_any_step(name, step):
    grid = GRIDS[name]
    # Where the mass is at the start, and far from there.
    found = evolved_density(
        lambda s: rough(grid) * np.cos(s), [0.3] * grid.dim, grid, 3.0 * step, viscosity=0.1, method="backward-euler",
        n_steps=3, n_saved=4,
    )  # fmt: skip
    assert found.values.min() >= 0.0
    assert np.abs(found.mass - 1.0).max() < 1e-14
    assert found.rounding < 1e-14


@pytest.mark.parametrize("name", GRIDS)
def test_single_steps_are_those_of_dense_matrices(name):
    grid = GRIDS[name]
    field, volumes = rough(grid, 0.4), cell_volumes(grid).ravel()
    first = np.random.default_rng(2).random(grid.shape)
    masses = first.ravel() * volumes / (first.ravel() * volumes).sum()
    facts = {"viscosity": 0.3, "n_steps": 1, "n_saved": 2}
    # The potential at the middle of the step, and the one at its end.
    moved = evolved_density(lambda s: 2.0 * s * field, first, grid, 1.0, method="exponential", **facts).final.ravel()
    whole = potential_matrix(field, grid.axes, grid.periodic, 0.3)
    np.testing.assert_allclose(moved * volumes, masses @ expm(whole), atol=1e-12)
    moved = evolved_density(lambda s: s * field, first, grid, 1.0, method="backward-euler", **facts).final.ravel()
    for axis in range(grid.dim):
        # One axis at a time: the others are left without nodes to go to.
        part = along(field, grid, axis, 0.3)
        masses = np.linalg.solve((np.eye(len(masses)) - part).T, masses)
    np.testing.assert_allclose(moved * volumes, masses, atol=1e-13)


def along(field, grid, axis, viscosity):
    """The part of the dense matrix that moves along one axis."""
    whole = potential_matrix(field, grid.axes, grid.periodic, viscosity)
    places = np.stack(np.unravel_index(np.arange(field.size), field.shape))
    other = np.delete(places, axis, axis=0)
    part = np.where((other[:, :, None] == other[:, None, :]).all(axis=0), whole, 0.0)
    np.fill_diagonal(part, 0.0)
    np.fill_diagonal(part, -part.sum(axis=1))
    return part


@pytest.mark.parametrize(("method", "order"), [("exponential", 2.0), ("backward-euler", 1.0)])
def test_the_order_in_time_along_a_schedule_is_that_of_the_method(method, order):
    line, counts = Grid(-2.5, 3.5, 121), [8, 16, 32, 64, 128]
    facts = {"beta": 1.0, "viscosity": 0.25, "schedule": "scoping", "n_saved": 2}

    def run(n, method):
        return relaxed_density(
            BOWL, lambda x: np.exp(-10.0 * (x - 1.2) ** 2), line, 0.8, n_steps=n, method=method, **facts
        )

    exact = run(2048, "exponential").final
    errors = [np.abs(run(n, method).final - exact).max() for n in counts]
    found = observed_order(0.8 / np.array(counts), errors)
    assert found.admits(order), found
    assert found.bar <= 0.1


@pytest.mark.parametrize("stretched", [False, True])
def test_the_order_in_space_is_two_and_the_law_of_scoping_in_a_bowl_gaussian(stretched):
    mean, variance = scoped_moments(3.0, 0.8, 0.25, 1.2, 0.05)
    spacings, errors = [], []
    for n in (41, 81, 161, 321):
        nodes = np.linspace(-1.0, 1.0, n)
        nodes = 0.5 + np.sinh(1.5 * nodes) / np.sinh(1.5) * 3.0 if stretched else 0.5 + 3.0 * nodes
        grid = Grid.from_axes(nodes)
        # Steps in proportion to the spacing: both are of second order.
        found = relaxed_density(
            BOWL, lambda x: np.exp(-10.0 * (x - 1.2) ** 2), grid, 0.8, viscosity=0.25, schedule="scoping",
            n_steps=n - 1, n_saved=2,
        )  # fmt: skip
        exact = gaussian(nodes, mean, variance)
        spacings.append(6.0 / (n - 1))
        errors.append(np.abs(found.final - exact).max())
        wrong = 0.5 * (np.abs(found.final - exact) * found.volumes).sum()
        assert 0.5 * wrong < found.error[-1] < 2.0 * wrong
    order = observed_order(spacings, errors)
    assert order.admits(2.0), order
    assert order.bar <= 0.1
    assert errors[-1] < 2e-3


@pytest.mark.parametrize("method", METHODS)
def test_the_estimate_is_the_error_in_space_and_time(method):
    grid = Grid(-2.5, 3.5, 161)
    found = relaxed_density(
        BOWL, lambda x: np.exp(-10.0 * (x - 1.2) ** 2), grid, 0.8, viscosity=0.25, schedule="scoping", n_steps=16,
        n_saved=2, method=method,
    )  # fmt: skip
    exact = gaussian(grid.axes[0], *scoped_moments(3.0, 0.8, 0.25, 1.2, 0.05))
    wrong = 0.5 * (np.abs(found.final - exact) * found.volumes).sum()
    # Half as many steps are 8: backward Euler has not quite come to its order.
    assert found.error[-1] == pytest.approx(wrong, rel=0.05 if method == "exponential" else 0.25)


def test_the_estimate_on_a_ring_is_the_error_of_a_wave_that_decays():
    wave = np.cos(2.0 * np.pi / 6.0 * RING.axes[0])
    found = evolved_density(np.zeros(60), 1.0 + wave, RING, 1.0, viscosity=0.4, n_saved=2)
    exact = (1.0 + np.exp(-0.4 * (2.0 * np.pi / 6.0) ** 2) * wave) / 6.0
    assert found.error[-1] == pytest.approx(0.5 * (np.abs(found.final - exact) * found.volumes).sum(), rel=0.02)


def test_many_times_take_two_steps_each_so_that_half_as_many_tell_the_error():
    found = relaxed_density(WELL, 0.3, LINE, 0.5, schedule="scoping", n_saved=101)
    assert found.n_steps == 200
    assert np.isfinite(found.error).all()


def test_what_rounding_takes_and_what_it_gives_add_up():
    for off in (1e-12, -1e-12):
        masses, taken = density_steps._whole(np.array([0.25, 0.75 + off]))
        assert taken == pytest.approx(1e-12, rel=1e-3)
        assert abs(masses.sum() - 1.0) <= 4e-16
        np.testing.assert_allclose(masses[0] / masses[1], 0.25 / (0.75 + off), rtol=1e-15)


def test_the_law_at_the_end_of_scoping_from_a_point_is_the_local_gibbs_measure():
    # Doob's transform: with the viscosity of the relaxation the bridge ends in exp(-beta (f(y) + |x0 - y|^2 / (2 T))).
    spacings, errors = [], []
    for n in (81, 161, 321):
        grid = Grid(-4.0, 4.0, n)
        x = grid.axes[0]
        found = relaxed_density(WELL, 0.3, grid, 0.5, beta=1.0, schedule="scoping", n_steps=n - 1, n_saved=2)
        gibbs = np.exp(-WELL(x) - (x - 0.3) ** 2)
        gibbs /= gibbs.sum() * grid.spacing[0]
        spacings.append(grid.spacing[0])
        errors.append(np.abs(found.final - gibbs).max())
    assert observed_order(spacings, errors).admits(2.0), errors
    assert errors[-1] < 1e-3
    # Mean and variance from the 40-digit derivatives of u at the start.
    slope, bend = 0.04721507787541257197, 0.2138047663929529882
    assert abs(found.mean[-1, 0] - (0.3 - 0.5 * slope)) < 1e-4
    assert abs(found.covariance[-1, 0, 0] - 0.5 * (1.0 - 0.5 * bend)) < 5e-4


def test_the_forward_half_of_the_forward_backward_system_is_doob_s_transform():
    target = pdeopt.landscapes.quadratic(2.0, center=1.0)
    control = optimal_control(
        ControlProblem(WELL, target, Grid(-3.5, 3.5, 141), time=1.0, beta=2.0), n_times=65, levels=1
    )
    start = lambda x: np.exp(-8.0 * (x + 1.0) ** 2)  # noqa: E731
    found = evolved_density(control, start, control.grid, 1.0, n_steps=256, n_saved=9)
    law = controlled_law(control, start)
    assert found.viscosity == 0.25
    apart = 0.5 * (np.abs(found.values - law.plain[::8]) * found.volumes).sum(axis=1)
    # Two discretisations of second order in the spacing of 0.05.
    assert apart.max() < 5e-3
    assert (apart < 4.0 * found.error + 1e-12).all()
    assert abs(found.mean[-1, 0] - law.mean[-1, 0]) < 5e-3


@pytest.mark.parametrize("name", GRIDS)
def test_in_a_fixed_landscape_it_is_the_forward_equation_of_the_generator(name):
    grid = GRIDS[name]
    f = WELL if grid.dim == 1 else pdeopt.landscapes.quadratic([[2.0, 0.5], [0.5, 1.0]])
    generator = pdeopt.Generator(pdeopt.overdamped_langevin(f, 4.0), grid, rates="scharfetter-gummel")
    exact = generator.forward([0.3] * grid.dim, 0.7, method="uniformisation", levels=1)
    found = evolved_density(f, [0.3] * grid.dim, grid, 0.7, viscosity=0.25, n_saved=2)
    np.testing.assert_allclose(found.final, exact.plain, atol=1e-12 * exact.plain.max())


def test_a_bowl_in_the_plane_is_scoped_axis_by_axis():
    matrix = np.diag([3.0, 1.0])
    grid = Grid((-2.0, -2.5), (2.5, 2.5), (61, 61))
    start = lambda x: np.exp(-10.0 * (x[0] - 0.8) ** 2 - 5.0 * (x[1] + 0.5) ** 2)  # noqa: E731
    found = relaxed_density(
        pdeopt.landscapes.quadratic(matrix), start, grid, 0.6, viscosity=0.2, schedule="scoping", n_steps=32, n_saved=2
    )
    x, y = grid.axes
    first = gaussian(x, *scoped_moments(3.0, 0.6, 0.2, 0.8, 0.05))
    second = gaussian(y, *scoped_moments(1.0, 0.6, 0.2, -0.5, 0.1))
    wrong = 0.5 * (np.abs(found.final - first[:, None] * second) * found.volumes).sum()
    assert wrong < 6e-3
    assert 0.5 * wrong < found.error[-1] < 2.0 * wrong


def test_three_axes_keep_mass_sign_and_steady_state():
    grid = Grid((-1.0, -1.0, -1.0), (1.0, 1.0, 1.0), (9, 10, 8), (False, True, False))
    potential = rough(grid, 1.0)
    for method in METHODS:
        found = evolved_density(potential, [0.1, 0.2, 0.3], grid, 20.0, viscosity=1.0, method=method, n_saved=3)
        assert found.values.min() >= 0.0
        assert np.abs(found.mass - 1.0).max() < 1e-14
        assert 0.5 * (np.abs(found.final - found.stationary) * found.volumes).sum() < 1e-4


def test_without_a_potential_a_wave_on_a_ring_decays_as_on_its_nodes():
    wave, h = 2.0 * np.pi / 6.0, RING.spacing[0]
    first = 1.0 + np.cos(wave * RING.axes[0])
    found = evolved_density(np.zeros(60), first, RING, [0.5, 2.0], viscosity=0.4)
    decay = np.exp(-0.4 * 2.0 * (1.0 - np.cos(wave * h)) / h**2 * found.times)
    np.testing.assert_allclose(found.values, (1.0 + decay[:, None] * np.cos(wave * RING.axes[0])) / 6.0, atol=1e-13)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", GRIDS)
def test_relative_entropy_and_free_energy_fall_in_every_step_of_a_fixed_potential(name, method):
    grid = GRIDS[name]
    found = evolved_density(
        rough(grid, 0.5), [0.3] * grid.dim, grid, 5.0, viscosity=0.3, method=method, n_steps=20, n_saved=21
    )
    assert (np.diff(found.relative_entropy) < 0.0).all()
    assert (np.diff(found.free_energy) < 0.0).all()
    least = found.free_energy - 0.3 * found.relative_entropy
    # The free energy of the Gibbs law, -nu log Z, is what is left of it.
    partition = (found.volumes * np.exp(-found.potential[0] / 0.3)).sum()
    np.testing.assert_allclose(least, -0.3 * np.log(partition), rtol=1e-12)


def test_in_a_bowl_relative_entropy_decays_at_the_rate_of_its_curvature():
    line, variance = Grid(-3.0, 4.0, 281), 0.25 / 3.0
    first = gaussian(line.axes[0], 1.0, variance)
    found = evolved_density(BOWL, first, line, 0.6, viscosity=0.25, n_saved=4)
    exact = 0.5 * np.exp(-6.0 * found.times) / variance
    # Of second order in the spacing of 0.025 over the deviation of 0.29.
    np.testing.assert_allclose(found.relative_entropy, exact, rtol=5e-3)


def test_a_relaxed_bowl_is_a_wider_bowl_for_the_density():
    line = Grid(-4.0, 4.0, 401)
    found = relaxed_density(BOWL, 0.5, line, 30.0, beta=2.0, schedule=0.4, n_saved=2)
    variance = 0.25 * (1.0 + 3.0 * 0.4) / 3.0
    np.testing.assert_allclose(found.final, gaussian(line.axes[0], 0.0, variance), atol=1e-9)
    assert found.fixed
    assert found.n_steps == 1
    assert "relaxed to time 0.4 at beta 2" in str(found)


def test_schedules_may_be_numbers_functions_or_scoping():
    facts = {"density": 0.3, "grid": LINE, "time": 0.5, "beta": 1.0, "n_steps": 16, "n_saved": 3}
    scoped = relaxed_density(WELL, schedule="scoping", **facts)
    same = relaxed_density(WELL, schedule=lambda s: 0.5 - s, **facts)
    np.testing.assert_array_equal(scoped.values, same.values)
    field = pdeopt.relax(WELL, LINE, time=[0.5, 0.25, 0.0], beta=1.0).values
    np.testing.assert_allclose(scoped.potential, field, atol=1e-14)
    still = relaxed_density(WELL, schedule=0.25, **facts)
    given = evolved_density(field[1], 0.3, LINE, 0.5, viscosity=0.5, n_steps=16, n_saved=3)
    np.testing.assert_allclose(still.values, given.values, rtol=1e-12)
    record = pdeopt.relax(WELL, LINE, time=0.25, beta=1.0)
    same = evolved_density(record, 0.3, LINE, 0.5, viscosity=0.5, n_steps=16, n_saved=3)
    np.testing.assert_array_equal(still.values, same.values)
    assert same.words == still.words
    plain = relaxed_density(WELL, **facts)
    np.testing.assert_array_equal(plain.values, evolved_density(WELL, 0.3, LINE, 0.5, viscosity=0.5, n_steps=16,
                                                                n_saved=3).values)  # fmt: skip


def test_times_may_be_given_and_a_run_in_two_parts_is_the_same():
    whole = evolved_density(WELL, 0.3, LINE, [0.4, 1.0], viscosity=0.25)
    np.testing.assert_array_equal(whole.times, [0.0, 0.4, 1.0])
    second = evolved_density(WELL, whole.values[1], LINE, 0.6, viscosity=0.25, n_saved=2)
    np.testing.assert_allclose(second.final, whole.final, atol=1e-13)


def test_a_point_between_nodes_keeps_its_mean():
    found = evolved_density(WELL, 0.3123, LINE, 1.0, viscosity=0.25, n_saved=2)
    assert found.mean[0, 0] == pytest.approx(0.3123, rel=1e-14)


def test_a_record_comes_back_from_its_file(tmp_path):
    for grid in (STRETCHED, PLANE):
        found = evolved_density(rough(grid, 0.3), [0.1] * grid.dim, grid, 0.2, viscosity=0.3, n_saved=3)
        back = DensityEvolution.load(found.save(tmp_path / "density"))
        assert back.grid == grid
        assert str(back) == str(found)
        assert repr(back) == repr(found)
        np.testing.assert_array_equal(back.values, found.values)
        np.testing.assert_array_equal(back.relative_entropy, found.relative_entropy)


REFUSED = [
    ({"viscosity": 0.0}, r"viscosity=0\.0 must be one number, positive.*viscosity=0\.1", {"viscosity": 0.1}),
    ({"beta": math.inf}, r"viscosity must be given where beta=inf.*viscosity=0\.1", {"viscosity": 0.1}),
    ({"time": -1.0}, r"time=-1\.0 must be one number, positive.*time=1\.0", {"time": 1.0}),
    ({"time": [0.5, 0.2]}, r"time=\[0\.5, 0\.2\] must be positive, or times that rise", {"time": [0.0, 0.5, 1.0]}),
    ({"time": [0.0, 0.5, 0.5]}, r"must be positive, or times that rise", {"time": [0.0, 0.5, 1.0]}),
    ({"schedule": "backwards"}, r"schedule='backwards' is not known: use 'scoping'", {"schedule": "scoping"}),
    ({"schedule": lambda s: 0.2 - s}, r"schedule gives the relaxation time -0\.3.*schedule\(0\.5\)",
     {"schedule": lambda s: max(0.2 - s, 0.0)}),
    ({"method": "euler"}, r"method='euler' is not known: use 'exponential' or", {"method": "exponential"}),
    ({"n_steps": 0}, r"n_steps=0 must be a whole number of at least 1", {"n_steps": 50}),
    ({"n_saved": 1}, r"n_saved=1 must be a whole number of at least 2", {"n_saved": 32}),
    ({"density": lambda x: -x}, r"density has values from -3 to 3: it must not be negative", {"density": 0.5}),
    ({"density": 7.0}, r"outside the grid", {"density": 2.0}),
    ({"density": np.full(61, math.nan)}, r"density is nan at node \(0,\): densities must be finite", {"density": 0.5}),
    ({"density": math.nan}, r"density has \[nan\] outside the grid", {"density": 0.5}),
    ({"density": "a"}, r"density='a' is neither a number nor an array.*a point inside the grid", {"density": 0.5}),
    ({"density": None}, r"density=None is neither a number nor an array.*a point inside", {"density": [0.5]}),
    ({"time": ["a"]}, r"time=\['a'\] must be positive, or times that rise", {"time": [0.0, 0.5, 1.0]}),
    ({"n_saved": "a"}, r"n_saved='a' must be a whole number of at least 2", {"n_saved": 32}),
    ({"n_saved": math.nan}, r"n_saved=nan must be a whole number of at least 2", {"n_saved": 32}),
    ({"density": np.ones(5)}, r"density has shape \(5,\), but the grid has shape \(61,\)", {"density": np.ones(61)}),
    ({"boundary": "open"}, r"boundary='open'", {"boundary": "reflecting"}),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "words", "right"), REFUSED)
def test_what_is_wrong_is_named_and_the_advice_works(wrong, words, right):
    facts = {"density": 0.3, "grid": LINE, "time": 0.5, "schedule": "scoping", "n_steps": 8, "n_saved": 3}
    with pytest.raises((TypeError, ValueError), match=words):
        relaxed_density(WELL, **(facts | wrong))
    relaxed_density(WELL, **(facts | wrong | right))


WORDS = [
    (
        lambda f: evolved_density(spoilt(f), 0.3, LINE, 0.5, viscosity=0.5),
        r"potential is nan at .*: potentials",
    ),
    (lambda f: evolved_density("a", 0.3, LINE, 0.5, viscosity=0.5), r"potential='a' is neither a number nor an array"),
    (lambda f: f.expectation(spoilt(f)), r"function is nan at node \(7,\): what is averaged must be finite"),
    (lambda f: f.expectation("a"), r"function='a' is neither a number nor an array"),
]


def spoilt(found):
    values = found.final.copy()
    values[7] = math.nan
    return values


@pytest.mark.parametrize(("ask", "words"), WORDS)
def test_what_is_not_finite_is_called_by_its_name(ask, words):
    found = evolved_density(WELL, 0.3, LINE, 0.1, viscosity=0.5, n_steps=8, n_saved=2)
    with pytest.raises((TypeError, ValueError), match=words):
        ask(found)
    assert evolved_density(found.final, 0.3, LINE, 0.1, viscosity=0.5, n_steps=8).expectation(found.final)[-1] > 0.0


def test_a_control_serves_on_its_own_grid_and_up_to_its_horizon():
    control = optimal_control(ControlProblem(None, WELL, LINE, time=0.5, beta=1.0), n_times=9, levels=1)
    with pytest.raises(ValueError, match=re.escape("Use grid=control.grid")):
        evolved_density(control, 0.3, STRETCHED, 0.5)
    with pytest.raises(ValueError, match=r"time=0\.7 is beyond the horizon of the control, 0\.5"):
        evolved_density(control, 0.3, LINE, 0.7)
    with pytest.raises(ValueError, match="viscosity must be given: the strength"):
        evolved_density(WELL, 0.3, LINE, 0.5)
    assert "under optimal control" in repr(evolved_density(control, 0.3, LINE, 0.5, n_steps=8, n_saved=2))


def test_a_relaxation_serves_on_its_own_grid_and_at_one_time():
    record = pdeopt.relax(WELL, LINE, time=[0.1, 0.25], beta=1.0)
    with pytest.raises(ValueError, match=r"relaxed to 2 times, and one is needed. Use relax\(\.\.\., time=0\.25\)"):
        evolved_density(record, 0.3, LINE, 0.5, viscosity=0.1)
    with pytest.raises(ValueError, match=re.escape("Use grid=relaxation.grid")):
        evolved_density(record, 0.3, STRETCHED, 0.5, viscosity=0.1)


def test_long_exponentials_are_left_to_backward_euler_and_refused_where_nobody_waits():
    fine = Grid(-3.0, 3.0, 4001)
    with pytest.raises(ValueError, match=r"above the limit 1e\+12.*method='backward-euler'"):
        evolved_density(WELL, 0.3, fine, 300.0, viscosity=1.0, method="exponential")
    for steep in (lambda s: 1e9 * s * LINE.axes[0], lambda s: 1e9 * (1.0 - s) * LINE.axes[0]):
        with pytest.raises(ValueError, match=r"above the limit 1e\+12"):
            evolved_density(steep, 0.3, LINE, 1.0, viscosity=0.1, method="exponential")
    found = evolved_density(WELL, 0.3, fine, 300.0, viscosity=1.0, n_steps=64, n_saved=3)
    assert found.method == "backward-euler"
    assert 0.5 * (np.abs(found.final - found.stationary) * found.volumes).sum() < 1e-8
