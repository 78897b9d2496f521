"""
Minima that merge while a landscape relaxes
===========================================

At zero temperature each minimum keeps its place until the relaxed parabola of a neighbour covers it; under the heat
equation it moves and ends in a fold. Both happen at the times that their closed forms say.
"""

import matplotlib.pyplot as plt
import numpy as np
from numba import njit

import pdeopt
from pdeopt import plot
from pdeopt.geometry import track_minima

# %%
# Zero temperature: the lowest of three parabolas. Relaxed, one of curvature a has the curvature a / (1 + a t), so that
# the bottom of well k is covered by well j at the time gap^2 / (2 drop) - 1 / a_j.

bottoms, curvatures, places = np.array([0.0, 0.3, 0.6]), np.array([2.0, 1.0, 3.0]), np.array([-1.0, 0.6, 1.8])


@njit
def wells(x):
    """Return the lowest of three parabolas."""
    return min(1.0 * (x + 1.0) ** 2, 0.3 + 0.5 * (x - 0.6) ** 2, 0.6 + 1.5 * (x - 1.8) ** 2)


grid = pdeopt.Grid(-3.0, 3.0, 6001)
relaxed = pdeopt.relax(pdeopt.Landscape(wells, dim=1, name="three parabolas"), grid, [0.5, 2.0, 6.0], np.inf)
cold = track_minima(relaxed)
print(cold)

# %%
# The heat equation: the average of x^4 / 4 - x^2 / 2 + e x under a Gaussian of variance s has the slope
# x^3 + (3 s - 1) x + e, with a double root at s = (1 - (27 e^2 / 4)^(1/3)) / 3.

e = 0.05


@njit
def tilted(x):
    """Return a double well whose right side is lifted."""
    return 0.25 * x**4 - 0.5 * x * x + 0.05 * x


line = pdeopt.Grid(-2.0, 2.0, 801)
f = pdeopt.Landscape(tilted, dim=1, name="tilted double well")
warm = track_minima([pdeopt.smooth(f, line, s) for s in np.linspace(0.025, 0.3, 12)], tolerance=1e-3)
print(warm)

figure, axes = plt.subplots(1, 3, figsize=(14.0, 4.2), layout="constrained")
plot.curves(relaxed, axes[0], marks=places)
plot.tracked_minima(cold, axes[1])
plot.tracked_minima(warm, axes[2])

covered = [
    (places[k] - places[j]) ** 2 / (2 * (bottoms[k] - bottoms[j])) - 1 / curvatures[j] for k, j in ((2, 1), (1, 0))
]
fold = (1.0 - (27.0 * e**2 / 4.0) ** (1.0 / 3.0)) / 3.0
print(f"closed forms: {covered[0]:.5f}, {covered[1]:.5f}; fold {fold:.6f}")

assert np.abs(np.array([merge.time for merge in cold.merges]) - covered).max() < 0.01
assert [(merge.row, merge.into) for merge in cold.merges] == [(2, 1), (1, 0)]
assert abs(warm.merges[0].time - fold) < 5e-5
