"""Data sets in the plane, by the laws of their points."""

import numpy as np
import pytest
from scipy import stats

from pdeopt.networks import circles, moons, spirals, trigonometric, xor

MAKERS = [circles, moons, spirals, trigonometric, xor]
MANY = {"n_train": 20_000, "n_test": 0}


def bare_spiral(**options):
    data = spirals(noise=0.0, **(MANY | options))
    return data.x_train[: data.n_train // 2], data.x_train[data.n_train // 2 :]


def unit(points):
    return points / np.linalg.norm(points, axis=1, keepdims=True)


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("turns", "radius"), [(1, 2.0), (2, 2.0), (4, 1.5)])
def test_a_bare_spiral_is_archimedean_whatever_its_density(turns, radius, exponent):
    points, _ = bare_spiral(turns=turns, radius=radius, exponent=exponent)
    phase = 2.0 * turns * np.pi * np.linalg.norm(points, axis=1) / radius
    np.testing.assert_allclose(unit(points), np.column_stack([np.cos(phase), np.sin(phase)]), atol=1e-12)


def test_bare_points_of_the_classes_are_exact_opposites():
    first, second = bare_spiral()
    np.testing.assert_array_equal(first, -second)


@pytest.mark.parametrize("exponent", [0.5, 1.0])
def test_the_exponent_sets_the_density_along_the_spiral(exponent):
    points, _ = bare_spiral(exponent=exponent)
    t = (np.linalg.norm(points, axis=1) / 2.0) ** (1.0 / exponent)
    assert stats.kstest(t, "uniform").pvalue > 1e-3


def test_half_is_the_default_exponent_and_spreads_the_squared_radius_evenly():
    points, _ = bare_spiral()
    assert stats.kstest((points**2).sum(axis=1) / 4.0, "uniform").pvalue > 1e-3


def test_noise_is_normal_and_independent_between_the_classes():
    noisy, bare = spirals(noise=0.3, **MANY), spirals(noise=0.0, **MANY)
    noise = (noisy.x_train - bare.x_train) / 0.3
    assert stats.kstest(noise.ravel(), "norm").pvalue > 1e-3
    pairs = np.column_stack([noise[:10_000], noise[10_000:]])
    correlations = np.corrcoef(pairs.T)[np.triu_indices(4, 1)]
    assert np.abs(correlations).max() < 4.0 / np.sqrt(10_000)


def test_spirals_are_drawn_in_the_order_that_is_stated():
    data = spirals(turns=3, n_train=6, n_test=4, noise=0.1, exponent=0.7, seed=11, radius=1.5)
    for stream, points, n in zip(np.random.SeedSequence(11).spawn(2), (data.x_train, data.x_test), (6, 4), strict=True):
        rng = np.random.Generator(np.random.PCG64(stream))
        t = rng.random(n // 2)
        r = t**0.7
        curve = 1.5 * np.array([r * np.cos(6.0 * r * np.pi), r * np.sin(6.0 * r * np.pi)]).T
        expected = np.vstack([curve, -curve]) + 0.1 * rng.normal(size=(n, 2))
        np.testing.assert_allclose(points, expected, rtol=1e-13, atol=1e-15)


def test_the_class_of_trigonometric_data_is_the_side_of_the_sine():
    data = trigonometric(6, noise=0.0, amplitude=1.5, **MANY)
    x, y = data.x_train.T
    np.testing.assert_array_equal(data.y_train, y > 1.5 * np.sin(6.0 * np.pi * x))
    assert stats.kstest((x + 1.0) / 2.0, "uniform").pvalue > 1e-3
    assert stats.kstest((y + 1.5) / 3.0, "uniform").pvalue > 1e-3
    assert abs(data.y_train.mean() - 0.5) < 4.0 * 0.5 / np.sqrt(20_000)


def test_the_stand_in_says_that_it_is_one():
    assert "STAND-IN" in trigonometric.__doc__
    assert "not known" in trigonometric.__doc__


def test_moons_are_half_circles_about_two_centres():
    data = moons(noise=0.0, **MANY)
    outer, inner = data.x_train[:10_000], data.x_train[10_000:] - (1.0, 0.5)
    for half, side in ((outer, 1.0), (inner, -1.0)):
        np.testing.assert_allclose(np.linalg.norm(half, axis=1), 1.0, rtol=1e-12)
        assert (side * half[:, 1] >= 0.0).all()
        assert stats.kstest(np.arccos(half[:, 0]) / np.pi, "uniform").pvalue > 1e-3


def test_circles_have_their_radii_and_every_angle_as_often():
    data = circles(noise=0.0, ratio=0.3, **MANY)
    radii = np.linalg.norm(data.x_train, axis=1)
    np.testing.assert_allclose(radii, np.where(data.y_train == 1, 0.3, 1.0), rtol=1e-12)
    angles = np.arctan2(*data.x_train.T) / (2.0 * np.pi) + 0.5
    assert stats.kstest(angles, "uniform").pvalue > 1e-3


def test_the_class_of_xor_is_the_sign_of_the_product():
    data = xor(**MANY)
    np.testing.assert_array_equal(data.y_train, data.x_train.prod(axis=1) < 0.0)
    assert stats.kstest((data.x_train.ravel() + 1.0) / 2.0, "uniform").pvalue > 1e-3


@pytest.mark.parametrize("maker", [circles, moons, trigonometric, xor])
def test_noise_is_added_to_points_of_a_given_class(maker):
    noisy, bare = maker(noise=0.2, **MANY), maker(noise=0.0, **MANY)
    np.testing.assert_array_equal(noisy.y_train, bare.y_train)
    assert stats.kstest((noisy.x_train - bare.x_train).ravel() / 0.2, "norm").pvalue > 1e-3


@pytest.mark.parametrize("maker", [circles, moons, spirals])
def test_half_of_the_points_are_of_each_class_the_first_first(maker):
    data = maker(n_train=6, n_test=4)
    assert data.y_train.tolist() == [0, 0, 0, 1, 1, 1]
    assert data.y_test.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("maker", MAKERS)
def test_a_seed_gives_one_data_set_and_its_parts_are_independent(maker):
    first, again, other = maker(seed=1), maker(seed=1), maker(seed=2)
    np.testing.assert_array_equal(first.x_train, again.x_train)
    for pair in ((first.x_train, other.x_train), (first.x_train, first.x_test), (first.x_test, other.x_train)):
        assert not np.isin(pair[0], pair[1]).any()
    # The training set does not depend on how many points there are to be tested on.
    np.testing.assert_array_equal(maker(seed=1, n_test=2).x_train, first.x_train)


@pytest.mark.parametrize("maker", MAKERS)
def test_the_record_says_how_it_was_made(maker):
    data = maker(seed=5, noise=0.125)
    assert (data.name, data.n_classes) == (maker.__name__, 2)
    assert data.facts["seed"] == 5
    assert data.facts["noise"] == 0.125


@pytest.mark.parametrize(
    ("maker", "arguments", "message"),
    [
        (spirals, {"n_train": 501}, "n_train=501 must be an even number of at least 2. Use n_train=500"),
        (moons, {"n_test": 3}, "n_test=3 must be an even number of at least 0. Use n_test=2"),
        (circles, {"n_train": 0}, "n_train=0 must be an even number of at least 2. Use n_train=500"),
        (xor, {"n_train": 10.5}, "n_train=10.5 must be a whole number of at least 2"),
        (xor, {"n_test": -1}, "n_test=-1 must be a whole number of at least 0. Use n_test=500"),
        (spirals, {"turns": 0}, "turns=0 must be a finite number above 0. Use turns=2"),
        (spirals, {"noise": -0.1}, "noise=-0.1 must be a finite number at least 0. Use noise=0.02"),
        (spirals, {"exponent": np.nan}, "exponent=nan must be a finite number above 0. Use exponent=0.5"),
        (spirals, {"radius": np.inf}, "radius=inf must be a finite number above 0. Use radius=2"),
        (spirals, {"seed": -1}, "seed=-1 must be a whole number of at least 0. Use seed=0"),
        (circles, {"ratio": 1.0}, "ratio=1.0 must be below 1.*Use ratio=0.5"),
        (trigonometric, {"oscillations": "3"}, "oscillations='3' must be a finite number above 0. Use oscillations=3"),
        (trigonometric, {"amplitude": -2.0}, "amplitude=-2.0 must be a finite number above 0. Use amplitude=2"),
    ],
)
def test_bad_arguments_are_refused_with_a_value_that_works(maker, arguments, message):
    with pytest.raises(ValueError, match=message):
        maker(**arguments)
