"""
The equation of dropout
=======================

A residual network with dropout is within O(h) of an ordinary differential equation; noise pays with a corrected drift.
"""

from math import pi, sin

import matplotlib.pyplot as plt
import numpy as np

from pdeopt import Generator, Grid
from pdeopt.convergence import observed_order
from pdeopt.networks import Dropout, ResidualLayer, mask_average, modified_equation


def branch(_t, x):
    """Return a branch that vanishes at both ends of the interval, which nothing leaves."""
    return 1.5 * sin(pi * x) / pi


def loss(x):
    """Return the logistic loss of a point of class one."""
    return np.log1p(np.exp(-4.0 * x))


# %%
# The expected loss of a network of N blocks over all 2^N masks, as a function of its input, by a sweep backward through
# the blocks; and the same function for each equation, by Kolmogorov's backward equation.

grid = Grid(-1.0, 1.0, 513)
inputs = grid.axes[0][52:-52]
names = {"ode": "ODE", "first": "ODE + noise (SDE1)", "second": "corrected drift + noise (SDE2)"}
blocks = np.array([8, 12, 16, 24, 32, 48, 64, 96, 128])
errors = {name: [] for name in names}

for n in blocks:
    layer = ResidualLayer(branch, Dropout(keep=0.5), step=1.0 / n)
    exact = mask_average(layer, loss, grid, order=12).at(inputs)
    equations = modified_equation(layer)
    for name in names:
        generator = Generator(getattr(equations, name), grid, rates="central")
        errors[name].append(generator.backward(loss, 1.0).at(inputs) - exact)

orders = {name: observed_order(1.0 / blocks, np.abs(found).max(axis=1)) for name, found in errors.items()}
print(equations, *(f"{names[name]}: {order}" for name, order in orders.items()), sep="\n")

# %%
# Noise alone leaves the error of first order; with the corrected drift it falls by four, and not by two, when the
# number of blocks doubles.

figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.0), layout="constrained")
for k, (name, label) in enumerate(names.items()):
    left.plot(inputs, errors[name][0], color=f"C{k}", label=label)
    right.loglog(1.0 / blocks, np.abs(errors[name]).max(axis=1), "o-", color=f"C{k}", label=f"{orders[name].order:.2f}")
left.set(xlabel="input x", ylabel="expected loss: equation - network", title="eight blocks, half of them dropped")
left.legend(fontsize="small", loc="upper right")
right.set(xlabel="step h = 1 / N", ylabel="largest error", title="order in the step")
right.legend()

# %%
# The orders 1, 1 and 2 lie within their error bars.

assert all(found.bar < 0.1 for found in orders.values())
assert all(orders[name].admits(order) for name, order in zip(names, (1, 1, 2), strict=True))
