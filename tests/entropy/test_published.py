"""Local entropy at the points where it is known to forty digits, by every exact route."""

import dataclasses

import numpy as np
import pytest

import pdeopt
from pdeopt import landscapes

DOUBLE = landscapes.double_well()
VALUES = [
    (DOUBLE, 0.3, 0.5, 1.0, 0.1685643906374680292, 0.04721507787541257197, 0.2138047663929529882),
    (DOUBLE, 0.3, 0.5, 2.0, 0.1521945704724920279, -0.07280201790156175235, -0.1036535161286045325),
    (DOUBLE, 0.3, 0.5, 10.0, 0.1720881093061306573, -0.2801623975679780545, -0.4070441624565258171),
    (
        landscapes.chaudhari_figure_1(),
        *(0.0, 0.2, 1.0, -0.3305460677408213189, 0.3189819178746638556, 1.529903414068329261),
    ),
    (
        landscapes.absolute_value(),
        *(0.25, 0.5, 4.0, 0.2519812297376556442, 0.3137869772024316831, 1.209418677414679591),
    ),
    (landscapes.rastrigin(dim=1), 1.3, 0.25, 0.5, 4.919451529713988139, 1.717916454909339502, 1.3915985278324865),
    (
        landscapes.tilted_double_well(),
        *(-0.2, 0.3, 5.0, 0.5000284144264737149, 1.434117968794295394, 0.06845509694787323065),
    ),
    (landscapes.log_cosh(), 1.5, 2.0, 3.0, 0.5154342267529889926, 0.4504531480940492934, 0.2797376771539303402),
    (landscapes.pseudo_huber(), -2.0, 1.5, 0.7, 2.069910650491024028, -0.5418386847818563746, 0.2282643923542065879),
    (landscapes.absolute_value(), 0.0, 1.0, 1.0, 0.6478744644493181964, 0.0, None),
    (landscapes.absolute_value(), 0.25, 0.5, 1e4, 0.06291973268506929111, None, None),
    (landscapes.half_line(), -1.0, 1.0, 4.0, 0.9457960834205079872, -1.186607766411420434, None),
    (landscapes.rectifier(), 0.1, 0.4, 5.0, 0.1021822153918833420, 0.3968871227541510191, None),
    (landscapes.gaussian_mixture(), 0.2, 0.3, 1.0, 2.162697462676085514, 1.431416641851109531, -2.308535488520708721),
    (landscapes.periodic_wells(), 1.3, 0.25, 1.0, 0.6306539448303637185, 1.057412932643588255, -2.397233228109757325),
    (landscapes.quadratic(3.0), 1.7, 0.4, 2.0, 2.167568885545612997, 2.318181818181818182, 15 / 11),
]
MINIMA = [
    (DOUBLE, 0.3, 0.5, 0.180444954338326138, 0.485536711694142262),
    (DOUBLE, 0.05, 2.0, 0.17014516327961029, 0.730893103186221393),
    (landscapes.rastrigin(dim=1), 1.3, 0.25, 1.17920155497374173, 0.998003861658905773),
    (landscapes.chaudhari_figure_1(), 0.0, 0.1, -1.18849869520664923, -0.207455797986168294),
]


def copies(f, x, n=4):
    return landscapes.separable(f, n), np.full(n, x), n


def along_a_line(f, x):
    direction = np.array([0.6, 0.0, 0.8])
    return landscapes.ridge(f, direction), x * direction, 1


@pytest.mark.parametrize("method", [None, "quadrature"])
@pytest.mark.parametrize(("f", "x", "time", "beta", "value", "slope", "bend"), VALUES)
def test_value_and_derivatives_are_the_published_ones(f, x, time, beta, value, slope, bend, method):
    e = pdeopt.local_entropy(f, x, time=time, beta=beta, method=method)
    assert abs(e.value - value) <= min(1e-12, e.error + 1e-18)
    if slope is not None:
        assert abs(e.gradient[0] - slope) <= min(1e-12, e.gradient_error[0] + 1e-18)
    if bend is not None:
        # Of some bends seventeen digits are printed.
        assert abs(e.hessian[0, 0] - bend) <= min(1e-12, e.hessian_error + 2e-15)


@pytest.mark.parametrize("build", [copies, along_a_line])
@pytest.mark.parametrize(("f", "x", "time", "beta", "value", "slope", "bend"), VALUES)
def test_structured_landscapes_give_the_published_values(f, x, time, beta, value, slope, bend, build):
    g, at, number = (*build(f, x), 1)[:3]
    e = pdeopt.local_entropy(g, at, time=time, beta=beta)
    assert e.method == {"copies": "separable", "along_a_line": "ridge"}[build.__name__]
    assert e.value == pytest.approx(number * value, abs=1e-11)
    if slope is not None:
        size = slope * np.sqrt(number)
        assert np.linalg.norm(e.gradient) == pytest.approx(abs(size), abs=1e-11)
    if bend is not None:
        assert e.laplacian == pytest.approx(number * bend, abs=1e-11)


@pytest.mark.parametrize(("f", "x", "time", "value", "prox"), MINIMA)
def test_zero_temperature_gives_the_published_proximal_point(f, x, time, value, prox):
    e = pdeopt.local_entropy(f, x, time=time, beta=np.inf)
    assert e.value == pytest.approx(value, abs=1e-14)
    assert e.mean[0] == pytest.approx(prox, abs=1e-13)


RADIAL = [(2, 0.6, 0.5, 2.0, 0.113817892786449501, 0.0491083416454)]
RADIAL += [(10, 0.8, 0.3, 4.0, 0.0735999034480511215, 0.2232298637481)]


@pytest.mark.parametrize(("dim", "r", "time", "beta", "value", "slope"), RADIAL)
def test_radial_landscapes_give_the_published_values(dim, r, time, beta, value, slope):
    direction = np.arange(1.0, dim + 1)
    direction /= np.linalg.norm(direction)
    e = pdeopt.local_entropy(landscapes.radial_double_well(dim), r * direction, time=time, beta=beta)
    assert e.method == "radial"
    assert e.value == pytest.approx(value, abs=1e-15)
    np.testing.assert_allclose(e.gradient, slope * direction, atol=1e-13)


def test_two_dimensional_landscapes_give_the_published_values():
    e = pdeopt.local_entropy(landscapes.coupled_double_well(), [0.3, -0.2], time=0.5, beta=2.0)
    assert e.method == "quadrature"
    assert e.value == pytest.approx(0.43389595287558, abs=2e-14)
    np.testing.assert_allclose(e.gradient, [-0.11976363059471, -0.20668636411711], atol=2e-14)
    bends = [[-0.11191299055728, 0.17599274921311], [0.17599274921311, 1.3186672708989]]
    np.testing.assert_allclose(e.hessian, bends, atol=1e-13)
    e = pdeopt.local_entropy(landscapes.rosenbrock(5.0), [-0.5, 0.8], time=0.3, beta=2.0)
    assert e.value == pytest.approx(2.4700268134954826468, abs=1e-14)
    np.testing.assert_allclose(e.gradient, [-2.011080801631, 1.591142718169], atol=1e-12)


def test_a_hundred_thousand_coordinates_are_summed_to_rounding():
    n = 10**5
    e = pdeopt.local_entropy(landscapes.double_well(n), np.full(n, 0.3), time=0.5, beta=1.0)
    assert e.value == pytest.approx(n * 0.1685643906374680292, rel=1e-14)


@pytest.mark.slow
def test_a_million_copies_are_a_million_times_one():
    n = 10**6
    e = pdeopt.local_entropy(landscapes.separable(DOUBLE, n), np.full(n, 0.3), time=0.5, beta=1.0)
    assert e.value == pytest.approx(n * 0.1685643906374680292, rel=1e-14)
    assert np.abs(e.gradient - 0.04721507787541257197).max() <= 1e-15
    assert np.abs(e.hessian_diagonal - 0.2138047663929529882).max() <= 1e-14


@pytest.mark.slow
def test_a_radial_bowl_of_a_million_coordinates_is_the_quadratic():
    n = 10**6
    bowl = landscapes.radial(landscapes.quadratic(3.0), np.zeros(n))
    x = np.full(n, 1.7)
    e, exact = (pdeopt.local_entropy(f, x, time=0.4, beta=2.0) for f in (bowl, landscapes.quadratic(3.0, dim=n)))
    assert (e.method, exact.method) == ("radial", "closed form")
    assert abs(e.value - exact.value) <= e.error
    np.testing.assert_allclose(e.gradient, exact.gradient, rtol=1e-12)
    assert np.abs(e.hessian_diagonal - exact.hessian_diagonal).max() <= e.hessian_error


PLAIN = [landscapes.double_well(2), landscapes.absolute_value(2), landscapes.radial_double_well(2)]


@pytest.mark.parametrize("beta", [1.0, 1e4, np.inf])
@pytest.mark.parametrize("f", PLAIN, ids=lambda f: f.name)
def test_quadrature_in_the_plane_agrees_with_the_structured_routes(f, beta):
    x = np.array([0.3, -0.2])
    exact = pdeopt.local_entropy(f, x, time=0.5, beta=beta)
    e = pdeopt.local_entropy(
        dataclasses.replace(f, structure=None, relaxation=None), x, time=0.5, beta=beta, method="quadrature"
    )
    assert abs(e.value - exact.value) <= e.error + exact.error
    assert (np.abs(e.gradient - exact.gradient) <= e.gradient_error + exact.gradient_error).all()
    assert np.abs(e.hessian - exact.hessian).max() <= e.hessian_error + exact.hessian_error
