"""
A paper, checked
================

The inner loop of a published algorithm, with the noise printed there, has another law than the one printed beside it,
and the gradient that it estimates has the other sign; the numbers of all errata are as far from their oracles.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import verification

# %%
# The inner loop dy = -grad H ds + beta^(-1/2) dW around x = 0.3, with H(y) = f(y) + (x - y)^2 / (2 time) and the double
# well f. Printed is the law exp(-beta H). The generator knows drift and noise alone, and finds exp(-2 beta H).

X, TIME, BETA = 0.3, 0.5, 1.0

f = pdeopt.landscapes.double_well()
inner = pdeopt.systems.entropy_sgd(f, TIME, BETA, noise="printed").fast_at(X)
generator = pdeopt.Generator(inner, pdeopt.Grid(-3.0, 3.6, 331))
law = generator.invariant_density().values
y = generator.grid.axes[0]
energy = f(y) + (X - y) ** 2 / (2.0 * TIME)
weights = {"printed, exp(-beta H)": np.exp(-BETA * energy), "corrected, exp(-2 beta H)": np.exp(-2.0 * BETA * energy)}
laws = {name: weight / (weight * generator.volumes).sum() for name, weight in weights.items()}
slopes = {name: ((X - y) / TIME * density * generator.volumes).sum() for name, density in laws.items()}

# %%
# All errata: how many error bars each formula is from the oracle.

check = verification.paper_check()
print(check)

figure, (left, right) = plt.subplots(1, 2, figsize=(12.0, 4.6), layout="constrained")
left.fill_between(y, law, color="0.85", label="stationary law of the inner loop")
for (name, density), colour in zip(laws.items(), ("tab:red", "tab:blue"), strict=True):
    left.plot(y, density, color=colour, label=f"{name}: gradient {slopes[name]:+.4f}")
left.axvline(X, color="0.5", linestyle=":", label="x")
left.set(xlabel="y", ylabel="density", title=f"double well, time={TIME:g}, beta={BETA:g}", ylim=(0.0, 1.05))
left.set_xlim(-2.0, 2.5)
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

assert check.passed
distances = {name: np.abs(law - density).max() for name, density in laws.items()}
assert distances["corrected, exp(-2 beta H)"] < 1e-6 < 0.1 < distances["printed, exp(-beta H)"]
