"""Draw the picture at the top of README: a real loss surface, and its relaxation."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt import plot
from pdeopt.plot.frames import add_bar, colours_for

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write docs/_static/relaxed_spirals.png."""
    with np.load(ROOT / "examples/data/spirals_loss_plane.npz") as file:
        x, y, loss, trained = (file[name] for name in ("x", "y", "loss", "trained"))
    result = pdeopt.relax(loss, pdeopt.Grid.from_axes(x, y), time=200.0, beta=10.0)
    norm = colours_for([result.initial, result.values])
    figure, axes = plt.subplots(1, 2, figsize=(10.4, 4.0), layout="compressed", sharey=True)
    plot.contours(result, axes[0], initial=True, marks=trained, norm=norm, bar=False)
    plot.contours(result, axes[1], arrows=True, marks=trained, norm=norm, bar=False)
    axes[0].set_title("loss through three trained networks")
    axes[1].set_title(r"relaxed to $t = 200$ at $\beta = 10$, with its descent")
    axes[1].set_ylabel("")
    add_bar(norm, list(axes), "loss")
    plot.save(figure, ROOT / "docs/_static/relaxed_spirals.png", resolution=100)


if __name__ == "__main__":
    main()
