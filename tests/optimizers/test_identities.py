"""Identities that training methods satisfy to rounding, on the loss of a network and with given normals."""

import numpy as np
import pytest
import reference_methods as twin
import reference_networks as networks
from driven_programs import driven
from scipy.linalg import solve_discrete_lyapunov

from pdeopt.kernels.sde import langevin
from pdeopt.optimizers import BAOAB, LOL, OBABO, AdLa, Langevin, MethodState, Momentum, Structure

LAYOUT = np.array([2, 1, 0, 2, 4, 1])
START, INPUTS, TARGETS = networks.random_case(LAYOUT, 30, seed=3)
D = START.size
LAYERS = Structure(D, {"layer1": slice(0, 12), "layer2": slice(12, D)})
H, GAMMA, TAU = 0.4, 0.9, 0.02
C = np.exp(-GAMMA * H)
KICK = np.sqrt(TAU * (1.0 - C * C))


def loss_gradient(x):
    """Return the gradient of a network's mean loss over its data, by complex steps."""
    return networks.complex_step_gradient(x, LAYOUT, INPUTS, TARGETS)


class Normals(np.random.Generator):
    """A generator that remembers what it gave."""

    def __init__(self, seed=4):
        super().__init__(np.random.PCG64(seed))
        self.given = []

    def standard_normal(self, size):
        """Return normals, and keep them."""
        self.given.append(super().standard_normal(size))
        return self.given[-1]


def walk(method, n_steps=30, gradient=loss_gradient, x=START, structure=None, state=None):
    """Return points from the start on, points of gradients, and the normals of all steps in their order."""
    rng, state, points, forced = Normals(), state or method.init(x, structure), [x], []

    def seen(y):
        forced.append(y.copy())
        return gradient(y)

    for _ in range(n_steps):
        x, state = method.step(seen, x, state, rng)
        points.append(x)
    return np.array(points), np.array(forced), [row for one in rng.given for row in one]


def defects(q, noise):
    """Return how far points are from the position recursion of BAOAB's drift with some noise."""
    force = np.array([-loss_gradient(x) for x in q[1:-1]])
    return q[2:] - q[1:-1] - C * (q[1:-1] - q[:-2]) - 0.5 * H**2 * (1.0 + C) * force - noise


def test_positions_of_baoab_have_the_mean_of_two_draws():
    q, _, r = walk(BAOAB(H, GAMMA, TAU))
    noise = 0.5 * H * KICK * (np.array(r[1:]) + r[:-1])
    assert np.abs(defects(q, noise)).max() < 1e-12


def merged(r):
    """Return the noise of O's second half and the next step's first half, as the noise of one O."""
    half = np.exp(-0.5 * GAMMA * H)
    size = np.sqrt(TAU * (1.0 - half**2))
    return size * (half * np.array(r[1:-1:2]) + r[2::2])


def test_positions_of_obabo_have_one_draw_the_merger_of_two_halves():
    q, _, r = walk(OBABO(H, GAMMA, TAU))
    assert np.abs(defects(q, H * merged(r))).max() < 1e-12


def test_force_points_of_aboba_are_positions_of_obabo_and_its_positions_lie_in_their_middle():
    q, forced, r = walk(Langevin(H, GAMMA, TAU, "ABOBA"))
    assert np.abs(defects(forced, H * KICK * np.array(r[1:-1]))).max() < 1e-12
    assert np.abs(q[1:-1] - 0.5 * (forced[1:] + forced[:-1])).max() < 1e-12


def test_force_points_of_oabao_are_positions_of_baoab():
    _, forced, r = walk(Langevin(H, GAMMA, TAU, "OABAO"))
    noise = merged(r)
    assert np.abs(defects(forced, 0.5 * H * (noise[1:] + noise[:-1]))).max() < 1e-12


def test_baoab_at_temperature_zero_is_the_heavy_ball():
    rate = 0.5 * H**2 * (1.0 + C)
    ball = Momentum(rate, C)
    halved = {"gradient": np.zeros(D), "velocity": -0.5 * loss_gradient(START) / C}
    balls, _, _ = walk(ball, state=MethodState(0, halved, {}, Structure(D)))
    cold, _, r = walk(BAOAB(H, GAMMA, 0.0))
    assert np.abs(balls - cold).max() < 1e-12
    assert np.abs(walk(ball)[0] - cold).max() > 1e-3
    assert len(r) == 30


def test_other_layers_of_lol_follow_the_scheme_of_leimkuhler_and_matthews():
    q, _, r = walk(LOL(H, GAMMA, TAU, 0.05), structure=LAYERS)
    drawn = np.sqrt(0.05) * np.array(r[1::2])
    slopes = np.array([loss_gradient(x) for x in q[1:-1]])[:, 12:]
    expected = q[1:-1, 12:] - 0.5 * H**2 * slopes + 0.5 * H * (drawn[:-1] + drawn[1:])
    assert np.abs(q[2:, 12:] - expected).max() < 1e-12


def test_large_friction_turns_baoab_into_that_scheme_and_obabo_into_that_of_euler():
    q, _, r = walk(BAOAB(H, np.inf, TAU))
    slopes = np.array([loss_gradient(x) for x in q[1:-1]])
    mean = 0.5 * H * np.sqrt(TAU) * (np.array(r[1:]) + r[:-1])
    assert np.abs(q[2:] - q[1:-1] + 0.5 * H**2 * slopes - mean).max() < 1e-12
    q, _, r = walk(OBABO(H, np.inf, TAU))
    slopes = np.array([loss_gradient(x) for x in q[:-1]])
    assert np.abs(np.diff(q, axis=0) + 0.5 * H**2 * slopes - H * np.sqrt(TAU) * np.array(r[::2])).max() < 1e-12


@pytest.mark.parametrize("word", ["BAOAB", "OBABO", "ABOBA", "UBU", "BUB", "VAV"])
def test_friction_that_is_large_but_finite_has_the_same_limit(word):
    # Positions of words with U stand still in the limit.
    limit = START if "U" in word else walk(Langevin(H, np.inf, TAU, word))[0]
    gaps = [np.abs(walk(Langevin(H, gamma, TAU, word))[0] - limit).max() for gamma in (1e6, 1e8)]
    assert gaps[1] <= max(0.2 * gaps[0], 1e-12)
    assert gaps[1] < 0.01


def as_tuples(x, *_):
    """Return the gradient of a coupled quartic, of a tuple."""
    a, b, c = x
    return a + a**3 + np.sin(a + b), 2.0 * b + np.sin(a + b) + b * c * c, 0.5 * c + b * b * c


@pytest.mark.parametrize("word", ["BAOAB", "OBABO", "ABOBA", "UBU", "BUB", "VAV"])
def test_a_word_is_the_step_of_the_same_word_in_sde(word):
    start = np.array([0.5, -1.0, 0.3])
    points, _, r = walk(Langevin(H, GAMMA, TAU, word), 50, lambda x: np.array(as_tuples(x)), start)
    n_draws = sum(langevin.N_DRAWS[letter] for letter in word)
    step, carries = langevin.splitting(word, as_tuples), langevin.carries_gradient(word)
    constants = langevin.word_constants(word)(H, (1.0 / TAU, GAMMA, 1.0))
    q, state = tuple(start), (tuple(start), (0.0, 0.0, 0.0))
    state = (state, as_tuples(q)) if carries else state
    draws = [tuple(map(float, one)) for one in r]
    for i in range(50):
        xi = draws[i] if n_draws == 1 else tuple(draws[i * n_draws : (i + 1) * n_draws])
        state = step(0.0, state, H, xi, constants)
        q = state[0][0] if carries else state[0]
        assert np.abs(points[i + 1] - q).max() < 1e-12


@pytest.mark.parametrize("scope", ["layer", "tensor", "all"])
@pytest.mark.parametrize("form", ["xi", "eps*xi"])
@pytest.mark.parametrize("word", ["BACDEDCAB", "EABOBAE", "BAOEOAB"])
def test_the_thermostat_of_adla_telescopes(scope, form, word):
    eps, tau, n_steps = 0.3, 0.5, 5000
    method = AdLa(H, tau, 0.8, eps, scope=scope, friction_form=form, word=word)
    structure = Structure(twin.D, twin.SLICES)
    _, (start, end), _, sums = driven(method, structure, twin.START, n_steps, noise=1.0)
    sizes = {"all": [9], "layer": [6, 3], "tensor": [4, 2, 2, 1]}[scope]
    added = H * eps * (sums / word.count("E") - n_steps * tau * np.array(sizes))
    assert np.abs(end - start - added).max() < 1e-13 * n_steps
    assert np.abs(end - start).min() > 1e-3


def test_each_thermostat_hears_its_own_layer_only():
    def still(x):
        return np.where(np.arange(D) < 12, 0.0, x)

    method = AdLa(H, TAU, 0.0, 0.3)
    x, state = START, method.init(START, LAYERS)
    for _ in range(10):
        x, state = method.step(still, x, state, 0)
    # No force and no noise: momenta of the first layer stay 0, and its thermostat falls at a known rate.
    assert state.frictions["layer1"] == pytest.approx(0.1 - 10 * H * 0.3 * 12 * TAU, abs=1e-14)
    assert state.frictions["layer2"] != pytest.approx(0.1 - 10 * H * 0.3 * (D - 12) * TAU, abs=1e-3)


def test_a_thermostat_hears_squares_of_momenta_and_not_their_size():
    method, x = AdLa(0.1, 1.0, 0.0, 0.5, word="E" + "BAOAB"), np.zeros(4)
    state = MethodState(0, {"momentum": np.full(4, 3.0), "gradient": np.zeros(4)}, {"all": 0.0}, Structure(4))
    _, state = method.step(lambda y: 0.0 * y, x, state, 0)
    assert state.frictions["all"] == pytest.approx(0.1 * 0.5 * (36.0 - 4.0), abs=1e-14)


class Given(np.random.Generator):
    """A generator of given numbers."""

    def __init__(self, values):
        super().__init__(np.random.PCG64(0))
        self.values = list(values)

    def standard_normal(self, size):
        """Return the next one, in the shape asked for."""
        return np.full(size, self.values.pop(0))


def stationary(method, w, n_draws):
    """Return the exact covariance of (q, p) at the end of steps on the oscillator of frequency w."""

    def moved(q, p, draws):
        vectors = {"momentum": np.array([p]), "gradient": np.array([w * w * q])}
        state = MethodState(1, vectors, {}, Structure(1))
        x, state = method.step(lambda y: w * w * y, np.array([q]), state, Given(draws))
        return x[0], state.vectors["momentum"][0]

    silent = np.zeros(n_draws)
    flow = np.array([moved(1.0, 0.0, silent), moved(0.0, 1.0, silent)]).T
    noise = np.array([moved(0.0, 0.0, one) for one in np.eye(n_draws)]).T
    return solve_discrete_lyapunov(flow, noise @ noise.T)


@pytest.mark.parametrize("gamma", [0.3, 2.0, np.inf])
def test_temperatures_of_baoab_on_an_oscillator_are_the_closed_forms(gamma):
    h, w, tau = 0.7, 1.6, 0.3
    on_step = stationary(BAOAB(h, gamma, tau), w, 1)
    assert on_step == pytest.approx(tau * np.diag([1.0 / w**2, 1.0 - 0.25 * h**2 * w**2]), abs=1e-12)
    after_friction = stationary(Langevin(h, gamma, tau, "ABBAO"), w, 1)
    assert after_friction[1, 1] == pytest.approx(tau, abs=1e-12)
    after_kick = stationary(Langevin(h, gamma, tau, "AOABB"), w, 1)
    assert after_kick[1, 1] == pytest.approx(tau, abs=1e-12)
    assert after_kick[0, 1] == pytest.approx(-0.5 * h * tau, abs=1e-12)


def test_noise_of_a_langevin_method_does_not_depend_on_how_layers_are_named():
    plain, _, _ = walk(BAOAB(H, GAMMA, TAU))
    named, _, _ = walk(BAOAB(H, GAMMA, TAU), structure=LAYERS)
    assert np.array_equal(plain, named)
