"""
A thermostat finds the friction that noise needs
================================================

Adaptive Langevin dynamics on oscillators whose gradients are noisy: the friction, a variable of its own, settles where
it balances the noise of gradients, with the mean and the variance of a closed form, and positions stay at their
temperature. The method runs in a compiled loop of one's own, as kernels of the package do.
"""

import matplotlib.pyplot as plt
import numba
import numpy as np

from pdeopt.kernels import programs
from pdeopt.kernels.random import VECTOR_CHUNK, normal
from pdeopt.optimizers import AdLa, Structure

N, H, TAU, SIGMA, EPS = 20, 0.1, 1.0, 1.0, 0.5
N_STEPS, SKIPPED = 100_000, 2_000


@numba.njit(cache=True)
def run(code, numbers, bank, friction, spread, seed, found):
    """Carry out a program on oscillators of frequency 1; keep the friction and the mean square of positions."""
    scratch = np.empty(2 * VECTOR_CHUNK)
    for step in range(found.shape[0]):
        for i in range(code.shape[0]):
            if code[i, programs.OPERATION] == programs.GRADIENT:
                for k in range(bank.shape[1]):
                    bank[1, k] = bank[0, k] + spread * normal(seed + 1, k, step, 0)
            else:
                programs.apply(bank, friction, code[i], numbers[i], seed, 0, step, scratch)
        found[step] = friction[0], np.mean(bank[0] ** 2)


method = AdLa(H, TAU, SIGMA, EPS, initial_friction=0.0, scope="all")
machine, spreads, runs = method.machine(Structure(N)), (0.0, 3.0, 5.0), []
for spread in spreads:
    found = np.empty((N_STEPS, 2))
    run(machine.code, machine.constants(np.arange(1))[0], machine.bank(np.ones(N), {}), np.zeros(1), spread, 1, found)
    runs.append(found)

# %%
# How the friction settles, and how it is distributed then; lines are the closed form.

laws = [((SIGMA**2 + H * spread**2) / (2.0 * TAU), np.sqrt(EPS * TAU)) for spread in spreads]
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.8), layout="constrained", sharey=True)
for k, (spread, found, (mean, deviation)) in enumerate(zip(spreads, runs, laws, strict=True)):
    left.plot(H * np.arange(800), found[:800, 0], f"C{k}", lw=0.9, label=f"gradients with noise {spread:g}")
    left.axhline(mean, color=f"C{k}", ls="--", lw=0.9)
    right.hist(found[SKIPPED:, 0], 80, density=True, orientation="horizontal", color=f"C{k}", alpha=0.4)
    z = np.linspace(mean - 3.5 * deviation, mean + 3.5 * deviation, 200)
    right.plot(np.exp(-0.5 * ((z - mean) / deviation) ** 2) / (deviation * np.sqrt(2.0 * np.pi)), z, f"C{k}")
left.set(xlabel="time", ylabel="friction", title="it settles")
right.set(xlabel="density", title="its law")
left.legend(fontsize=8)

means = np.array([found[SKIPPED:].mean(axis=0) for found in runs])
spreads = np.array([found[SKIPPED:, 0].std() for found in runs])
assert np.abs(means[:, 0] - [mean for mean, _ in laws]).max() < 0.06
assert np.abs(spreads / [deviation for _, deviation in laws] - 1.0).max() < 0.06
assert np.abs(means[:, 1] / TAU - 1.0).max() < 0.03
