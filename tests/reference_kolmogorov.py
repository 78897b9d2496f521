"""Slow twins and closed forms of chains on a grid, against which kernels and solvers are tested."""

import mpmath
import numpy as np
from scipy import special, stats

# Walks among neighbours


def walk_matrix(down, up, loss, ring):
    """Return the dense generator of a walk on a line or a ring."""
    n = len(down)
    out = np.diag(-(np.asarray(down) + up + loss))
    for i in range(n):
        if ring or i > 0:
            out[i, (i - 1) % n] += down[i]
        if ring or i < n - 1:
            out[i, (i + 1) % n] += up[i]
    return out


def random_walk(rng, n, decades, ring, killing):
    """Return down, up and loss rates spread over decades; those that leave a line are zero."""
    down, up = 10.0 ** rng.uniform(-decades / 2, decades / 2, (2, n))
    if not ring:
        down[0] = up[-1] = 0.0
    return down, up, 10.0 ** rng.uniform(-3.0, 0.0, n) * killing


def walk_exponential(down, up, loss, ring, time):
    """Return exp(time L) with 60 digits, by Taylor terms and squaring; the diagonal is summed exactly."""
    with mpmath.workdps(60):
        n = len(down)
        matrix = mpmath.matrix(n)
        for i in range(n):
            for rate, j in ((down[i], (i - 1) % n), (up[i], (i + 1) % n)):
                matrix[i, j] += mpmath.mpf(rate)
                matrix[i, i] -= mpmath.mpf(rate)
            matrix[i, i] -= mpmath.mpf(loss[i])
        halvings = max(0, int(mpmath.ceil(mpmath.log(mpmath.mnorm(matrix, 1) * time + 1, 2)))) + 4
        part = matrix * mpmath.mpf(time) / mpmath.mpf(2) ** halvings
        term = out = mpmath.eye(n)
        for k in range(1, 25):
            term = term * part / k
            out = out + term
        for _ in range(halvings):
            out = out * out
        return np.array([[float(out[i, j]) for j in range(n)] for i in range(n)])


# Closed forms of chains


def ehrenfest(n, time):
    """Return the law of Ehrenfest's urn of n - 1 balls, each changing sides at rate 1, that begins with none."""
    return stats.binom.pmf(np.arange(n), n - 1, 0.5 * (1.0 - np.exp(-2.0 * time)))


def ring_walk(n, rate, time):
    """Return the law of the symmetric walk on a ring of n nodes that begins at the first."""
    around = np.arange(-60, 61)[:, None] * n + np.arange(n)
    return special.ive(around, 2.0 * rate * time).sum(axis=0)


def ring_shift(n, rate, time):
    """Return exp(time L) of the first unit vector for the skew L u_i = rate / 2 (u_{i+1} - u_{i-1}) on a ring."""
    around = np.arange(-60, 61)[:, None] * n + np.arange(n)
    return special.jv(-around, rate * time).sum(axis=0)
