"""
The order of the letters decides what is sampled
================================================

Three words over the same three flows cost one gradient a step and have the same order; on the harmonic well the
positions of one have the exact variance, those of the other two are wrong by the square of the step.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import sde

n_paths, duration = 200_000, 16.0
steps = np.array([0.2, 0.4, 0.8, 1.2])

# %%
# Frequency, friction, mass and temperature are 1. After 16 units of time the start is forgotten to ``exp(-16)``.

harmonic = pdeopt.langevin(pdeopt.landscapes.quadratic(), beta=1.0)


def relative_errors(word):
    """Return error and standard error of the variance of the position, one row for each step."""
    runs = [
        pdeopt.simulate(harmonic, (0.0, 0.0), step=h, n_steps=round(duration / h), n_paths=n_paths, method=word)
        for h in steps
    ]
    return np.array([(run.statistics.variance[0, 0] - 1.0, run.statistics.variance_error[0, 0]) for run in runs])


predictions = {
    "BAOAB": lambda h: 0.0 * h,
    "OBABO": lambda h: 1.0 / (1.0 - h**2 / 4.0) - 1.0,
    "OABAO": lambda h: -(h**2) / 4.0,
}
found = {word: relative_errors(word) for word in predictions}

# %%
# With two wells no word is exact. Here ``exp(-f)`` is a sum of two Gaussians and the largest stable step is 2.

figure, (left, right) = plt.subplots(1, 2, figsize=(11.0, 4.2), layout="constrained")
line = np.linspace(0.0, 1.3, 200)
for k, (word, predicted) in enumerate(predictions.items()):
    left.plot(line, predicted(line), color=f"C{k}", lw=1.0)
    left.errorbar(steps, *found[word].T, fmt="o^v"[k], color=f"C{k}", capsize=3, label=word)
left.set(xlabel="step (1 / frequency)", ylabel="relative error of the variance of q", title="one harmonic well")
left.legend(title="points: sampled\nlines: closed form")

mixture = pdeopt.landscapes.gaussian_mixture(weights=(0.5, 0.5), means=(-2.0, 2.0), covariances=(1.0, 1.0))
wells = pdeopt.langevin(mixture, beta=1.0)
edges = np.linspace(-6.0, 6.0, 121)
starts = np.where(np.arange(n_paths)[:, None] % 2, 2.0, -2.0) * [1.0, 0.0]
density = np.exp(-mixture(edges))
right.plot(edges, density / density.sum() / 0.1, color="0.2", lw=4.0, alpha=0.3, label=r"$e^{-f}$")
for color, word in (("C0", "BAOAB"), ("C1", "OBABO")):
    request = sde.Statistics(histogram=[edges, None])
    run = pdeopt.simulate(wells, starts, step=1.4, n_steps=30, n_paths=n_paths, method=word, statistics=request)
    right.stairs(run.statistics.histogram(0).density[0], edges, color=color, label=f"{word}, step 1.4")
right.set(xlabel="position q (length)", ylabel="density (1 / length)", title="two wells")
right.legend()

for word, (errors, bars) in ((word, rows.T) for word, rows in found.items()):
    print(f"{word}  " + "  ".join(f"{e:+.4f} +- {b:.4f}" for e, b in zip(errors, bars, strict=True)))
    assert (np.abs(errors - predictions[word](steps)) < 3.5 * bars).all()
assert (found["OBABO"][1:, 0] > 5.0 * found["OBABO"][1:, 1]).all()
