"""
One expectation, three ways
===========================

The mean of a function at a later time, for every start at once from a partial differential equation, start by start
from simulated paths, and in closed form: paths scatter around the curve by their standard errors, the grid does not.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt

rate, noise, time, n_paths = 1.0, np.sqrt(2.0), 0.5, 4000


def drift(t, x):
    """Return the drift of an Ornstein-Uhlenbeck process."""
    return -rate * x


def diffusion(t, x):
    """Return its noise."""
    return noise


system = pdeopt.SDE(drift, diffusion, noise="additive")

# %%
# The backward equation, on 121 nodes. The answer comes with an estimate of its error.

L = pdeopt.Generator(system, pdeopt.Grid(-9.0, 9.0, 121))
u = L.backward(np.cos, time)
print(u)

# %%
# Paths from seven starts. A state at ``time`` is Gaussian, which gives the closed form.

starts = np.linspace(-3.0, 3.0, 7)
runs = [
    pdeopt.simulate(system, x, step=0.01, n_steps=50, n_paths=n_paths, method="sra1", statistics=False, seed=k)
    for k, x in enumerate(starts)
]
ends = np.cos([run.final[:, 0] for run in runs])
means, errors = ends.mean(axis=1), ends.std(axis=1) / np.sqrt(n_paths)


def exact(x):
    """Return E cos X_t from x."""
    variance = noise**2 / (2.0 * rate) * (1.0 - np.exp(-2.0 * rate * time))
    return np.cos(x * np.exp(-rate * time)) * np.exp(-0.5 * variance)


figure, (left, right) = plt.subplots(1, 2, figsize=(10.0, 4.0), layout="constrained")
x = L.grid.axes[0]
shown = np.abs(x) <= 4.0
left.plot(x[shown], u.values[shown], label="equation on a grid")
left.plot(x[shown], exact(x[shown]), "k--", lw=0.9, label="closed form")
left.errorbar(starts, means, 2.0 * errors, fmt="C1o", capsize=3, label=f"{n_paths} paths, two standard errors")
left.set(xlabel="start x (length)", ylabel=r"$\mathbb{E} \cos X_t$")
left.legend()
right.semilogy(x[shown], np.abs(u.values - exact(x))[shown] + 1e-17, label="grid: error")
right.semilogy(x[shown], u.error[shown], ":", label="grid: its own estimate")
right.semilogy(starts, np.abs(means - exact(starts)), "C1o", label="paths: error")
right.set(xlabel="start x (length)", ylabel="absolute error")
right.legend(loc="center right")

scatter = (means - exact(starts)) / errors
worst = np.abs(u.values - exact(x))[shown].max()
print(f"paths: {np.abs(scatter).max():.2f} standard errors at most; grid: {worst:.1e} at most")

assert np.abs(scatter).max() < 3.5
assert worst < 1e-8
