"""
Some heat is better than none
=============================

LOL at five temperatures on spirals of four turns: noise carries the network over what descent gets stuck in, until it
is too much. The paper finds the best temperature at 1e-5 and says that 1e-3 cannot be used; here the best is higher.
"""

import matplotlib.pyplot as plt
import numpy as np

from pdeopt.networks import MLP, spirals, train_ensemble
from pdeopt.optimizers import LOL

# %%
# Fewer hidden units, steps and runs than Figure 16 has, so that this takes seconds; ``pdeopt reproduce 16`` has them
# all.

temperatures = [0.0, 1e-5, 1e-4, 1e-3, 1e-2]
net, runs = MLP([2, 100, 1]), []
for tau in temperatures:
    method = LOL(step_size=0.8, friction=1.0, temperature=tau, other_temperature=tau)
    options = {"n_runs": 6, "seed": 2026, "n_steps": 20_000, "batch_size": 25, "progress": False}
    runs.append(train_ensemble(net, lambda seed: spirals(turns=4, seed=seed), method, **options))

# %%
# Means over six runs with two standard errors.

means = np.array([100.0 * found.mean() for found in runs])
errors = np.array([100.0 * found.standard_error() for found in runs])
figure, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
ax.errorbar(temperatures, means, 2.0 * errors, fmt="o-", capsize=4)
ax.axvline(1e-5, color="C3", ls="--", label="the best one in the paper")
ax.set_xscale("symlog", linthresh=1e-5)
ax.set_xlim(-5e-6, 2e-2)
ax.set(xlabel="temperature of both layers", ylabel="test accuracy (%)", title="LOL, h = 0.8, friction 1, four turns")
ax.legend()

# %%
# Rising, then falling.

best = int(np.argmax(means))
print(f"none {means[0]:.1f} +- {errors[0]:.1f}, best {means[best]:.1f} +- {errors[best]:.1f} at {temperatures[best]:g}")
assert 0 < best < len(temperatures) - 1
for end in (0, -1):
    assert means[best] - means[end] > 2.0 * np.hypot(errors[best], errors[end])
