"""
Macro steps over a fast variable
================================

The multiscale integrator follows the limit with bursts of a few hundred micro steps per macro step: its cost does not
depend on the ratio of scales, while that of the system itself grows like one over it.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import homogenization, systems

time, beta, start, end = 0.2, 4.0, 0.25, 4.0
f = pdeopt.landscapes.double_well()
system = systems.entropy_sgd(f, time, beta, epsilon=1e-4)

# %%
# Midpoint steps with two bursts each; copies of the fast variable go on from where they were.

options = {"micro_step": 0.04, "n_micro": 200, "n_burn": 50, "replicas": 100}
run = homogenization.multiscale(system, start, macro_step=0.1, n_steps=40, **options)
flow = homogenization.averaged(system).flow(start, run.times)[:, 0]
print(run)

# %%
# What both take to the same time, by the ratio of scales.

ratios = np.logspace(-1.0, -6.0, 26)
direct = run.direct_steps * system.epsilon / ratios * options["replicas"]
worst = np.abs(run.x[:, 0, 0] - flow).max()

figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.0), layout="constrained")
left.errorbar(run.times, run.x[:, 0, 0], 2.0 * run.standard_error[:, 0, 0], fmt="o", ms=3, label="multiscale, 2 errors")
left.plot(run.times, flow, "k", lw=1.0, label="averaged equation")
left.set(xlabel="slow time", ylabel="x", title=f"largest distance {worst:.3f}")
right.loglog(ratios, direct, "C1", label="the system, as many paths")
right.axhline(run.micro_steps, color="C0", label="multiscale")
right.set(xlabel="ratio of time scales $\\epsilon$", ylabel="steps of the fast variables", title="cost")
left.legend()
right.legend()

limits = 4.0 * run.standard_error[1:, 0, 0] + 2e-3
assert np.all(np.abs(run.x[1:, 0, 0] - flow[1:]) < limits)
assert run.micro_steps < 0.05 * direct[ratios < 1.1e-4][0]
