"""Words for Langevin dynamics: equivalences that hold exactly on any force, orders, costs and messages."""

import numpy as np
import pytest
from langevin_cases import Recording, run, slope

import pdeopt
from pdeopt import sde

BETA, FRICTION, H, N = 1.1, 0.8, 0.37, 60
TAU, C = 1 / BETA, np.exp(-FRICTION * H)
D = np.sqrt(TAU * (1 - C**2))
ARGS = (BETA, FRICTION, 1.0)
START = (0.3, -0.6)
EXACT = {"rtol": 0, "atol": 1e-14}
RNG = np.random.default_rng(5)
NORMALS = RNG.standard_normal(N)
HALVES = RNG.standard_normal((N, 2))
MERGED = np.sqrt(TAU * (1 - C)) / D * (np.sqrt(C) * HALVES[:-1, 1] + HALVES[1:, 0])
"""The normals of whole O steps made of two halves that meet between steps."""


def path(word, draws, gradient=slope):
    return run(sde.Splitting(word), *START, ARGS, H, [r if np.ndim(r) == 0 else tuple(r) for r in draws], gradient)


def without_noise(q):
    """Return what the position recursion of all one-force words leaves to noise."""
    return q[2:] - (1 + C) * q[1:-1] + C * q[:-2] + H**2 / 2 * (1 + C) * slope(q[1:-1])


def force_points(word, draws):
    gradient = Recording()
    path(word, draws, gradient)
    return np.array(gradient.positions)


def test_baoab_positions_obey_a_recursion_with_averaged_noise():
    q, _ = path("BAOAB", NORMALS)
    np.testing.assert_allclose(without_noise(q), H / 2 * D * (NORMALS[1:] + NORMALS[:-1]), **EXACT)


def test_babo_positions_obey_a_recursion_with_unaveraged_noise():
    q, _ = path("BABO", NORMALS)
    np.testing.assert_allclose(without_noise(q), H * D * NORMALS[:-1], **EXACT)


def test_obabo_positions_obey_the_recursion_of_babo_with_merged_noise():
    q, _ = path("OBABO", HALVES)
    np.testing.assert_allclose(without_noise(q), H * D * MERGED, **EXACT)


def test_aboba_positions_are_midpoints_of_obabo_positions():
    q, _ = path("ABOBA", NORMALS)
    forces = force_points("ABOBA", NORMALS)
    np.testing.assert_allclose(q[1:-1], 0.5 * (forces[1:] + forces[:-1]), **EXACT)
    np.testing.assert_allclose(without_noise(forces), H * D * NORMALS[1:-1], **EXACT)


def test_force_points_of_oabao_are_baoab_positions():
    forces = force_points("OABAO", HALVES)
    np.testing.assert_allclose(without_noise(forces), H / 2 * D * (MERGED[1:] + MERGED[:-1]), **EXACT)


def test_aoab_is_baoab_stored_after_a_full_kick():
    q, p = path("BAOAB", NORMALS)
    first = (START[0], START[1] - H / 2 * slope(START[0]))
    other_q, other_p = run(sde.Splitting("AOAB"), *first, ARGS, H, NORMALS.tolist())
    np.testing.assert_allclose(other_q, q, rtol=0, atol=1e-13)
    np.testing.assert_allclose(other_p, p - H / 2 * slope(q), rtol=0, atol=1e-13)


def test_baoab_without_temperature_is_heavy_ball_descent():
    q, _ = run(sde.Splitting("BAOAB"), 0.3, 0.0, (np.inf, FRICTION, 1.0), H, NORMALS.tolist())
    x, buffer, expected = 0.3, 0.5 * slope(0.3), []
    for n in range(N):
        # The first half kick is half of the first buffer.
        buffer = buffer if n == 0 else C * buffer + slope(x)
        x -= H**2 * (1 + C) / 2 * buffer
        expected.append(x)
    np.testing.assert_allclose(q[1:], expected, rtol=0, atol=1e-13)


def test_baoab_at_infinite_friction_is_leimkuhler_matthews():
    q, _ = run(sde.Splitting("BAOAB"), *START, (BETA, 1e4, 1.0), H, NORMALS.tolist())
    noise = H / 2 * np.sqrt(TAU) * (NORMALS[1:] + NORMALS[:-1])
    np.testing.assert_allclose(q[2:], q[1:-1] - H**2 / 2 * slope(q[1:-1]) + noise, **EXACT)


def test_obabo_at_infinite_friction_is_euler_maruyama():
    q, _ = run(sde.Splitting("OBABO"), *START, (BETA, 1e4, 1.0), H, HALVES_AS_TUPLES)
    noise = np.sqrt(2 * TAU * H**2 / 2) * HALVES[:, 0]
    np.testing.assert_allclose(q[1:], q[:-1] - H**2 / 2 * slope(q[:-1]) + noise, **EXACT)


def test_bao_at_infinite_friction_has_half_the_noise_of_euler_maruyama():
    q, _ = run(sde.Splitting("BAO"), *START, (BETA, 1e4, 1.0), H, NORMALS.tolist())
    step = H**2
    noise = np.sqrt(step * TAU) * NORMALS[:-1]
    np.testing.assert_allclose(q[2:], q[1:-1] - step * slope(q[1:-1]) + noise, **EXACT)


HALVES_AS_TUPLES = [tuple(pair) for pair in HALVES.tolist()]


def test_mass_only_scales_time_and_momentum():
    mass, r = 2.7, NORMALS.tolist()
    root = np.sqrt(mass)
    q, p = run(sde.Splitting("BAOAB"), 0.3, -0.6, (BETA, FRICTION, mass), H, r)
    # With t = sqrt(m) s and p = sqrt(m) u the equation is that of unit mass and friction sqrt(m) gamma.
    x, u = run(sde.Splitting("BAOAB"), 0.3, -0.6 / root, (BETA, FRICTION * root, 1.0), H / root, r)
    np.testing.assert_allclose(q, x, rtol=0, atol=1e-13)
    np.testing.assert_allclose(p, root * u, rtol=0, atol=1e-13)


@pytest.mark.parametrize("word", ["UBU", "BUB", "AVA", "VAV"])
def test_mass_scales_words_with_joint_flows_alike(word):
    mass, root = 2.7, np.sqrt(2.7)
    draws = HALVES_AS_TUPLES if word != "UBU" else np.random.default_rng(2).standard_normal((N, 4)).tolist()
    draws = NORMALS.tolist() if word == "AVA" else [tuple(xi) for xi in draws]
    q, _ = run(sde.Splitting(word), 0.3, -0.6, (BETA, FRICTION, mass), H, draws)
    x, _ = run(sde.Splitting(word), 0.3, -0.6 / root, (BETA, FRICTION * root, 1.0), H / root, draws)
    np.testing.assert_allclose(q, x, rtol=0, atol=1e-13)


def test_a_word_without_friction_runs_backwards():
    q, p = run(sde.Splitting("BAB"), *START, (np.inf, 0.0, 1.0), H, [()] * 50)
    back, _ = run(sde.Splitting("BAB"), q[-1], -p[-1], (np.inf, 0.0, 1.0), H, [()] * 50)
    np.testing.assert_allclose(back[::-1], q, rtol=0, atol=1e-12)


GRADIENTS = {
    "BAOAB": 1, "ABOBA": 1, "OBABO": 1, "OABAO": 1, "BAO": 1, "OBA": 1, "AOAB": 1, "UBU": 1, "BUB": 1, "VAV": 1,
    "AVA": 1, "BAOABAOAB": 2, "ABAOABA": 2, "BAOA": 1, "ABBA": 1, "AOBOA": 1, "BOAOB": 1,
}  # fmt: skip


@pytest.mark.parametrize("word", GRADIENTS)
def test_gradients_are_evaluated_only_where_the_position_is_new(word):
    scheme, gradient = sde.Splitting(word), Recording()
    n_draws = word.count("O") + 2 * word.count("U") + word.count("V")
    xi = 0.1 if n_draws == 1 else (0.1,) * n_draws
    args = ARGS if n_draws else (np.inf, 0.0, 1.0)
    run(scheme, *START, args, H, [xi] * 10, gradient)
    first = 1 if word in ("BAOAB", "OBABO", "BUB", "VAV", "BAOABAOAB", "BOAOB") else 0
    assert len(gradient.positions) == 10 * GRADIENTS[word] + first
    assert scheme.evaluations == (GRADIENTS[word], 0)


@pytest.mark.parametrize(
    ("word", "orders"),
    [
        ("BAOAB", (1, 2, 2)), ("obabo", (1, 2, 2)), ("UBU", (2, 2, 2)), ("bub", (2, 2, 2)), ("AVA", (1, 2, 2)),
        ("BAO", (1, 1, 1)), ("BABO", (1, 1, 2)), ("AOAB", (1, 1, 1)), ("UB", (1, 1, 1)), ("OABA", (1, 1, 2)),
    ],
)  # fmt: skip
def test_orders_follow_from_the_symmetry_of_the_word(word, orders):
    found = sde.get(word).orders["additive"]
    assert (found.strong, found.weak, found.invariant) == orders


@pytest.mark.parametrize("name", ["baoab", "BAOAB", "Obabo", "ubu", "aoboa", "babo"])
def test_any_word_is_the_name_of_a_method(name):
    assert sde.get(name) == sde.Splitting(name.upper())


@pytest.mark.parametrize("word", ["BA0AB", "AO", "UBAO", "B", "", "BAV"])
def test_letters_that_do_not_make_up_the_equation_are_refused_with_a_word_that_does(word):
    with pytest.raises(ValueError, match=f"word='{word}' .* Use word='BAOAB'"):
        sde.Splitting(word)
    sde.Splitting("BAOAB")


def test_a_word_without_friction_refuses_a_system_with_friction():
    system = pdeopt.langevin(pdeopt.landscapes.double_well(), friction=0.5)
    with pytest.raises(ValueError, match=r"word='BAB' has no friction; this system has friction=0\.5"):
        sde.Splitting("BAB").stepper(system)
    sde.Splitting("BAB").stepper(pdeopt.langevin(pdeopt.landscapes.double_well(), friction=0.0))


def test_a_word_refuses_a_system_without_momenta():
    system = pdeopt.overdamped_langevin(pdeopt.landscapes.double_well())
    with pytest.raises(TypeError, match="method='baoab' steps Langevin dynamics"):
        sde.Splitting("BAOAB").stepper(system)
