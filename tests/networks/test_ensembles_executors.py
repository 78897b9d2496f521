"""Processes, alone or of a cluster, compute the bits of an ensemble that threads do."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from pdeopt.networks import MLP, spirals, train_ensemble
from pdeopt.optimizers import AdLaLa
from tests.networks.test_ensembles import same

pytestmark = pytest.mark.slow

NET, METHOD = MLP([2, 5, 1]), AdLaLa()
OPTIONS = {"n_runs": 7, "n_steps": 40, "batch_size": 10, "seed": 2, "record_every": 20, "average_last": 3}


def data(seed):
    return spirals(n_train=60, n_test=40, seed=seed)


def test_a_pool_of_processes_gives_the_same_bits():
    alone = train_ensemble(NET, data, METHOD, threads=1, **OPTIONS)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert same(alone, train_ensemble(NET, data, METHOD, executor=executor, block_size=3, **OPTIONS))


def test_a_cluster_of_local_processes_gives_the_same_bits():
    distributed = pytest.importorskip("dask.distributed", reason="the extra dask is not installed")
    alone = train_ensemble(NET, lambda seed: data(seed), METHOD, threads=1, **OPTIONS)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        shared = train_ensemble(NET, lambda seed: data(seed), METHOD, executor=client.get_executor(), **OPTIONS)
    assert same(alone, shared)
