"""
Noise in place of width
=======================

Twenty hidden units trained with a thermostat tell two spirals apart better than eighty trained by gradient descent.
"""

import numpy as np

from pdeopt.networks import MLP, scan, spirals
from pdeopt.optimizers import LOL, SGD, Adam, AdLaLa
from pdeopt.plot import plot_scan


def data(seed):
    """Return two spirals of two turns, others for each seed."""
    return spirals(turns=2, n_train=500, n_test=500, noise=0.02, seed=seed)


# %%
# A scan trains an ensemble for every combination of settings: here of the method and of the number of hidden units.
# Run r has the same data and initial parameters in every cell, so that cells in a row differ by the width alone.

methods = [SGD(step_size=0.1), Adam(step_size=0.005), AdLaLa(), LOL()]
settings = {"method": methods, "width": [10, 20, 40, 80]}
options = {"n_runs": 6, "n_steps": 4000, "batch_size": 10, "initial": 0.5, "seed": 500}
found = scan(MLP([2, 20, 1]), data, methods[0], settings, **options)
print(found)

# %%
# The best cell is framed. Going up a column changes the method, going right doubles the network.

ax = plot_scan(found)
ax.set(xlabel="hidden units", title="two spirals of two turns, 4000 steps on batches of 10")

accuracy, error = found.mean(), found.standard_error()
descent_at_80 = accuracy[0, 3] + 2.0 * error[0, 3]

# %%
# With 20 units both thermostats are ahead of gradient descent with 80 by more than two standard errors.

assert (accuracy[2:, 1] - 2.0 * error[2:, 1] > descent_at_80).all()
assert (np.diff(accuracy[:3], axis=1) > 0.0).all()
