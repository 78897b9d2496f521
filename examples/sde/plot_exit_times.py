"""
Leaving a well, with and without the Brownian bridge
====================================================

A path that is inside at both ends of a step may have been outside between; without asking the Brownian bridge,
exit times are too long by the square root of the step.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.integrate import cumulative_simpson, simpson

import pdeopt
from pdeopt import sde

beta, n_paths = 6.0, 40_000
f = pdeopt.landscapes.double_well()
system = pdeopt.overdamped_langevin(f, beta)
steps = 2.0 ** -np.arange(3, 8)

# %%
# The mean time from the bottom of the left well to the top of the barrier, by quadrature:
# ``beta`` times the integral of ``exp(beta f(y))`` over ``-1 < y < 0``, times that of ``exp(-beta f)`` below ``y``.


def mean_time(top):
    """Return the mean time from -1 to `top`."""
    y = np.linspace(-3.0, top, 30_001)
    below = cumulative_simpson(np.exp(-beta * f(y)), x=y, initial=0.0)
    inner = np.where(y >= -1.0, np.exp(beta * f(y)) * below, 0.0)
    return beta * simpson(inner, x=y)


exact = mean_time(0.0)


def relative_errors(*, bridge):
    """Return relative error and standard error of the mean exit time, one row for each step."""
    rows = []
    for h in steps:
        stop = sde.Exit(upper=0.0, bridge=bridge)
        run = pdeopt.simulate(
            system, -1.0, step=h, n_steps=round(40.0 * exact / h), n_paths=n_paths, exit=stop, statistics=False
        )
        assert run.exits.n_exited == n_paths
        rows.append((run.exits.mean_time / exact - 1.0, run.exits.standard_error / exact))
    return np.array(rows)


with_bridge, without = relative_errors(bridge=True), relative_errors(bridge=False)

# %%
# Dashed: without the bridge the wall acts as if it stood 0.5826 standard deviations of a step further out
# (Broadie, Glasserman and Kou 1997).

moved = np.array([mean_time(0.5826 * np.sqrt(2.0 * h / beta)) for h in steps]) / exact - 1.0
figure, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
for rows, style, name in ((without, "C1s", "ends of steps only"), (with_bridge, "C0o", "Brownian bridge")):
    ax.errorbar(steps, rows[:, 0], 2.0 * rows[:, 1], fmt=style, capsize=3, label=name)
ax.plot(steps, moved, "C1--", lw=1.0, label="wall moved")
ax.axhline(0.0, color="0.6", lw=0.8)
ax.set(
    xscale="log",
    xlabel="step h (time)",
    ylabel="relative error of the mean exit time",
    title=rf"barrier of height {beta * 0.25:g}/$\beta$, exact mean time {exact:.3f}",
)
ax.legend(title="bars: two standard errors")

print(f"exact mean {exact:.6f}")
for h, naive, wall, asked in zip(steps, without, moved, with_bridge, strict=True):
    print(f"step {h:<10g} naive {naive[0]:+.4f} (wall {wall:+.4f})   bridge {asked[0]:+.4f} +- {asked[1]:.4f}")
extrapolated = 2.0 * with_bridge[2, 0] - with_bridge[1, 0]

assert abs(extrapolated) < 3.5 * np.hypot(2.0 * with_bridge[2, 1], with_bridge[1, 1])
assert (np.abs(with_bridge[3:, 0]) < 3.5 * with_bridge[3:, 1] + 0.6 * steps[3:]).all()
assert (np.abs(without[2:, 0] - moved[2:]) < 3.5 * without[2:, 1] + 0.6 * steps[2:]).all()
assert (without[:, 0] > 7.0 * without[:, 1]).all()
