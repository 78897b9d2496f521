"""Known numbers of Langevin dynamics with momenta, and of other noise that reaches only some of the axes."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, eigs, expm_multiply, splu

import pdeopt
from pdeopt.convergence import observed_order
from pdeopt.kolmogorov.kinetic import kinetic_parts
from pdeopt.kolmogorov.sawtooth import sawtooth_damping, second_difference

HARMONIC = pdeopt.landscapes.quadratic(1.0)
QUARTER = pdeopt.landscapes.double_well()
WHOLE = pdeopt.Landscape(lambda x: (x * x - 1.0) ** 2)

MOMENTS = {
    # From (1, 0) at time 2: means of q and p; variance, covariance, variance; E cos q; P(q > 0).
    0.5: (
        *(-0.0706445509194640, -0.585000213596684, 0.652784097517222, 0.171112624954083, 0.525900707662852),
        *(0.719722575259490, 0.465162189150961),
    ),
    2.0: (
        *(0.406005849709838, -0.270670566473225, 0.761896694446456, 0.146525111109873, 0.908421805556329),
        *(0.627671779041150, 0.679084612514523),
    ),
    5.0: (
        *(0.688740408625782, -0.143734108937792, 0.504977155453850, 0.103297470360705, 0.978444692883099),
        *(0.599776498935552, 0.833780797104757),
    ),
}


def twice_extrapolated(levels):
    first = [(4.0 * fine - coarse) / 3.0 for coarse, fine in pairwise(levels)]
    return (16.0 * first[1] - first[0]) / 15.0


def half_space(x):
    return np.where(x > 1e-9, 1.0, np.where(x < -1e-9, 0.0, 0.5))


def law_at(parts, node, time):
    """Return the masses at a time of what starts at a node."""
    start = np.zeros(parts.masses.shape)
    start[node] = 1.0
    return expm_multiply(parts.matrix.T.tocsr() * time, start.ravel()).reshape(start.shape)


def moments(n, friction):
    grid = pdeopt.Grid((-6.0, -6.0), (6.0, 6.0), (36 * n + 1, 24 * n + 1))
    law = law_at(kinetic_parts(pdeopt.langevin(HARMONIC, friction=friction), grid), (21 * n, 12 * n), 2.0)
    assert law.sum() == pytest.approx(1.0, abs=1e-11)
    q, p = np.moveaxis(grid.points(), -1, 0)
    a, b = np.sum(law * q), np.sum(law * p)
    second = [np.sum(law * q * q) - a * a, np.sum(law * q * p) - a * b, np.sum(law * p * p) - b * b]
    return np.array([a, b, *second, np.sum(law * np.cos(q)), np.sum(law * half_space(q))])


@pytest.mark.slow
@pytest.mark.parametrize("friction", MOMENTS)
def test_moments_and_probabilities_of_a_harmonic_oscillator(friction):
    found = twice_extrapolated([moments(n, friction) for n in (2, 4, 8)])
    assert found == pytest.approx(MOMENTS[friction], rel=1e-6)


def eigenvalues_near(matrix, shift):
    shifted = sparse.csc_array(matrix - shift * sparse.eye_array(matrix.shape[0]))
    factors = splu(shifted, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.1, options={"SymmetricMode": True})
    inverse = LinearOperator(matrix.shape, factors.solve)
    return eigs(matrix, k=8, sigma=shift, OPinv=inverse, return_eigenvectors=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("well", "beta", "friction", "reach", "damping", "shift", "expected"),
    [
        (QUARTER, 4.0, 1.0, 2.5, 3.0, 0.6, (0.13650791582578, 0.81454014986616 + 1.25856076j)),
        (WHOLE, 1.0, 1.0, 2.4, 1.5, 0.8, (0.30063108539695, 1.2512568252617)),
        (WHOLE, 3.0, 1.0, 1.9, 1.5, 0.45, (0.03198073508322, 0.850285319227)),
        (WHOLE, 3.0, 10.0, 1.9, 3.0, 0.2, (0.00784496323077, 0.34997510854114)),
    ],
)
def test_eigenvalues_of_double_wells(well, beta, friction, reach, damping, shift, expected):
    levels = []
    for n in (52, 104, 208):
        grid = pdeopt.Grid((-reach, -6.0 / beta**0.5), (reach, 6.0 / beta**0.5), (n + 1, n + 1))
        parts = kinetic_parts(pdeopt.langevin(well, beta, friction), grid, damping=damping)
        values = eigenvalues_near(-parts.matrix, shift)
        levels.append([values[np.argmin(np.abs(values - one))] for one in expected])
    assert twice_extrapolated(np.array(levels)) == pytest.approx(np.array(expected), rel=1e-6)


@pytest.mark.slow
def test_expectations_agree_with_simulation():
    system = pdeopt.langevin(QUARTER, beta=2.0, friction=1.0)
    levels = []
    for n in (2, 4, 8):
        grid = pdeopt.Grid((-4.0, -5.0), (4.0, 5.0), (8 * n + 1, 10 * n + 1))
        law = law_at(kinetic_parts(system, grid), (5 * n, 5 * n), 2.0)
        levels.append(np.sum(law * np.cos(grid.points()[..., 0])))
    run = pdeopt.simulate(system, (1.0, 0.0), step=0.02, n_steps=100, n_paths=40_000, method="BAOAB", seed=5)
    sample = np.cos(run.final[:, 0])
    assert twice_extrapolated(levels) == pytest.approx(sample.mean(), abs=3.0 * sample.std() / 200.0)


def carried(t, x):
    return x[1], 0.0


def pushed(t, x):
    return 0.0, 1.0


def functionals_of_integrated_noise(n):
    """Return E cos x, P(x > 0) and E xv of dx = v dt, dv = dW from (1/2, -1) at time 2."""
    grid = pdeopt.Grid((-11.0, -9.0), (9.0, 7.0), (20 * n + 1, 16 * n + 1))
    system = pdeopt.SDE(carried, pushed, noise="diagonal", dim=2)
    x, v = np.moveaxis(grid.points(), -1, 0)
    _drift, covariance = np.stack([v, 0.0 * v], axis=-1), np.zeros((*grid.shape, 2, 2))
    covariance[..., 1, 1] = 1.0
    matrix = pdeopt.Generator(system, grid, "linear", rates="central").matrix
    start = np.zeros(grid.shape)
    start[11 * n + n // 2, 8 * n] = 1.0
    law = expm_multiply(matrix.T.tocsr() * 2.0, start.ravel()).reshape(grid.shape)
    return np.array([np.sum(law * np.cos(x)), np.sum(law * half_space(x)), np.sum(law * x * v)])


@pytest.mark.slow
def test_noise_that_reaches_the_velocity_only():
    found = twice_extrapolated([functionals_of_integrated_noise(n) for n in (6, 12, 24)])
    assert found == pytest.approx((0.0186461239179215, 0.179163233374440, 3.5), rel=1e-6)


def test_products_of_position_and_velocity_are_exact_on_a_coarse_grid():
    assert functionals_of_integrated_noise(4)[2] == pytest.approx(3.5, rel=1e-7)


@pytest.mark.parametrize("periodic", [True, False])
def test_damping_is_of_eighth_order_and_takes_alternating_functions_at_its_rate(periodic):
    sizes, errors = np.array([20, 24, 28, 32, 40]), []
    for n in sizes:
        grid = pdeopt.Grid((0.0, 0.0), (2.0 * np.pi, 1.0), (n + (not periodic), 3), (periodic, False))
        damping = sawtooth_damping(np.zeros(grid.shape), (3.0, 0.0), grid).matrix
        # Even about both walls, so that no flux crosses them.
        wave = np.cos(grid.points()[..., 0]).ravel()
        errors.append(np.abs(damping @ wave).max())
        alternating = np.repeat((-1.0) ** np.arange(grid.shape[0]), 3)
        assert damping @ alternating == pytest.approx(-3.0 * alternating, abs=1e-13)
    found = observed_order(1.0 / sizes, errors)
    assert found.order == pytest.approx(8.0, abs=max(found.bar, 0.1))


def test_differences_stay_bounded_where_weights_change_by_orders():
    grid = pdeopt.Grid(0.0, 1.0, 41)
    rates = second_difference(-800.0 * grid.axes[0] ** 2, grid, 0).rates
    assert np.all(np.isfinite(rates))
    assert np.max(rates) <= 1.0
