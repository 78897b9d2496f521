"""
A global minimum through the doorway of SciPy
=============================================

``scipy.optimize.minimize`` descends through kernels that shrink: wide ones see the bowl under the ripples of
Rastrigin's function, narrow ones one of its 1600 minima in the box, and a few hundred evaluations end in the lowest.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize

from pdeopt.optimizers import minimize_local_entropy

shift = np.array([7.3, -4.6])
start = np.array([-14.0, 11.0])


def rippled(x):
    """Return Rastrigin's function with its minimum 0 at the shift; the last axis holds the coordinates."""
    z = np.asarray(x) - shift
    return 10.0 * z.shape[-1] + (z**2 - 10.0 * np.cos(2.0 * np.pi * z)).sum(axis=-1)


# %%
# The callback sees the width of the kernel and the best point so far; the function keeps where it was called.

points, widths, lowest = [], [], []


def recorded(x):
    """Return the value, and keep the point."""
    points.append(x)
    return float(rippled(x))


def note(intermediate_result):
    """Keep what the callback says."""
    widths.append((intermediate_result.nfev, intermediate_result.scale))
    lowest.append((intermediate_result.nfev, intermediate_result.fun))


options = {"rng": 1, "maxfev": 500}
found = minimize(
    recorded, start, method=minimize_local_entropy, bounds=[(-20.0, 20.0)] * 2, callback=note, options=options
)
print(found)

# %%
# Where it looked, in the order of colours, and how kernel and value went down.

figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.2), layout="constrained")
axis = np.linspace(-20.0, 20.0, 400)
field = rippled(np.stack(np.meshgrid(axis, axis), axis=-1))
left.contourf(axis, axis, field, 24, cmap="Greys_r", alpha=0.7)
drawn = left.scatter(*np.transpose(points), c=np.arange(len(points)), s=8, cmap="plasma")
figure.colorbar(drawn, ax=left, label="evaluation")
left.plot(*start, "wX", markeredgecolor="k", ms=9, label="start")
left.plot(*found.x, "w*", markeredgecolor="k", ms=13, label="found")
left.set(xlabel="x", ylabel="y", xlim=(-20, 20), ylim=(-20, 20), aspect="equal")
left.legend(loc="lower left")
right.semilogy(*np.transpose(widths), "C0.-", lw=0.8, label="length of the kernel")
right.semilogy(*np.transpose(lowest), "C3", label="lowest value")
right.set(xlabel="evaluations", ylabel="length, loss", ylim=(1e-12, 1e3))
right.legend()

assert found.nfev <= 500
assert np.abs(found.x - shift).max() < 1e-4
