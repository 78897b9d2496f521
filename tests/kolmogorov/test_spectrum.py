"""Spectra of generators: published ones, closed forms, and laws of their eigenfunctions."""

import mpmath
import numpy as np
import pytest
from reference_kolmogorov import gibbs_line, product_rates
from scipy import sparse

from pdeopt.kolmogorov import modes
from pdeopt.kolmogorov.modes_on_grids import extrapolated_spectrum
from pdeopt.kolmogorov.spectrum import spectrum
from pdeopt.kolmogorov.stencil import Stencil

LINE = ((1,), (-1,))
STAR = ((1, 0), (-1, 0), (0, 1), (0, -1))


def double_well(x):
    return (x**2 - 1.0) ** 2


def shallow(x):
    return 0.25 * double_well(x)


def tilted(x):
    return double_well(x) + 0.3 * x


def harmonic(x):
    return 0.5 * x**2


def on_line(potential, reach, n, beta):
    _, rates = gibbs_line(potential, -reach, reach, n, beta)
    return Stencil(LINE, rates, np.zeros(n), (False,))


def on_plane(first, second, reaches, shape, beta):
    rates = [gibbs_line(one, -r, r, n, beta)[1] for one, r, n in zip((first, second), reaches, shape, strict=True)]
    return Stencil(STAR, product_rates(*rates), np.zeros(shape), (False, False))


def linear_drift(matrix, reach, n):
    """Central differences for dX = -matrix X dt + dB in the plane, reflected far out."""
    axis = np.linspace(-reach, reach, n)
    h, places = axis[1] - axis[0], np.meshgrid(axis, axis, indexing="ij")
    drifts = [-row[0] * places[0] - row[1] * places[1] for row in matrix]
    rates = np.stack([0.5 / h**2 + sign * drift / (2.0 * h) for drift in drifts for sign in (1.0, -1.0)])
    for forth, back in ((0, 1), (2, 3)):
        first, last = ([slice(None)] * 2 for _ in range(2))
        first[forth // 2], last[forth // 2] = 0, -1
        rates[forth][tuple(first)] += rates[back][tuple(first)]
        rates[back][tuple(last)] += rates[forth][tuple(last)]
        rates[back][tuple(first)] = rates[forth][tuple(last)] = 0.0
    return Stencil(STAR, rates, np.zeros((n, n)), (False, False))


def inner_products(found):
    functions = found.eigenfunctions.reshape(found.residuals.size, -1)
    return (functions * found.masses.ravel()) @ functions.conj().T


PUBLISHED = [
    (double_well, 1.0, 3.0, (0.7486816723483942, 6.004113670850907)),
    (double_well, 2.0, 2.7, (0.2272733010086497, 4.078279891768595)),
    (double_well, 3.0, 2.5, (0.0806198608574349, 3.494905504560361)),
    (double_well, 8.0, 2.2, (5.718688888685657e-4, 3.490911970811366)),
    (double_well, 20.0, 1.9, (3.6386056997252e-9, 3.8358913355125)),
    (double_well, 40.0, 1.7, (7.5764688150665e-18,)),
    (shallow, 4.0, 3.3, (0.1871704180870985, 1.501028417712727)),
    (shallow, 8.0, 2.8, (0.05681832525216242, 1.019569972942149)),
    (tilted, 3.0, 2.5, (0.1041598502931211, 3.558068493099645)),
]


@pytest.mark.parametrize(("potential", "beta", "reach", "published"), PUBLISHED)
def test_eigenvalues_of_wells_match_published_ones_to_twelve_digits(potential, beta, reach, published):
    levels = [spectrum(on_line(potential, reach, 400 * k + 1, beta), 3) for k in (1, 2, 4)]
    found = extrapolated_spectrum(levels)
    assert found.eigenvalues[0] == 0.0
    np.testing.assert_allclose(found.eigenvalues[1 : 1 + len(published)], published, rtol=1e-12)
    assert np.all(found.error[1:] < 1e-7 * found.eigenvalues[1:])


def test_every_eigenvalue_of_a_chain_over_fifty_decades_has_all_its_digits():
    generator = np.random.default_rng(1)
    up, down = np.exp(generator.uniform(-60.0, 20.0, (2, 12)))
    up[-1] = down[0] = 0.0
    with mpmath.workdps(100):
        exact = mpmath.matrix(12, 12)
        for i in range(12):
            exact[i, i] = mpmath.mpf(up[i]) + mpmath.mpf(down[i])
        for i in range(11):
            exact[i, i + 1] = exact[i + 1, i] = mpmath.sqrt(mpmath.mpf(up[i]) * mpmath.mpf(down[i + 1]))
        expected = np.array(sorted(float(value) for value in mpmath.eigsy(exact, eigvals_only=True)))
    found = spectrum(Stencil(LINE, np.stack([up, down]), np.zeros(12), (False,)), 12)
    assert expected[-1] / expected[1] > 1e25
    np.testing.assert_allclose(found.eigenvalues[1:], expected[1:], rtol=1e-14)


def test_modes_of_the_harmonic_well_are_hermite_polynomials():
    levels = [spectrum(on_line(harmonic, 9.0, 360 * k + 1, 1.0), 5) for k in (1, 2, 4)]
    found = extrapolated_spectrum(levels)
    np.testing.assert_allclose(found.eigenvalues, np.arange(5.0), atol=1e-10)
    x = np.linspace(-9.0, 9.0, 361)
    sign = np.sign(found.eigenfunctions[3, 240] * (x[240] ** 3 - 3.0 * x[240]))
    close = np.abs(x) < 4.0
    expected = sign * (x**3 - 3.0 * x) / np.sqrt(6.0)
    np.testing.assert_allclose(found.eigenfunctions[3, close], expected[close], atol=1e-7)


@pytest.mark.parametrize("beta", [1.0, 40.0])
def test_mode_k_of_a_line_changes_sign_k_times_out_to_the_walls(beta):
    found = spectrum(on_line(tilted, 1.8, 301, beta), 6)
    changes = [int(np.sum(np.diff(np.sign(mode)) != 0.0)) for mode in found.eigenfunctions]
    assert changes == [0, 1, 2, 3, 4, 5]


def test_the_slow_mode_is_monotone_and_constant_in_each_well():
    found = spectrum(on_line(double_well, 1.7, 341, 40.0), 2)
    x, mode = np.linspace(-1.7, 1.7, 341), found.eigenfunctions[1]
    steps = np.diff(mode) * np.sign(mode[-1] - mode[0])
    assert steps.min() > -1e-14
    np.testing.assert_allclose(np.abs(mode[np.abs(x) > 0.7]), 1.0, rtol=1e-6)


@pytest.mark.parametrize("beta", [3.0, 40.0])
def test_the_equation_of_every_mode_holds_in_every_row_out_to_the_walls(beta):
    process = on_line(double_well, 1.7, 201, beta)
    found = spectrum(process, 4)
    for value, mode in zip(found.eigenvalues, found.eigenfunctions, strict=True):
        up, down = process.rates[0] * (np.roll(mode, -1) - mode), process.rates[1] * (np.roll(mode, 1) - mode)
        sizes = process.rates.sum(axis=0) * np.abs(mode) + process.rates[0] * np.abs(np.roll(mode, -1))
        assert np.max(np.abs(up + down + value * mode) / sizes) < 1e-13


@pytest.mark.parametrize("beta", [2.0, 40.0])
def test_eigenvalues_of_two_independent_chains_are_sums_of_theirs(beta):
    one, other = on_line(double_well, 1.65, 41, beta), on_line(harmonic, 1.2, 27, beta)
    both = spectrum(on_plane(double_well, harmonic, (1.65, 1.2), (41, 27), beta), 5).eigenvalues
    sums = np.add.outer(spectrum(one, 6).eigenvalues, spectrum(other, 6).eigenvalues)
    np.testing.assert_allclose(both, np.sort(sums.ravel())[:5], rtol=1e-11)


def test_modes_of_a_symmetric_well_in_the_plane_are_orthonormal_and_none_is_passed_over():
    found = spectrum(on_plane(harmonic, harmonic, (4.0, 4.0), (41, 41), 2.0), 10)
    line = spectrum(on_line(harmonic, 4.0, 41, 2.0), 4).eigenvalues
    np.testing.assert_allclose(found.eigenvalues, np.sort(np.add.outer(line, line).ravel())[:10], rtol=1e-11)
    np.testing.assert_allclose(inner_products(found), np.eye(10), atol=1e-12)


def test_a_mode_that_lanczos_steps_pass_over_is_noticed_and_found(monkeypatch):
    leading = modes._leading

    def passing_over(shifts, shift, k, attempt):
        values, vectors = leading(shifts, shift, k + 1, attempt)
        kept = np.arange(k + 1) != 2 if attempt == 0 else np.arange(k)
        return values[kept], vectors[kept]

    process = on_line(tilted, 1.7, 41, 3.0)
    whole = spectrum(process, 4).eigenvalues
    monkeypatch.setattr(modes, "_leading", passing_over)
    np.testing.assert_allclose(spectrum(process, 4).eigenvalues, whole, rtol=1e-12)


def test_a_walk_that_is_absorbed_at_both_ends_has_the_eigenvalues_of_its_closed_form():
    n = 300
    rates, killing = np.ones((2, n)), np.zeros(n)
    rates[0, -1] = rates[1, 0] = 0.0
    killing[[0, -1]] = 1.0
    found = spectrum(Stencil(LINE, rates, killing, (False,)), 6)
    expected = 4.0 * np.sin(0.5 * np.pi * np.arange(1, 7) / (n + 1)) ** 2
    np.testing.assert_allclose(found.eigenvalues, expected, rtol=1e-13)


def test_a_biased_walk_on_a_ring_has_complex_pairs_that_are_not_split():
    n, forth, back = 30, 2.0, 0.5
    ring = Stencil(LINE, np.stack([np.full(n, forth), np.full(n, back)]), np.zeros(n), (True,))
    found = spectrum(ring, 4)
    angles = 2.0 * np.pi * np.array([0, -1, 1, -2, 2]) / n
    expected = forth * (1.0 - np.exp(1j * angles)) + back * (1.0 - np.exp(-1j * angles))
    assert found.eigenvalues.size == 5
    assert not found.reversible
    order = np.lexsort((expected.imag, np.round(expected.real, 12)))
    np.testing.assert_allclose(found.eigenvalues, expected[order], atol=1e-13)


def test_a_fast_rotation_that_decays_slowly_comes_before_nearer_eigenvalues():
    n, forth, back = 40, 31.0, 5.5
    _, line = gibbs_line(harmonic, -4.0, 4.0, 17, 1.0)
    process = Stencil(
        STAR,
        product_rates(np.stack([np.full(n, forth), np.full(n, back)]), 0.4 * line),
        np.zeros((n, 17)),
        (True, False),
    )
    first = spectrum(on_line(harmonic, 4.0, 17, 1.0), 2).eigenvalues[1] * 0.4
    pair = forth + back - (forth + back) * np.cos(2.0 * np.pi / n)
    found = spectrum(process, 3).eigenvalues
    assert abs(found[2]) > 8.0 * first
    np.testing.assert_allclose(found.real, [0.0, first, pair, pair], atol=1e-12)


def test_an_eigenvalue_without_its_conjugate_is_told_from_pairs():
    values = np.array([1.0 + 2.0j, 1.0 - 2.0j, 3.0, 4.0 + 1.0j])
    assert modes._has_conjugate(values).tolist() == [True, True, True, False]


@pytest.mark.parametrize("n", [41, 81])
def test_the_spectrum_of_a_linear_drift_with_currents_is_all_sums_of_its_eigenvalues(n):
    # Central differences are exact for linear functions; on the coarser grid some of their rates are negative.
    found = spectrum(linear_drift([[1.0, 0.5], [-0.3, 0.8]], 4.6, n), 3)
    np.testing.assert_allclose(found.eigenvalues, [0.0, 0.9 - 0.374165738677394j, 0.9 + 0.374165738677394j], atol=1e-6)


def test_modes_without_detailed_balance_match_a_dense_solver():
    process = linear_drift([[1.0, 0.9], [-2.0, 0.6]], 3.0, 25)
    shaken = Stencil(STAR, process.rates + 40.0 * (process.rates != 0.0), process.killing, process.periodic)
    expected = np.linalg.eigvals(-shaken.matrix.toarray())
    found = spectrum(shaken, 6)
    assert shaken.rates.min() >= 0.0
    np.testing.assert_allclose(found.eigenvalues.real, np.sort(expected.real)[: found.eigenvalues.size], atol=1e-9)
    assert found.residuals.max() < 1e-9


def test_a_matrix_and_a_stencil_give_the_same_spectrum():
    process = on_plane(tilted, harmonic, (1.7, 2.0), (21, 17), 3.0)
    found = spectrum(process, 4).eigenvalues
    np.testing.assert_allclose(spectrum(process.matrix, 4).eigenvalues, found, rtol=1e-9, atol=1e-12)


def test_masses_that_are_not_in_balance_with_the_rates_are_not_taken_as_such():
    process = on_line(tilted, 1.7, 41, 3.0)
    assert spectrum(process, 3, masses=spectrum(process, 1).masses).reversible
    assert not spectrum(process, 3, masses=np.ones(41)).reversible


def test_extrapolation_reports_an_error_that_covers_the_true_one_and_prints_a_table():
    levels = [spectrum(on_line(harmonic, 7.0, 70 * k + 1, 1.0), 4) for k in (1, 2, 4)]
    found = extrapolated_spectrum(levels)
    assert np.all(np.abs(found.eigenvalues - np.arange(4.0)) <= found.error)
    table = str(found)
    assert "71 nodes, in detailed balance" in table
    assert len(table.splitlines()) == 6
    assert found.implied_timescales[1] == pytest.approx(1.0, abs=1e-6)
    assert np.isinf(found.implied_timescales[0])


def test_extrapolation_turns_modes_of_one_eigenvalue_to_match_on_all_grids():
    levels = [spectrum(on_plane(harmonic, harmonic, (5.0, 5.0), (n, n), 1.0), 3) for n in (21, 41, 81)]
    found = extrapolated_spectrum(levels).eigenfunctions[1:]
    x, y = np.meshgrid(np.linspace(-5.0, 5.0, 21), np.linspace(-5.0, 5.0, 21), indexing="ij")
    close = np.hypot(x, y) < 3.0
    design = np.column_stack([x[close], y[close]])
    slopes, *_ = np.linalg.lstsq(design, found[:, close].T)
    np.testing.assert_allclose(design @ slopes, found[:, close].T, atol=1e-3)
    np.testing.assert_allclose(slopes.T @ slopes, np.eye(2), atol=1e-3)


@pytest.mark.parametrize("k", [0, 42])
def test_a_number_of_modes_that_no_process_has_is_refused(k):
    with pytest.raises(ValueError, match=f"k={k} eigenvalues of a generator with 41 states: use 1 to 41"):
        spectrum(on_line(harmonic, 2.0, 41, 1.0), k)


def test_a_process_that_falls_apart_is_refused():
    matrix = sparse.csr_array(sparse.block_diag([[[-1.0, 1.0], [1.0, -1.0]]] * 2))
    with pytest.raises(ValueError, match="fall apart into 2 sets"):
        spectrum(matrix, 2)


def test_more_modes_than_spectra_have_are_not_extrapolated():
    process = on_line(harmonic, 2.0, 41, 1.0)
    with pytest.raises(ValueError, match=r"spectra have \[2, 3\] modes for k=3"):
        extrapolated_spectrum([spectrum(process, 2), spectrum(process, 3)], 3)


def test_modes_that_change_places_from_grid_to_grid_are_matched():
    def narrower(x):
        return 1.998 * harmonic(x)

    # On the coarse grid the second mode of the wide well lies below the first of the narrow one.
    levels = [spectrum(on_plane(harmonic, narrower, (6.0, 4.5), (n, n), 1.0), 5) for n in (21, 41, 81)]
    assert (
        spectrum(on_line(harmonic, 6.0, 21, 1.0), 3).eigenvalues[2] < spectrum(on_line(narrower, 4.5, 21, 1.0), 2).gap
    )
    found = extrapolated_spectrum(levels)
    np.testing.assert_allclose(found.eigenvalues[:4], [0.0, 1.0, 1.998, 2.0], atol=3e-4)
    assert np.ptp(found.eigenfunctions[2, 7:14, 7:14], axis=0).max() < 1e-2
    assert np.ptp(found.eigenfunctions[3, 7:14, 7:14], axis=1).max() < 1e-2


def test_extrapolation_on_rings_keeps_pairs_and_common_nodes():
    # dX = 2 dt + sqrt(2) dW on a circle of length 2 pi: eigenvalues n^2 + 2 i n.
    def ring(n):
        h = 2.0 * np.pi / n
        rates = np.stack([np.full(n, 1.0 / h**2 + 1.0 / h), np.full(n, 1.0 / h**2 - 1.0 / h)])
        return Stencil(LINE, rates, np.zeros(n), (True,))

    found = extrapolated_spectrum([spectrum(ring(n), 3) for n in (16, 32, 64, 128)], 2)
    np.testing.assert_allclose(found.eigenvalues, [0.0, 1.0 - 2.0j, 1.0 + 2.0j], atol=1e-6)
    expected = np.exp(-1j * np.arange(16) * np.pi / 8.0)
    np.testing.assert_allclose(np.abs(found.eigenfunctions[1] @ expected) / 16.0, 1.0, rtol=1e-9)


def test_the_slow_mode_is_constant_out_to_where_masses_are_no_floats():
    found = spectrum(on_line(double_well, 3.0, 241, 40.0), 2)
    assert found.masses[0] == 0.0
    np.testing.assert_allclose(found.eigenfunctions[1, [0, 60, -60, -1]] ** 2, 1.0, rtol=1e-9)


def test_known_masses_that_underflow_are_found_again():
    process = on_line(double_well, 3.0, 121, 20.0)
    found = spectrum(process, 3)
    assert (found.masses == 0.0).any()
    np.testing.assert_allclose(spectrum(process, 3, masses=found.masses).eigenvalues, found.eigenvalues, rtol=1e-12)
