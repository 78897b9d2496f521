"""
A rough landscape is a smooth one with a slower clock
=====================================================

Ripples of any size leave the valley of a landscape where it is and slow the motion in it down by a factor that a cell
problem gives between two bounds; the passage time approaches that of the smooth limit as the square of their length.
"""

import math

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt.convergence import observed_order
from pdeopt.homogenization import effective_diffusivity, first_passage_time, homogenized, rough_potential

valley = pdeopt.landscapes.quadratic(1.0)
ripples = pdeopt.Landscape(lambda x: math.cos(2.0 * math.pi * x), name="ripples")

# %%
# The limit, and the mean time from 0 to 1 in landscapes whose ripples become finer.

limit = homogenized(valley, ripples, 1.0)
goal = limit.first_passage_time(0.0, 1.0).value
scales = 0.5 ** np.arange(1, 7)
rough = [rough_potential(valley, ripples, scale) for scale in scales]
times = [first_passage_time(f, 0.0, 1.0, scale=scale).value for f, scale in zip(rough, scales, strict=True)]
order = observed_order(scales, np.array(times) - goal, rounding=1e-13)
print(limit, f"time from 0 to 1: {goal:.14f} in the limit, slope {order}", sep="\n")

# %%
# In the plane the clock differs with the direction: an ellipse of diffusivities, between its bounds, as it gets colder.

skew = pdeopt.Landscape(lambda x: math.cos(x[0]) + 0.5 * math.cos(x[1]) + 0.7 * math.cos(x[0] - x[1]), dim=2)
cells = {beta: effective_diffusivity(skew, 2.0 * math.pi, beta=beta) for beta in (0.5, 1.0, 2.0, 4.0)}
print(cells[4.0])

figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12.0, 3.8), layout="constrained")
x = np.linspace(-1.5, 1.5, 1201)
left.plot(x, rough[2](x), "C0", lw=1.0, label=f"with ripples of {scales[2]:g}")
left.plot(x, valley(x), "k", lw=1.5, label="without")
left.set(xlabel="x", ylabel="potential", title="one landscape, twice")
left.legend()
middle.loglog(scales, np.array(times) - goal, "o-", label=f"slope {order.order:.4f} $\\pm$ {order.bar:.4f}")
middle.set_xscale("log", base=2)
middle.set(xlabel="length of the ripples", ylabel="passage time less its limit", title="0 to 1")
middle.legend()
angles = np.linspace(0.0, 2.0 * math.pi, 361)
circle = np.stack([np.cos(angles), np.sin(angles)])
for beta, found in cells.items():
    speed = np.einsum("in,ij,jn->n", circle, found.mobility, circle)
    right.plot(*(speed * circle), label=rf"$\beta$ = {beta:g}, gap {found.gap:.0e}")
right.set(xlabel="mobility along x", ylabel="mobility along y", title="mobility by direction", aspect="equal")
right.set_xlim(-1.1, 3.3)
right.legend(loc="right", fontsize="small")

assert abs(goal - 3.35556926269283) < 1e-13
assert order.admits(2.0)
assert all(np.linalg.eigvalsh(found.upper - found.lower).min() > 0.0 and found.gap < 1e-11 for found in cells.values())
