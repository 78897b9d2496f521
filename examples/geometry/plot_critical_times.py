"""
From when on a landscape is convex
==================================

The ripples of the paper's first figure bend the relaxation more at first, not less; at one time it has a single
minimum left, and later, at another, it is convex.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import plot
from pdeopt.geometry import convexity_time, curvature_bounds, unimodality_time

f = pdeopt.landscapes.chaudhari_figure_1()
grid = pdeopt.Grid(-3.0, 3.0, 513)

convex = convexity_time(f, beta=1.0, grid=grid)
single = unimodality_time(f, beta=1.0, grid=grid)
print(convex)
print(single)

# %%
# The least and the largest curvature over time, each beside its bound. The lower bound ends at ``1 / lambda``,
# when the solution of zero temperature forms its first kink; viscosity has none. On the right the landscape then.

bounds = curvature_bounds(f, grid, np.geomspace(0.002, 0.6, 16), beta=1.0)
figure, axes = plt.subplots(1, 2, figsize=(10.4, 4.4), layout="constrained")
plot.curvature(bounds, axes[0])
for time, words in ((convex.breakdown, r"$1/\lambda$"), (single.last, "one minimum"), (convex.last, "convex")):
    axes[0].axvline(time, color="0.6", lw=0.8)
    axes[0].text(time, 0.04, words + " ", rotation=90, ha="right", transform=axes[0].get_xaxis_transform())
plot.curves(pdeopt.relax(f, grid, [convex.breakdown, single.last, convex.last], beta=1.0), axes[1])

# %%
# Colder, it takes longer. At zero temperature minima go one by one, when a lower one covers them.

colder = convexity_time(f, beta=2.0, grid=grid)
frozen = unimodality_time(f, beta=np.inf, grid=grid)
print(f"at beta = 2 convex from {colder.last:.6f}; at beta = inf one minimum from {frozen.last:.6f}")

assert abs(convex.last - 0.2062243) < 1e-7
assert convex.breakdown < single.last < convex.last < colder.last
assert bounds.holds
