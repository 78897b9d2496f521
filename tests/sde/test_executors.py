"""A cluster of processes computes the same bits as threads."""

import numpy as np
import pytest

import pdeopt


def pull(t, x, rate):
    return -rate * x


def spread(t, x, rate):
    return 0.3


def test_a_cluster_of_local_processes_gives_the_same_bits():
    distributed = pytest.importorskip("dask.distributed", reason="the extra dask is not installed")
    system = pdeopt.SDE(pull, spread, noise="additive", args=(1.5,))
    options = {"step": 0.01, "n_steps": 50, "n_paths": 20000, "save_every": 25}
    alone = pdeopt.simulate(system, 1.0, **options)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        shared = pdeopt.simulate(system, 1.0, executor=client.get_executor(), **options)
    assert np.array_equal(alone.paths, shared.paths)
    assert np.array_equal(alone.statistics.covariance, shared.statistics.covariance)
