"""
What noise does to a margin
===========================

A residual network trained without noise winds its decision boundary around wrong labels; trained with dropout, or on
the diffusion equation of dropout, it keeps its distance from points, and answers survive perturbations of them.
"""

from functools import partial

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import t

from pdeopt import Grid
from pdeopt.networks import Data, Dropout, ResNet, TrainingControl, margins, moons, robustness, train_ensemble
from pdeopt.optimizers import Adam


def data(seed):
    """Return two moons, where every tenth training point has the wrong label."""
    moon = moons(n_train=80, n_test=1000, noise=0.25, seed=seed)
    return Data(moon.x_train, (moon.y_train + (np.arange(80) % 10 == 0)) % 2, moon.x_test, moon.y_test)


def measured(parameters, seed):
    """Return the mean margin of test points, at most 1.5, and the robustness to perturbations of length 0.4."""
    answer, x, y = partial(plain.probabilities, parameters), data(seed).x_test, data(seed).y_test
    far = margins(answer, x[:80], y[:80], reach=1.5, n_directions=24, n_radii=24).clip(-1.5, 1.5)
    return far.mean(), robustness(answer, x, y, [0.4])


# %%
# Ten training sets, and for each a deterministic network and one with dropout from the same initial weights. The first
# one is also trained on the second modified equation: value functions are swept back on a grid.

noisy = ResNet([2, 2, 1], n_blocks=6, hidden=8, horizon=3.0, noise=Dropout(keep=0.5))
plain, options = noisy.changed(noise=None), {"n_runs": 10, "n_steps": 1500, "progress": False}
weights = {
    name: train_ensemble(net, data, Adam(0.03), **options).parameters
    for name, net in (("no noise", plain), ("dropout", noisy))
}
x, y, grid = data(0).x_train, data(0).y_train, Grid([-7.0, -7.0], [7.0, 7.0], (41, 41))
control = TrainingControl(noisy, x, y, picture="second", grid=grid, substeps=1, order=4)
equation = control.solve(noisy.initial(0), max_iterations=25, progress=False).parameters

# %%
# Boundaries of the first set: of the network, of the mean over all masks, and level set 1/2 of the value function.

across, up = np.linspace(-2.0, 3.0, 81), np.linspace(-1.7, 2.2, 65)
plane = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
answers = {
    "no noise": plain.probabilities(weights["no noise"][0], plane),
    "dropout": TrainingControl(noisy, x, y).probabilities(weights["dropout"][0], plane),
    "equation of dropout": control.probabilities(equation, plane),
}
figure, axes = plt.subplots(1, 3, figsize=(11.0, 3.4), sharey=True, layout="constrained")
for ax, (name, answer), own in zip(
    axes, answers.items(), (weights["no noise"][0], weights["dropout"][0], equation), strict=True
):
    far, right = measured(own, 0)
    ax.contourf(across, up, answer.reshape(65, 81), np.linspace(0.0, 1.0, 11), cmap="RdBu", alpha=0.6, extend="both")
    ax.contour(across, up, answer.reshape(65, 81), [0.5], colors="black")
    ax.scatter(*x.T, c=y, cmap="RdBu", edgecolors="black", s=22)
    ax.set_title(
        f"{name}: margin {far:.2f}\n{right.lower[0]:.0%} to {right.upper[0]:.0%} right at distance 0.4", fontsize=10
    )

# %%
# Over all ten sets, with Student's 95 % intervals of the means, noise has widened margins and made answers more robust.

found = {name: [measured(one, r) for r, one in enumerate(all_runs)] for name, all_runs in weights.items()}
numbers = {name: np.array([(far, right.accuracy[0]) for far, right in runs]) for name, runs in found.items()}
gain = numbers["dropout"] - numbers["no noise"]
half_width = t.ppf(0.975, 9) * gain.std(axis=0, ddof=1) / 10**0.5
print(
    "mean margin", *(f"{numbers[name].mean(axis=0)[0]:.3f}" for name in numbers), f"{gain.mean(axis=0)} +- {half_width}"
)
assert (gain.mean(axis=0) > half_width).all()
assert measured(equation, 0)[1].lower[0] > found["no noise"][0][1].upper[0]
