"""
Four estimators of one slope
============================

The gradient of local entropy as mean displacement, as mean gradient, as their zero-variance mix, and with control
variates fitted by regression: the errors of sixty runs differ a hundredfold, and the bars of the last one are true.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt

f = pdeopt.landscapes.log_cosh()
x, time, beta, n = 1.5, 2.0, 3.0, 4096
truth = pdeopt.local_entropy(f, x, time, beta, method="quadrature")

# %%
# Draws of the local Gibbs law by rejection: log cosh is at least zero, so the Gaussian kernel proposes.

rng = np.random.default_rng(0)
y = x + np.sqrt(time / beta) * rng.standard_normal((60, 24 * n))
kept = np.log(rng.random(y.shape)) < -beta * f(y)
draws = np.array([row[keep][:n] for row, keep in zip(y, kept, strict=True)])
slopes = f.gradient_at(draws[..., None])[..., 0]
q = f.hessian_at(np.array([float(truth.mean[0])])).item()
estimates = {
    "displacement": ((x - draws) / time).mean(axis=1),
    "gradient": slopes.mean(axis=1),
    "mix": ((q * (x - draws) + slopes) / (1.0 + q * time)).mean(axis=1),
}

# %%
# The sampling method, whose bars should hold the truth.

runs = [pdeopt.local_entropy(f, x, time, beta, seed, method="sampling", n_samples=n) for seed in range(60)]
estimates["fitted"] = np.array([float(run.gradient[0]) for run in runs])
bars = np.array([float(run.gradient_error[0]) for run in runs])
slope = float(truth.gradient[0])
errors = {name: np.abs(found - slope) for name, found in estimates.items()}
held = np.mean(errors["fitted"] <= bars)

figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.8), layout="constrained")
for k, found in enumerate(errors.values()):
    left.semilogy(k + np.linspace(-0.3, 0.3, 60), np.sort(found), ".")
left.set(xticks=range(4), xticklabels=list(errors), ylabel=f"error of the slope, {n} draws")
unit = 10.0 ** np.floor(np.log10(bars.mean()))
right.errorbar(np.arange(60), (estimates["fitted"] - slope) / unit, bars / unit, fmt=".", color="C3", lw=0.8)
right.axhline(0.0, color="0.4", lw=0.8)
right.set(xlabel="seed", ylabel=f"error of the slope / {unit:.0e}", title=f"{held:.0%} of the bars hold the truth")

rms = {name: float(np.sqrt((found**2).mean())) for name, found in errors.items()}
print({name: f"{size:.1e}" for name, size in rms.items()})
assert rms["fitted"] < rms["mix"] < rms["gradient"]
assert rms["displacement"] > 20.0 * rms["fitted"]
assert held >= 0.9
