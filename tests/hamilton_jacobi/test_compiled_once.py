"""A second process compiles nothing for a user's Hamiltonian, source and wall, and sees a changed one."""

import pytest
from new_processes import in_a_new_process

CODE = """
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
"""
SCRIPT = """
import numpy as np
import pdeopt
from pdeopt.hamilton_jacobi import Dirichlet, Hamiltonian

grid = pdeopt.Grid(-1.0, 1.0, 21)
boundary = [(Dirichlet(module.wall), "reflecting")]
strength = float(sys.argv[3])
h = Hamiltonian(module.value, convex=True, args=(strength,))
problem = pdeopt.HamiltonJacobi(np.abs(grid.axes[0]), grid, h, 0.01, module.source, boundary)
compiled = counted()
found = pdeopt.solve_hamilton_jacobi(problem, 0.2, progress=False)
print(compiled.count, found.values[12])
"""


def solved(power, module, strength=1.0):
    return in_a_new_process(SCRIPT, module, CODE.format(power=power), strength)


@pytest.mark.slow
def test_a_second_process_compiles_nothing_also_for_other_parameters_and_sees_a_changed_function():
    _, value = solved(2, "first")
    assert solved(2, "first") == (0, value)
    compiled, stronger = solved(2, "renamed", 1.5)
    assert compiled == 0
    assert stronger < value - 1e-3
    _, other = solved(4, "renamed")
    assert abs(other - value) > 1e-3
