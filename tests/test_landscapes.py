"""The catalogue: its minima, stated facts, closed-form relaxations and names."""

import pickle
from inspect import getdoc

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.ndimage import gaussian_filter1d
from scipy.optimize import minimize

from pdeopt import Grid, landscapes

ENTRIES = {name: make() for name, make in landscapes.CATALOGUE.items()}
SMOOTH = {name: f for name, f in ENTRIES.items() if not f.is_sampled}
KINKED_MINIMA = {"absolute_value", "ackley", "alpine"}
PUBLISHED = {
    "mueller_brown": [
        (-146.699517209954, (-0.558223634633024, 1.441725841804669)),
        (-108.166724116854, (0.623499404930877, 0.028037758528686)),
        (-80.767818129652, (-0.050010822998206, 0.466694104871974)),
    ],
    "six_hump_camel": [
        (-1.031628453489877, (0.089842013, -0.712656403)),
        (-0.215463824, (1.703606715, -0.796083568)),
        (2.104250310, (1.607104753, 0.568651454)),
    ],
    "styblinski_tang": [(-39.16616570377142 * 2, (-2.903534027771177, -2.903534027771177))],
    "himmelblau": [
        (0.0, (3.0, 2.0)),
        (0.0, (-2.805118086952745, 3.131312518250573)),
        (0.0, (-3.779310253377747, -3.283185991286170)),
        (0.0, (3.584428340330492, -1.848126526964404)),
    ],
    "three_hump_camel": [(0.0, (0.0, 0.0)), (0.298638442, (1.747552, -0.873776))],
    "drop_wave": [(-1.0, (0.0, 0.0))],
    "beale": [(0.0, (3.0, 0.5))],
}


def random_points(f, n, seed=0):
    lower, upper = np.array(f.domain)
    return lower + (upper - lower) * np.random.default_rng(seed).random((n, f.dim))


def test_the_catalogue_has_at_least_28_entries():
    assert len(landscapes.CATALOGUE) >= 28


@pytest.mark.parametrize("name", landscapes.CATALOGUE)
def test_an_entry_is_public_and_its_docstring_opens_with_one_sentence(name):
    assert name in landscapes.__all__
    assert getdoc(landscapes.CATALOGUE[name]).split("\n")[0].endswith(".")
    assert ENTRIES[name].name == name


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_passes_its_own_check(name):
    report = ENTRIES[name].check()
    assert report.ok, str(report)


@pytest.mark.parametrize("name", [name for name, f in SMOOTH.items() if f.minima and name not in KINKED_MINIMA])
def test_the_gradient_vanishes_and_the_hessian_is_not_negative_at_stated_minima(name):
    f = SMOOTH[name]
    at = np.array(f.minima)
    bends = np.linalg.eigvalsh(f.hessian_at(at))
    # A minimum is stated to rounding: the gradient there is the curvature times that.
    limit = 16 * np.finfo(float).eps * (1 + np.abs(bends).max()) * max(1.0, np.abs(at).max())
    assert np.abs(f.gradient_at(at)).max() <= limit
    assert bends.min() >= -1e-12


@pytest.mark.parametrize("name", [name for name, f in ENTRIES.items() if f.minima])
def test_no_value_in_the_domain_is_below_the_lowest_stated_minimum(name):
    f = ENTRIES[name]
    lowest = f(np.array(f.minima)).min()
    n = 20001 if f.dim == 1 else 801
    assert f.on(Grid(*f.domain, (n,) * f.dim)).min() >= lowest - 4 * np.finfo(float).eps * abs(lowest)


@pytest.mark.parametrize("name", ["mueller_brown", "six_hump_camel", "himmelblau", "rough_double_well"])
def test_descent_from_anywhere_ends_at_a_stated_minimum_where_all_are_stated(name):
    f = ENTRIES[name]
    for start in random_points(f, 12, seed=5):
        gradient = lambda x: f.gradient_at(np.reshape(x, (1, -1)))[0]  # noqa: E731
        found = minimize(lambda x: float(f(np.reshape(x, (1, -1)))[0]), start, jac=gradient, method="BFGS").x
        assert np.abs(np.array(f.minima) - found).max(axis=1).min() < 1e-4


@pytest.mark.parametrize("name", PUBLISHED)
def test_minima_agree_with_published_ones(name):
    f = ENTRIES[name]
    for value, place in PUBLISHED[name]:
        distance = np.abs(np.array(f.minima) - place).max(axis=1)
        assert distance.min() < 2e-6
        assert f(np.array(f.minima[int(distance.argmin())])[None])[0] == pytest.approx(value, rel=2e-6, abs=1e-9)


@pytest.mark.parametrize("name", [name for name, f in SMOOTH.items() if f.curvature is not None])
def test_stated_curvature_bounds_hold_at_random_points(name):
    f = SMOOTH[name]
    low, high = f.curvature
    bends = np.linalg.eigvalsh(f.hessian_at(random_points(f, 4000)))
    slack = 1e-12 * (1 + np.abs(bends).max())
    assert bends.min() >= low - slack
    assert bends.max() <= high + slack


@pytest.mark.parametrize("name", [name for name, f in ENTRIES.items() if f.lipschitz is not None])
def test_stated_lipschitz_bounds_hold_between_random_points(name):
    f = ENTRIES[name]
    a, b = random_points(f, 2000), random_points(f, 2000, seed=1)
    b = np.where(np.random.default_rng(2).random((2000, 1)) < 0.5, a + 1e-4 * (b - a), b)
    slopes = np.abs(f(a) - f(b)) / np.linalg.norm(a - b, axis=1)
    assert slopes.max() <= f.lipschitz * (1 + 1e-9)


@pytest.mark.parametrize("name", [name for name, f in SMOOTH.items() if f.dim == 1 and f.kinks])
def test_the_derivatives_jump_at_declared_kinks_and_nowhere_else(name):
    f = SMOOTH[name]
    cells = np.linspace(f.domain[0][0], f.domain[1][0], 40001)
    left, right = cells[:-1], cells[1:]
    with np.errstate(invalid="ignore"):
        slopes = np.abs(f.gradient_at(right) - f.gradient_at(left))[:, 0]
        jumps = (slopes > 0.05) | (f(left) != f(right)) & ~np.isfinite(f(left) + f(right))
        jumps |= np.abs(f.hessian_at(right) - f.hessian_at(left))[:, 0, 0] > 0.05
    holds = np.any([(left <= kink) & (kink <= right) for kink in f.kinks], axis=0)
    assert (jumps == holds).sum() >= len(left) - len(f.kinks)
    assert not (jumps & ~holds).any()


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_survives_pickling(name):
    f = ENTRIES[name]
    copy = pickle.loads(pickle.dumps(f))
    x = random_points(f, 5)
    np.testing.assert_array_equal(copy(x), f(x))
    np.testing.assert_array_equal(copy.hessian_at(x), f.hessian_at(x))


@pytest.mark.parametrize("name", [name for name, f in ENTRIES.items() if f.dim == 2])
def test_values_on_axes_are_values_at_points(name):
    f = ENTRIES[name]
    grid = Grid(*f.domain, (7, 5))
    np.testing.assert_allclose(f.on(grid), f(grid.points()), rtol=1e-13, atol=1e-13)


RELAXED = [
    (landscapes.quadratic(3.0), 1.7, 0.4, 2.0, 2.167568885545612997),
    (landscapes.gaussian_mixture(), 0.2, 0.3, 1.0, 2.162697462676085514),
    (landscapes.periodic_wells(), 1.3, 0.25, 1.0, 0.6306539448303637185),
]


@pytest.mark.parametrize(("f", "x", "time", "beta", "expected"), RELAXED)
def test_closed_forms_give_the_reference_values(f, x, time, beta, expected):
    assert f.relaxed(time, beta)(x) == pytest.approx(expected, rel=4e-15)


CLOSED = [
    (landscapes.affine(1.5, 0.2), 0.7),
    (landscapes.quadratic(2.0, 0.3), 0.7),
    (landscapes.gaussian_mixture(), 1.0),
    (landscapes.periodic_wells(), 1.0),
    (landscapes.log_sum_exp([0.3, 0.7], [-1.0, 2.0], beta=0.8), 0.8),
    (landscapes.wide_versus_sharp(beta=5.0), 5.0),
    (landscapes.gaussian_mixture().shifted(0.4).stretched(1.7).scaled(2.0), 2.0),
]


@pytest.mark.parametrize(("f", "beta"), CLOSED)
def test_closed_forms_equal_the_cole_hopf_integral(f, beta):
    time, x = 0.3, 0.45
    kernel = lambda y: np.exp(-beta * (f(y) + (y - x) ** 2 / (2 * time)))  # noqa: E731
    wells = [x, *np.ravel(f.minima)]
    mass = quad(kernel, -6, 6, points=wells, epsabs=0, epsrel=1e-12, limit=500)[0]
    expected = -np.log(mass * np.sqrt(beta / (2 * np.pi * time))) / beta
    assert f.relaxed(time, beta)(x) == pytest.approx(expected, rel=1e-10)


COLD = [
    landscapes.absolute_value(),
    landscapes.huber(0.5),
    landscapes.piecewise_parabolas(),
    landscapes.wide_versus_sharp(),
    landscapes.absolute_value().stretched(0.5).scaled(3.0).shifted(0.2),
]


@pytest.mark.parametrize("f", COLD, ids=lambda f: f.name)
def test_closed_forms_at_zero_temperature_equal_the_lowest_parabola(f):
    time = 0.2
    y = np.linspace(-6, 6, 600_001)
    for x in (-1.3, -0.2, 0.05, 0.9):
        expected = (f(y) + (y - x) ** 2 / (2 * time)).min()
        assert f.relaxed(time, np.inf)(x) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(("f", "beta"), [*CLOSED, *[(f, np.inf) for f in COLD]])
def test_relaxing_twice_is_relaxing_for_the_sum_of_times(f, beta):
    x = np.linspace(-2, 2, 41)
    np.testing.assert_allclose(
        f.relaxed(0.2, beta).relaxed(0.1, beta)(x), f.relaxed(0.3, beta)(x), rtol=1e-12, atol=1e-13
    )


def test_two_dimensional_mixtures_relax_as_their_covariances_grow():
    f = landscapes.gaussian_mixture([0.5, 0.5], [[-1.0, 0.0], [1.0, 0.5]], [[0.1, 0.2], [0.3, 0.1]], beta=2.0)
    expected = landscapes.gaussian_mixture([0.5, 0.5], [[-1.0, 0.0], [1.0, 0.5]], [[0.3, 0.4], [0.5, 0.3]], beta=2.0)
    x = random_points(f, 20)
    np.testing.assert_allclose(f.relaxed(0.4, 2.0)(x), expected(x), rtol=1e-13)


def test_rotating_and_relaxing_commute():
    f = landscapes.gaussian_mixture([0.5, 0.5], [[-1.0, 0.0], [1.0, 0.5]], [[0.1, 0.2], [0.3, 0.1]], beta=2.0)
    x = random_points(f, 20)
    turned = np.stack([-x[:, 1], x[:, 0]], axis=1)
    np.testing.assert_allclose(f.rotated(np.pi / 2).relaxed(0.4, 2.0)(turned), f.relaxed(0.4, 2.0)(x), rtol=1e-12)


def test_relaxing_for_no_time_is_the_identity():
    f = landscapes.gaussian_mixture()
    assert f.relaxed(0.0, 1.0) is f


@pytest.mark.parametrize(
    ("beta", "time", "wins"),
    [(10.0, 0.0150, "sharp"), (10.0, 0.0175, "wide"), (20.0, 0.14, "sharp"), (20.0, 0.17, "wide")],
)
def test_the_wide_well_wins_beyond_the_published_time(beta, time, wins):
    # Laplace at each well: a + log(1 + c t) / (2 beta); the crossing times are 0.0162732501 and 0.155176210.
    f = landscapes.wide_versus_sharp(beta=beta).relaxed(time, beta)
    sharp, wide = f([-1.0, 1.0])
    assert (wide < sharp) == (wins == "wide")


def test_the_noise_of_figure_1_is_its_draws_under_a_gaussian_half_a_node_to_the_right():
    f = landscapes.chaudhari_figure_1_noisy()
    noise = f.samples - landscapes.chaudhari_figure_1().on(f.grid)
    draws = 5 * (np.random.RandomState(42).random_sample(500) - 0.5)
    smooth = gaussian_filter1d(draws, 0.03 / f.grid.spacing[0], mode="constant")
    np.testing.assert_allclose(noise[1:], 0.5 * (smooth[1:] + smooth[:-1]), atol=0.05)


def test_the_sharp_well_of_the_entropy_sgd_cartoon_is_the_deepest():
    f = landscapes.entropy_sgd_figure_2()
    assert 800 <= f.minima[0][0] < 820
    assert f.samples[220:380].mean() < f.samples[:180].mean() - 0.02


def test_declared_kinks_of_parabolas_are_where_the_lowest_changes():
    f = landscapes.piecewise_parabolas([0.0, 0.0, 5.0], [1.0, 1.0, 1.0], [-1.0, 1.0, 0.0])
    assert f.kinks == (0.0,)


def test_kinks_in_the_plane_are_known_to_be_undeclared():
    f = landscapes.piecewise_parabolas([0.0, 0.0], [1.0, 1.0], [[-1.0, 0.0], [1.0, 0.5]])
    assert (f.kinks, f.kinks_complete) == ((), False)


REFUSED = [
    (lambda: landscapes.get("rastrgin"), "name='rastrgin' is not in the catalogue. Use one of rastrigin"),
    (lambda: landscapes.rosenbrock(dim=1), "dim=1: Rosenbrock's function couples neighbours. Use dim=2"),
    (lambda: landscapes.huber(0.0), "width=0.0 must be positive and finite, e.g. width=1.0"),
    (
        lambda: landscapes.periodic_wells(1.0),
        "amplitude=1.0 reaches the logarithm of zero. Use amplitude < 1",
    ),
    (lambda: landscapes.gaussian_mixture([0.5, -1.0]), "has the entry -1.0, which is not positive"),
    (
        lambda: landscapes.gaussian_mixture([0.5, 0.5], [0.0, 1.0], [0.1, -0.1]),
        "covariances has the eigenvalue -0.1",
    ),
    (lambda: landscapes.gaussian_mixture([0.5]), r"have the lengths \[1, 2, 2\]"),
    (lambda: landscapes.gaussian_mixture(beta=np.inf), "beta=inf must be positive and finite, e.g. beta=1.0"),
    (
        lambda: landscapes.quadratic([[1.0, 2.0], [0.0, 1.0]]),
        r"is not symmetric. Use \[\[1.0, 1.0\], \[1.0, 1.0\]\]",
    ),
    (
        lambda: landscapes.quadratic(np.eye(3), dim=2),
        r"curvature has shape \(3, 3\), which does not fit dim=2",
    ),
    (
        lambda: landscapes.piecewise_parabolas([0.0], [-1.0], [0.0]),
        "has the entry -1.0, which is not positive",
    ),
    (
        lambda: landscapes.double_well().relaxed(1.0, 1.0),
        "'double_well' has no closed-form relaxation.*quadratic",
    ),
    (lambda: landscapes.quadratic(-2.0).relaxed(0.6, 1.0), "past the blow-up .* at 0.5. Use time=0.25"),
    (
        lambda: landscapes.gaussian_mixture().relaxed(1.0, 2.0),
        "beta=2.0: this landscape is defined at beta=1.0",
    ),
    (lambda: landscapes.huber().relaxed(1.0, 2.0), "only at zero temperature. Use beta=inf"),
    (lambda: landscapes.quadratic().relaxed(-1.0, 1.0), "time=-1.0, beta=1.0: use time >= 0"),
]


@pytest.mark.parametrize(("build", "message"), REFUSED)
def test_a_refusal_says_what_works(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_the_advised_values_work():
    assert landscapes.quadratic(-2.0).relaxed(0.25, 1.0).curvature == (-4.0, -4.0)
    assert landscapes.gaussian_mixture().relaxed(1.0, 1.0).name == "gaussian_mixture"
    assert landscapes.absolute_value().relaxed(1.0, np.inf).name == "huber"
    assert landscapes.get("rastrigin", dim=3).dim == 3
