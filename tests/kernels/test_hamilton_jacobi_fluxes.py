"""Numerical Hamiltonians against a brute-force search, consistency and monotonicity."""

from math import cos, sqrt

import numpy as np
import pytest
import reference_hamilton_jacobi as slow
from numba import njit

from pdeopt.hamilton_jacobi.standard_problems import functions
from pdeopt.kernels._jit import short_kernel
from pdeopt.kernels._points import from_row
from pdeopt.kernels._specialise import specialised
from pdeopt.kernels.hamilton_jacobi import extrema, fluxes, hamiltonians

RNG = np.random.default_rng(0)
ONE, TWO = RNG.uniform(-2.0, 2.0, size=(300, 2, 1)), RNG.normal(size=(300, 2, 2)) * 2.0
PLACES = {1: 0.3, 2: (0.3, -0.4)}
TOLD = np.array([4.0, 5.0, -9.0, -9.0, 9.0, 9.0])
"""Speeds, least and largest slopes of all nodes, as numerical Hamiltonians take them."""


def wavy(t, x, u, p):
    """Not convex, with several extrema between slopes."""
    return cos(3.0 * p) + 0.25 * p * p


def saddle(t, x, u, p):
    """Not convex, and no sum over axes."""
    return cos(p[0]) * (1.0 + 0.5 * p[1]) + 0.5 * p[1] * p[1]


def tilted(t, x, u, p):
    """Convex, and no sum over axes."""
    return sqrt(1.0 + p[0] * p[0] + p[0] * p[1] + p[1] * p[1]) + 0.3 * p[0]


def steepest_power(t, x, u, low, high, power):
    """Return the speed of a Hamiltonian whose derivative is a power of the slope."""
    return max(abs(low), abs(high)) ** power


def carrying(t, x, u, p, rate):
    """Return a Hamiltonian that grows with the value as much as slopes say."""
    return rate * u * p


def flux(t, x, u, minus, plus, extra, args):
    """Stand for a numerical Hamiltonian."""
    return 0.0


def template(minus, plus, extra, args, out):
    """Evaluate a numerical Hamiltonian at slopes of shape (n, d)."""
    for i in range(minus.shape[0]):
        out[i] = flux(0.0, PLACE, 0.1, from_row(minus[i], PLACE), from_row(plus[i], PLACE), extra, args)


def bounds_template(low, high, extra, out):
    """Evaluate what bounds a step, in one dimension."""
    out[0] = flux(0.0, 0.0, 0.0, low, high, extra, ARGS)[0]


PLACE, ARGS = 0.3, ()


class Numerical:
    """A compiled numerical Hamiltonian of slopes of shape (n, d)."""

    def __init__(self, function, dim, args=()):
        self.kernel, self.dim, self.args = specialised(template, flux=function, PLACE=PLACES[dim]), dim, args

    def __call__(self, minus, plus):
        out, d = np.empty(len(minus)), self.dim
        extra = TOLD.reshape(3, 2)[:, :d].ravel().copy()
        self.kernel(np.ascontiguousarray(minus), np.ascontiguousarray(plus), extra, self.args, out)
        return out


def on_lattice(function, *args):
    """Return the brute-force value as a function of arrays of slopes."""
    return np.vectorize(
        lambda *p: function(0.0, PLACES[len(p)], 0.1, p[0] if len(p) == 1 else p, *args), otypes=[float]
    )


QUADRATIC = Numerical(fluxes.given_flux(hamiltonians.quadratic_godunov), 2)
EIKONAL = {speed: Numerical(fluxes.given_flux(hamiltonians.eikonal_godunov), 2, (speed,)) for speed in (1.5, -1.5)}
VERTEX = Numerical(fluxes.vertex_flux(functions.lens, functions.lens_vertex), 2)
STEERING = Numerical(fluxes.given_flux(functions.steering_upwind), 2)
WAVY = Numerical(extrema.nested_flux(wavy, 1, 17), 1)
SADDLE = Numerical(extrema.nested_flux(saddle, 2, 17), 2)
TILTED = Numerical(extrema.nested_flux(tilted, 2, 0), 2)
GLOBAL = Numerical(fluxes.lax_friedrichs_flux(tilted), 2)
LOCAL = Numerical(fluxes.local_flux(functions.lens, fluxes.local_speeds(fluxes.given_speeds(functions.lens_speeds))), 2)
FLUXES = {
    "quadratic": (QUADRATIC, hamiltonians.quadratic, ()),
    "eikonal": (EIKONAL[1.5], hamiltonians.eikonal, (1.5,)),
    "eikonal in": (EIKONAL[-1.5], hamiltonians.eikonal, (-1.5,)),
    "vertex": (VERTEX, functions.lens, ()),
    "steering": (STEERING, functions.steering, ()),
    "wavy": (WAVY, wavy, ()),
    "saddle": (SADDLE, saddle, ()),
    "tilted": (TILTED, tilted, ()),
    "global": (GLOBAL, tilted, ()),
    "local": (LOCAL, functions.lens, ()),
}
UPWIND = [name for name in FLUXES if name not in ("global", "local")]


@pytest.mark.parametrize("name", FLUXES)
def test_a_flux_of_equal_slopes_is_the_hamiltonian(name):
    numerical, value, args = FLUXES[name]
    p = (ONE if numerical.dim == 1 else TWO)[:, 0]
    np.testing.assert_allclose(numerical(p, p), on_lattice(value, *args)(*p.T), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", UPWIND)
def test_an_upwind_flux_is_the_extremum_that_a_search_of_all_slopes_finds(name):
    numerical, value, args = FLUXES[name]
    pairs, n = (ONE[:60], 4001) if numerical.dim == 1 else (TWO[:12], 241)
    expected = [slow.godunov(on_lattice(value, *args), *pair, n) for pair in pairs]
    # A lattice misses a smooth extremum by the square of its gap, and a kink by its gap times the slope.
    gap = np.ptp(pairs, axis=1).max() / (n - 1)
    atol = 10.0 * gap**2 if name not in ("eikonal", "eikonal in", "steering") else 2.0 * gap
    np.testing.assert_allclose(numerical(pairs[:, 0], pairs[:, 1]), expected, rtol=0.0, atol=atol)


@pytest.mark.parametrize("name", FLUXES)
def test_a_flux_rises_with_slopes_from_before_and_falls_with_those_from_after(name):
    numerical, *_ = FLUXES[name]
    pairs = ONE if numerical.dim == 1 else TWO
    base = numerical(pairs[:, 0], pairs[:, 1])
    rounding = 1e-7 if name in ("wavy", "saddle", "tilted") else 1e-12
    for axis in range(numerical.dim):
        rise = np.zeros(numerical.dim)
        for rise[axis] in (1e-3, 0.5):
            assert (numerical(pairs[:, 0] + rise, pairs[:, 1]) >= base - rounding).all()
            assert (numerical(pairs[:, 0], pairs[:, 1] + rise) <= base + rounding).all()


def test_a_local_flux_that_is_told_of_other_slopes_than_occur_across_is_not_monotone_in_the_plane():
    # The steeper across, the slower along: speeds of slopes that do not occur are too small.
    before = TOLD.copy()
    TOLD[2:] = 9.0
    try:
        with pytest.raises(AssertionError):
            test_a_flux_rises_with_slopes_from_before_and_falls_with_those_from_after("local")
    finally:
        TOLD[...] = before


def test_steps_of_local_speeds_are_bounded_by_what_the_flux_changes_by():
    # For p^2 / 2: |mean| + |p+ - p-|, the derivative of the local flux with respect to the node, times spacing.
    function = fluxes.local_bounds(fluxes.given_speeds(hamiltonians.quadratic_speeds))
    kernel, found = specialised(bounds_template, flux=function), np.empty(1)
    for low, high in ((-1.0, 1.0), (0.5, 2.0), (2.0, -3.0)):
        kernel(low, high, np.array([0.0, -9.0, 9.0]), found)
        assert found[0] == pytest.approx(abs(low + high) / 2.0 + abs(high - low))


@pytest.mark.parametrize("power", [0.5, 3.0])
def test_steps_of_local_speeds_are_bounded_also_where_speeds_are_no_straight_line(power):
    # Of |H'| = |p|^q: where the node moves, the mean m of its slopes stays, and half their difference r changes the
    # viscosity a r by a + r da/dr, with a = (|m| + r)^q.
    function = fluxes.local_bounds(fluxes.given_speeds(steepest_power))
    kernel, found = specialised(bounds_template, flux=function, ARGS=(power,)), np.empty(1)
    for low, high in (*ONE[:40, :, 0], (-1.0, 1.0), (0.0, 2.0)):
        m, r = 0.5 * abs(low + high), 0.5 * abs(high - low)
        kernel(low, high, np.array([0.0, -9.0, 9.0]), found)
        assert found[0] >= ((m + r) ** power + r * power * (m + r) ** (power - 1.0)) * (1.0 - 1e-12)


def test_the_pull_of_a_value_is_the_larger_at_both_slopes_where_it_is_positive():
    pull = short_kernel(fluxes.numerical_pull(short_kernel(carrying)))

    @njit
    def at(minus, plus):
        return pull(0.0, 0.0, 2.0, minus, plus, (3.0,))

    found = [at(*ends) for ends in ((1.0, 0.5), (0.5, 1.0), (-1.0, 0.5), (-1.0, -0.5))]
    np.testing.assert_allclose(found, [3.0, 3.0, 1.5, 0.0], rtol=1e-9)


def test_a_shift_of_slopes_has_an_entry_for_every_axis():
    @njit
    def at(p, q, shift):
        x = (0.1, 0.2)
        value = hamiltonians.shifted(0.0, x, 0.0, p, shift)
        slope = hamiltonians.shifted_gradient(0.0, x, 0.0, p, shift)
        vertex = hamiltonians.shifted_vertex(0.0, x, 0.0, shift)
        return value, slope, vertex, hamiltonians.shifted_speeds(0.0, x, 0.0, p, q, shift)

    value, *vectors = at((1.0, 2.0), (-3.0, 0.0), (0.5, -4.0))
    assert value == (1.5**2 + 2.0**2) / 2.0
    assert vectors == [(1.5, -2.0), (-0.5, 4.0), (2.5, 4.0)]


def test_differences_of_a_hamiltonian_are_its_derivatives():
    gradient = short_kernel(fluxes.numerical_gradient(short_kernel(tilted)))

    @njit
    def at(a, b):
        return gradient(0.0, (0.0, 0.0), 0.0, (a, b))

    for a, b in TWO[:20, 0]:
        root = sqrt(1.0 + a * a + a * b + b * b)
        np.testing.assert_allclose(at(a, b), ((a + b / 2.0) / root + 0.3, (b + a / 2.0) / root), atol=1e-9)
