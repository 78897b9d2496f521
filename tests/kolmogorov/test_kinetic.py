"""Langevin dynamics with momenta on a grid: the laws that its matrix keeps, and the motion between walls."""

from itertools import pairwise

import numpy as np
import pytest
from reference_kolmogorov import between_heat_baths, free_motion, kinetic_fluxes
from scipy import sparse
from scipy.sparse.linalg import eigs, expm_multiply

import pdeopt
from pdeopt.convergence import observed_order
from pdeopt.kolmogorov.gibbs import gibbs_cells
from pdeopt.kolmogorov.kinetic import kinetic_parts
from pdeopt.kolmogorov.stencil import Stencil

ROUNDING = 1e-14

TILTED = pdeopt.Landscape(lambda x: (x * x - 1.0) ** 2 + 0.3 * x)
FLAT = pdeopt.Landscape(lambda x: 0.0 * x)
HARMONIC = pdeopt.landscapes.quadratic(1.0)
WAVES = pdeopt.Landscape(lambda x: np.cos(x))

UNEVEN = np.sinh(np.linspace(-1.4, 1.5, 30)), 2.0 * np.sinh(np.linspace(-1.6, 1.6, 25))
GRIDS = {
    "even": (TILTED, pdeopt.Grid((-2.0, -4.0), (2.2, 4.0), (27, 31))),
    "stretched": (TILTED, pdeopt.Grid.from_axes(*UNEVEN)),
    "periodic": (WAVES, pdeopt.Grid((0.0, -4.0), (2.0 * np.pi, 4.0), (24, 25), (True, False))),
}
CHOICES = ({}, {"rates": "upwind"}, {"walls": "thermal"}, {"damping": 0.0})


def parts_on(name, **choices):
    landscape, grid = GRIDS[name]
    return kinetic_parts(pdeopt.langevin(landscape, beta=2.0, friction=0.7, mass=1.7), grid, **choices)


def weighted(masses, matrix):
    return sparse.csr_array(matrix.multiply(masses.ravel()[:, None]))


def relative(difference, matrix):
    return abs(difference).max() / abs(matrix).max()


every_grid = pytest.mark.parametrize("name", GRIDS)
every_choice = pytest.mark.parametrize("choices", CHOICES, ids=str)


@every_grid
@every_choice
def test_transport_is_antisymmetric_and_the_rest_symmetric_in_the_gibbs_law(name, choices):
    parts = parts_on(name, **choices)
    transport, rest = (weighted(parts.masses, one) for one in (parts.antisymmetric_part, parts.reversible_part))
    assert relative(transport + transport.T, transport) < ROUNDING
    assert relative(rest - rest.T, rest) < ROUNDING


@every_grid
@every_choice
def test_reversing_momenta_gives_the_adjoint(name, choices):
    parts = parts_on(name, **choices)
    forward = weighted(parts.masses, parts.matrix)
    flip = parts.flipped(np.arange(parts.masses.size).reshape(parts.masses.shape)).ravel()
    assert relative(forward - forward.T[flip][:, flip], forward) < ROUNDING


@every_grid
@every_choice
def test_rows_sum_to_zero_and_the_gibbs_law_stays(name, choices):
    parts = parts_on(name, **choices)
    masses, rates = parts.masses.ravel(), abs(parts.matrix)
    assert np.max(np.abs(parts.matrix.sum(axis=1)) / rates.max(axis=1).toarray().ravel()) < ROUNDING
    assert np.max(np.abs(masses @ parts.matrix) / (masses @ rates)) < ROUNDING
    assert masses.sum() == pytest.approx(1.0, abs=ROUNDING)


@every_grid
@every_choice
def test_nothing_but_transport_can_grow(name, choices):
    parts = parts_on(name, **choices)
    roots = np.sqrt(parts.masses.ravel())
    rest = (roots[:, None] * parts.reversible_part.toarray()) / roots
    values = np.linalg.eigvalsh(0.5 * (rest + rest.T))
    assert values.max() < 1e-12 * abs(values).max()


def test_fluxes_are_those_of_the_weighted_differences_in_boxes():
    grid = pdeopt.Grid.from_axes(*(axis[::3] for axis in UNEVEN))
    system = pdeopt.langevin(TILTED, beta=0.7, friction=0.4, mass=1.7)
    parts = kinetic_parts(system, grid, walls="thermal", damping=0.0)
    expected = kinetic_fluxes(lambda q, p: TILTED(q) + p**2 / 3.4, 0.7, *grid.axes)
    found = weighted(parts.masses, parts.antisymmetric_part).toarray()
    assert found / np.abs(found).max() == pytest.approx(expected / np.abs(expected).max(), abs=1e-13)
    assert parts.masses.sum() * found.max() / expected.max() == pytest.approx(1.0 / total_weight(grid), rel=1e-1)


def total_weight(grid):
    fine = [np.linspace(axis[0], axis[-1], 400) for axis in grid.axes]
    q, p = np.meshgrid(*fine, indexing="ij")
    density = np.exp(-0.7 * (TILTED(q) + p**2 / 3.4))
    return np.trapezoid(np.trapezoid(density, fine[1], axis=1), fine[0])


@every_grid
def test_velocities_and_forces_are_central_differences_of_the_energy(name):
    landscape, grid = GRIDS[name]
    cells = gibbs_cells(pdeopt.langevin(landscape, beta=2.0, mass=1.7), grid)
    for axis, energy in ((0, landscape), (1, lambda p: p**2 / 3.4)):
        middles = 0.5 * (grid.axes[axis][1:] + grid.axes[axis][:-1])
        expected = np.diff(energy(middles)) / np.diff(middles)
        found = -0.5 * np.ravel(cells.faces[axis].slope)[1:-1]
        assert found == pytest.approx(expected, abs=1e-12 * np.abs(expected).max())


def test_damping_does_not_depend_on_the_grid():
    box = [pdeopt.Grid((0.0, -6.0), (2.0, 6.0), (n, 31)) for n in (11, 41)]
    rates = [kinetic_parts(pdeopt.langevin(TILTED, friction=0.6), grid).damping for grid in box]
    assert rates[0] == pytest.approx(rates[1], rel=0.1)


@every_grid
def test_upwind_rates_are_those_of_a_markov_chain_and_central_ones_are_not(name):
    for rates, monotone in (("upwind", True), ("central", False)):
        matrix = parts_on(name, rates=rates).matrix
        outside = matrix - sparse.diags_array(matrix.diagonal())
        assert (outside.min() > -1e-14 * abs(matrix).max()) == monotone


def matrix_of(part, shape):
    rest = (np.zeros(shape), np.zeros(shape))
    unit = [1 if k == part.axis else 0 for k in range(len(shape))]
    offsets = tuple(tuple(sign * step for step in unit) for sign in (-1, 1))
    periodic = tuple(part.periodic for _ in shape)
    jumps = Stencil(offsets, np.stack([part.lower, part.upper]), rest[0], periodic).matrix
    total = part.lower + part.upper + part.diagonal
    return jumps + sparse.diags_array(total.ravel())


@every_grid
def test_parts_along_the_axes_add_up_and_none_can_grow(name):
    parts = parts_on(name, walls="thermal")
    matrices = [matrix_of(part, parts.masses.shape) for part in parts.split.axes]
    total = sum(matrices) + parts.split.cross.matrix
    assert relative(total - parts.matrix, parts.matrix) < ROUNDING
    roots = np.sqrt(parts.masses.ravel())
    for matrix in matrices:
        scaled = (roots[:, None] * matrix.toarray()) / roots
        assert np.linalg.eigvalsh(0.5 * (scaled + scaled.T)).max() < 1e-12 * np.abs(scaled).max()


def test_two_coordinates_without_interaction_are_the_sum_of_two_generators():
    axes = [np.linspace(-2.0, 2.0, 5), np.linspace(-1.5, 1.5, 4), np.linspace(-3.0, 3.0, 5), np.linspace(-2.0, 2.0, 4)]
    well, both = pdeopt.Landscape(lambda x: x**4), pdeopt.Landscape(lambda x: x[0] ** 4 + 0.5 * x[1] ** 2, dim=2)
    choices = {"damping": 1.5}
    first = kinetic_parts(pdeopt.langevin(well), pdeopt.Grid.from_axes(axes[0], axes[2]), **choices)
    second = kinetic_parts(pdeopt.langevin(HARMONIC), pdeopt.Grid.from_axes(axes[1], axes[3]), **choices)
    joint = kinetic_parts(pdeopt.langevin(both), pdeopt.Grid.from_axes(*axes), **choices)
    u, v = (np.random.default_rng(k).standard_normal(one.masses.shape) for k, one in enumerate((first, second)))
    # Even on walls, as functions of the process are.
    u, v = (sum_over_flip(one, field) for one, field in ((first, u), (second, v)))
    product = np.einsum("ik,jl->ijkl", u, v)
    expected = np.einsum("ik,jl->ijkl", applied(first, u), v) + np.einsum("ik,jl->ijkl", u, applied(second, v))
    assert applied(joint, product) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def sum_over_flip(parts, field):
    return (parts.reflector @ field.ravel()).reshape(field.shape)


def applied(parts, field):
    return (parts.matrix @ field.ravel()).reshape(field.shape)


def evolved(parts, field, time):
    return expm_multiply(parts.matrix * time, field.ravel()).reshape(field.shape)


def cosine_in_a_box(n, **choices):
    """Return E cos(pi q / 2) of a free particle in [0, 2] from the nodes of the coarsest grid."""
    grid = pdeopt.Grid((0.0, -6.0), (2.0, 6.0), (16 * n + 1, 48 * n + 1))
    parts = kinetic_parts(pdeopt.langevin(FLAT, friction=0.6), grid, **choices)
    return evolved(parts, np.cos(0.5 * np.pi * grid.points()[..., 0]), 1.0)[::n, ::n]


def twice_extrapolated(levels):
    first = [(4.0 * fine - coarse) / 3.0 for coarse, fine in pairwise(levels)]
    return (16.0 * first[1] - first[0]) / 15.0


def test_walls_reflect_as_the_unfolded_motion_does():
    q, p = np.meshgrid(np.linspace(0.0, 2.0, 17), np.linspace(-6.0, 6.0, 49), indexing="ij")
    mean, variance = free_motion(q, p, 0.6, 1.0, 1.0)
    expected = np.cos(0.5 * np.pi * mean) * np.exp(-(np.pi**2) / 8.0 * variance)
    inner = np.abs(p) < 3.0
    assert twice_extrapolated([cosine_in_a_box(n) for n in (1, 2, 4)])[inner] == pytest.approx(
        expected[inner], abs=1e-6
    )


def test_thermal_walls_return_the_momenta_of_a_heat_bath():
    levels = [cosine_in_a_box(n, walls="thermal")[4, 28] for n in (1, 2, 4)]
    paths = between_heat_baths(0.5, 1.0, 0.6, 1.0, 1.0, 2.0, n_steps=400, n_paths=60_000, seed=3)
    sample = np.cos(0.5 * np.pi * paths)
    assert levels[-1] == pytest.approx(sample.mean(), abs=3.0 * sample.std() / 245.0 + abs(levels[-1] - levels[-2]))


def mean_position(n, rates):
    grid = pdeopt.Grid((-5.0, -5.0), (5.0, 5.0), (10 * n + 1, 10 * n + 1))
    parts = kinetic_parts(pdeopt.langevin(HARMONIC, friction=2.0), grid, rates=rates)
    return evolved(parts, grid.points()[..., 0], 1.0)[6 * n, 5 * n]


@pytest.mark.parametrize(("rates", "order"), [("upwind", 1.0), ("central", 2.0)])
def test_order_is_one_upwind_and_two_central(rates, order):
    # Critical damping: q(t) = (1 + t) exp(-t) from (1, 0).
    sizes = np.array([4, 6, 8, 12]) if rates == "upwind" else np.array([4, 5, 6, 8])
    errors = [abs(mean_position(n, rates) - 2.0 * np.exp(-1.0)) for n in sizes]
    found = observed_order(1.0 / sizes, errors)
    assert found.order == pytest.approx(order, abs=max(found.bar, 0.1))


def slow_modes(damping):
    system = pdeopt.langevin(pdeopt.Landscape(lambda x: (x * x - 1.0) ** 2), beta=3.0)
    grid = pdeopt.Grid((-1.9, -3.6), (1.9, 3.6), (61, 61))
    values, functions = eigs(-kinetic_parts(system, grid, damping=damping).matrix.tocsc(), k=4, sigma=-0.01)
    order = np.argsort(values.real)
    return values[order], functions.T[order].reshape(-1, 61, 61)


def test_alternating_modes_are_damped_away_from_the_slow_ones():
    # The constant and the gap, 0.03198; undamped, also what is slow in the potential upside down.
    undamped, functions = slow_modes(0.0)
    slow = undamped.real < 0.1
    assert np.sum(slow) > 2
    assert sum(np.sum(one[1:] * one[:-1]).real < 0.0 for one in functions[slow]) == np.sum(slow) - 1
    damped, functions = slow_modes(None)
    assert np.sum(damped.real < 0.1) == 2
    assert all(np.sum(one[1:] * one[:-1]).real > 0.0 for one in functions)
    assert damped[1].real == pytest.approx(0.03198073508322, rel=1e-2)


def test_steep_potentials_neither_overflow_nor_stiffen():
    steep = pdeopt.Landscape(lambda x: 1e4 * x**4)
    parts = kinetic_parts(pdeopt.langevin(steep), pdeopt.Grid((-3.0, -6.0), (3.0, 6.0), (31, 31)))
    assert np.all(np.isfinite(parts.matrix.data))
    # The largest force, 4e4 * 2.9^3, over the spacing of the momenta.
    assert abs(parts.matrix).max() < 2.0 * 4e4 * 2.9**3 / 0.4


BOX = pdeopt.Grid((-3.0, -3.0), (3.0, 3.0), (9, 9))
SYSTEM = pdeopt.langevin(HARMONIC)


@pytest.mark.parametrize(
    ("system", "grid", "choices", "words"),
    [
        (pdeopt.overdamped_langevin(HARMONIC), BOX, {}, "has no momenta"),
        (SYSTEM, pdeopt.Grid(-3.0, 3.0, 9), {}, "grid has 1 axes, but the system has 2"),
        (pdeopt.langevin(HARMONIC, beta=np.inf), BOX, {}, "beta=inf"),
        (SYSTEM, BOX, {"rates": "upwinds"}, "rates='upwinds' is not known: use one of 'central', 'upwind'"),
        (SYSTEM, BOX, {"walls": "soft"}, "walls='soft' is not known"),
        (SYSTEM, BOX, {"damping": -1.0}, "damping=-1.0 must be at least 0"),
        (SYSTEM, pdeopt.Grid((-3.0, -3.0), (3.0, 2.0), (9, 9)), {}, "symmetric about 0"),
        (SYSTEM, pdeopt.Grid((-3.0, -3.0), (3.0, 3.0), (9, 9), True), {}, "not periodic"),
        (SYSTEM, pdeopt.Grid((-3.0, -3.0), (3.0, 3.0), (2, 9)), {}, "at least 3 nodes"),
        (pdeopt.langevin(pdeopt.Landscape(lambda x: np.nan * x)), BOX, {}, "the potential is nan at"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(system, grid, choices, words):
    with pytest.raises((TypeError, ValueError), match=words):
        kinetic_parts(system, grid, **choices)


def test_parts_along_the_axes_are_refused_where_walls_reflect():
    with pytest.raises(ValueError, match="walls='thermal'"):
        _ = parts_on("even").split
