"""Adaptive Langevin dynamics: the telescoping identity, limits, names and laws."""

import numpy as np
import pytest
from langevin_cases import height, slope

import pdeopt
from pdeopt import sde
from pdeopt.sde.langevin import Parts

BETA, AMPLITUDE, COUPLING, MASS, H = 1.3, 0.8, 0.5, 1.7, 0.23
ARGS = (BETA, AMPLITUDE, COUPLING, MASS)


def run(word, point, args, h, draws, gradient=slope):
    """Return positions, momenta and frictions of all steps in one dimension."""
    stepper = sde.AdaptiveSplitting(word).bind(Parts(gradient, height, 1))
    state, constants, points = stepper.begin(0.0, point, args), stepper.prepare(h, args), [point]
    for xi in draws:
        state = stepper.step(0.0, state, h, xi, constants)
        points.append(state[0] if len(state) == 2 else state)
    return np.array(points).T


def draws_for(word, n, seed=3):
    count = sum(word.upper().count(letter) for letter in "DO") if "E" in word.upper() else 1
    rows = np.random.default_rng(seed).standard_normal((n, count)).tolist()
    return [row[0] if count == 1 else tuple(row) for row in rows]


def test_changes_of_the_friction_telescope():
    # The word ends with E: the momentum of every row is the momentum at E.
    _, p, z = run("BACDAE", (0.3, -0.6, 0.4), ARGS, H, draws_for("BACDAE", 2000))
    total = np.sum(H * COUPLING * (p[1:] ** 2 / MASS - 1 / BETA))
    assert total == pytest.approx(z[-1] - z[0], abs=1e-12)


def test_the_published_word_conserves_its_own_sum_with_momenta_at_e():
    draws, (q, p, z) = draws_for("ACDEDCAB", 500), (0.3, -0.6, 0.4)
    total = 0.0
    for first, second in draws:
        q += H / 2 * p / MASS
        p = np.exp(-H / 2 * z) * p + AMPLITUDE * np.sqrt(H / 2) * first
        rise = H * COUPLING * (p * p / MASS - 1 / BETA)
        z, total = z + rise, total + rise
        p = np.exp(-H / 2 * z) * (p + AMPLITUDE * np.sqrt(H / 2) * second)
        q += H / 2 * p / MASS
        p -= H * slope(q)
    found = run("ACDEDCAB", (0.3, -0.6, 0.4), ARGS, H, draws)
    assert found[2, -1] - found[2, 0] == pytest.approx(total, abs=1e-11)
    np.testing.assert_allclose(found[:, 20], run("acdedcab", (0.3, -0.6, 0.4), ARGS, H, draws[:20])[:, -1])
    np.testing.assert_allclose(found[:, -1], (q, p, z), rtol=0, atol=1e-10)


def test_without_coupling_badodab_is_baoab():
    draws, friction = draws_for("BADODAB", 80), 0.6
    beta = 2 * friction * MASS / AMPLITUDE**2
    q, p, z = run("BADODAB", (0.3, -0.6, friction), (beta, AMPLITUDE, 1e-300, MASS), H, draws)
    stepper = sde.Splitting("BAOAB").bind(Parts(slope, height, 1))
    args = (beta, friction, MASS)
    state, constants = stepper.begin(0.0, (0.3, -0.6), args), stepper.prepare(H, args)
    for n, xi in enumerate(draws):
        state = stepper.step(0.0, state, H, xi, constants)
        np.testing.assert_allclose((q[n + 1], p[n + 1]), state[0], rtol=0, atol=1e-13)
    assert np.ptp(z) < 1e-290


@pytest.mark.parametrize("z", [-3.0, -1e-9, 0.0, 1e-12, 0.7, 900.0])
def test_friction_of_any_sign_has_the_exact_factor_and_noise(z):
    args = (np.inf, AMPLITUDE, 1e-300, 1.0)
    one = run("OEAB", (0.0, 1.0, z), args, H, [0.0], lambda _: 0.0)[1, -1]
    noise = run("OEAB", (0.0, 0.0, z), args, H, [1.0], lambda _: 0.0)[1, -1]
    assert one == pytest.approx(np.exp(-z * H), rel=1e-14, abs=1e-15)
    ratio = -np.expm1(-2 * z * H) / (2 * z) if z else H
    assert noise == pytest.approx(AMPLITUDE * np.sqrt(ratio), rel=1e-14)


def test_the_letters_of_leimkuhler_and_shang_are_understood():
    assert sde.get("BADODAB") == sde.AdaptiveSplitting("baeoeab")
    assert sde.get("acdedcab") == sde.AdaptiveSplitting("ACDEDCAB")


def test_palindromes_have_weak_order_two_and_one_gradient_a_step():
    found = [(sde.get(word).orders["additive"].weak, sde.get(word).evaluations) for word in ("badodab", "acdedcab")]
    assert found == [(2.0, (1, 0)), (1.0, (1, 0))]


@pytest.mark.parametrize("word", ["ACDEDCABX", "ABE", "ABCE", "ABCDEO", "ABO", ""])
def test_letters_that_do_not_make_up_the_equation_are_refused_with_a_word_that_does(word):
    with pytest.raises(ValueError, match=f"word='{word}' .* Use word='BADODAB'"):
        sde.AdaptiveSplitting(word)
    sde.AdaptiveSplitting("BADODAB")


def test_a_system_with_constant_friction_is_refused():
    system = pdeopt.langevin(pdeopt.landscapes.double_well())
    with pytest.raises(TypeError, match="method='baeoeab' steps adaptive Langevin dynamics"):
        sde.AdaptiveSplitting("BADODAB").stepper(system)


@pytest.mark.parametrize("word", ["BADODAB", pytest.param("ACDEDCAB", marks=pytest.mark.slow)])
def test_sampled_friction_and_momentum_have_the_invariant_law(word):
    f = pdeopt.landscapes.quadratic(np.eye(3))
    system = pdeopt.adaptive_langevin(f, 1.0, noise_amplitude=1.0, coupling=0.5)
    run = sde.simulate(
        system, [0.0] * 6 + [0.5], step=0.1, n_steps=400, n_paths=8192, method=word, save_every=400, threads=1
    )
    x = run.final
    z = x[:, 6]
    error = z.std() / np.sqrt(len(z))
    # The law of xi is Gaussian, mean sigma^2 beta / 2 and variance coupling / beta; its bias is of order h^2 = 0.01.
    assert z.mean() == pytest.approx(0.5, abs=4 * error + 0.005)
    assert z.var() == pytest.approx(0.5, abs=4 * 0.5 * np.sqrt(2 / len(z)) + 0.005)
    assert (x[:, :3] ** 2).mean() == pytest.approx(1.0, abs=4 * np.sqrt(2 / (3 * len(z))) + 0.005)
