"""
What twenty hidden units make of two spirals
============================================

Decision boundaries of Adam and AdLaLa from the same initial parameters, on the same data, with the same number of
gradients, in the run of twenty in which Adam does worst: AdLaLa finds most of the arms, where Adam has given them up.
"""

import matplotlib.pyplot as plt
import numpy as np

from pdeopt.networks import MLP, spirals, train_ensemble
from pdeopt.optimizers import Adam, AdLaLa
from pdeopt.plot import plot_boundary

# %%
# The setting of Figure 4 of the paper on AdLaLa, which shows two such pairs; ``pdeopt reproduce 4`` has its numbers.

methods = {"Adam": Adam(0.005), "AdLaLa": AdLaLa(0.25, temperature=1e-4, sigma=0.01, coupling=0.1, friction=0.5)}
options = {"n_runs": 20, "seed": 2026, "n_steps": 20_000, "batch_size": 25, "initial": 0.5, "progress": False}
net = MLP([2, 20, 1])
found = {name: train_ensemble(net, lambda seed: spirals(seed=seed), one, **options) for name, one in methods.items()}
accuracies = {name: ensemble.test_accuracy for name, ensemble in found.items()}

# %%
# The run in which Adam does worst, and AdLaLa in the same one.

run = int(np.argmin(accuracies["Adam"]))
figure, axes = plt.subplots(1, 2, figsize=(8.6, 4.3), layout="constrained")
for ax, (name, ensemble) in zip(axes, found.items(), strict=True):
    plot_boundary(ensemble, spirals(seed=2026 + run), ax, run=run)
    ax.set_title(f"{name}: {accuracies[name][run]:.1%} of test points right")

# %%
# On average the difference is a few points, beyond two standard errors.

gain = accuracies["AdLaLa"] - accuracies["Adam"]
error = gain.std(ddof=1) / np.sqrt(gain.size)
print(f"AdLaLa is better by {gain.mean():.1%} +- {error:.1%}")
assert gain.mean() > 2.0 * error
