"""Stretched axes, and the known numbers with degenerate ends that they reach."""

import math

import numpy as np
import pytest

import pdeopt
from pdeopt.kolmogorov import sine_axis, sinh_axis, square_axis


def cir(rate, mean, noise):
    return pdeopt.SDE(lambda t, v: rate * (mean - v), lambda t, v: noise * math.sqrt(max(v, 0.0)))


def gene(t, x):
    return math.sqrt(max(x * (1.0 - x), 0.0))


def test_sinh_nodes_crowd_around_their_center():
    axis = sinh_axis(0.0, 800.0, 101, 100.0, 20.0)
    assert axis[0] == 0.0
    assert axis[-1] == 800.0
    gaps = np.diff(axis)
    assert 95.0 < axis[np.argmin(gaps)] < 105.0
    np.testing.assert_allclose(
        np.diff(np.arcsinh((axis - 100.0) / 20.0)), np.ptp(np.arcsinh((axis - 100.0) / 20.0)) / 100
    )


@pytest.mark.parametrize(
    ("system", "start", "top", "exact"),
    [
        (cir(1.5, 0.04, 0.3), 0.04, 1.0, 0.703480304084113),
        (cir(2.0, 0.05, 0.8), 0.1, 4.0, 0.720215881181837),
    ],
)
def test_square_root_diffusions_below_and_above_the_feller_index(system, start, top, exact):
    grid = pdeopt.Grid.from_axes(square_axis(0.0, top, 401))
    L = pdeopt.Generator(system, grid, rates="scharfetter-gummel")
    assert L.backward(lambda v: math.exp(-10.0 * v), 1.0).at(start) == pytest.approx(exact, rel=1e-8)


def test_the_law_of_a_square_root_diffusion_that_reaches_zero():
    grid = pdeopt.Grid.from_axes(square_axis(0.0, 6.0, 601))
    L = pdeopt.Generator(cir(2.0, 0.05, 0.8), grid, rates="scharfetter-gummel")
    mean, square = (float(L.backward(lambda v, k=k: v**k, 1.0).at(0.1)) for k in (1, 2))
    assert mean == pytest.approx(0.0567667641618306, rel=1e-8)
    assert square - mean**2 == pytest.approx(0.00972578919845618, rel=1e-7)
    # Masses, not densities, which are not bounded at zero.
    p = L.forward(0.1, 1.0)
    assert p.mass == pytest.approx(1.0, abs=1e-13)
    assert p.plain.min() >= 0.0
    assert np.sum((p.plain * L.volumes)[grid.axes[0] <= 0.05]) == pytest.approx(0.695596261366945, abs=5e-3)


def test_fixation_of_a_gene_with_selection():
    system = pdeopt.SDE(lambda t, x: 2.0 * x * (1.0 - x), gene)
    L = pdeopt.Generator(system, pdeopt.Grid.from_axes(sine_axis(0.0, 1.0, 101)))
    x = L.grid.axes[0]
    assert L.committor(x <= 0.0, x >= 1.0).at(0.3) == pytest.approx(0.711843659500443, rel=1e-8)


def test_absorption_of_a_neutral_gene():
    L = pdeopt.Generator(
        pdeopt.SDE(lambda t, x: 0.0, gene), pdeopt.Grid.from_axes(sine_axis(0.0, 1.0, 101)), "absorbing"
    )
    assert L.mean_exit_time(np.ones(101, dtype=bool)).at(0.3) == pytest.approx(1.22172860410979, rel=1e-8)


def test_a_gene_with_mutation():
    system = pdeopt.SDE(lambda t, x: 0.25 * (1.0 - x) - 0.4 * x, gene)
    L = pdeopt.Generator(system, pdeopt.Grid.from_axes(sine_axis(0.0, 1.0, 201)))
    assert L.backward(lambda x: x, 1.0).at(0.3) == pytest.approx(0.340442280427914, rel=1e-8)
    assert L.backward(lambda x: x * x, 1.0).at(0.3) == pytest.approx(0.202265728245791, rel=1e-8)
    rates = [n * (n - 1) / 2.0 + 0.65 * n for n in range(3)]
    np.testing.assert_allclose(L.spectrum(3).eigenvalues, rates, atol=2e-8)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: sinh_axis(0.0, 1.0, 9, 0.5, 0.0), r"width=0\.0"),
        (lambda: square_axis(1.0, 0.0, 9), r"lower=1\.0"),
        (lambda: sine_axis(0.0, 1.0, 1), "n=1"),
    ],
)
def test_axes_that_cannot_be_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
