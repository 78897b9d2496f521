"""Standard problems: every exact solution against the equation it solves."""

import math

import numpy as np
import pytest
from scipy.integrate import dblquad, quad, solve_ivp
from scipy.special import roots_hermitenorm
from scipy.stats import ncx2

from pdeopt import SDE
from pdeopt.systems import check_system, problems

WITH_PATHS = [name for name in problems.CATALOGUE if problems.get(name).solution is not None]
LINEAR = [
    "gbm",
    "linear_two_noises",
    "mean_square_stability",
    "roessler",
    "non_commutative",
    "ornstein_uhlenbeck",
    "additive",
    "harmonic_langevin",
]


def drift(system, t, x):
    return np.atleast_1d(system.drift(t, tuple(x) if system.dim > 1 else x[0], *system.args))


def noise(system, t, x):
    """Return the diffusion as a matrix (dim, n_brownian)."""
    sigma = np.asarray(system.diffusion(t, tuple(x) if system.dim > 1 else x[0], *system.args), dtype=float)
    if system.diffusion_form == "vector":
        return np.diag(np.atleast_1d(sigma))
    return sigma.reshape(system.dim, system.n_brownian)


@pytest.mark.parametrize("name", problems.CATALOGUE)
def test_every_problem_can_be_evaluated_at_its_start(name):
    problem = problems.get(name)
    check_system(problem.system, problem.x0, compiled=False)
    assert repr(problem).startswith(f"<Problem '{name}': x0 ")


@pytest.mark.parametrize("name", problems.CATALOGUE)
def test_moments_at_time_zero_are_those_of_the_start(name):
    problem = problems.get(name)
    for moment in problem.moments.values():
        np.testing.assert_allclose(moment.exact(0.0), moment.observable(np.array(problem.x0)), atol=1e-13)


@pytest.mark.parametrize("name", WITH_PATHS)
def test_a_path_solves_its_equation_by_the_formula_of_ito(name):
    problem = problems.get(name)
    system, t, h = problem.system, 0.6, 1e-3
    w = np.random.default_rng(5).normal(size=system.n_brownian)
    first, second = np.array([1, -8, 0, 8, -1]) / (12 * h), np.array([-1, 16, -30, 16, -1]) / (12 * h * h)
    steps = h * np.arange(-2, 3)
    x = problem.path(t, w)
    ito = first @ [problem.path(t + s, w) for s in steps]
    for j, direction in enumerate(np.eye(system.n_brownian)):
        along = np.array([problem.path(t, w + s * direction) for s in steps])
        ito = ito + 0.5 * second @ along
        np.testing.assert_allclose(first @ along, noise(system, t, x)[:, j], rtol=1e-8, atol=1e-10)
    # Fourth-order differences of step 1e-3: truncation 1e-12, rounding 1e-16 / 1e-6.
    np.testing.assert_allclose(ito, drift(system, t, x), rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(problem.path(0.0, 0.0 * w), problem.x0, rtol=1e-15)


@pytest.mark.parametrize("name", [name for name in WITH_PATHS if name != "roessler"])
def test_moments_are_those_of_the_path(name):
    problem = problems.get(name)
    z, weights = roots_hermitenorm(180 if problem.system.n_brownian == 1 else 40)
    grid = np.stack(np.meshgrid(*[z] * problem.system.n_brownian, indexing="ij"), axis=-1)
    law = weights
    for _ in range(problem.system.n_brownian - 1):
        law = np.multiply.outer(law, weights)
    for moment in problem.moments.values():
        values = moment.observable(problem.path(0.7, math.sqrt(0.7) * grid))
        # The poles of the arctangent, at distance one, slow the Gaussian nodes down to 1e-8.
        np.testing.assert_allclose((law * values).sum() / law.sum(), moment.exact(0.7), rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("name", LINEAR)
def test_moments_of_linear_systems_solve_the_moment_equation(name):
    problem = problems.get(name)
    system, d = problem.system, problem.system.dim
    zero, one = np.zeros(d), np.eye(d)

    def slope(t, state):
        mean, second = state[:d], state[d:].reshape(d, d)
        offset, base = drift(system, t, zero), noise(system, t, zero)
        a = np.transpose([drift(system, t, e) - offset for e in one])
        b = np.stack([noise(system, t, e) - base for e in one], axis=-1)
        cross = np.outer(offset, mean) + np.einsum("ijk,lj,k->il", b, base, mean)
        change = a @ second + cross
        squares = np.einsum("ijk,ljm,km->il", b, b, second) + base @ base.T
        return np.concatenate([a @ mean + offset, (change + change.T + squares).ravel()])

    start = np.array(problem.x0)
    state = solve_ivp(
        slope, (0, 0.8), np.concatenate([start, np.outer(start, start).ravel()]), rtol=1e-11, atol=1e-12
    ).y[:, -1]
    second = state[d:].reshape(d, d)
    solved = {"mean": state[0], "second": second[0, 0], "qq": second[0, 0]}
    if d > 1:
        solved |= {"product": second[0, 1], "qp": second[0, 1], "pp": second[1, 1]}
    tested = {key: moment for key, moment in problem.moments.items() if key in solved}
    assert len(tested) >= 2
    for key, moment in tested.items():
        np.testing.assert_allclose(moment.exact(0.8), solved[key], rtol=1e-8)


def test_the_weak_problem_decays_exponentially():
    assert problems.non_commutative().moments["second"].exact(3.0) == pytest.approx(math.exp(-3.0), rel=1e-13)


def test_the_cubic_of_the_weak_problem_vanishes_at_time_two():
    assert problems.sinh().moments["cubic"].exact(2.0) == 0.0


def test_the_cosine_of_a_gaussian_process_is_its_characteristic_function():
    problem = problems.ornstein_uhlenbeck(k=0.8, m=0.3, s=0.9, x0=-0.5)
    mean, second, cosine = (problem.moments[key].exact(0.9) for key in ("mean", "second", "cosine"))
    z, weights = roots_hermitenorm(40)
    values = np.cos(mean + math.sqrt(second - mean**2) * z)
    assert cosine == pytest.approx(weights @ values / weights.sum(), rel=1e-13)


def test_the_root_process_has_a_chi_square_law():
    k, m, s, x0, t = 0.8, 0.9, 0.7, 1.3, 0.6
    problem = problems.cir(k, m, s, x0)
    scale = s * s * (1 - math.exp(-k * t)) / (4 * k)
    law = ncx2(4 * k * m / s**2, x0 * math.exp(-k * t) / scale, scale=scale)
    assert problem.moments["mean"].exact(t) == pytest.approx(law.mean(), rel=1e-12)
    assert problem.moments["second"].exact(t) == pytest.approx(law.var() + law.mean() ** 2, rel=1e-12)
    expected = quad(lambda x: math.exp(-x) * law.pdf(x), 0, 20, epsabs=1e-12)[0]
    assert problem.moments["exponential"].exact(t) == pytest.approx(expected, rel=1e-9)


def test_the_tangent_of_the_bounded_process_reverts_to_zero():
    system = problems.atan_ou().system
    for y in (-1.2, 0.1, 0.8):
        x, slope, bend = math.atan(y), 1 / (1 + y * y), -2 * y / (1 + y * y) ** 2
        assert drift(system, 0.0, [x])[0] == pytest.approx(-y * slope + bend, rel=1e-13)
        assert noise(system, 0.0, [x])[0, 0] == pytest.approx(math.sqrt(2) * slope, rel=1e-13)


def test_the_bounded_process_has_the_moments_of_a_gaussian_tangent():
    problem = problems.atan_ou(0.7)
    z, weights = roots_hermitenorm(180)
    angle = np.arctan(math.tan(0.7) * math.exp(-0.5) + math.sqrt(1 - math.exp(-1.0)) * z)
    for key, power in (("mean", 1), ("second", 2)):
        assert problem.moments[key].exact(0.5) == pytest.approx(weights @ angle**power / weights.sum(), rel=1e-6)
        assert problem.stationary[key].exact == pytest.approx(problem.moments[key].exact(40.0), abs=1e-12)


def polynomial_generator(polynomial):
    """Apply (d_11 + x_1^2 d_22) / 2 to a polynomial, stored as {(i, j): coefficient}."""
    out = {}
    for (i, j), c in polynomial.items():
        for key, factor in (((i - 2, j), i * (i - 1)), ((i + 2, j - 2), j * (j - 1))):
            if factor:
                out[key] = out.get(key, 0.0) + 0.5 * c * factor
    return out


@pytest.mark.parametrize(
    ("key", "powers"),
    [("first_square", (2, 0)), ("second_square", (0, 2)), ("squares", (2, 2)), ("second_fourth", (0, 4))],
)
def test_moments_of_clark_and_cameron_are_powers_of_the_generator(key, powers):
    total, polynomial = 0.0, {powers: 1.0}
    for n in range(8):
        total += 0.7**n / math.factorial(n) * polynomial.get((0, 0), 0.0)
        polynomial = polynomial_generator(polynomial)
    moment = problems.clark_cameron().moments[key]
    assert moment.exact(0.7) == pytest.approx(total, rel=1e-14)
    assert moment.observable(np.array([2.0, 3.0])) == 2.0 ** powers[0] * 3.0 ** powers[1]


@pytest.mark.parametrize("name", ["torus", "torus_additive"])
def test_moments_on_the_circle_solve_the_equations_of_their_modes(name):
    problem, size = problems.get(name), 20
    x = 2 * np.pi * np.arange(64) / 64
    force = np.fft.fft([drift(problem.system, 0.0, [y])[0] for y in x]) / 64
    square = np.fft.fft([noise(problem.system, 0.0, [y])[0, 0] ** 2 for y in x]) / 64
    modes = np.arange(-size, size + 1)
    matrix = np.zeros((modes.size, modes.size), dtype=complex)
    for row, k in enumerate(modes):
        for shift in range(-3, 4):
            if 0 <= row + shift < modes.size:
                matrix[row, row + shift] += 1j * k * force[shift] - 0.5 * k * k * square[shift]
    state = solve_ivp(lambda t, m: matrix @ m, (0, 1.0), np.ones(modes.size, dtype=complex), rtol=1e-10, atol=1e-12)
    mean = dict(zip(modes, state.y[:, -1], strict=True))
    exp_sine = np.fft.fft(np.exp(np.sin(x))) / 64
    solved = {
        "cosine": mean[1].real,
        "sine": mean[1].imag,
        "exp_sine": sum(exp_sine[k] * mean[k] for k in modes).real,
    }
    for key, moment in problem.moments.items():
        assert moment.exact(1.0) == pytest.approx(solved[key], abs=1e-8)


@pytest.mark.parametrize("name", ["torus", "torus_additive", "ornstein_uhlenbeck", "cir", "harmonic_langevin"])
def test_moments_at_late_times_are_those_of_the_invariant_law(name):
    problem = problems.get(name)
    for key, moment in problem.stationary.items():
        assert problem.moments[key].exact(60.0) == pytest.approx(moment.exact, abs=1e-11)


def test_the_law_of_additive_noise_on_the_circle_is_that_of_gibbs():
    problem = problems.torus_additive(0.9)
    x = 2 * np.pi * np.arange(64) / 64
    density = np.exp(2 / 0.9**2 * (-np.cos(x) + 0.25 * np.sin(2 * x)))
    for moment in problem.stationary.values():
        expected = density @ moment.observable(x[:, None]) / density.sum()
        assert moment.exact == pytest.approx(expected, rel=1e-11)


POTENTIALS = {"quartic_well": lambda x: x**4 / 4 - x**2 / 2, "steep_quartic_well": lambda x: (x * x - 1) ** 2}


@pytest.mark.parametrize("name", POTENTIALS)
def test_wells_have_gibbs_moments_and_passage_times(name):
    problem, beta, v = problems.get(name, beta=3.0), 3.0, POTENTIALS[name]
    h = 1e-5
    force = -(v(0.3 + h) - v(0.3 - h)) / (2 * h)
    assert problem.system.compiled_drift(0.0, 0.3, *problem.system.args) == pytest.approx(force, rel=1e-8)
    mass = quad(lambda x: math.exp(-beta * v(x)), -5, 5)[0]
    for key, power in (("second", 2), ("fourth", 4), ("distance", 1)):
        expected = 2 * quad(lambda x, n=power: x**n * math.exp(-beta * v(x)), 0, 5)[0] / mass
        assert problem.stationary[key].exact == pytest.approx(expected, rel=1e-9)
    time = dblquad(lambda z, y: math.exp(beta * (v(y) - v(z))), -1, 1, -5, lambda y: y, epsrel=1e-9)[0]
    assert problem.mean_exit_time == pytest.approx(beta * time, rel=1e-8)


def test_cold_wells_are_left_at_the_rate_of_kramers():
    # Curvatures 2 and 1, barrier 1/4: 2 pi / sqrt(2) e^(beta / 4); the passage to the far well takes the same.
    time = problems.quartic_well(60.0).mean_exit_time
    assert time == pytest.approx(2 * math.pi / math.sqrt(2) * math.exp(15.0), rel=0.05)


@pytest.mark.parametrize("name", ["exit_brownian", "exit_ornstein_uhlenbeck", "exit_double_well"])
def test_mean_exit_times_solve_their_boundary_problem(name):
    problem = problems.get(name)
    potential = {
        "exit_brownian": lambda x: 0.0,
        "exit_ornstein_uhlenbeck": lambda x: x * x / 2,
        "exit_double_well": lambda x: x**4 / 2 - x * x,
    }[name]
    h = 1e-5
    force = -(potential(0.3 + h) - potential(0.3 - h)) / (2 * h)
    assert drift(problem.system, 0.0, [0.3])[0] == pytest.approx(force, rel=1e-8)
    # u'' / 2 + b u' = -1 with u'(0) = 0 and u(1) = 0.
    exact = dblquad(lambda z, y: 2 * math.exp(2 * (potential(y) - potential(z))), 0, 1, 0, lambda y: y, epsrel=1e-13)[0]
    assert problem.mean_exit_time == pytest.approx(exact, rel=1e-12)


def test_an_unknown_problem_is_refused_with_the_closest_names():
    with pytest.raises(ValueError, match=r"name='torus_aditive' is not in the catalogue. Use one of torus_additive"):
        problems.get("torus_aditive")


def test_problems_say_what_they_do_not_know():
    with pytest.raises(ValueError, match=r"problem 'cir' has no solution W -> X. Known of it: mean, second, exp"):
        problems.cir().path(1.0, [0.5])
    with pytest.raises(ValueError, match=r"brownian has shape \(3,\), but problem 'gbm' has 1 Brownian motions"):
        problems.gbm().path(1.0, [0.1, 0.2, 0.3])
    assert problems.gbm().path(1.0, np.zeros((3, 1))).shape == (3, 1)


def test_a_start_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match=r"x0=\(1.0, 2.0\) has 2 components. Use 1"):
        problems.Problem(SDE(lambda t, x: x, lambda t, x: x), (1.0, 2.0), 1.0)


def test_wells_are_refused_where_their_quadrature_is_cut():
    with pytest.raises(ValueError, match=r"beta=0.01 must be at least 0.2, e.g. beta=4.0"):
        problems.quartic_well(0.01)
