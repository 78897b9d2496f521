"""Errata of curvature: harmonic means where the Hessian is indefinite, and a figure that is not convex."""

from typing import cast

import numpy as np
from scipy.integrate import trapezoid
from scipy.optimize import minimize_scalar

from pdeopt._types import FloatArray
from pdeopt.entropy import local_entropy
from pdeopt.geometry import harmonic_mean
from pdeopt.grid import Grid
from pdeopt.landscapes import chaudhari_figure_1, chaudhari_figure_1_noisy, cosine, quadratic
from pdeopt.verification.paper import oracles
from pdeopt.verification.paper.comparison import AT_MOST, Comparison, Reason
from pdeopt.verification.paper.erratum import Evidence

__all__ = ["convexity_of_figure_1", "harmonic_means"]


def harmonic_means(_seed: int) -> Evidence:
    """E20: harmonic means of curvatures of u at a saddle and at a minimum, against the bound of Lemma 20."""
    time, beta, wide = 0.5, 5.0, 0.5
    heights = minimize_scalar(lambda a: -np.cos(a), bounds=(-1.0, 1.0), method="bounded", options={"xatol": 1e-10})
    bound = 1.0 / (time + 1.0 / harmonic_mean(np.array([-heights.fun, wide])))
    saddle, minimum = (harmonic_mean(_curvatures(a, wide, time, beta)) for a in (np.pi, 0.0))
    quantity = "HM of the eigenvalues of the Hessian of u, f = -cos a + b^2/4, time=0.5, beta=5"
    source = "1/(t + 1/HM(C)), C the largest second derivatives of f"
    return (
        Comparison(f"{quantity}: at the saddle, at the minimum", saddle, minimum, bound, 1e-9, source, AT_MOST),
        _monotonicity(),
    )


def _monotonicity() -> Comparison:
    """Compare HM(D) with HM(C) for D <= C in every entry: with signs mixed, and positive."""
    above, shares = np.array([1.0, 0.5]), np.linspace(0.02, 1.0, 50)
    mixed = max(harmonic_mean(above * [-1.0, share]) for share in shares)
    positive = max(harmonic_mean(above * [one, two]) for one in shares for two in shares)
    quantity = "largest HM(D) over D <= C = (1, 1/2): of mixed signs, positive"
    bound = 2.0 / float(np.trace(np.linalg.inv(np.diag(above))))
    return Comparison(quantity, mixed, positive, bound, 1e-9, "HM(C)", AT_MOST)


def _curvatures(a: float, wide: float, time: float, beta: float) -> FloatArray:
    """Return the second derivatives of u along both axes, which separate."""
    parts = [(cosine(1.0), a), (quadratic(wide), 0.0)]
    return np.array([float(local_entropy(f, x, time=time, beta=beta).hessian[0, 0]) for f, x in parts])


def convexity_of_figure_1(_seed: int) -> Evidence:
    """E21: the least curvature of u in Figure 1, with and without the noise of its script."""
    time, beta = 0.2, 1.0
    # Its u_xx repeats itself: f(x + 1) - f(x) is affine.
    period = np.linspace(-0.7, 0.65, 28)
    bends = local_entropy(chaudhari_figure_1(), period, time=time, beta=beta).hessian[:, 0, 0]
    x = float(period[bends.argmin()])
    oracle, bar = oracles.second_derivative(lambda y: oracles.entropy_by_quadrature(oracles.figure_1, y, time, beta), x)
    return (
        Comparison(
            f"u_xx at x={x:g}, landscape of Figure 1 without its noise, time=0.2, beta=1 (convex: at least 0)",
            0.0,
            float(bends.min()),
            oracle,
            bar,
            "second differences of the quadrature",
        ),
        _with_noise(np.linspace(-2.0, 2.0, 81), time, beta),
        Reason(
            "the script diffuses densities with 0.1, and 0.2 for SGD; equation (26) at its beta=1 has 1/(2 beta) = 0.5",
            1.0 / (2.0 * beta) not in (0.1, 0.2),
            "the densities of the figure do not solve (26) at the temperature of u",
        ),
    )


def _with_noise(places: FloatArray, time: float, beta: float) -> Comparison:
    f = chaudhari_figure_1_noisy()
    grid = cast("Grid", f.grid)
    nodes = grid.axes[0]
    fine = np.linspace(nodes[0], nodes[-1], 60 * (nodes.size - 1) + 1)
    weights = np.exp(-beta * f(fine))

    def entropy(x: float) -> float:
        return float(-np.log(trapezoid(weights * np.exp(-0.5 * beta * (x - fine) ** 2 / time), fine)) / beta)

    bends = [oracles.second_derivative(entropy, x) for x in places]
    worst = min(range(places.size), key=lambda k: bends[k][0])
    x, (oracle, bar) = float(places[worst]), bends[worst]
    corrected = float(local_entropy(f, x, time=time, beta=beta).hessian[0, 0])
    quantity = f"u_xx at x={x:g}, landscape of Figure 1 with its noise, time=0.2, beta=1 (convex: at least 0)"
    return Comparison(quantity, 0.0, corrected, oracle, bar + 1e-5, "second differences of sums over the samples")
