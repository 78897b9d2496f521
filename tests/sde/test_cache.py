"""A second process compiles nothing, also where the module of the functions has moved, and sees a changed one."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from types import ModuleType
from numba.core import event
import pdeopt

class Compiled(event.Listener):
    count = 0

    def on_start(self, event):
        self.count += 1

    def on_end(self, event):
        pass

code = '''
import numba

RATE = {rate}


@numba.njit
def helper(x):
    return -RATE * x

def drift(t, x):
    return helper(x)
'''
module = sys.modules[sys.argv[1]] = ModuleType(sys.argv[1])
exec(code, vars(module))
system = pdeopt.SDE(module.drift, lambda t, x: 0.25, noise="additive")
compiled = Compiled()
event.register("numba:compile", compiled)
run = pdeopt.simulate(system, 1.0, step=0.5, n_steps=2, n_paths=2)
print(compiled.count, run.statistics.mean[0, 0])
"""


def in_a_new_process(rate, module):
    command = [sys.executable, "-c", SCRIPT.format(rate=rate), module]
    count, mean = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    return int(count), float(mean)


@pytest.mark.slow
def test_a_second_process_compiles_nothing_and_sees_a_changed_function():
    _, mean = in_a_new_process(1.0, "first")
    assert in_a_new_process(1.0, "first") == (0, mean)
    assert in_a_new_process(1.0, "renamed") == (0, mean)
    _, other = in_a_new_process(0.5, "renamed")
    # The same noise: only the drift differs, by 0.5 for one step from 1 and then by what is left of it.
    assert other - mean > 0.1
