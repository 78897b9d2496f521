"""
A published table, with error bars
==================================

Figure 8 of the paper on AdLaLa gives test accuracies of five methods on two-turn spirals. Twelve runs of each, of less
than a second, meet them within the errors of both, and AdLaLa is ahead by several standard errors.
"""

import matplotlib.pyplot as plt
import numpy as np

from pdeopt.networks import reproduce

# %%
# The caption gives methods and means of 100 runs; network, batches and initial parameters are ours, as the table says.

found = reproduce(8, n_runs=12, progress=False)
print(found)

# %%
# Every run as a dot, our mean with two standard errors, and the printed number as a cross.

figure, ax = plt.subplots(figsize=(7.0, 3.8), layout="constrained")
for k, row in enumerate(found.rows):
    runs = 100.0 * found.ensembles[row.label].test_accuracy
    ax.plot(runs, k + np.linspace(-0.22, 0.22, runs.size), ".", color="C0", alpha=0.5)
    ax.errorbar(row.ours, k, xerr=2.0 * row.standard_error, fmt="o", color="C0", capsize=4)
    ax.plot(row.published.value, k, "x", color="C3", ms=11, mew=2.5)
ax.set_yticks(range(len(found.rows)), [row.label for row in found.rows])
ax.invert_yaxis()
ax.set(
    xlabel="test accuracy (%) after 10 000 steps", title="dots: our runs; bars: two standard errors; crosses: printed"
)

# %%
# The ordering holds run by run, as runs of the same number share data and initial parameters.

best = found.findings[0]
print(best)
assert best.verdict == "holds"
assert all(abs(row.z) < 3.0 for row in found.rows)
