"""Slow twins of the kernels of Kolmogorov equations, and processes with known answers."""

from fractions import Fraction
from itertools import pairwise

import numpy as np

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
