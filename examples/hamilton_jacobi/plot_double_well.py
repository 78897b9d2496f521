"""
A double well over time and temperature
=======================================

Relaxation removes the barrier between two equal wells: slowly at zero temperature, where its height ends near
``distance**2 / (8 time)``, and sooner the higher the temperature is.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import plot
from pdeopt.geometry import minima

f = pdeopt.landscapes.double_well()
grid = pdeopt.Grid(-1.6, 1.6, 1025)
times = [0.5, 1.0, 2.0, 8.0]
betas = [4.0, 20.0, np.inf]

# %%
# One call gives all times at one temperature. Each picture shows how the barrier at the origin comes down.

results = [pdeopt.relax(f, grid, times, beta) for beta in betas]
figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained", sharey=True)
for result, ax in zip(results, axes, strict=True):
    plot.curves(result, ax)
    ax.label_outer()

# %%
# The depth of the shallower minimum is the height of the barrier, or zero once there is a single minimum.


def barrier(values):
    """Return how high the pass between the two wells lies."""
    found = minima(values, grid)
    return found.depth[1] if len(found) > 1 else 0.0


heights = {result.beta: np.array([barrier(values) for values in result.values]) for result in results}
for beta, column in heights.items():
    print(f"beta {beta:<5g} barrier " + "  ".join(f"{height:.4f}" for height in column))

# The wells lie at -1 and 1. At beta = inf the value at the origin is the least of f(y) + y^2 / (2 t).
y = np.linspace(-1.5, 1.5, 100_001)
exact = np.array([np.min(f(y) + y**2 / (2 * time)) for time in times])

assert np.allclose(heights[np.inf], exact, atol=1e-4)
assert (heights[4.0] < heights[20.0]).all()
assert (heights[20.0] < heights[np.inf]).all()
