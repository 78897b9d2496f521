"""Slow twins of the kernels of Kolmogorov equations, and processes with known answers."""

from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
from scipy import special, stats

# Processes with finitely many states


def exact_generator(rates, losses):
    """Return minus the generator of a process with float rates, as rows of fractions."""
    n = len(losses)
    rows = [[-Fraction(float(rates[i][j])) if i != j else Fraction(0) for j in range(n)] for i in range(n)]
    for i in range(n):
        rows[i][i] = Fraction(float(losses[i])) - sum(rows[i])
    return rows


def exact_solution(rows, source):
    """Solve a linear system of fractions by Gauss-Jordan elimination."""
    n = len(source)
    work = [[*row, Fraction(float(value))] for row, value in zip(rows, source, strict=True)]
    for i in range(n):
        pivot = next(k for k in range(i, n) if work[k][i] != 0)
        work[i], work[pivot] = work[pivot], work[i]
        work[i] = [entry / work[i][i] for entry in work[i]]
        for k in range(n):
            if k != i and work[k][i] != 0:
                factor = work[k][i]
                work[k] = [entry - factor * top for entry, top in zip(work[k], work[i], strict=True)]
    return [row[n] for row in work]


def exact_masses(rows):
    """Return the stationary masses of a process without losses, as fractions with the sum 1."""
    n = len(rows)
    transposed = [[rows[j][i] for j in range(n)] for i in range(n)]
    transposed[-1] = [Fraction(1)] * n
    return exact_solution(transposed, [0.0] * (n - 1) + [1.0])


def transposed(rows):
    """Return the transposed of rows."""
    return [list(column) for column in zip(*rows, strict=True)]


def chain_rates(up, down):
    """Return the rates of a chain of neighbours as a full matrix."""
    return np.diag(up[:-1], 1) + np.diag(down[1:], -1)


def filled_pattern(pattern):
    """Return where the upper factor of a symmetric pattern has entries, by leaving out one state after another."""
    filled = pattern | pattern.T
    n = len(filled)
    for i in range(n):
        later = np.flatnonzero(filled[i] & (np.arange(n) > i))
        filled[np.ix_(later, later)] = True
    return np.triu(filled, 1)


def relative_errors(found, exact):
    """Return the errors of floats relative to fractions."""
    return [abs(float(Fraction(float(a)) / b - 1)) if b else abs(float(a)) for a, b in zip(found, exact, strict=True)]


# Generators on a grid in rates of the midpoint Gibbs flux


def gibbs_line(potential, lower, upper, n, beta):
    """Return the offsets and rates of an overdamped process between two reflecting walls."""
    x = np.linspace(lower, upper, n)
    h, middle = x[1] - x[0], potential(0.5 * (x[1:] + x[:-1]))
    rates = np.zeros((2, n))
    rates[0, :-1] = np.exp(-beta * (middle - potential(x[:-1]))) / (beta * h**2)
    rates[1, 1:] = np.exp(-beta * (middle - potential(x[1:]))) / (beta * h**2)
    # A node on a wall owns half a cell.
    rates[0, 0] *= 2.0
    rates[1, -1] *= 2.0
    return x, rates


def product_rates(first, second):
    """Return the rates, shape (4, n, m), of two independent chains with rates of shapes (2, n) and (2, m)."""
    n, m = first.shape[1], second.shape[1]
    along_first = np.broadcast_to(first[:, :, None], (2, n, m))
    return np.concatenate([along_first, np.broadcast_to(second[:, None, :], (2, n, m))])


def romberg(levels):
    """Return the limit of values on grids of spacing h, h/2, h/4, ... with errors in even powers."""
    row = [np.asarray(level) for level in levels]
    for k in range(1, len(levels)):
        row = [fine + (fine - rough) / (4.0**k - 1.0) for rough, fine in pairwise(row)]
    return row[0]


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
