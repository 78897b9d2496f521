"""A second process compiles nothing for a user's Hamiltonian, source and wall, and sees a changed one."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from types import ModuleType
from numba.core import event
import numpy as np
import pdeopt
from pdeopt.hamilton_jacobi import Dirichlet, Hamiltonian

class Compiled(event.Listener):
    count = 0

    def on_start(self, event):
        self.count += 1

    def on_end(self, event):
        pass

code = '''
import numba

POWER = {power}


@numba.njit
def helper(p):
    return p**POWER / POWER

def value(t, x, u, p, strength):
    return strength * helper(p)

def source(t, x):
    return 0.1 * x

def wall(t, x):
    return t
'''
module = sys.modules[sys.argv[1]] = ModuleType(sys.argv[1])
exec(code, vars(module))
grid = pdeopt.Grid(-1.0, 1.0, 21)
boundary = [(Dirichlet(module.wall), "reflecting")]
strength = float(sys.argv[2])
h = Hamiltonian(module.value, convex=True, args=(strength,))
problem = pdeopt.HamiltonJacobi(np.abs(grid.axes[0]), grid, h, 0.01, module.source, boundary)
compiled = Compiled()
event.register("numba:compile", compiled)
found = pdeopt.solve_hamilton_jacobi(problem, 0.2, progress=False)
print(compiled.count, found.values[12])
"""


def in_a_new_process(power, module, strength=1.0):
    command = [sys.executable, "-c", SCRIPT.format(power=power), module, str(strength)]
    count, value = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    return int(count), float(value)


@pytest.mark.slow
def test_a_second_process_compiles_nothing_also_for_other_parameters_and_sees_a_changed_function():
    _, value = in_a_new_process(2, "first")
    assert in_a_new_process(2, "first") == (0, value)
    compiled, stronger = in_a_new_process(2, "renamed", 1.5)
    assert compiled == 0
    assert stronger < value - 1e-3
    _, other = in_a_new_process(4, "renamed")
    assert abs(other - value) > 1e-3
