"""The kernels of the catalogue, called from compiled code, against 30-digit twins and their derivatives."""

from inspect import signature
from itertools import pairwise

import numba
import numpy as np
import pytest
from mpmath import mp, mpf
from scipy.interpolate import RegularGridInterpolator

from pdeopt import Grid, Landscape, landscapes
from pdeopt.kernels.landscapes import quadratics, radial, samples, separable

DIGITS = 30
PI = np.pi


def add(profile, x):
    return sum((profile(t) for t in x), mpf(0))


def square(x):
    return add(lambda t: t * t, x)


def density(t, mean, deviation):
    return mp.exp(-(((t - mean) / deviation) ** 2) / 2) / (deviation * mp.sqrt(2 * mp.pi))


def parabola(t, level, curvature, center):
    return level + curvature * (t - center) ** 2 / 2


def levy(x):
    w = [1 + (t - 1) / 4 for t in x]
    middle = add(lambda v: (v - 1) ** 2 * (1 + 10 * mp.sin(mp.pi * v + 1) ** 2), w[:-1])
    return mp.sin(mp.pi * w[0]) ** 2 + middle + (w[-1] - 1) ** 2 * (1 + mp.sin(2 * mp.pi * w[-1]) ** 2)


def mueller_brown(x):
    heights, p, q, r = (-200, -100, -170, 15), (-1, -1, -6.5, 0.7), (0, 0, 11, 0.6), (-10, -10, -6.5, 0.7)
    places = ((1, 0), (0, 0.5), (-0.5, 1.5), (-1, 1))
    total = mpf(0)
    for k, (a, b) in enumerate(places):
        u, v = x[0] - a, x[1] - b
        total += heights[k] * mp.exp(p[k] * u * u + q[k] * u * v + r[k] * v * v)
    return total


def griewank(x):
    cosines = [mp.cos(t / mp.sqrt(i)) for i, t in enumerate(x, 1)]
    return 1 + square(x) / 4000 - mp.fprod(cosines)


def ackley(x):
    waves = mp.exp(add(lambda t: mp.cos(2 * PI * t), x) / len(x))
    return 20 + mp.e - 20 * mp.exp(-0.2 * mp.sqrt(square(x) / len(x))) - waves


TWINS = {
    "absolute_value": lambda x: add(abs, x),
    "ackley": ackley,
    "affine": lambda x: x[0],
    "alpine": lambda x: add(lambda t: abs(t * mp.sin(t) + 0.1 * t), x),
    "beale": lambda x: add(lambda kc: (kc[1] - x[0] + x[0] * x[1] ** kc[0]) ** 2, [(1, 1.5), (2, 2.25), (3, 2.625)]),
    "chaudhari_figure_1": lambda x: x[0] ** 2 + 1.5 * mp.sin(2 * PI * x[0]),
    "cosine": lambda x: -add(lambda t: mp.cos(PI * t), x),
    "coupled_double_well": lambda x: (x[0] ** 2 - 1) ** 2 / 4 + 2 * x[1] ** 2 + x[0] * x[1] / 2,
    "double_well": lambda x: add(lambda t: (t**2 - 1) ** 2 / 4, x),
    "drop_wave": lambda x: -(1 + mp.cos(12 * mp.sqrt(square(x)))) / (square(x) / 2 + 2),
    "egg_crate": lambda x: add(lambda t: t**2 + 25 * mp.sin(t) ** 2, x),
    "gaussian_mixture": lambda x: -mp.log(0.7 * density(x[0], -1, 0.5) + 0.3 * density(x[0], 1.5, 0.05)),
    "griewank": griewank,
    "half_line": lambda x: mpf(0) if min(x) >= 0 else mp.inf,
    "himmelblau": lambda x: (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2,
    "huber": lambda x: add(lambda t: t**2 / 2 if abs(t) < 1 else abs(t) - 0.5, x),
    "levy": levy,
    "log_cosh": lambda x: add(lambda t: mp.log(mp.cosh(t)), x),
    "log_sum_exp": lambda x: -mp.log((mp.exp(x[0]) + mp.exp(-x[0])) / 2),
    "mueller_brown": mueller_brown,
    "periodic_wells": lambda x: -add(lambda t: mp.log(1 + 0.9 * mp.cos(2 * t)), x),
    "piecewise_parabolas": lambda x: min(
        parabola(x[0], 0.0, 4, -1), parabola(x[0], 0.2, 1, 0.5), parabola(x[0], 0.1, 16, 1.5)
    ),
    "pseudo_huber": lambda x: mp.sqrt(1 + square(x)),
    "quadratic": lambda x: square(x) / 2,
    "quartic": lambda x: add(lambda t: t**4, x),
    "radial_double_well": lambda x: (square(x) - 1) ** 2 / 4,
    "rastrigin": lambda x: add(lambda t: t**2 + 10 - 10 * mp.cos(2 * PI * t), x),
    "rectifier": lambda x: add(lambda t: max(t, mpf(0)), x),
    "rippled_parabola": lambda x: x[0] ** 2 / 2 + 0.1 * mp.sin(10 * x[0]),
    "rosenbrock": lambda x: add(lambda ab: (1 - ab[0]) ** 2 + 100 * (ab[1] - ab[0] ** 2) ** 2, pairwise(x)),
    "rough_double_well": lambda x: (x[0] ** 2 - 1) ** 2 / 4 + 0.02 * (1 - mp.cos(16 * PI * x[0])),
    "rough_parabola": lambda x: add(lambda t: t**2 / 2 + 0.02 * (1 - mp.cos(16 * PI * t)), x),
    "six_hump_camel": lambda x: (
        (4 - 2.1 * x[0] ** 2 + x[0] ** 4 / 3) * x[0] ** 2 + x[0] * x[1] + (4 * x[1] ** 2 - 4) * x[1] ** 2
    ),
    "styblinski_tang": lambda x: add(lambda t: t**4 - 16 * t**2 + 5 * t, x) / 2,
    "three_hump_camel": lambda x: 2 * x[0] ** 2 - 1.05 * x[0] ** 4 + x[0] ** 6 / 6 + x[0] * x[1] + x[1] ** 2,
    "tilted_double_well": lambda x: add(lambda t: (t**2 - 1) ** 2 + 0.3 * t, x),
    "wide_versus_sharp": lambda x: min(parabola(x[0], -1.0, 400, -1), parabola(x[0], -0.9, 1, 1)),
}
ANY_DIM = [name for name in TWINS if "dim" in signature(landscapes.CATALOGUE[name]).parameters]


def point_in(f):
    lower, upper = np.array(f.domain)
    return lower + (upper - lower) * np.random.default_rng(7).random(f.dim)


def compiled(f, x):
    """Call the three functions of a landscape from compiled code."""
    value, gradient, hessian = f.value, f.gradient, f.hessian

    @numba.njit
    def probe(point, args):
        return value(point, *args), gradient(point, *args), hessian(point, *args)

    point = float(x[0]) if f.dim == 1 else tuple(x) if f.dim <= 8 else x
    results = probe(point, f.args)
    return tuple(np.reshape(part, (f.dim,) * rank) for rank, part in enumerate(results))


def differentiated(twin, x):
    """Return value, gradient and Hessian of a twin, by differences at 30 digits."""
    d = len(x)
    orders = np.eye(d, dtype=int)

    def along(*t):
        return twin(list(t))

    with mp.workdps(DIGITS):
        point = tuple(mpf(float(t)) for t in x)
        value = float(along(*point))
        gradient = [float(mp.diff(along, point, tuple(map(int, orders[i])))) for i in range(d)]
        hessian = [
            [float(mp.diff(along, point, tuple(map(int, orders[i] + orders[j])))) for j in range(d)] for i in range(d)
        ]
    return value, np.array(gradient), np.array(hessian)


def test_every_kernel_of_the_catalogue_has_a_twin():
    sampled = {"chaudhari_figure_1_noisy", "entropy_sgd_figure_2"}
    assert set(TWINS) | sampled == set(landscapes.CATALOGUE)


def assert_close(ours, twins, x):
    for our, twin in zip(ours, twins, strict=True):
        scale = max(1.0, float(np.abs(twin).max()), float(np.abs(x).max()))
        np.testing.assert_allclose(our, twin, rtol=0, atol=2e-12 * scale)


@pytest.mark.parametrize("name", TWINS)
def test_compiled_value_gradient_and_hessian_equal_the_twin_and_its_derivatives(name):
    f = landscapes.get(name)
    x = np.abs(point_in(f)) if name == "half_line" else point_in(f)
    assert_close(compiled(f, x), differentiated(TWINS[name], x), x)


@pytest.mark.parametrize("name", ANY_DIM)
def test_in_three_dimensions_value_gradient_and_hessian_equal_the_twin_and_its_derivatives(name):
    f = landscapes.get(name, dim=3)
    x = np.abs(point_in(f)) if name == "half_line" else point_in(f)
    assert_close((f(x), f.gradient_at(x), f.hessian_at(x)), differentiated(TWINS[name], x), x)


def test_mixtures_with_full_covariances_equal_the_twin_and_its_derivatives():
    means, covariance = np.array([[-1.0, 0.5], [1.0, 0.0]]), np.array([[0.5, 0.2], [0.2, 0.3]])
    f = landscapes.gaussian_mixture([0.4, 0.6], means, [covariance, 2 * covariance], beta=3.0)
    weights = [0.4 / np.sqrt(np.linalg.det(covariance)), 0.6 / np.sqrt(np.linalg.det(2 * covariance))]
    inverse = np.linalg.inv(covariance)

    def twin(x):
        total = mpf(0)
        for k in range(2):
            u, v = x[0] - means[k, 0], x[1] - means[k, 1]
            form = inverse[0, 0] * u * u + 2 * inverse[0, 1] * u * v + inverse[1, 1] * v * v
            total += weights[k] / (2 * PI) * mp.exp(-form / (2 * (k + 1)))
        return -mp.log(total) / 3

    x = np.array([0.3, -0.2])
    assert_close(compiled(f, x), differentiated(twin, x), x)


@pytest.mark.parametrize("dim", [8, 9])
def test_points_are_tuples_up_to_eight_dimensions_and_arrays_above(dim):
    gradient = separable.double_well_gradient

    @numba.njit
    def probe(x):
        return gradient(x)

    x = np.linspace(-0.7, 0.9, dim)
    np.testing.assert_allclose(probe(tuple(x) if dim == 8 else x), x**3 - x, atol=1e-15)


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="plain NumPy takes an array for an axis")
def test_dense_hessians_work_on_arrays():
    x = np.linspace(-0.7, 0.9, 9)
    _, _, hessian = compiled(landscapes.radial_double_well(dim=9), x)
    np.testing.assert_allclose(hessian, (x @ x - 1) * np.eye(9) + 2 * np.outer(x, x), atol=1e-14)


def test_points_of_whole_numbers_are_taken_as_floats():
    assert separable.double_well_gradient((2, 3)) == (6.0, 24.0)


def test_a_kernel_leaves_the_array_of_its_point_alone():
    x = np.ones(9)
    separable.double_well_gradient(2 * x)
    radial.pseudo_huber_gradient(x)
    assert (x == 1).all()


def test_the_middle_of_a_drop_wave_has_the_limits_of_its_derivatives():
    value, gradient, hessian = compiled(landscapes.drop_wave(), np.zeros(2))
    assert (value, gradient.tolist()) == (-1.0, [0.0, 0.0])
    np.testing.assert_allclose(hessian, 72.5 * np.eye(2), rtol=1e-13)


def test_quadratics_with_zeros_in_the_matrix_are_finite_at_infinity():
    matrix = np.array([[0.0, 0.0], [0.0, 1.0]])
    assert quadratics.quadratic((np.inf, 2.0), matrix, np.zeros(2), 0.0) == 2.0


@numba.njit
def interpolated(points, args):
    out = np.empty(len(points))
    for n in range(len(points)):
        out[n] = samples.multilinear((points[n, 0], points[n, 1], points[n, 2]), *args)
    return out


def test_interpolation_equals_scipys_on_stretched_axes():
    rng = np.random.default_rng(3)
    axes = [np.sort(rng.random(n)) for n in (4, 2, 5)]
    values = rng.standard_normal((4, 2, 5))
    f = Landscape.from_samples(values, Grid.from_axes(*axes))
    lower, upper = np.array(f.domain)
    points = lower + (upper - lower) * rng.random((50, 3))
    expected = RegularGridInterpolator(axes, values)(points)
    np.testing.assert_allclose(interpolated(points, f.args), expected, atol=1e-14)
