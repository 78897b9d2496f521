"""
Turning the relaxation back: to the prox, to the Gibbs law, to a minimiser
==========================================================================

Descent on a relaxed landscape while its relaxation is taken back ends, without noise, at the proximal point; with
noise, exactly on the local Gibbs law after a finite time; and minimisers lead from convexity to the wide well.
"""

import math

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt.control import continued_minimisers, scoped_flow, scoped_samples

horizon, start = 0.8, 0.45
f = pdeopt.landscapes.gaussian_mixture([0.7, 0.3], [[-1.0], [1.5]], [[[0.25]], [[0.04]]])

# %%
# Without noise and at temperature zero: two parabolas, whose relaxation has a kink between them. Straight lines that
# leave it on both sides.

wells = pdeopt.landscapes.piecewise_parabolas([0.0, 0.0], [2.0, 2.0], [[-1.0], [1.0]])
starts = np.linspace(-1.5, 1.5, 16)
flow = scoped_flow(wells, starts, horizon)
proxes = (starts + 2.0 * horizon * np.sign(starts)) / (1.0 + 2.0 * horizon)
print(flow, f"largest distance from the prox {np.abs(flow.final[:, 0] - proxes).max():.1e}", sep="\n")

# %%
# With noise: sixteen Gaussian steps, and weights that take away what error they have.

drawn = scoped_samples(f, start, horizon, 1.0, n_paths=40_000, n_steps=16)
relaxed = f.relaxed(horizon, 1.0)
print(drawn, f"value in closed form {float(relaxed(start)):.6f}", sep="\n")

# %%
# Minimisers of the relaxed landscape, from a time at which it is convex.

path = continued_minimisers(f, 4.0, 1.0)
print(path)

figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12.0, 3.8), layout="constrained")
left.plot(flow.times, flow.paths[:, :, 0], "C0", lw=0.8)
left.plot(np.full(16, horizon), proxes, "k.", label="proximal points")
left.set(xlabel="time", ylabel="x", title="no noise, temperature zero")
left.legend()
x = np.linspace(-2.5, 2.5, 1001)
density = np.exp(-f(x) - (x - start) ** 2 / (2.0 * horizon))
middle.hist(drawn.points[:, 0], 80, weights=drawn.weights / (5.0 / 80), range=(-2.5, 2.5), color="C1", alpha=0.6)
middle.plot(x, density / density.sum() / (x[1] - x[0]), "k", lw=1.0, label="local Gibbs law")
middle.set(xlabel="x", ylabel="density (1 / length)", title=f"with noise: {drawn.effective_sample_size:.0f} of 40000")
middle.legend()
for time in (1e-9, 0.1, 0.5, 2.0, 4.0):
    u = f.relaxed(time, 1.0)(x)
    right.plot(x, u, lw=0.8, color=plt.get_cmap("viridis")(0.9 * math.sqrt(time / 4.0)), label=f"time {time:.1f}")
right.plot(path.points[:, 0], path.values, "k.-", ms=3, label="minimiser")
right.set(xlabel="x", ylabel="relaxed landscape", ylim=(0.3, 4.5), title="minimisers back to time zero")
right.legend(fontsize="small")

assert np.abs(flow.final[:, 0] - proxes).max() < 1e-8
assert abs(drawn.mean.value[0] - (start - horizon * relaxed.gradient_at(start)[0])) < 4.0 * drawn.mean.error[0]
assert abs(drawn.value.value - relaxed(start)) < 4.0 * drawn.value.error
assert abs(path.final[0] + 1.0) < 1e-6
assert f(1.5) < f(path.final)
