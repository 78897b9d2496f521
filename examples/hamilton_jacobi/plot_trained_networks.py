"""
Which trained network does relaxation prefer?
=============================================

Three networks trained to the same task lie in three wells of a real loss surface; which of two is preferred
turns with time and temperature, because one is deeper and the other wider.
"""

from pathlib import Path

import numpy as np

import pdeopt
from pdeopt import plot
from pdeopt.geometry import minima

# The gallery runs in this folder, the tests at the top of the repository.
folder = Path("../data") if Path("../data").is_dir() else Path("examples/data")
with np.load(folder / "spirals_loss_plane.npz") as file:
    x, y, loss, trained = (file[name] for name in ("x", "y", "loss", "trained"))
grid = pdeopt.Grid.from_axes(x, y)

# %%
# At time zero network 2 is better than network 3; network 1 is the best of all.

before = minima(loss, grid)
at_start = before.values[before.containing(trained)]
print(before)

# %%
# Relaxed, at two temperatures. The colours are shared by all pictures.

times = [10.0, 200.0]
results = [pdeopt.relax(loss, grid, times, beta) for beta in (10.0, 100.0)]
plot.strip(results, marks=trained)

# %%
# Below beta = 99, half the difference of the logarithms of curvature over the difference of loss, network 3
# overtakes network 2. Network 1 keeps the lead: it is deeper and wide.


def bottoms(values):
    """Return the bottom of the well of each network."""
    found = minima(values, grid)
    return found.values[found.containing(trained)]


warm, cold = (bottoms(result.values[-1]) for result in results)
for name, row in {"time 0": at_start, "time 200, beta 10": warm, "time 200, beta 100": cold}.items():
    print(f"{name:<20} " + "  ".join(f"{height:.4f}" for height in row))

assert at_start[0] < at_start[1] < at_start[2]
assert warm[0] < warm[2] < warm[1]
assert cold[0] < cold[1] < cold[2]
