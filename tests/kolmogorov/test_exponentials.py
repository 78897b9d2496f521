"""Exponentials of generators: closed forms, many digits, laws of semigroups."""

import numpy as np
import pytest
import scipy.linalg
from reference_kolmogorov import ehrenfest, random_walk, ring_shift, ring_walk, walk_exponential
from scipy import sparse, stats

from pdeopt.kolmogorov.exponentials import Contour, Krylov, Uniformisation
from pdeopt.kolmogorov.exponentials.contour import REACH, hyperbola
from pdeopt.kolmogorov.exponentials.symbols import drift_rates, safe_step
from pdeopt.kolmogorov.stencil import Stencil

METHODS = [Contour(), Contour(n_poles=16), Contour(n_poles=32), Uniformisation(), Krylov()]
ERRORS = {16: 1e-12, 24: 1e-13, 32: 1e-13}


def named(method):
    return f"{method}"


def walk(down, up, loss, ring):
    return Stencil(((-1,), (1,)), np.stack([down, up]), np.asarray(loss, dtype=float), (ring,))


def random_jumps(seed, *, signed=False, killing=1.0):
    """Rates to nine neighbours and beyond on a grid of 7 x 8 nodes that wraps in its second axis."""
    rng = np.random.default_rng(seed)
    offsets = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (2, -1))
    rates = rng.uniform(-0.5 if signed else 0.0, 2.0, (len(offsets), 7, 8))
    for k, (step, _) in enumerate(offsets):
        rates[k, slice(-step, None) if step > 0 else slice(0, -step)] = 0.0
    rates[2:4] *= 4.0
    return Stencil(offsets, rates, killing * rng.uniform(size=(7, 8)), (False, True))


def unit(shape, *place):
    out = np.zeros(shape)
    out[place] = 1.0
    return out


@pytest.mark.parametrize("method", METHODS, ids=named)
@pytest.mark.parametrize("time", [0.01, 0.7, 30.0])
def test_the_urn_of_ehrenfest_has_binomial_laws(method, time):
    n = 41
    balls = np.arange(n, dtype=float)
    urn = walk(balls, n - 1 - balls, np.zeros(n), False)
    law = method.solve(urn, unit(n, 0), time, transpose=True)
    tolerance = ERRORS.get(getattr(method, "n_poles", 0), 1e-12)
    assert np.abs(law - ehrenfest(n, time)).sum() < tolerance
    mean = method.solve(urn, balls, time)
    assert np.abs(mean - 20.0 - (balls - 20.0) * np.exp(-2.0 * time)).max() < 40.0 * tolerance


@pytest.mark.parametrize("method", METHODS, ids=named)
def test_walks_on_rings_have_laws_of_bessel_functions(method):
    rates = np.full(25, 3.0)
    law = method.solve(walk(rates, rates, np.zeros(25), True), unit(25, 0), [0.3, 4.0], transpose=True)
    exact = [ring_walk(25, 3.0, 0.3), ring_walk(25, 3.0, 4.0)]
    assert np.abs(law - exact).sum(axis=1).max() < ERRORS.get(getattr(method, "n_poles", 0), 1e-12)


@pytest.mark.parametrize("method", METHODS, ids=named)
def test_a_product_of_walks_has_the_product_of_their_laws(method):
    rates = np.stack([np.full((9, 12), rate) for rate in (1.0, 1.0, 2.5, 2.5)])
    plane = Stencil(((1, 0), (-1, 0), (0, 1), (0, -1)), rates, np.zeros((9, 12)), (True, True))
    law = method.solve(plane, unit((9, 12), 0, 0), 0.8, transpose=True)
    exact = np.outer(ring_walk(9, 1.0, 0.8), ring_walk(12, 2.5, 0.8))
    assert np.abs(law - exact).sum() < ERRORS.get(getattr(method, "n_poles", 0), 1e-12)


@pytest.mark.parametrize("method", [Contour(), Uniformisation(), Krylov()], ids=named)
def test_pure_births_far_from_normal_have_a_poisson_law(method):
    n, rate = 200, 100.0
    up = np.full(n, rate)
    up[-1] = 0.0
    law = method.solve(walk(np.zeros(n), up, np.zeros(n), False), unit(n, 0), 0.9, transpose=True)
    exact = stats.poisson.pmf(np.arange(n), 90.0)
    exact[-1] = stats.poisson.sf(n - 2, 90.0)
    assert np.abs(law - exact).sum() < 2e-12


@pytest.mark.parametrize("method", [Contour(), Contour(n_poles=32), Krylov()], ids=named)
def test_skew_rates_turn_and_do_not_decay(method):
    half = np.full(16, 2.0)
    shift = walk(-half, half, np.zeros(16), True)
    moved = method.solve(shift, unit(16, 0), 5.0)
    assert np.abs(moved - ring_shift(16, 4.0, 5.0)).max() < 1e-12
    assert abs(np.linalg.norm(moved) - 1.0) < 1e-12


@pytest.mark.parametrize("ring", [False, True])
@pytest.mark.parametrize(("decades", "killing"), [(2, 0.0), (12, 0.0), (12, 1.0)])
@pytest.mark.parametrize("time", [1e-3, 1.0, 1e3])
def test_poles_agree_with_sixty_digits_whatever_the_rates(ring, decades, killing, time):
    rng = np.random.default_rng(decades)
    rates = random_walk(rng, 7, decades, ring, killing)
    exact = walk_exponential(*rates, ring, time)
    values, masses = rng.standard_normal(7), rng.uniform(size=7)
    for n_poles in (24, 32):
        method = Contour(n_poles=n_poles)
        found = method.solve(walk(*rates, ring), values, time)
        assert np.abs(found - exact @ values).max() < 3e-13 * np.abs(values).max()
        found = method.solve(walk(*rates, ring), masses, time, transpose=True)
        assert np.abs(found - exact.T @ masses).sum() < 3e-13 * masses.sum()


@pytest.mark.parametrize("method", METHODS, ids=named)
@pytest.mark.parametrize("transpose", [False, True])
def test_sources_and_several_fields_follow_the_augmented_matrix(method, transpose):
    jumps, rng = random_jumps(3), np.random.default_rng(0)
    matrix = jumps.matrix.toarray().T if transpose else jumps.matrix.toarray()
    values, source, time = rng.standard_normal((2, 7, 8)), rng.standard_normal((7, 8)), 0.6
    joint = np.zeros((57, 57))
    joint[:56, :56], joint[:56, 56] = matrix, source.ravel()
    exact = scipy.linalg.expm(time * joint)
    expected = values.reshape(2, -1) @ exact[:56, :56].T + exact[:56, 56]
    for operator, given in ((jumps, values), (jumps.matrix, values.reshape(2, -1))):
        forcing = source if operator is jumps else source.ravel()
        found = method.solve(operator, given, [time, 0.0, time / 2], source=forcing, transpose=transpose)
        assert found.shape == (3, *given.shape)
        assert np.array_equal(found[1], given)
        assert np.abs(found[0].reshape(2, -1) - expected).max() < 3e-13


@pytest.mark.parametrize("method", METHODS, ids=named)
@pytest.mark.parametrize("signed", [False, True])
def test_steppers_are_dual_to_rounding_and_agree_with_solutions(method, signed):
    if signed and isinstance(method, Uniformisation):
        return
    for operator in (
        random_jumps(1, signed=signed),
        walk(*random_walk(np.random.default_rng(4), 30, 3, True, 1), True),
    ):
        rng = np.random.default_rng(2)
        u, p = rng.standard_normal((2, *operator.shape))
        stepper = method.stepper(operator, 0.5)
        gap = np.vdot(p, stepper.apply(u)) - np.vdot(stepper.transpose(p), u)
        assert abs(gap) < 1e-14 * np.linalg.norm(p) * np.linalg.norm(u)
        assert np.abs(stepper.apply(u) - method.solve(operator, u, 0.5)).max() < 2e-12


@pytest.mark.parametrize("method", METHODS, ids=named)
def test_mass_and_constants_are_kept_to_the_last_digits(method):
    down, up, none = random_walk(np.random.default_rng(8), 60, 3, False, 0.0)
    for operator in (walk(down, up, none, False), random_jumps(5, killing=0.0)):
        masses = np.random.default_rng(1).uniform(size=operator.shape)
        later = method.solve(operator, masses / masses.sum(), [0.1, 1.0, 20.0], transpose=True)
        tolerance = 1e-12 if isinstance(method, Krylov) else 1e-14
        assert np.abs(later.reshape(3, -1).sum(axis=1) - 1.0).max() < tolerance
        assert np.abs(method.solve(operator, np.ones(operator.shape), 20.0) - 1.0).max() < tolerance


def test_uniformisation_is_positive_from_a_point():
    rates = np.full(400, 500.0)
    line = walk(np.r_[0.0, rates[1:]], np.r_[rates[1:], 0.0], np.zeros(400), False)
    for transpose in (False, True):
        later = Uniformisation().solve(line, unit(400, 0), [1e-6, 1e-3, 0.1], transpose=transpose)
        assert later.min() >= 0.0
        assert (later[2] > 0.0).sum() > 120


@pytest.mark.parametrize("time", [50.0, 1e6, 1e17])
def test_long_times_reach_the_invariant_law(time):
    down, up, none = random_walk(np.random.default_rng(11), 50, 3, False, 0.0)
    weights = np.cumprod(np.r_[1.0, up[:-1] / down[1:]])
    law = Contour().solve(walk(down, up, none, False), unit(50, 0), time, transpose=True)
    if time > 1e7:
        assert np.abs(law - weights / weights.sum()).sum() < 1e-11
    assert abs(law.sum() - 1.0) < 1e-14


@pytest.mark.parametrize("tolerance", [1e-4, 1e-7, 1e-10])
def test_krylov_spaces_of_few_vectors_keep_their_tolerance(tolerance):
    down, up, none = random_walk(np.random.default_rng(3), 80, 3, True, 0.0)
    ring, values = walk(down, up, none, True), np.random.default_rng(0).standard_normal(80)
    exact = Contour().solve(ring, values, 2.0)
    found = Krylov(tolerance=tolerance, size=8).solve(ring, values, 2.0)
    assert 1e-4 * tolerance < np.linalg.norm(found - exact) / np.linalg.norm(values) < tolerance


def test_what_is_killed_stays_accurate_relative_to_what_is_left():
    down, up, _ = random_walk(np.random.default_rng(6), 30, 4, False, 0.0)
    plain, killed = walk(down, up, np.zeros(30), False), walk(down, up, np.full(30, 2.0), False)
    values = np.linspace(1.0, 2.0, 30)
    expected = np.exp(-60.0) * Contour().solve(plain, values, 30.0)
    assert np.allclose(Contour().solve(killed, values, 30.0), expected, rtol=3e-12, atol=0.0)


def test_a_loss_below_zero_grows():
    down, up, none = random_walk(np.random.default_rng(6), 30, 2, True, 0.0)
    found = Contour().solve(walk(down, up, none - 3.0, True), np.ones(30), 2.0)
    assert np.allclose(found, np.exp(6.0), rtol=1e-12, atol=0.0)


def test_times_in_any_order_are_those_of_a_semigroup():
    jumps, values = random_jumps(9), np.random.default_rng(0).standard_normal((7, 8))
    for method in (Contour(), Uniformisation(), Krylov()):
        late, early = method.solve(jumps, values, [1.5, 0.5])
        assert np.abs(late - method.solve(jumps, early, 1.0)).max() < 1e-12


@pytest.mark.parametrize(("n_poles", "error"), [(16, 1e-13), (24, 1e-14), (32, 1e-14)])
def test_the_hyperbola_is_exact_in_the_region_of_its_reach(n_poles, error):
    poles, weights = hyperbola(n_poles)
    x = np.r_[0.0, np.geomspace(1e-6, 1e6, 400)]
    z = np.concatenate([-x + 1j * share * np.sqrt(REACH[n_poles] * x) for share in (0.0, 0.5, 1.0)])[:, None]
    sums = 0.5 * (weights / (poles - z) + weights.conj() / (poles.conj() - z)).sum(axis=1)
    assert np.abs(sums - np.exp(z[:, 0])).max() < error


def test_the_parabola_of_a_drift_is_its_square_over_the_diffusion():
    rates = np.full((2, 1001), 0.3 / 0.01**2)
    rates[0] += 2.0 / 0.02
    rates[1] -= 2.0 / 0.02
    ring = Stencil(((1,), (-1,)), rates, np.zeros(1001), (True,))
    assert drift_rates(ring) == (pytest.approx(2.0**2 / 0.3), 0.0)
    assert safe_step(ring, 4.0) == pytest.approx(4.0 * 0.3 / 4.0)


SWAP = np.array([[-1.0, 1.0], [2.0, -2.0]])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: Uniformisation().solve([[0.5, -0.5], [1.0, -1.0]], [1.0, 0.0], 1.0),
            r"rate -0\.5 .* state 0 to state 1",
        ),
        (lambda: Uniformisation().solve(random_jumps(1, signed=True), np.ones((7, 8)), 1.0), r"rate -.* from node"),
        (lambda: Uniformisation().solve([[-1.0, 2.0], [1.0, -1.0]], [1.0, 0.0], 1.0), r"gains 1 .* state 0"),
        (lambda: Uniformisation().solve(SWAP, [1.0, 0.0], 1e12), r"limit of 1e\+09"),
        (lambda: Contour().solve(np.ones((2, 3)), [1.0, 0.0], 1.0), r"shape \(2, 3\)"),
        (lambda: Contour().solve(np.nan * SWAP, [1.0, 0.0], 1.0), "4 entries that are not finite"),
        (lambda: Krylov().solve(SWAP, [1.0, 0.0, 0.0], 1.0), r"values has shape \(3,\)"),
        (lambda: Krylov().solve(SWAP, [1.0, np.inf], 1.0), "1 entries that are not finite"),
        (lambda: Krylov().solve(SWAP, [1.0, 0.0], 1.0, source=[1.0]), "source has shape"),
        (lambda: Contour().solve(SWAP, [1.0, 0.0], -1.0), r"times=-1\.0"),
        (lambda: Contour().stepper(SWAP, 0.0), r"step=0\.0"),
        (lambda: Contour(n_poles=17), r"use one of \[16, 24, 32\]"),
        (lambda: Krylov(tolerance=0.0), "between 1e-14 and 0.1"),
        (lambda: Krylov(size=2), "below the limit of 4"),
        (lambda: Uniformisation(tolerance=1.0), "between 1e-16 and 1e-2"),
    ],
)
def test_bad_input_is_named_with_what_would_do(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_advice_for_rates_below_zero_works():
    matrix = sparse.csr_array([[0.5, -0.5], [1.0, -1.0]])
    exact = scipy.linalg.expm(matrix.toarray()) @ [1.0, 0.0]
    for method in (Krylov(), Contour()):
        assert np.abs(method.solve(matrix, [1.0, 0.0], 1.0) - exact).max() < 1e-12
