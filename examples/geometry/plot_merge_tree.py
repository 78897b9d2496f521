"""
The merge tree of a trained network's loss
==========================================

On the loss plane through three trained networks the merge tree has three deep branches, one for each network, and one
shallow one on the way between two of them; noise adds hundreds of branches, all of them shallower than twice its size.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import plot
from pdeopt.geometry import basin_widths, merge_tree, saddles

# The gallery runs in this folder, the tests at the top of the repository.
folder = Path("../data") if Path("../data").is_dir() else Path("examples/data")
with np.load(folder / "spirals_loss_plane.npz") as file:
    x, y, loss, trained = (file[name] for name in ("x", "y", "loss", "trained"))
grid = pdeopt.Grid.from_axes(x, y)

# %%
# All minima, ripples between two nodes included, and the four that count. Water poured into a network's well stands as
# high as its death before it spills into a better one.

tree = merge_tree(loss, grid)
deep = tree.simplified(0.01)
print(f"{len(tree)} minima, of which deeper than 0.01:\n{deep}")
print(f"lowest ways between them:\n{deep.barriers().round(3)}")

# %%
# The passes themselves, and how much of the Gibbs law each basin holds. By the stability theorem a change of the loss
# by at most e moves every depth by at most 2 e.

e = 0.03
noisy = merge_tree(loss + np.random.default_rng(0).uniform(-e, e, loss.shape), grid)
passes = saddles(loss, grid, shallowest=0.01)
print(passes)
print(basin_widths(passes.minima, loss, beta=10.0))

figure, axes = plt.subplots(1, 3, figsize=(14.5, 4.2), layout="constrained", width_ratios=[1.5, 1.0, 1.0])
shown = axes[0].contourf(x, y, np.sqrt(loss).T, levels=40, cmap="viridis")
figure.colorbar(shown, ax=axes[0], label=r"$\sqrt{\mathrm{loss}}$")
axes[0].contour(x, y, deep.basins.T, levels=np.arange(len(deep)) + 0.5, colors="white", linewidths=0.8)
axes[0].plot(*passes.points.T, "x", color="tab:red", ms=8, mew=2, label="passes")
for row, place in enumerate(deep.points, start=1):
    axes[0].annotate(str(row), place, color="white", weight="bold", ha="center", va="center")
axes[0].set(xlabel="x (length)", ylabel="y (length)", title="basins and passes")
axes[0].legend(loc="upper right")
plot.merge_tree(deep, axes[1])
plot.persistence(noisy, axes[2])
axes[2].set_title(f"with noise: {len(noisy)} minima")

networks = deep.basins[tuple(np.abs(axis[:, None] - trained[:, k]).argmin(axis=0) for k, axis in enumerate((x, y)))]
depths = np.sort(deep.persistence)[::-1]
assert sorted(networks) == sorted(np.argsort(-deep.persistence)[:3])
assert (noisy.persistence > 2 * e).sum() == 4
assert np.abs(np.sort(noisy.persistence)[::-1][1:4] - depths[1:4]).max() <= 2 * e
