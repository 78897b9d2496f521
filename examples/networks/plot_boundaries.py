"""
What twenty hidden units make of two spirals
============================================

Decision boundaries of Adam and AdLaLa from the same initial parameters, on the same data, with the same number of
gradients: AdLaLa follows the arms all the way in, where Adam is left with straight cuts through the middle.
"""

import matplotlib.pyplot as plt
import numpy as np

from pdeopt.networks import reproduce
from pdeopt.plot import plot_boundary

# %%
# Figure 4 of the paper shows two such pairs. Its numbers are of single runs, and compared with the spread of ours.

found = reproduce(4, n_runs=8, progress=False)
print(found)
adam, adlala = found.ensembles["Adam, right"], found.ensembles["AdLaLa, right"]

# %%
# The run in which Adam does worst, and AdLaLa in the same one.

run = int(np.argmin(adam.test_accuracy))
data = found.settings.data(found.seed + run)
figure, axes = plt.subplots(1, 2, figsize=(8.6, 4.3), layout="constrained")
for ax, (name, ensemble) in zip(axes, {"Adam": adam, "AdLaLa": adlala}.items(), strict=True):
    plot_boundary(ensemble, data, ax, run=run)
    ax.set_title(f"{name}: {ensemble.test_accuracy[run]:.1%} of test points right")

# %%
# On average the difference is a few points, beyond its standard error.

gain = adlala.test_accuracy - adam.test_accuracy
error = gain.std(ddof=1) / np.sqrt(gain.size)
print(f"AdLaLa is better by {gain.mean():.1%} +- {error:.1%}")
assert gain.mean() > 2.0 * error
assert adlala.test_accuracy.std() < adam.test_accuracy.std()
