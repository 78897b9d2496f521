"""
A paper, checked
================

Paths under the noise of a published equation have another law than the one printed beside it, and turn the sign of the
gradient that they are to estimate; the same is asked of all 23 errata, where each printed number is far from an oracle.
"""

import math

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import verification

# %%
# The inner loop dy = -grad H ds + beta^(-1/2) dW around x = 0.3, with H(y) = f(y) + (x - y)^2 / (2 time) and the double
# well f. Printed is the law exp(-beta H); the forward equation says exp(-2 beta H).

X, TIME, BETA = 0.3, 0.5, 1.0


def drift(t, y, x, time, noise):
    """Return minus the derivative of H."""
    return -y * (y * y - 1.0) + (x - y) / time


def diffusion(t, y, x, time, noise):
    """Return beta^(-1/2)."""
    return noise


inner = pdeopt.SDE(drift, diffusion, noise="additive", args=(X, TIME, BETA**-0.5), name="inner loop")
paths = pdeopt.simulate(inner, X, step=0.03, n_steps=200, n_paths=200_000, method="heun", seed=1).final[:, 0]
y = np.linspace(-2.0, 2.5, 451)
energy = (y * y - 1.0) ** 2 / 4.0 + (X - y) ** 2 / (2.0 * TIME)
laws = {"printed, exp(-beta H)": np.exp(-BETA * energy), "corrected, exp(-2 beta H)": np.exp(-2.0 * BETA * energy)}
slopes = [pdeopt.local_entropy(pdeopt.landscapes.double_well(), X, time=TIME, beta=b).gradient[0] for b in (1.0, 2.0)]

# %%
# All errata: how many error bars each formula is from the oracle.

check = verification.paper_check()
print(check)

figure, (left, right) = plt.subplots(1, 2, figsize=(12.0, 4.6), layout="constrained")
left.hist(paths, bins=120, range=(-2.0, 2.5), density=True, color="0.8", label="paths, noise beta^(-1/2)")
for (name, weights), slope, colour in zip(laws.items(), slopes, ("tab:red", "tab:blue"), strict=True):
    left.plot(y, weights / weights.sum() / (y[1] - y[0]), color=colour, label=f"{name}: gradient {slope:+.4f}")
left.set(xlabel="y", ylabel="density", title=f"double well, x={X:g}, time={TIME:g}, beta={BETA:g}", ylim=(0.0, 1.15))
left.legend(fontsize=8, loc="upper right")

for row, line in enumerate(check.lines):
    for one in line.comparisons:
        right.plot(one.separation, row, "x", color="tab:red")
        right.plot(max(one.misses_by(one.corrected), 1e-6), row, "o", color="tab:blue", markersize=4)
right.axvspan(1e-7, 1.0, color="tab:blue", alpha=0.1)
right.axvspan(verification.paper.FAR, 1e17, color="tab:red", alpha=0.1)
right.set(xscale="log", xlim=(3e-7, 1e17), xlabel="error bars from the oracle (x printed, o corrected)")
right.set_yticks(range(len(check.lines)), [line.id for line in check.lines], fontsize=7)
right.invert_yaxis()
right.set_title(f"{sum(line.passed for line in check.lines)} of {len(check.lines)} errata confirmed")

standard_error = paths.std() / TIME / math.sqrt(paths.size)
measured = (X - paths.mean()) / TIME
assert check.passed
assert abs(measured - slopes[1]) < 4.0 * standard_error + 2e-3 < abs(measured - slopes[0]) / 10.0
