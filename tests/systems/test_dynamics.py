"""Langevin dynamics in landscapes: force, noise, and the law that does not change."""

import pickle

import numba
import numpy as np
import pytest

from pdeopt import Grid, Landscape, adaptive_langevin, landscapes, langevin, overdamped_langevin
from pdeopt.systems import Langevin, OverdampedLangevin

COMPILED_ONLY = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
FRICTION, MASS, BETA, AMPLITUDE, COUPLING = 0.7, 2.0, 3.0, 0.9, 0.4


def plain_valley(x, k):
    return k * x[0] ** 2 + x[1] ** 4


LANDSCAPES = {
    "line": landscapes.double_well(),
    "plane": landscapes.mueller_brown(),
    "five": landscapes.double_well(5),
    "twelve": landscapes.double_well(12),
    "turned": landscapes.double_well(2).rotated(0.3),
    "plain": Landscape(plain_valley, dim=2, args=(1.5,)),
    "plain and moved": Landscape(plain_valley, dim=2, args=(1.5,)).shifted((1.0, 0.0)),
    "sampled": Landscape.from_samples([0.0, 1.0, 4.0], Grid(-1.0, 1.0, 3)),
}


def systems(f):
    return (
        overdamped_langevin(f, BETA),
        langevin(f, BETA, FRICTION, MASS),
        adaptive_langevin(f, BETA, noise_amplitude=AMPLITUDE, coupling=COUPLING, mass=MASS),
    )


def evaluated(system, function, x):
    """Return drift or diffusion of a system at an array, whatever its calling form."""
    if system.uses_arrays:
        out = np.full(system.dim, np.nan)
        function(0.0, x, *system.args, out)
        return out
    return np.atleast_1d(function(0.0, tuple(x) if system.dim > 1 else x[0], *system.args))


@pytest.mark.parametrize("name", LANDSCAPES)
@pytest.mark.parametrize("kind", range(3), ids=["overdamped", "langevin", "adaptive"])
def test_the_drift_is_that_of_the_equation(name, kind):
    f = LANDSCAPES[name]
    q, p, xi = np.linspace(0.35, 0.8, f.dim), np.linspace(-1.0, 0.6, f.dim), 0.3
    g = f.gradient_at(q).reshape(f.dim)
    exact = (
        -g,
        np.concatenate([p / MASS, -g - FRICTION * p]),
        np.concatenate([p / MASS, -g - xi * p, [COUPLING * (p @ p / MASS - f.dim / BETA)]]),
    )[kind]
    system = systems(f)[kind]
    x = np.concatenate([q, p, [xi]])[: system.dim]
    np.testing.assert_allclose(
        evaluated(system, system.compiled_drift, x), exact, rtol=1e-9, atol=1e-13 * np.abs(g).max()
    )


@pytest.mark.parametrize("dim", [1, 2, 9])
def test_the_noise_is_that_of_the_equation(dim):
    zeros, ones = np.zeros(dim), np.ones(dim)
    exact = (
        np.sqrt(2 / BETA) * ones,
        np.concatenate([zeros, np.sqrt(2 * FRICTION * MASS / BETA) * ones]),
        np.concatenate([zeros, AMPLITUDE * ones, [0.0]]),
    )
    for system, expected in zip(systems(landscapes.double_well(dim)), exact, strict=True):
        assert (system.noise, system.diffusion_form) == ("additive", "vector")
        found = evaluated(system, system.compiled_diffusion, np.ones(system.dim))
        np.testing.assert_allclose(found, expected, rtol=1e-15)


def current_divergence(system, log_density, x, h=1e-4):
    """Return div(b rho) / rho - sum (s_i^2 / 2) (d_i^2 rho) / rho by differences: zero where rho is invariant."""
    s = evaluated(system, system.compiled_diffusion, x)
    b = evaluated(system, system.compiled_drift, x)
    total = 0.0
    for i in range(system.dim):
        step = h * np.eye(system.dim)[i]
        ahead, behind = x + step, x - step
        change = evaluated(system, system.compiled_drift, ahead) - evaluated(system, system.compiled_drift, behind)
        slope = (log_density(ahead) - log_density(behind)) / (2 * h)
        bend = (log_density(ahead) - 2 * log_density(x) + log_density(behind)) / h**2
        total += change[i] / (2 * h) + b[i] * slope - 0.5 * s[i] ** 2 * (bend + slope**2)
    return total


@pytest.mark.parametrize("kind", range(3), ids=["overdamped", "langevin", "adaptive"])
def test_the_stated_law_is_stationary(kind):
    f = landscapes.double_well(2)
    system = systems(f)[kind]

    def log_density(x):
        q, p = x[:2], x[2:4]
        energy = float(f(q)) + p @ p / (2 * MASS)
        excess = (x[4] - system.mean_friction) ** 2 / system.friction_variance if kind == 2 else 0.0
        return -BETA * energy - 0.5 * excess

    points = np.random.default_rng(3).normal(size=(20, system.dim))
    # Differences of step 1e-4 err by about 1e-7 of the fourth derivatives, and round at 1e-16 / 1e-8.
    assert max(abs(current_divergence(system, log_density, x)) for x in points) < 1e-5
    wrong = [abs(current_divergence(system, lambda x: 1.1 * log_density(x), x)) for x in points]
    assert max(wrong) > 0.1


def test_the_friction_that_adapts_has_the_mean_and_variance_of_the_literature():
    # With unit masses, amplitude and temperature one and coupling 1/2: mean 1/2 and variance 1/2.
    system = adaptive_langevin(landscapes.quadratic(), 1.0, coupling=0.5)
    assert (system.mean_friction, system.friction_variance) == (0.5, 0.5)


@COMPILED_ONLY
def test_all_temperatures_share_one_compilation():
    f = landscapes.double_well()
    cold, hot = overdamped_langevin(f, 10.0), overdamped_langevin(f, 0.5)
    assert cold.compiled_drift is hot.compiled_drift
    assert cold.compiled_diffusion(0.0, 0.0, *cold.args) == np.sqrt(0.2)
    assert hot.compiled_diffusion(0.0, 0.0, *hot.args) == 2.0


@COMPILED_ONLY
@pytest.mark.parametrize("dim", [1, 3, 9])
def test_value_and_gradient_can_be_called_by_compiled_code(dim):
    f = landscapes.styblinski_tang(dim)
    system = langevin(f)
    q = np.linspace(-1.0, 0.5, dim)
    x = q if dim > 8 else tuple(q) if dim > 1 else q[0]
    out = np.empty(dim)
    if dim > 8:
        system.gradient(x, *f.args, out)
    else:
        out[:] = system.gradient(x, *f.args)
    np.testing.assert_allclose(out, f.gradient_at(q).reshape(dim), rtol=1e-13)
    np.testing.assert_allclose(system.value(x, *f.args), float(f(q)), rtol=1e-13)


def test_temperature_zero_has_no_noise():
    for system in systems(landscapes.double_well())[:1]:
        frozen = type(system)(system.landscape, np.inf)
        assert frozen.temperature == 0.0
        assert frozen.compiled_diffusion(0.0, 1.0, *frozen.args) == 0.0


@pytest.mark.parametrize(
    ("make", "facts", "says"),
    [
        (overdamped_langevin, {"beta": 0.0}, r"beta=0.0 must be one number, positive; inf is allowed. Use e.g. beta=1"),
        (overdamped_langevin, {"beta": np.nan}, "beta=nan"),
        (overdamped_langevin, {"beta": "a"}, "beta='a' must be one number"),
        (langevin, {"friction": None}, "friction=None must be one number"),
        (langevin, {"friction": -1.0}, r"friction=-1.0 must be one number, at least 0 and finite. Use e.g. friction=1"),
        (langevin, {"mass": 0.0}, r"mass=0.0 must be one number, positive and finite"),
        (langevin, {"mass": (1.0, 2.0)}, r"mass=\(1.0, 2.0\) must be one number"),
        (adaptive_langevin, {"noise_amplitude": -0.1}, r"noise_amplitude=-0.1 must be one number, at least 0"),
        (adaptive_langevin, {"coupling": 0.0}, r"coupling=0.0 must be one number, positive"),
    ],
)
def test_parameters_out_of_range_are_refused(make, facts, says):
    with pytest.raises(ValueError, match=says):
        make(landscapes.double_well(), **facts)


def test_only_landscapes_are_potentials():
    with pytest.raises(TypeError, match=r"f=0.5 is not a Landscape. Make one: pdeopt.Landscape\(value"):
        overdamped_langevin(0.5)


def test_records_print_and_pickle():
    for system in systems(landscapes.double_well()):
        back = pickle.loads(pickle.dumps(system))
        assert (type(back), repr(back)) == (type(system), repr(system))
    assert repr(langevin(landscapes.double_well(2), 2.0)) == (
        "<Langevin 'double_well': dim 4, additive noise, Ito, args (2.0, 1.0, 1.0)>"
    )
    assert isinstance(systems(landscapes.double_well())[0], OverdampedLangevin)
    assert isinstance(systems(landscapes.double_well())[1], Langevin)
