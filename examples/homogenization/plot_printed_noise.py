"""
A factor of two in the noise, and a gradient of the other sign
==============================================================

The noise printed with Entropy-SGD samples the local law of twice the inverse temperature: at x = 0.3 in the double well
its gradient has the wrong sign, more than fifty standard errors from that of the corrected noise.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import homogenization, systems

time, beta, place = 0.5, 1.0, 0.3
f = pdeopt.landscapes.double_well()
exact = {"corrected": 0.04721507787541257, "printed": -0.07280201790156175}
forms = {noise: systems.entropy_sgd(f, time, beta, noise=noise) for noise in exact}

# %%
# Time averages of (x - y)/t along copies of the fast variable, x held, and their standard errors.

options = {"method": "sampling", "micro_step": 0.02, "n_micro": 20_000, "replicas": 2000}
sampled = {noise: homogenization.averaged_drift(system, place, **options) for noise, system in forms.items()}
for noise, found in sampled.items():
    gradient, error = -found.value[0], found.error[0]
    print(f"{noise:10s} (x - <y>)/t = {gradient:+.5f} +- {error:.5f}, by quadrature {exact[noise]:+.5f}")
apart = sampled["printed"].value[0] - sampled["corrected"].value[0]
error = np.hypot(sampled["printed"].error[0], sampled["corrected"].error[0])
print(f"apart by {apart / error:.0f} standard errors")

# %%
# The gradients along the line, and the laws of the fast variable at the place.

x = np.linspace(-1.6, 1.6, 161)
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.0), layout="constrained")
y = np.linspace(-2.0, 2.5, 301)
for colour, (noise, system) in zip(("C0", "C3"), forms.items(), strict=True):
    left.plot(x, -homogenization.averaged(system).drift(x)[:, 0], colour, label=f"{noise} noise")
    bar = 20.0 * sampled[noise].error[0]
    left.errorbar(place, -sampled[noise].value[0], bar, fmt="o", color=colour, capsize=3)
    density = np.exp(-system.fast_beta * (f(y) + (y - place) ** 2 / (2.0 * time)))
    right.plot(y, density / (density.sum() * (y[1] - y[0])), colour, label=f"{noise} noise")
left.axhline(0.0, color="0.7", lw=0.8)
left.set(xlabel="x", ylabel="averaged gradient (loss / length)", title="bars: 20 standard errors")
right.set(xlabel="y", ylabel="density (1 / length)", title=f"fast law at x = {place:g}")
left.legend()
right.legend()

for noise, found in sampled.items():
    assert abs(-found.value[0] - exact[noise]) < 4.0 * found.error[0]
assert apart > 50.0 * error
