"""Large networks: products of matrices give the same bits whatever number of threads BLAS is set to."""

import os
import subprocess
import sys
import threading

import pytest
from threadpoolctl import threadpool_info

from pdeopt.networks import blas_threads as module
from pdeopt.networks.blas_threads import one_blas_thread

TRAIN = """
import numpy as np
from pdeopt.networks import MLP, Data, train
from pdeopt.optimizers import SGD
rng = np.random.default_rng(0)
x, y = rng.standard_normal((300, 500)), rng.integers(0, 10, 300)
fit = train(MLP([500, 250, 10]), Data(x, y, n_classes=10), SGD(0.1), n_steps=5, batch_size=100)
print(fit.parameters.tobytes().hex()[:4000], np.sum(fit.parameters).hex())
"""


def blas_threads():
    return {found["num_threads"] for found in threadpool_info() if found["user_api"] == "blas"}


@pytest.mark.slow
def test_training_has_the_same_bits_with_one_and_two_blas_threads():
    found = set()
    for n in ("1", "2"):
        setting = os.environ | {"OPENBLAS_NUM_THREADS": n, "MKL_NUM_THREADS": n, "OMP_NUM_THREADS": n}
        done = subprocess.run([sys.executable, "-c", TRAIN], env=setting, capture_output=True, text=True, check=True)
        found.add(done.stdout)
    assert len(found) == 1


def test_blas_has_one_thread_inside_and_what_it_had_after_the_last_block():
    before = blas_threads()
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with one_blas_thread():
            inside.set()
            leave.wait(10.0)

    other = threading.Thread(target=stay)
    with one_blas_thread():
        other.start()
        assert inside.wait(10.0)
    assert blas_threads() == {1}
    leave.set()
    other.join()
    assert blas_threads() == before


def test_without_the_extra_blas_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(module, "threadpoolctl", None)
    before = blas_threads()
    with one_blas_thread():
        assert blas_threads() == before
