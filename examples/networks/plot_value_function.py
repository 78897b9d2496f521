"""
What a random layer is worth, and where its inputs are
======================================================

A dropout network bends the plane until its readout can cut it: the loss that a state can expect becomes a straight ramp
from block to block, and the states of two moons gather on either side of it.
"""

import matplotlib.pyplot as plt
import numpy as np

from pdeopt import Grid
from pdeopt.networks import Dropout, ResNet, TrainingControl, moons

data = moons(n_train=200, n_test=200, noise=0.15, seed=1)
x = data.x_train - data.x_train.mean(axis=0)

# %%
# Six blocks of a two-dimensional state are trained on the mean over all masks of all blocks, 4^6 of them for each
# point, by sweeps on a grid: values back from the loss, densities forward from the points.

net = ResNet([2, 2, 1], n_blocks=6, hidden=6, horizon=2.0, noise=Dropout(keep=0.8))
control = TrainingControl(net, x, data.y_train, grid=Grid((-6.0, -6.0), (6.0, 6.0), (101, 101)))
found = control.solve(seed=3, weight_decay=3e-3, tolerance=1e-3)
print(found)

# %%
# Above: mean loss to come of a state whose label is 1. Below: where the states of all points are, noise and all.

sweeps, (low, high) = found.sweeps, (found.sweeps.grid.lower, found.sweeps.grid.upper)
figure, axes = plt.subplots(2, 3, figsize=(10.0, 6.4), sharex=True, sharey=True, layout="constrained")
place = {"origin": "lower", "extent": (low[0], high[0], low[1], high[1])}
for column, k in enumerate((0, 3, 6)):
    worth = axes[0, column].imshow(sweeps.values[k, 1].T, vmin=0.0, vmax=4.0, cmap="viridis", **place)
    crowd = axes[1, column].imshow(np.sqrt(sweeps.density[k].clip(0.0)).T, vmax=0.6, cmap="magma", **place)
    axes[0, column].set(title=f"before block {k + 1}" if k < 6 else "behind block 6", xlim=(-4, 4), ylim=(-4, 4))
for label, marker in ((0, "o"), (1, "^")):
    shape = {"markersize": 4, "markeredgecolor": "black", "color": "white", "label": f"label {label}"}
    axes[0, 0].plot(*x[data.y_train == label].T, marker, **shape)
axes[0, 0].legend(loc="lower left")
figure.colorbar(worth, ax=axes[0], label="expected loss, label 1")
figure.colorbar(crowd, ax=axes[1], label="root of the density")

# %%
# The gradient of the mean loss comes from the same two fields. It is that of the loss as computed, whatever the grid:
# a small central difference along a random direction agrees to its own rounding.

direction = np.random.default_rng(0).normal(size=net.n_parameters)
shift = 1e-7 * direction
difference = (control.evaluate(found.parameters + shift).loss - control.evaluate(found.parameters - shift).loss) / 2e-7
print(f"along a direction: {sweeps.gradient @ direction:.12f}, by a difference {difference:.12f}")
assert np.ptp(sweeps.pairings) < 1e-14
assert abs(sweeps.gradient @ direction - difference) < 1e-7
