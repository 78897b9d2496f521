"""Slow NumPy twins of the finite-difference kernels for Hamilton-Jacobi equations, from the formulas of the papers."""

import numpy as np

# Fifth-order slopes, by the first differences of Osher and Fedkiw (2003), section 3.4


def weno5_combination(v, epsilon):
    """Return the slope from five first differences, shape (5, n), the first one farthest upwind."""
    v1, v2, v3, v4, v5 = v
    smoothness = np.array(
        [
            13.0 / 12.0 * (v1 - 2.0 * v2 + v3) ** 2 + 0.25 * (v1 - 4.0 * v2 + 3.0 * v3) ** 2,
            13.0 / 12.0 * (v2 - 2.0 * v3 + v4) ** 2 + 0.25 * (v2 - v4) ** 2,
            13.0 / 12.0 * (v3 - 2.0 * v4 + v5) ** 2 + 0.25 * (3.0 * v3 - 4.0 * v4 + v5) ** 2,
        ]
    )
    candidates = np.array(
        [
            v1 / 3.0 - 7.0 * v2 / 6.0 + 11.0 * v3 / 6.0,
            -v2 / 6.0 + 5.0 * v3 / 6.0 + v4 / 3.0,
            v3 / 3.0 + 5.0 * v4 / 6.0 - v5 / 6.0,
        ]
    )
    weights = np.array([[0.1], [0.6], [0.3]]) / (epsilon + smoothness) ** 2
    return (weights * candidates).sum(axis=0) / weights.sum(axis=0)


def weno5_slopes(line, spacing, epsilon):
    """Return the slopes from the left and from the right at all nodes of a line but three at either end."""
    d = np.diff(line) / spacing
    n = line.size - 6
    minus = np.array([d[k : k + n] for k in range(5)])
    plus = np.array([d[5 - k : 5 - k + n] for k in range(5)])
    return weno5_combination(minus, epsilon), weno5_combination(plus, epsilon)
