"""A second process compiles nothing, also where the module of the functions has moved, and sees a changed one."""

import pytest
from new_processes import in_a_new_process

CODE = """
import numba

RATE = {rate}


@numba.njit
def helper(x):
    return -RATE * x

def drift(t, x):
    return helper(x)
"""
SCRIPT = """
import pdeopt

system = pdeopt.SDE(module.drift, lambda t, x: 0.25, noise="additive")
compiled = counted()
run = pdeopt.simulate(system, 1.0, step=0.5, n_steps=2, n_paths=2)
print(compiled.count, run.statistics.mean[0, 0])
"""


def simulated(rate, module):
    return in_a_new_process(SCRIPT, module, CODE.format(rate=rate))


@pytest.mark.slow
def test_a_second_process_compiles_nothing_and_sees_a_changed_function():
    _, mean = simulated(1.0, "first")
    assert simulated(1.0, "first") == (0, mean)
    assert simulated(1.0, "renamed") == (0, mean)
    _, other = simulated(0.5, "renamed")
    # The same noise: only the drift differs, by 0.5 for one step from 1 and then by what is left of it.
    assert other - mean > 0.1
