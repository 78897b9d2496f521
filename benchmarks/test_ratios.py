"""Pairs for pytest-benchmark: the figure in brackets is the ratio to the faster of a group."""

import numpy as np
import pytest

from benchmarks.cole_hopf import BETA, TIME, dense, log_weights, plane
from benchmarks.hopf_lax import N_NODES, line_task
from pdeopt import relax
from pdeopt.kernels.gaussian import exponentials

x = np.linspace(-1.0, 1.0, N_NODES)
f = -np.cos(np.pi * x)
out = np.empty_like(x)
field, grid = plane(256)
weights = log_weights(np.asarray(grid.axes[0]), np.asarray(grid.axes[0]))
PAIRS = {
    "1-D Hopf-Lax with prox": {"pdeopt": line_task(f, x, 0.1), "a + s*b": lambda: f + 0.1 * x},
    "a million exponentials": {"pdeopt": lambda: exponentials(f, out), "numpy": lambda: np.exp(f, out=out)},
    "256^2 relaxed, against one line": {
        "pdeopt": lambda: relax(field, grid, TIME, BETA),
        "dense logsumexp, 1 of 512 lines": lambda: dense(field[:1], weights),
    },
}
CASES = [pytest.param(pair, who, id=f"{pair}: {who}") for pair, tasks in PAIRS.items() for who in tasks]


@pytest.mark.parametrize(("pair", "who"), CASES)
def test_time_relative_to_the_peer_in_the_same_group(benchmark, pair, who):
    benchmark.group = pair
    benchmark.pedantic(PAIRS[pair][who], rounds=7, warmup_rounds=1)
