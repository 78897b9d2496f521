"""Derivatives of diffusions, and the drifts of the two interpretations."""

import math

import numpy as np
import pytest

from pdeopt import SDE
from pdeopt.systems import problems

X = (0.3, -0.7)
A = np.array([[-0.2, 0.4], [0.1, -0.3]])
B = np.array([[0.5, 0.2], [-0.3, 0.1]])


def linear_drift(t, x):
    return (-0.2 * x[0] + 0.4 * x[1], 0.1 * x[0] - 0.3 * x[1])


def linear_noise(t, x):
    return (0.5 * x[0] + 0.2 * x[1], -0.3 * x[0] + 0.1 * x[1])


def own_noise(t, x, a):
    return (a * math.sin(x[0]), t * x[1] ** 2)


def own_noise_jacobian(t, x, a):
    return (a * math.cos(x[0]), 2 * t * x[1])


def no_drift(t, x, a):
    return (0.0, 0.0)


def fill(t, x, out):
    out[:] = x


WITH_JACOBIAN = [name for name in problems.CATALOGUE if problems.get(name).system.jacobian_kind == "given"]


@pytest.mark.parametrize("name", WITH_JACOBIAN)
def test_stated_jacobians_agree_with_differences(name):
    system = problems.get(name).system
    x = 0.4 if system.dim == 1 else tuple(np.linspace(0.3, 0.9, system.dim))
    stated = system.diffusion_jacobian(0.2, x, *system.args)
    supplied = SDE(
        system.drift, system.diffusion, system.noise, system.dim, system.n_noise, args=system.args
    ).with_jacobian()
    assert (system.jacobian_kind, supplied.jacobian_kind) == ("given", "numerical")
    assert np.shape(stated) == system.jacobian_shape
    np.testing.assert_allclose(supplied.compiled_jacobian(0.2, x, *system.args), stated, atol=1e-9)


def test_jacobians_of_several_components_are_differences_too():
    own = SDE(no_drift, own_noise, dim=2, args=(0.8,)).compiled_jacobian(0.4, X, 0.8)
    np.testing.assert_allclose(own, own_noise_jacobian(0.4, X, 0.8), atol=1e-9)
    shared = SDE(linear_drift, linear_noise, "scalar", 2).compiled_jacobian(0.0, X)
    np.testing.assert_allclose(shared, B, atol=1e-9)


@pytest.mark.parametrize("name", ["gbm", "linear_two_noises", "roessler", "non_commutative", "wave"])
def test_the_drift_of_stratonovich_is_that_of_the_closed_form(name):
    problem = problems.get(name)
    system = problem.system.as_stratonovich()
    x = 0.4 if system.dim == 1 else tuple(np.linspace(0.3, 0.9, system.dim))
    gbm, two = 1.01 - 0.5 * 0.87**2, 1.5 - 0.5 * (0.1**2 + 0.3**2)
    matrices = 0.05 * np.ones((5, 5)) - 1.55 * np.eye(5), 0.01 * np.ones((5, 5)) + 0.19 * np.eye(5)
    c = 0.25 * (1 - 2 * math.sqrt(2))
    first, second = np.array([[0.25, 0.0], [0.0, c]]), np.array([[0.0625, 0.0], [0.1, 0.0625]])
    planar = np.array([[-273 / 512, 0.0], [-1 / 160, -785 / 512 + math.sqrt(2) / 8]])
    exact = {
        "gbm": gbm * np.array(x),
        "linear_two_noises": two * np.array(x),
        "wave": 0.0,
        "roessler": (matrices[0] - 2 * matrices[1] @ matrices[1]) @ np.linspace(0.3, 0.9, 5),
        "non_commutative": (planar - 0.5 * (first @ first + second @ second)) @ np.linspace(0.3, 0.9, 2),
    }
    assert system.interpretation == "stratonovich"
    np.testing.assert_allclose(system.compiled_drift(0.2, x, *system.args), exact[name], atol=1e-15)


def test_one_noise_for_all_components_adds_half_of_its_matrix_squared():
    system = SDE(linear_drift, linear_noise, "scalar", 2, interpretation="stratonovich").as_ito()
    np.testing.assert_allclose(system.compiled_drift(0.0, X), (A + 0.5 * B @ B) @ X, atol=1e-10)


def test_diagonal_noise_adds_half_of_its_own_derivative():
    system = SDE(no_drift, own_noise, dim=2, args=(0.8,), interpretation="stratonovich").as_ito()
    exact = 0.5 * np.array(own_noise(0.4, X, 0.8)) * own_noise_jacobian(0.4, X, 0.8)
    np.testing.assert_allclose(system.compiled_drift(0.4, X, 0.8), exact, atol=1e-10)


def test_a_system_that_has_the_form_already_comes_back():
    system = problems.get("gbm").system
    assert system.as_ito() is system
    assert system.with_jacobian() is system


def test_additive_noise_needs_no_correction_in_any_dimension():
    system = SDE(fill, fill, "additive", 9).as_stratonovich()
    assert (system.interpretation, system.drift) == ("stratonovich", fill)


def test_above_eight_components_derivatives_must_be_given():
    system = SDE(fill, fill, dim=9)
    with pytest.raises(NotImplementedError, match="up to dim=8 only; this system has dim=9"):
        system.with_jacobian()
    with pytest.raises(NotImplementedError, match="interpretation='ito' is converted up to dim=8 only"):
        system.as_stratonovich()


@pytest.mark.parametrize("name", ["linear_two_noises", "roessler", "non_commutative", "clark_cameron"])
def test_noises_commute_where_the_catalogue_says_so(name):
    system = problems.get(name).system
    x = 0.4 if system.dim == 1 else tuple(np.linspace(0.3, 0.9, system.dim))
    shape = (system.dim, system.n_brownian, system.dim)
    sigma = np.reshape(system.diffusion(0.0, x, *system.args), shape[:2])
    jacobian = np.reshape(system.diffusion_jacobian(0.0, x, *system.args), shape)
    # Entry (i, j, k) is column j of the diffusion applied as a derivative to column k.
    along = np.einsum("lj,ikl->ijk", sigma, jacobian)
    defect = np.abs(along - along.swapaxes(1, 2)).max()
    assert (defect < 1e-15) == (system.noise == "commutative")
