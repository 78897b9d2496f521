"""
A step of one's own, refuted and mended
=======================================

Heun's scheme with the drift of the wrong integral runs, looks right and converges to another process: its errors stop
falling. With the correction it has the order that it should have. A solver of a PDE gets an order, or a reason.
"""

import math

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import plot, verification
from pdeopt.convergence import EOCTable

# %%
# The equation is meant in Ito's sense; a predictor-corrector step converges to Stratonovich's.


def heun(x, h, xi, ripple, correction):
    """Return one step of Heun's predictor and corrector."""

    def slope(y):
        return math.sin(y) + correction * ripple * math.sin(y) * (1.0 + ripple * math.cos(y))

    noise = math.sqrt(h) * xi
    guess = x + slope(x) * h + (1.0 + ripple * math.cos(x)) * noise
    both = 2.0 + ripple * (math.cos(x) + math.cos(guess))
    return x + 0.5 * h * (slope(x) + slope(guess)) + 0.5 * both * noise


def broken(t, x, h, xi, args):
    """Take the drift as it is given."""
    return heun(x, h, xi, args[0], 0.0)


def mended(t, x, h, xi, args):
    """Add what turns an Ito drift into Stratonovich's."""
    return heun(x, h, xi, args[0], 0.5)


coefficients = (lambda t, x, ripple: math.sin(x), lambda t, x, ripple: 1.0 + ripple * math.cos(x))
system = pdeopt.SDE(*coefficients, noise="diagonal", args=(0.4,), name="rotor")
verdicts = [verification.weak_order(step, system, claimed=1.0) for step in (broken, mended)]
for verdict in verdicts:
    print(f"{verdict}\n")

# %%
# The same question to ``relax`` at zero temperature, on samples of ``|x - c|``, whose solution is the Huber function.
# With the kink in the middle of a cell the order is 1; elsewhere errors depend on where in its cell the kink lies.

nodes = np.array([50, 82, 130, 210, 340, 552])


def largest_error(n, kink):
    """Return the largest error in the middle of the grid."""
    grid = pdeopt.Grid(-2.0, 2.0, int(n))
    y = grid.axes[0] - kink
    huber = np.where(np.abs(y) < 0.5, y**2, np.abs(y) - 0.25)
    found = pdeopt.relax(np.abs(y), grid, 0.5, beta=np.inf).values
    return np.abs(found - huber)[np.abs(y) < 1.0].max()


columns = {f"kink at {kink:g}": [largest_error(n, kink) for n in nodes] for kink in (0.0, 0.1)}
table = EOCTable(4.0 / (nodes - 1), columns, unit="length")
print(table)

figure, axes = plt.subplots(1, 3, figsize=(15.0, 4.4), layout="constrained")
for ax, verdict in zip(axes, verdicts, strict=False):
    plot.verdict(verdict, ax)
plot.eoc(table, axes[2])
axes[2].set_title("relax on samples of |x - c|", fontsize="medium")

assert [verdict.verdict for verdict in verdicts] == ["refuted", "certified"]
assert abs(verdicts[0].order) < 0.02
assert verdicts[1].is_sharp
assert table.orders["kink at 0"].admits(1.0)
assert not table.orders["kink at 0.1"].is_settled
