"""
A Hamiltonian of your own
=========================

Three wells relax while a current carries them round: a drift in the Hamiltonian, which no transform solves, turns the
relaxed landscape and changes nothing else.
"""

import numba
import numpy as np

import pdeopt
from pdeopt.hamilton_jacobi import Hamiltonian

turning = 0.5 * np.pi


@numba.njit
def wells(x):
    """Return three wells of different depth in a plain."""
    first = 1.0 * np.exp(-4.0 * ((x[0] - 1.2) ** 2 + x[1] ** 2))
    second = 0.8 * np.exp(-4.0 * ((x[0] + 0.6) ** 2 + (x[1] - 1.0) ** 2))
    third = 0.6 * np.exp(-4.0 * ((x[0] + 0.6) ** 2 + (x[1] + 1.0) ** 2))
    return 1.0 - first - second - third


@numba.njit
def in_a_current(t, x, u, p, speed):
    """Return ``|p|^2 / 2 + b(x) . p`` with the current ``b = speed (-y, x)``."""
    return 0.5 * (p[0] * p[0] + p[1] * p[1]) + speed * (x[0] * p[1] - x[1] * p[0])


@numba.njit
def slowest(t, x, u, speed):
    """Return the slopes at which it is least."""
    return speed * x[1], -speed * x[0]


# %%
# The equation in a box with open walls. H is convex, so that it is solved upwind; told where it is least, the solver
# need not search for that at every node.

f = pdeopt.Landscape(wells, dim=2)
grid = pdeopt.Grid((-2.5, -2.5), (2.5, 2.5), (101, 101))
h = Hamiltonian(in_a_current, convex=True, vertex=slowest, args=(turning,))
problem = pdeopt.HamiltonJacobi(f, grid, h, viscosity=0.05, boundary="extrapolation")
u = pdeopt.solve_hamilton_jacobi(problem, [0.5, 1.0])
panels = pdeopt.plot.solution(u)

# %%
# Turned back by a quarter, the solution at time 1 is the one without current, which `relax` knows exactly.

x, y = np.moveaxis(grid.points(), -1, 0)
inside = x**2 + y**2 < 2.0**2
before = np.stack([y, -x], axis=-1)[inside]
exact = pdeopt.relax(f, grid, 1.0, beta=10.0).at(before)
difference = np.abs(u.values[1][inside] - exact).max()
print(u)
print(f"largest difference to the turned relaxation {difference:.1e}")

assert difference < 2e-3
