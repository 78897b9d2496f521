"""
Wide wells against sharp wells
==============================

A deep sharp well and a shallower wide one change places at a critical temperature: above it the wide well
wins from some time on, below it never.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt.geometry import minima

sharp, wide, difference = 400.0, 1.0, 0.1
f = pdeopt.landscapes.wide_versus_sharp(levels=(-1.0, -0.9), curvatures=(sharp, wide), centers=(-1.0, 1.0))
grid = pdeopt.Grid(-2.0, 2.0, 2049)
times = np.geomspace(1e-3, 0.3, 30)

# %%
# A well of curvature ``a`` rises by ``log(1 + a t) / (2 beta)``. The sharp one rises faster.


def lead_of_the_wide_well(beta):
    """Return how much lower the bottom of the wide well lies, at each time."""
    found = [minima(values, grid, shallowest=1e-3) for values in pdeopt.relax(f, grid, times, beta).values]
    bottoms = np.array([each.values[each.containing([[-1.0], [1.0]])] for each in found])
    return bottoms[:, 0] - bottoms[:, 1]


figure, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
leads = {beta: lead_of_the_wide_well(beta) for beta in (5.0, 10.0, 20.0, 40.0)}
for beta, lead in leads.items():
    ax.semilogx(times, lead, label=rf"$\beta = {beta:g}$")
ax.axhline(0.0, color="0.6", lw=0.8)
ax.set(
    xlabel="time (length$^2$ / loss)",
    ylabel="lead of the wide well (loss)",
    title="positive: the wide well wins",
)
ax.legend()

# %%
# The critical inverse temperature, and the time from which the wide well wins above that temperature.

critical = np.log(sharp / wide) / (2 * difference)
ratio = np.exp(2 * 10.0 * difference)
overtaking = (ratio - 1) / (sharp - ratio * wide)
measured = float(np.interp(0.0, leads[10.0], times))
print(f"critical beta {critical:.3f}")
print(f"at beta = 10 the wide well wins from time {measured:.5f}, theory {overtaking:.5f}")

assert round(critical, 3) == 29.957
assert abs(measured - overtaking) < 1e-4
assert [bool((lead > 0).any()) for lead in leads.values()] == [True, True, True, False]
