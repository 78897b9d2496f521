"""
Steering noisy gradient descent into the other well
===================================================

Noise alone leaves most paths in the well where they start; the optimal feedback pushes early and on the barrier,
carries them over, and lowers the mean cost at the end by more than twice what the pushing costs.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import control

beta, horizon, start = 4.0, 2.0, -1.0
f = pdeopt.landscapes.double_well()
goal = pdeopt.landscapes.quadratic(1.0, center=1.0)
grid = pdeopt.Grid(-3.0, 3.0, 121)
x = grid.axes[0]

# %%
# The value of the problem by its exact linearisation; a terminal cost of zero gives the dynamics without control.

steered = control.optimal_control(control.ControlProblem(f, goal, grid, time=horizon, beta=beta))
idle = control.optimal_control(control.ControlProblem(f, 0.0, grid, time=horizon, beta=beta))
laws = {name: control.controlled_law(found, start) for name, found in (("free", idle), ("controlled", steered))}

# %%
# All terms of the inequality, from the equations and from pairs of paths that share their noise.

exact = control.cost_inequality(steered, start)
sampled = control.simulated_inequality(steered, start, n_paths=20_000, n_steps=200)
print(exact, sampled, sep="\n\n")

# %%
# A few controlled paths over the feedback, blue where it pushes to the right.

run = pdeopt.simulate(steered.system, start, step=horizon / 400, n_steps=400, n_paths=12, save_every=4)
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.0), layout="constrained", width_ratios=[1.25, 1.0])
push = -steered.gradient[:, :, 0].T
seen = np.abs(x) <= 2.0
limit = np.abs(push[seen]).max()
mesh = left.pcolormesh(steered.times, x[seen], push[seen], cmap="RdBu", vmin=-limit, vmax=limit, shading="gouraud")
figure.colorbar(mesh, ax=left, label="push, minus the feedback (length / time)")
left.plot(run.times, run.paths[:, :, 0], "k", lw=0.5)
left.set(xlabel="time", ylabel="x", ylim=(-2.0, 2.0), title="feedback and controlled paths")
for name, style in (("free", "C1"), ("controlled", "C0")):
    right.plot(x, laws[name].values[-1], style, label=f"{name}, mean cost {getattr(exact, name).value:.3f}")
right.plot(x, f(x), "0.6", lw=1.0, label="landscape f")
right.set(xlabel="x", ylabel="density at the end (1 / length)", xlim=(-2.0, 2.0), ylim=(0.0, 2.2))
right.set_title(f"effort {exact.effort.value:.3f}, slack {exact.slack.value:.3f}")
right.legend()

assert exact.free.value - exact.controlled.value > 2.0 * exact.effort.value
for name, term in sampled.terms.items():
    assert abs(term.value - exact.terms[name].value) < 3.5 * term.error
arrived = {name: float(law.expectation((x > 0.0).astype(float))[-1]) for name, law in laws.items()}
print(f"beyond the barrier: free {arrived['free']:.3f}, controlled {arrived['controlled']:.3f}")
assert arrived["free"] < 0.3 < 0.7 < arrived["controlled"]
