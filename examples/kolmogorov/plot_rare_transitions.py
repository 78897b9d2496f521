"""
Rare transitions between two wells
==================================

Three answers of one generator describe the same event, over twelve orders of magnitude: the mean time to cross is half
the time between transitions exactly, and two over the spectral gap the better the higher the barrier is.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt

f = pdeopt.landscapes.double_well().scaled(0.25)  # (x^2 - 1)^2: a barrier of height 1
betas = np.array([2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0])
grid = pdeopt.Grid(-2.5, 2.5, 401)
x = grid.axes[0]
left, right = x < -0.9999, x > 0.9999

# %%
# For each temperature: the mean time from the left minimum to the right one, the slowest mode, and the number of
# transitions per unit of time by transition path theory, from the current of the committor through any point.

times, gaps, rates, committors = [], [], [], []
for beta in betas:
    L = pdeopt.Generator(pdeopt.overdamped_langevin(f, beta), grid)
    q, p = L.committor(left, right), L.invariant_density()
    middle = x.size // 2
    slope = (q.at(x[middle] + 1e-4) - q.at(x[middle] - 1e-4)) / 2e-4
    reactive = p.values[middle] * slope / beta
    times.append(L.mean_exit_time(~right).at(-1.0))
    gaps.append(L.spectrum(2).eigenvalues[1])
    rates.append(reactive)
    committors.append(q.values)
times, gaps, rates = map(np.array, (times, gaps, rates))

# %%
# Kramers' formula knows only the curvatures of the well and of the barrier, here 8 and 4.

kramers = 2.0 * np.pi / np.sqrt(8.0 * 4.0) * np.exp(betas)

figure, (curves, ladder) = plt.subplots(1, 2, figsize=(10.0, 4.0), layout="constrained")
for beta, q in list(zip(betas, committors, strict=True))[::2]:
    curves.plot(x, q, label=rf"$\beta = {beta:g}$")
curves.set(xlabel="x (length)", ylabel="committor (probability)", xlim=(-1.2, 1.2))
curves.legend()
ladder.semilogy(betas, times, "o", label="mean time to cross")
ladder.semilogy(betas, 2.0 / gaps, "x", ms=9, label="2 / spectral gap")
ladder.semilogy(betas, 0.5 / rates, "+", ms=11, label="1 / (2 transitions per time)")
ladder.semilogy(betas, kramers, "k:", lw=1.0, label="Kramers")
ladder.set(xlabel=r"barrier over temperature, $\beta$", ylabel="time")
ladder.legend()

for row in zip(betas, times, times * gaps / 2.0, 2.0 * rates * times, times / kramers, strict=True):
    print("beta {:<4g} time {:.9e}  gap x time / 2 {:.9f}  rate x time x 2 {:.9f}  over Kramers {:.4f}".format(*row))

published = {2.0: 10.2585700671842, 3.0: 26.6400877981153, 8.0: 3500.03481118679}
for beta, time in published.items():
    assert abs(times[betas == beta][0] / time - 1.0) < 1e-8
assert abs(times[5] * gaps[5] / 2.0 - 1.00000000633) < 1e-9
assert (np.abs(2.0 * rates * times - 1.0) < 1e-6).all()
