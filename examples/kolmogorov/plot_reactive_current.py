"""
From one trained network to another
===================================

On the loss plane through three trained networks, noisy gradient descent leaves the first for the second along one
channel: the committor says where it has half arrived, the streamlines of the reactive current where it goes.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import plot

beta, radius = 3.0, 4.0
folder = Path("../data") if Path("../data").is_dir() else Path("examples/data")
with np.load(folder / "spirals_loss_plane.npz") as file:
    x, y, loss, trained = file["x"][::2], file["y"][::2], file["loss"][::2, ::2], file["trained"]

# %%
# Every second node of the file is enough. Around each network a disc stands for having arrived there.

grid = pdeopt.Grid.from_axes(x, y)
f = pdeopt.Landscape.from_samples(loss, grid)
L = pdeopt.Generator(pdeopt.overdamped_langevin(f, beta), grid)
points = grid.points()
first, second, third = (np.linalg.norm(points - place, axis=-1) < radius for place in trained)
paths = L.transition_paths(first, second, levels=1)
print(paths)

figure, axes = plt.subplots(1, 2, figsize=(12.0, 4.2), layout="constrained")
plot.answer(paths.committor, axes[0], sets={"first": first, "second": second}, marks=trained)
plot.answer(L.invariant_density(levels=1), axes[1], marks=trained)
plot.current(grid, np.moveaxis(paths.current.values, 0, -1), axes[1], colour="white")
axes[1].set_title("invariant density and reactive current")

# %%
# What flows out of the first disc flows through every line between the discs: the current is summed over the nodes of
# each column. The probability of going to the second network before returning is nearly the same in the whole valley
# of the third: a detour, entered and left again.

inside = (x > trained[0, 0] + 2 * radius) & (x < trained[1, 0] - 2 * radius)
through = np.trapezoid(paths.current.values[0], y, axis=1)[inside]
place = tuple(np.argmin(np.abs(axis - entry)) for axis, entry in zip((x, y), trained[2], strict=True))
spread = np.ptp(paths.committor.values[third])
print(f"flux {paths.flux:.4e}, through columns {through.min():.4e} to {through.max():.4e}")
print(f"committor {paths.committor.values[place]:.3f} at the third network, {spread:.1e} apart in its disc")

assert np.abs(through / paths.flux - 1.0).max() < 1e-4
assert spread < 1e-3
