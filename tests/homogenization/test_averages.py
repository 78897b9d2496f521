"""Averaged drifts and the covariance of the next order, against quadrature, closed forms and each other."""

import numpy as np
import pytest
from scipy.integrate import quad

import pdeopt
from pdeopt.homogenization import averaged, averaged_drift, clt_covariance
from pdeopt.sde import SCHEMES
from pdeopt.sde.linear import mean_matrix, noise_matrix
from pdeopt.systems import TwoScale, elastic, entropy_sgd, entropy_sgd_2, heat

WELL = pdeopt.landscapes.double_well()
CORRECTED, PRINTED = 0.04721507787541257197, -0.07280201790156175235
"""(x - <y>)/t at x = 0.3, t = 0.5 under beta = 1 and under beta = 2, which is what the printed noise samples."""


def damp(x, y):
    return -x * y * y


def relax(x, y):
    return -y


def test_quadrature_has_the_published_digits_under_both_noises():
    for make in (entropy_sgd, entropy_sgd_2):
        for noise, gradient in (("corrected", CORRECTED), ("printed", PRINTED)):
            value = averaged_drift(make(WELL, 0.5, 1.0, noise=noise), 0.3).value[0]
            if make is entropy_sgd_2 or noise == "corrected":
                assert value == pytest.approx(-gradient, abs=2e-13)
    # Heat of the double well: the gradient of (x^4 - 2 x^2)/4 plus 6 s x^2/4, s = t/beta.
    assert averaged_drift(heat(WELL, 0.5, 1.0), 0.3).value[0] == pytest.approx(-0.177, abs=1e-13)
    assert averaged_drift(heat(WELL, 0.5, 1.0, noise="printed"), 0.3).value[0] == pytest.approx(0.048, abs=1e-13)


def test_the_two_noises_are_more_than_twenty_standard_errors_apart_when_sampled():
    found = {}
    for noise in ("corrected", "printed"):
        system = entropy_sgd(WELL, 0.5, 1.0, noise=noise)
        found[noise] = averaged_drift(system, 0.3, method="sampling", micro_step=0.04, n_micro=4000, replicas=1000)
    for noise, exact in (("corrected", CORRECTED), ("printed", PRINTED)):
        assert abs(-found[noise].value[0] - exact) < 4.0 * found[noise].error[0]
    apart = found["printed"].value[0] - found["corrected"].value[0]
    assert apart > 20.0 * np.hypot(found["printed"].error[0], found["corrected"].error[0])


@pytest.mark.slow
@pytest.mark.parametrize("make", [entropy_sgd, entropy_sgd_2, heat, elastic])
def test_sampling_agrees_with_quadrature_in_every_system(make):
    system = make(pdeopt.landscapes.double_well(2), 0.5, 1.0)
    exact = averaged_drift(system, [[0.3, -0.8], [1.0, 0.0]], method="quadrature")
    found = averaged_drift(system, exact.x, method="sampling", micro_step=0.02, n_micro=4000, replicas=256)
    assert found.value.shape == (2, 2)
    assert np.all(np.abs(found.value - exact.value) < 4.5 * found.error)
    assert np.all(found.error < 0.03)


def test_a_general_fast_law_is_averaged_by_its_generator():
    # y ~ N(0, 1/2): the average of -x y^2 is -x/2.
    found = averaged_drift(TwoScale(damp, relax, 1.0), [[1.0], [0.3]])
    np.testing.assert_allclose(found.value[:, 0], [-0.5, -0.15], atol=1e-8)
    assert found.method == "generator"


def test_the_error_bar_counts_the_correlation_along_paths():
    # Var of the time average of y under OU: 2 var tau / T, tau = 1.
    system = entropy_sgd(pdeopt.landscapes.quadratic(2.0), 0.5, 2.0)
    found = averaged_drift(system, 0.3, method="sampling", micro_step=0.025, n_micro=4000, replicas=1000)
    assert found.error[0] == pytest.approx(np.sqrt(0.25 / (4000 * 0.025) / 1000), rel=0.1)
    assert found.correlation_time[0] == pytest.approx(2.0 * 0.25, rel=0.2)


@pytest.mark.parametrize("eta", [0.05, 0.2])
def test_euler_s_fast_variance_is_too_large_by_the_known_factor(eta):
    system = entropy_sgd(pdeopt.landscapes.quadratic(2.0), 0.5, 2.0)
    fast, kappa = system.fast_at(0.0), 2.0 + 1.0 / 0.5
    stepper = SCHEMES["euler-maruyama"].stepper(fast)
    m, n = mean_matrix(stepper, eta, fast.args)[0, 0], noise_matrix(stepper, eta, fast.args)[0, 0]
    assert n**2 / (1.0 - m**2) == pytest.approx(1.0 / (2.0 * kappa) / (1.0 - 0.5 * eta * kappa), rel=1e-12)


def gibbs_integral(x, beta, time):
    """2 int_0^inf Cov(h_0, h_s) ds of overdamped Langevin on a line, by nested quadrature: 2 int F^2 / (D rho)."""

    def weight(y):
        return np.exp(-beta * (0.25 * (y * y - 1.0) ** 2 + (x - y) ** 2 / (2.0 * time)))

    y = np.linspace(-4.0, 4.0, 4001)
    rho = weight(y) / quad(weight, -6.0, 6.0, epsabs=1e-13)[0]
    h = -(x - y) / time
    mean = np.trapezoid(rho * h, y)
    flow = np.concatenate(
        [[0.0], np.cumsum(0.5 * (rho * (h - mean))[1:] + 0.5 * (rho * (h - mean))[:-1]) * (y[1] - y[0])]
    )
    inside = np.abs(y) < 3.0
    return 2.0 * np.trapezoid(flow[inside] ** 2 / rho[inside], y[inside]) * beta


def test_the_poisson_equation_gives_the_covariance_of_the_double_well():
    system = entropy_sgd(WELL, 0.5, 1.0)
    grid = pdeopt.Grid(-3.5, 3.5, 257)
    found = clt_covariance(system, [0.3, 1.0], grid=grid)
    assert found.method == "generator"
    for k, x in enumerate((0.3, 1.0)):
        assert found.value[k, 0, 0] == pytest.approx(gibbs_integral(x, 1.0, 0.5), rel=1e-5)
    np.testing.assert_allclose(found.factor[:, 0, 0] ** 2, found.value[:, 0, 0], rtol=1e-13)
    thirds = clt_covariance(elastic(WELL, 0.5, 1.0, n_replicas=3), [0.3, 1.0], grid=grid)
    np.testing.assert_allclose(thirds.value, found.value / 3.0, rtol=1e-12)


def test_the_generator_and_the_closed_form_agree_for_a_quadratic():
    system = entropy_sgd(pdeopt.landscapes.quadratic(2.0), 0.5, 2.0)
    grid = pdeopt.Grid(-3.5, 3.5, 193)
    found = clt_covariance(system, 0.3, method="generator", grid=grid)
    assert abs(found.value[0, 0] - 0.25) < 1e-9
    assert clt_covariance(system, 0.3).value[0, 0] == pytest.approx(0.25, rel=1e-14)


@pytest.mark.slow
def test_sampled_covariances_agree_with_solved_ones():
    for count in (1, 2, 4):
        system = elastic(WELL, 0.5, 1.0, n_replicas=count)
        exact = clt_covariance(system, [0.3, 1.0], grid=pdeopt.Grid(-3.5, 3.5, 257)).value
        found = clt_covariance(system, [0.3, 1.0], method="sampling", micro_step=0.04)
        assert np.all(np.abs(found.value - exact) < 4.0 * found.error)
        assert np.all(found.error < 0.05 * exact)


def test_what_does_not_apply_is_refused_with_what_does():
    with pytest.raises(ValueError, match="replicas=1 leaves no error bar"):
        averaged_drift(entropy_sgd(WELL), 0.3, method="sampling", replicas=1)
    with pytest.raises(ValueError, match="method='gaussian' needs affine rates"):
        clt_covariance(entropy_sgd(WELL), 0.3, method="gaussian")
    with pytest.raises(ValueError, match="method='magic' is not known"):
        averaged_drift(entropy_sgd(WELL), 0.3, method="magic")
    with pytest.raises(ValueError, match="Use method='sampling'"):
        averaged_drift(elastic(WELL, n_replicas=3, coupling="mean"), 0.3, method="quadrature")
    with pytest.raises(ValueError, match="coupling='mean' lets the replicas drift"):
        averaged(elastic(WELL, coupling="mean"))


def test_results_print_points_values_and_errors():
    system = entropy_sgd(pdeopt.landscapes.quadratic(2.0), 0.5, 2.0)
    assert "at [0.3]: -0.3 +- " in str(averaged_drift(system, 0.3))
    assert "diagonal 0.25 +- " in str(clt_covariance(system, 0.3))
