"""Sweeps of random networks as kernels: interpolation, its transpose and its slopes."""

import numba
import numpy as np
import pytest
from reference_control import interpolated, lagrange

from pdeopt.kernels.networks import lagrange as stencils
from pdeopt.kernels.networks import sweeps

ORDERS = (2, 4, 6, 12)


@numba.njit(cache=True)
def weights_and_slopes(s, order, work):
    stencils.lagrange_weights(s, order, work, 0)
    stencils.lagrange_slopes(s, order, work, 1)


@numba.njit(cache=True)
def first_node(s, n, order):
    return stencils.first_node(s, n, order)


@numba.njit(cache=True)
def located(y, lower, spacing, n, order, work):
    stencils.locate(y, lower, spacing, n, order, work, 0)
    return stencils.locate_slopes(y, lower, spacing, n, order, work, 1)


@numba.njit(cache=True)
def average_1d(values, positions, weights, lower, spacing, order, work, out):
    sweeps.average_1d(values, positions, weights, lower, spacing, order, work, out)


@numba.njit(cache=True)
def average_2d(values, positions, weights, lower, spacing, order, work, out):
    sweeps.average_2d(values, positions, weights, lower, spacing, order, work, out)


@numba.njit(cache=True)
def spread_1d(masses, positions, weights, lower, spacing, order, work, out):
    sweeps.spread_1d(masses, positions, weights, lower, spacing, order, work, out)


@numba.njit(cache=True)
def spread_2d(masses, positions, weights, lower, spacing, order, work, out):
    sweeps.spread_2d(masses, positions, weights, lower, spacing, order, work, out)


@numba.njit(cache=True)
def pull_1d(values, masses, positions, weights, lower, spacing, order, work, out):
    sweeps.pull_1d(values, masses, positions, weights, lower, spacing, order, work, out)


@numba.njit(cache=True)
def pull_2d(values, masses, positions, weights, lower, spacing, order, work, out):
    sweeps.pull_2d(values, masses, positions, weights, lower, spacing, order, work, out)


AVERAGE, SPREAD, PULL = (average_1d, average_2d), (spread_1d, spread_2d), (pull_1d, pull_2d)


class Case:
    """Fields, masses and positions on a grid of one or two axes, some of them beyond its ends."""

    def __init__(self, dim, order):
        rng = np.random.default_rng(10 * order + dim)
        shape = (17, 14)[:dim]
        self.dim, self.order = dim, order
        self.axes = [np.linspace(-1.0, 1.5, n) for n in shape]
        self.geometry = (np.full(dim, -1.0), np.array([axis[1] - axis[0] for axis in self.axes]), order)
        self.values, self.masses = rng.normal(size=(3, *shape)), rng.normal(size=(3, 8))
        self.positions = rng.uniform(-1.1, 1.6, size=(4, 8, dim))
        self.weights = rng.uniform(size=4)

    def run(self, kernels, *fields, out):
        kernels[self.dim - 1](*fields, self.positions, self.weights, *self.geometry, np.empty((4, self.order)), out)
        return out

    def twin(self):
        fields = np.moveaxis(self.values, 0, -1)
        means = [
            sum(c * interpolated(fields, self.axes, y, self.order) for c, y in zip(self.weights, ys, strict=True))
            for ys in self.positions.swapaxes(0, 1) + 0j
        ]
        return np.array(means).real.T

    def average(self):
        return self.run(AVERAGE, self.values, out=np.empty((3, 8)))


@pytest.mark.parametrize("order", ORDERS)
def test_weights_of_a_stencil_are_lagranges_and_slopes_their_derivatives(order):
    work = np.empty((3, order))
    weights_and_slopes(1.37, order, work)
    complex_step = lagrange(1.37 + 1e-30j, np.arange(float(order)))
    assert np.abs(work[:2] - complex_step.real).max() < 1e-13
    assert np.abs(work[2] - complex_step.imag / 1e-30).max() < 1e-12


def test_a_stencil_lies_around_its_point_and_within_the_axis():
    firsts = [first_node(s, 20, 6) for s in (0.0, 2.9, 3.0, 7.5, 18.9, 19.0)]
    assert firsts == [0, 0, 1, 5, 14, 14]


def test_beyond_the_end_of_an_axis_values_are_those_of_the_end_and_slopes_zero():
    work = np.empty((3, 4))
    assert located(-7.0, -1.0, 0.1, 30, 4, work) == 0
    assert work.tolist() == [[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0] * 4]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("dim", [1, 2])
def test_averages_are_those_of_a_slow_twin(dim, order):
    case = Case(dim, order)
    assert np.abs(case.average() - case.twin()).max() < 1e-12 * np.abs(case.values).max() * 10.0**dim


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("dim", [1, 2])
def test_masses_are_spread_by_the_transpose_of_averages(dim, order):
    case = Case(dim, order)
    spread = case.run(SPREAD, case.masses, out=np.zeros_like(case.values))
    sizes = np.abs(case.values).max() * np.abs(spread).sum()
    assert np.vdot(case.average(), case.masses) == pytest.approx(np.vdot(case.values, spread), abs=1e-14 * sizes)


@pytest.mark.parametrize("order", [4, 6])
@pytest.mark.parametrize("dim", [1, 2])
def test_slopes_are_complex_steps_of_averages_by_every_position(dim, order):
    case = Case(dim, order)
    found = case.run(PULL, case.values, case.masses, out=np.empty_like(case.positions))
    fields = np.einsum("k...,ki->...i", case.values, case.masses)
    for q, i, axis in np.ndindex(found.shape):
        y = case.positions[q, i] + 1e-30j * np.eye(dim)[axis]
        slope = interpolated(fields[..., i], case.axes, y, order).imag / 1e-30
        assert found[q, i, axis] == pytest.approx(case.weights[q] * slope, abs=1e-10)


@pytest.mark.parametrize("dim", [1, 2])
def test_polynomials_below_the_order_are_averaged_exactly(dim):
    case = Case(dim, 6)
    case.positions = np.clip(case.positions, -1.0, 1.5)
    points = np.stack(np.meshgrid(*case.axes, indexing="ij"), axis=-1)
    powers = (5, 2, 0)
    case.values = np.array([(points**power).prod(axis=-1) for power in powers])
    wanted = [(case.weights[:, None] * (case.positions**power).prod(axis=-1)).sum(axis=0) for power in powers]
    assert np.abs(case.average() - wanted).max() < 1e-12
