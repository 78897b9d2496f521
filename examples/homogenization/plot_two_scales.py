"""
Fast noise that averages to a relaxed landscape
===============================================

Paths of Entropy-SGD close in on the descent of the local entropy as the time scales part: their distance falls like the
square root of the ratio of scales, their mean error like the ratio.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import homogenization, systems

time, beta, start, end = 0.5, 1.0, 1.5, 3.0
f = pdeopt.landscapes.double_well()
system = systems.entropy_sgd(f, time, beta)

# %%
# The limit descends the local entropy, the landscape averaged over the fast variable.

limit = homogenization.averaged(system)
times = np.linspace(0.0, end, 61)
flow = limit.flow(start, times)[:, 0]

# %%
# Paths of the whole system at two ratios of scales; the fast variable is resolved, at a cost of one over the ratio.

runs = {}
for epsilon in (0.1, 0.005):
    n_steps = round(end / (0.05 * epsilon) / 60) * 60
    fast = system.with_epsilon(epsilon)
    options = {"step": end / n_steps, "n_steps": n_steps, "n_paths": 4, "save_every": n_steps // 60, "seed": 3}
    runs[epsilon] = pdeopt.simulate(fast, fast.start(start), method="sra1", **options)

# %%
# In a quadratic landscape the moments solve linear equations, and the errors come without sampling.

bowl = systems.entropy_sgd(pdeopt.landscapes.quadratic(2.0), time, 2.0)
error = homogenization.averaging_error(bowl, 1.0, [0.1 * 0.5**k for k in range(8)])
print(error)

figure, axes = plt.subplots(1, 3, figsize=(10.8, 3.8), layout="constrained")
x = np.linspace(-2.0, 2.0, 201)
axes[0].plot(x, f(x), "0.6", label="f")
axes[0].plot(x, limit.landscape(x), "C0", label="local entropy")
axes[0].set(xlabel="x", ylabel="loss", ylim=(-0.05, 1.2), title=f"t = {time:g}, $\\beta$ = {beta:g}")
for colour, (epsilon, run) in zip(("C1", "C2"), runs.items(), strict=True):
    axes[1].plot(run.times, run.paths[:, :, 0], colour, lw=0.8, label=[f"$\\epsilon$ = {epsilon:g}", *["_"] * 3])
axes[1].plot(times, flow, "k", lw=2.0, label="limit")
axes[1].set(xlabel="slow time", ylabel="x", title="four paths each")
axes[2].loglog(error.epsilons, error.strong, "o-", label=f"strong: {error.strong_order}")
axes[2].loglog(error.epsilons, error.weak, "s-", label=f"weak: {error.weak_order}")
axes[2].set(xlabel="$\\epsilon$", ylabel="error (length)", title="quadratic, exact")
for ax in axes:
    ax.legend(fontsize="small")

assert error.strong_order.admits(0.5)
assert error.weak_order.admits(1.0)
