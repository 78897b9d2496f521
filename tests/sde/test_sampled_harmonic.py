"""Sampled variances on the harmonic well lie within their own error bars of the exact stationary laws."""

import numpy as np
import pytest

import pdeopt

W, FRICTION, TAU, H, N_PATHS = 2.0, 0.5, 0.25, 0.6, 40_000
WELL = pdeopt.landscapes.quadratic(W * W)
STATIONARY = {
    "baoab": (0.0625, 0.0, 0.16),
    "aboba": (0.0625, 0.0, 0.390625),
    "obabo": (0.09765625, 0.0, 0.25),
    "oabao": (0.04, 0.0, 0.25),
    "gjf": (0.0625, 0.0, 0.16),
    "bbk": (0.099853515625, 0.0, 0.25),
    "bao": (0.09277019208895, 0.09474971870466, 0.3467714843794),
    "ubu": (0.04755420019389, 0.002905185164423, 0.2959180785322),
    "bub": (0.07415248895763, -0.005826244478815, 0.1912203518855),
    "ava": (0.06296804837831, 0.0, 0.3889985488654),
    "vav": (0.0979779177762, -0.008736093313785, 0.2507789441552),
    "metropolised-obabo": (0.0625, 0.0, 0.25),
}
"""<q^2>, <qp> and <p^2>: published digits of forty-digit Lyapunov solves, and the exact law of the Metropolis test."""
OVERDAMPED = {"euler-maruyama": 0.16, "leimkuhler-matthews": 0.12, "implicit-midpoint": 0.12, "mala": 0.12}
"""<q^2> at stiffness 2.5, temperature 0.3 and step 0.2."""


def deviations(samples, expected):
    """Return by how many of its standard errors each mean square is off."""
    errors = samples.std(axis=-1) / np.sqrt(samples.shape[-1])
    return (samples.mean(axis=-1) - expected) / errors


def each(table, quick):
    """Return the names of a table, of which all but a few are for the slow session: each compiles for seconds."""
    return [name if name in quick else pytest.param(name, marks=pytest.mark.slow) for name in table]


@pytest.mark.parametrize("method", each(STATIONARY, ("baoab", "obabo", "bao")))
def test_words_sample_the_stationary_covariance_of_the_discrete_scheme(method):
    system = pdeopt.langevin(WELL, 1.0 / TAU, friction=FRICTION)
    q, p = pdeopt.simulate(system, (0.0, 0.0), step=H, n_steps=100, n_paths=N_PATHS, method=method).final.T
    assert np.abs(deviations(np.array([q * q, q * p, p * p]), STATIONARY[method])).max() < 4.0


@pytest.mark.parametrize("method", each(OVERDAMPED, ("euler-maruyama", "leimkuhler-matthews")))
def test_overdamped_schemes_sample_their_stationary_variance(method):
    system = pdeopt.overdamped_langevin(pdeopt.landscapes.quadratic(2.5), 1.0 / 0.3)
    x = pdeopt.simulate(system, 0.0, step=0.2, n_steps=100, n_paths=N_PATHS, method=method).final[:, 0]
    assert abs(deviations(x * x, OVERDAMPED[method])) < 4.0
