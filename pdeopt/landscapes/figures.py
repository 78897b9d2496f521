"""The sampled landscapes of two published figures."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.ripples import chaudhari_figure_1

__all__ = ["chaudhari_figure_1_noisy", "entropy_sgd_figure_2"]


def chaudhari_figure_1_noisy(seed: int = 42, n_nodes: int = 500) -> Landscape:
    """Noisy x^2 + 1.5 sin(2 pi x) on 500 nodes, as in the script behind the paper's Figure 1.

    Parameters
    ----------
    seed : int
        Of NumPy's legacy generator, which the script uses.
    n_nodes : int
        Number of nodes on [-3, 3].

    Returns
    -------
    Landscape
        Sampled. The noise is 5 (U - 1/2) per node under a normalised Gaussian of standard deviation 0.03.

    References
    ----------
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, Deep relaxation: partial differential equations
    for optimizing deep neural networks, Res. Math. Sci. 5 (2018) 30.
    """
    grid = Grid(-3.0, 3.0, n_nodes)
    draws = np.random.RandomState(seed).random_sample(n_nodes)
    weights = np.exp(-0.5 * (grid.axes[0] / 0.03) ** 2)
    noise = np.convolve(5.0 * (draws - 0.5), weights / weights.sum(), mode="same")
    values = chaudhari_figure_1().on(grid) + noise
    return Landscape.from_samples(values, grid, name="chaudhari_figure_1_noisy")


def _blurred(levels: FloatArray, width: int) -> FloatArray:
    """Return a Gaussian blur cut at four widths, mirrored at the ends."""
    # importing SciPy's filters would take longer than the rest of the package
    offsets = np.arange(-4 * width, 4 * width + 1)
    weights = np.exp(-0.5 * (offsets / width) ** 2)
    return np.convolve(np.pad(levels, 4 * width, mode="symmetric"), weights / weights.sum(), mode="valid")


def entropy_sgd_figure_2(seed: int = 42) -> Landscape:
    """Rough line with one wide and one sharp well, after Figure 2 of the Entropy-SGD paper.

    Parameters
    ----------
    seed : int
        Of the random levels between the wells.

    Returns
    -------
    Landscape
        Sampled at 0, 1, ..., 999: a wide well on [200, 400), a sharp and deeper one on [800, 820), random
        levels and bumps elsewhere, all smoothed over ten nodes.

    Notes
    -----
    The recipe is the published one; the random levels are this package's own draws.

    References
    ----------
    P. Chaudhari et al., Entropy-SGD: biasing gradient descent into wide valleys, ICLR 2017, arXiv 1611.01838.
    """
    rng = np.random.default_rng(seed)
    levels = rng.uniform(-10.0, 0.0, 1000)
    levels[200:400] = -80.0
    levels[800:820] = -200.0
    levels[rng.choice(1000, 100, replace=False)] += 100.0
    values = 5e-4 * _blurred(levels, 10)
    return Landscape.from_samples(values, Grid(0.0, 999.0, 1000), name="entropy_sgd_figure_2")
