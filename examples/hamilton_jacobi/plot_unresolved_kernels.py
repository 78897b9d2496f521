"""
When the grid cannot see the kernel
===================================

As the temperature falls the softmin weights become narrower than a cell: the trapezoid rule on the nodes
fails, while integrating each cell exactly keeps one error bound at every temperature, of second order.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt

time = 1e-2
f = pdeopt.landscapes.cosine()
points = np.linspace(-1.0, 1.0, 301)
betas = np.geomspace(1.0, 1e9, 19)


def exact(beta):
    """Return the relaxation at `points`, by a dense rule about the minimiser, which Newton's method finds."""
    center = points.copy()
    for _ in range(20):
        slope = f.gradient_at(center[:, None])[:, 0] + (center - points) / time
        center -= slope / (f.hessian_at(center[:, None])[:, 0, 0] + 1 / time)
    y = center[:, None] + np.sqrt(time / beta) * np.linspace(-10, 10, 4001)
    cost = f(y) + (y - points[:, None]) ** 2 / (2 * time)
    lowest = cost.min(axis=1)
    weights = np.exp(-beta * (cost - lowest[:, None])).sum(axis=1) * 20 / 4000 / np.sqrt(2 * np.pi)
    return lowest - np.log(weights) / beta


# %%
# Both methods see 64 samples of the landscape and nothing else.

grid = pdeopt.Grid(-1.0, 1.0, 64, periodic=True)
samples = f.on(grid)


def error(beta, method):
    """Return the largest error of one method at one temperature."""
    return float(np.abs(pdeopt.relax(samples, grid, time, beta, method=method).at(points) - exact(beta)).max())


errors = {method: np.array([error(beta, method) for beta in betas]) for method in ("cole-hopf", "cell-exact")}
spacing = grid.spacing[0]
bound = np.pi**2 * spacing**2 / 8
figure, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
for method, column in errors.items():
    ax.loglog(betas, np.maximum(column, 1e-16), "o-", label=method)
ax.axhline(bound, color="k", ls=":", label="spacing$^2$ curvature / 8")
ax.axvline(time / spacing**2, color="0.7", lw=1, label="kernel as wide as a cell")
ax.set(xlabel=r"$\beta$ (1 / loss)", ylabel="largest error (loss)", title="64 nodes, every temperature")
ax.legend()

for method, column in errors.items():
    print(f"largest error of {method}: {column.max():.2e}")

assert errors["cell-exact"].max() < bound
assert errors["cole-hopf"].max() > 5 * bound
assert errors["cole-hopf"][0] < 1e-10
