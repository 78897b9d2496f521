"""Peers sample what we do: second moments at the end agree within their standard errors."""

import numpy as np
import pytest

from benchmarks import double_well, peers_diffrax, peers_numba, peers_torchsde
from benchmarks.double_well import FEW_STEPS, SIGMA, STEP
from benchmarks.loads import Load
from pdeopt.sde import EulerMaruyama

N_PATHS = 4096


def euler_loads() -> list[Load]:
    return [
        *double_well.euler_loops(N_PATHS, FEW_STEPS),
        peers_numba.two_point_load(N_PATHS, FEW_STEPS, STEP, SIGMA),
        double_well.ours(EulerMaruyama(increments="two-point"), N_PATHS, FEW_STEPS),
        peers_torchsde.euler_load(N_PATHS, FEW_STEPS, STEP, SIGMA),
        *peers_diffrax.euler_loads(N_PATHS, FEW_STEPS, STEP, SIGMA),
    ]


def langevin_loads() -> list[Load]:
    return [*double_well.langevin_loops(N_PATHS, FEW_STEPS), *double_well.openmm_loads(N_PATHS, FEW_STEPS)]


def second_moment(load: Load) -> tuple[float, float]:
    """Return the mean of x^2 at the end and its variance."""
    squares = np.asarray(load.run(), dtype=np.float64) ** 2
    return squares.mean(), squares.var() / squares.size


@pytest.mark.parametrize("load", euler_loads(), ids=lambda load: load.name)
def test_euler_peers_have_the_second_moment_of_ours(load):
    mean, variance = second_moment(load)
    expected, spread = second_moment(double_well.ours("euler-maruyama", 8 * N_PATHS, FEW_STEPS))
    assert abs(mean - expected) < 4.5 * np.sqrt(variance + spread)


@pytest.mark.parametrize("load", langevin_loads(), ids=lambda load: load.name)
def test_langevin_peers_have_the_second_moment_of_ours(load):
    mean, variance = second_moment(load)
    expected, spread = second_moment(double_well.ours_langevin("BAOAB", 8 * N_PATHS, FEW_STEPS))
    assert abs(mean - expected) < 4.5 * np.sqrt(variance + spread)
