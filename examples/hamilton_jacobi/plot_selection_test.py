"""
Which kink is the right one?
============================

Three numerical Hamiltonians start from ``|x|`` and ``-|x|``, with the kink on a node and between two:
only one of them is right in all four cases.

The equation has many solutions with kinks, and one viscosity solution. From ``|x|`` it opens into a parabola, from
``-|x|`` it stays a kink. A consistent scheme may still choose another solution, and whether that shows depends on where
the kink lies.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt.hamilton_jacobi import Hamiltonian, quadratic, standard_problem

# %%
# The central slope, the mean of squares of the one-sided slopes, and Godunov's choice. General-purpose packages take
# one of the first two for the squared gradient.


def central(t, x, u, minus, plus):
    """Return half the square of the central slope."""
    return 0.125 * (minus + plus) ** 2


def mean_of_squares(t, x, u, minus, plus):
    """Return half the mean of the squares of both slopes."""
    return 0.25 * (minus**2 + plus**2)


h = quadratic()
hamiltonians = {
    "central": Hamiltonian(h.value, convex=True, upwind=central, autonomous=True),
    "mean of squares": Hamiltonian(h.value, convex=True, upwind=mean_of_squares, autonomous=True),
    "Godunov": h,
}

# %%
# All with SSPRK(3,3) on about 200 nodes to t = 0.25.

errors = {}
figure, axes = plt.subplots(2, 2, figsize=(9, 6.4), layout="constrained", sharex=True)
for row, (sign, case) in zip(axes, ((1, "b11"), (-1, "b11-concave")), strict=True):
    for ax, n, place in zip(row, (201, 200), ("on a node", "between two nodes"), strict=True):
        grid = pdeopt.Grid(-1.0, 1.0, n)
        exact = standard_problem(case).solution(0.25, grid)
        ax.plot(grid.axes[0], exact, color="0.7", lw=5, label="viscosity solution")
        for name, colour in zip(hamiltonians, ("tab:orange", "tab:green", "tab:purple"), strict=True):
            start = sign * np.abs(grid.axes[0])
            problem = pdeopt.HamiltonJacobi(start, grid, hamiltonians[name], boundary="extrapolation")
            step = 0.5 * grid.spacing[0]
            u = pdeopt.solve_hamilton_jacobi(problem, 0.25, method="godunov", stepper="ssprk33", step=step).values
            errors[sign, place, name] = np.abs(u - exact)[np.abs(grid.axes[0]) < 0.6].max()
            ax.plot(grid.axes[0], u, color=colour, lw=1.2, label=f"{name}: {errors[sign, place, name]:.1g}")
        ax.set(
            title=f"from {'' if sign > 0 else '-'}|x|, kink {place}",
            xlim=(-0.6, 0.6),
            ylim=np.sort([0.0, sign * 0.5]) - 0.15,
        )
        ax.legend(fontsize=8, title="largest error", title_fontsize=8)
for ax in axes[1]:
    ax.set_xlabel("x (length)")
for ax in axes[:, 0]:
    ax.set_ylabel("u (loss)")

# %%
# Godunov's error is that of first order; each of the others is wrong in at least one case, however fine the grid.
wrong = {name for (_, _, name), error in errors.items() if error > 0.02}
assert wrong == {"central", "mean of squares"}
