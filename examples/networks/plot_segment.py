"""
The loss on the line between two networks
=========================================

From its initial parameters to those that a method ends with, the loss falls all along the straight line, as if there
had been nothing in the way. Between what two methods end with, from the same start, there is a barrier.
"""

import matplotlib.pyplot as plt
import numpy as np

from pdeopt.networks import reproduce
from pdeopt.plot import plot_segments

# %%
# Spirals of one turn, Adam and AdLaLa, ten runs. The paper draws such lines, Eq. (18), and does not say which ends.

found = reproduce(3, n_runs=10, progress=False)
for name, segments in found.segments.items():
    print(name, segments[0])

# %%
# One thin line for each run.

figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.6), sharey=True, layout="constrained")
for ax, (name, segments) in zip(axes, found.segments.items(), strict=True):
    plot_segments(segments, ax)
    ax.set_title(name)
    ax.label_outer()

# %%
# Both networks solve the task, and are as far from each other as from where they began.

barriers = {name: np.array([one.barrier for one in segments]) for name, segments in found.segments.items()}
between, start = barriers.pop("Adam to AdLaLa"), np.concatenate(list(barriers.values()))
# The barrier of a segment is how far the loss rises above the higher of its two ends.
print(f"barriers from the start: at most {start.max():.3f}; between the ends: median {np.median(between):.3f}")
assert found.means.min() > 99.0
assert np.median(start) < 1e-3
assert np.median(between) > 10.0 * np.median(start) + 0.01
