"""
Phases of wide and sharp wells
==============================

Over time and temperature, two networks that were trained to one task change places: the deeper of their wells
wins when it is cold or early, the wider one when it is warm and late, and the boundary is known in advance.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import plot
from pdeopt.geometry import phase_diagram, wide_versus_sharp_curve

# %%
# Two parabolas first. Their boundary has a closed form, and a critical temperature beyond which the sharp well
# wins for ever.

levels, curvatures = (-1.0, -0.9), (400.0, 1.0)
f = pdeopt.landscapes.wide_versus_sharp(levels, curvatures)
grid = pdeopt.Grid(-2.0, 3.0, 1025)
parabolas = phase_diagram(f, np.geomspace(2.0, 60.0, 9), np.geomspace(1e-3, 3.0, 12), grid=grid)
curve = wide_versus_sharp_curve(levels, curvatures)
print(curve)

# %%
# Then networks 2 and 3 of a real loss surface, with the same formula for the curvatures of their wells.

# The gallery runs in this folder, the tests at the top of the repository.
folder = Path("../data") if Path("../data").is_dir() else Path("examples/data")
with np.load(folder / "spirals_loss_plane.npz") as file:
    plane = pdeopt.Grid.from_axes(file["x"], file["y"])
    loss, pair = file["loss"], file["trained"][1:]
networks = phase_diagram(loss, np.geomspace(30.0, 150.0, 5), np.geomspace(2.0, 200.0, 7), grid=plane, wells=pair)
print(networks)

figure, axes = plt.subplots(1, 2, figsize=(10.4, 4.4), layout="constrained")
plot.phase_diagram(parabolas, axes[0], curve=curve).set_title("two parabolas")
plot.phase_diagram(networks, axes[1], curve=networks.curve(0, 1)).set_title("two trained networks")

# %%
# The measured boundary of the parabolas is the closed form; networks are no parabolas, but agree in where the
# boundary ends.

measured = parabolas.boundary(0, 1)
gap = measured[:, 1] / curve.time(measured[:, 0]) - 1.0
last_beta = networks.boundary(0, 1)[:, 0].max()
print(f"largest relative gap {np.abs(gap).max():.1e}; networks change places up to beta = {last_beta:.4g}")

assert np.abs(gap).max() < 1e-4
assert last_beta < networks.curve(0, 1).critical_beta < 2 * last_beta
