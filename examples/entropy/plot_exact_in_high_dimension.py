"""
A thousand dimensions, exactly: when a shell becomes a bowl
===========================================================

The Mexican hat keeps its rim under relaxation in two dimensions; in a thousand the kernel's own spread carries all mass
over the rim, and the local entropy, one Bessel integral per point, is convex along every ray.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import landscapes

time, beta = 0.3, 20.0
r = np.linspace(0.0, 1.6, 81)

# %%
# The same profile for three numbers of coordinates, along a ray.

curves = {}
for dim in (2, 30, 1000):
    points = np.zeros((r.size, dim))
    points[:, 0] = r
    curves[dim] = pdeopt.local_entropy(landscapes.radial_double_well(dim), points, time=time, beta=beta)
    print(curves[dim])

# %%
# A quadratic on top of a function of one projection: two numbers tell everything about ten thousand coordinates.

direction = np.zeros(10_000)
direction[::100] = 0.1
f = landscapes.plus_quadratic(landscapes.ridge(landscapes.double_well(), direction), curvature=0.01)
along = pdeopt.local_entropy(f, r[:, None] * direction, time=time, beta=beta)
print(along)

figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.0), layout="constrained")
left.plot(r, (r**2 - 1) ** 2 / 4 - 0.25, "0.6", label="profile, time 0")
for number, (dim, e) in enumerate(curves.items()):
    left.plot(r, e.value - e.value[0], f"C{number}", label=f"{dim} dimensions")
    right.plot(r, e.gradient[:, 0], f"C{number}", label=f"hat, {dim} dimensions")
right.plot(r, along.gradient @ direction, "k--", label="ridge and bowl, 10 000 dimensions")
left.set(
    xlabel="distance from the centre (length)", ylabel="local entropy less that at the centre (loss)", ylim=(-0.3, 0.6)
)
right.set(xlabel="distance from the centre (length)", ylabel="radial slope (loss / length)", ylim=(-0.6, 2.0))
right.axhline(0.0, color="0.8", lw=0.8)
left.legend()
right.legend()

slopes = {dim: e.gradient[1:, 0] for dim, e in curves.items()}
assert max(e.error.max() for e in curves.values()) < 1e-11
assert slopes[2].min() < 0 < slopes[1000].min()
