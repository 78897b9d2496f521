"""Steps of split generators: the formulas of the papers, exact transposes, mass."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from reference_kolmogorov import random_split, split_matrices, textbook_step

from pdeopt.kolmogorov import Split
from pdeopt.kolmogorov.steppers import (
    SCHEMES,
    TRBDF2,
    BackwardEuler,
    CraigSneyd,
    CrankNicolson,
    Douglas,
    HundsdorferVerwer,
    ModifiedCraigSneyd,
)

SHAPES = [
    (shape, periodic)
    for shape in ((17,), (2,), (6, 7), (5, 2), (3, 4, 5))
    for periodic in product((False, True), repeat=len(shape))
]
STEP = 0.05


def three_splits(shape, periodic, seed=0):
    rng = np.random.default_rng(seed)
    return rng, [random_split(rng, shape, periodic) for _ in range(3)]


@pytest.mark.parametrize(("shape", "periodic"), SHAPES)
def test_every_step_and_its_transpose_are_dual(shape, periodic):
    rng, splits = three_splits(shape, periodic)
    p, u = rng.normal(size=(2, 2, *shape))
    for name, scheme in SCHEMES.items():
        for given in (splits[0], splits[: len(scheme.stages)]):
            stepper = scheme().stepper(given, STEP)
            gap = np.sum(p * stepper.apply(u)) - np.sum(stepper.transpose(p) * u)
            assert abs(gap) <= 1e-14 * np.linalg.norm(p) * np.linalg.norm(u), name


@pytest.mark.parametrize(
    ("shape", "periodic"), [((6, 5), (False, True)), ((3, 4, 3), (True, False, False)), ((9,), (True,))]
)
@pytest.mark.parametrize("scheme", [Douglas(0.7), CraigSneyd(), ModifiedCraigSneyd(1.0 / 3.0), HundsdorferVerwer(0.3)])
def test_split_steps_are_those_of_the_papers_with_coefficients_and_sources_that_move(scheme, shape, periodic):
    rng, (old, new, _) = three_splits(shape, periodic)
    u, f0, f1 = rng.normal(size=(3, *shape))
    matrices = split_matrices(old), split_matrices(new)
    expected = textbook_step(scheme.name, scheme.theta, *matrices, STEP, u.ravel(), f0.ravel(), f1.ravel())
    found = scheme.stepper([old, new], STEP).apply(u, [f0, f1])
    np.testing.assert_allclose(found.ravel(), expected, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("scheme", [Douglas(), CraigSneyd(), ModifiedCraigSneyd(), HundsdorferVerwer()])
def test_steps_in_a_plane_without_source_are_those_of_the_papers(scheme):
    rng, (split, _, _) = three_splits((6, 5), (False, False))
    u, none = rng.normal(size=(2, 6, 5)), np.zeros(30)
    matrices = split_matrices(split)
    found = scheme.stepper(split, STEP).apply(u)
    for given, result in zip(u, found, strict=True):
        expected = textbook_step(scheme.name, scheme.theta, matrices, matrices, STEP, given.ravel(), none, none)
        np.testing.assert_allclose(result.ravel(), expected, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(("shape", "periodic"), [((9,), (False,)), ((9,), (True,)), ((4, 5), (True, False))])
def test_unsplit_steps_solve_their_implicit_equations(shape, periodic):
    rng, splits = three_splits(shape, periodic)
    u, f0, f1, f2 = rng.normal(size=(4, *shape))
    a, b, c = (sum(split_matrices(split)) for split in splits)
    flat = [array.ravel() for array in (u, f0, f1, f2)]

    v = BackwardEuler().stepper([splits[0]], STEP).apply(u, [f0]).ravel()
    np.testing.assert_allclose(v - flat[0], STEP * (a @ v + flat[1]), atol=1e-11)
    v = CrankNicolson().stepper(splits[:2], STEP).apply(u, [f0, f1]).ravel()
    np.testing.assert_allclose(v - flat[0], 0.5 * STEP * (a @ flat[0] + flat[1] + b @ v + flat[2]), atol=1e-11)

    gamma = 2.0 - np.sqrt(2.0)
    middle = np.linalg.solve(
        np.eye(u.size) - 0.5 * gamma * STEP * b,
        flat[0] + 0.5 * gamma * STEP * (a @ flat[0] + flat[1] + flat[2]),
    )
    v = TRBDF2().stepper(splits, STEP).apply(u, [f0, f1, f2]).ravel()
    known = (middle - (1.0 - gamma) ** 2 * flat[0]) / (gamma * (2.0 - gamma))
    left = v - (1.0 - gamma) / (2.0 - gamma) * STEP * (c @ v + flat[3])
    np.testing.assert_allclose(left, known, atol=1e-11)


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize(
    ("shape", "periodic"), [((30,), (True,)), ((11, 12), (False, True)), ((5, 6, 4), (False, False, False))]
)
def test_transposed_steps_conserve_mass(name, shape, periodic):
    rng = np.random.default_rng(1)
    split = random_split(rng, shape, periodic)
    axes = tuple(replace(part, diagonal=-(part.lower + part.upper)) for part in split.axes)
    stepper = SCHEMES[name]().stepper(Split(axes, split.cross), 0.02)
    masses = rng.random(shape)
    masses /= masses.sum()
    for _ in range(10):
        masses = stepper.transpose(masses)
        assert abs(masses.sum() - 1.0) <= 1e-14


def test_backward_euler_keeps_masses_positive_and_modified_craig_sneyd_does_not():
    split = random_split(np.random.default_rng(2), (9, 9), (False, False), cross=False, frozen=0.0)
    point = np.zeros((9, 9))
    point[4, 4] = 1.0
    assert BackwardEuler().stepper(split, 1.0).transpose(point).min() >= 0.0
    assert ModifiedCraigSneyd().stepper(split, 1.0).transpose(point).min() < -1e-3


def test_killing_of_the_mixed_part_is_that_of_the_whole():
    split = random_split(np.random.default_rng(4), (4, 5), (False, False))
    killing = np.random.default_rng(5).random((4, 5))
    killed = Split(split.axes, replace(split.cross, killing=killing))
    u, matrix = np.random.default_rng(6).normal(size=20), sum(split_matrices(killed))
    for scheme in (CrankNicolson(), ModifiedCraigSneyd()):
        change = [(scheme.stepper(killed, h).apply(u.reshape(4, 5)).ravel() - u) / h for h in (1e-7, 2e-7)]
        np.testing.assert_allclose(2.0 * change[0] - change[1], matrix @ u, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: Douglas(0.0), r"theta=0.0 must lie in \(0, 1\], such as 0.5"),
        (lambda s: Douglas().stepper([s], 0.1), "splits has 1 entries, but douglas takes 2"),
        (lambda s: Douglas().stepper(s, -0.1), "step=-0.1 must be positive and finite, such as 0.01"),
    ],
)
def test_steps_that_make_no_sense_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(random_split(np.random.default_rng(0), (4,), (False,)))
