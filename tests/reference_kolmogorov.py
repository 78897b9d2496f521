"""Slow twins of the kernels of the Kolmogorov equations, from their definitions, and processes with known answers."""

from fractions import Fraction
from itertools import combinations, pairwise, product

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


# Decompositions of diffusion matrices.


def selling_by_fractions(matrix):
    """Selling's decomposition in exact arithmetic, by products of an obtuse superbase: {offset: weight}."""
    d = len(matrix)
    exact = [[Fraction(float(entry)) for entry in row] for row in matrix]
    base = [[int(i == k) for i in range(d)] for k in range(d)]
    base.append([-1] * d)

    def dot(u, v):
        return sum(u[i] * exact[i][j] * v[j] for i in range(d) for j in range(d))

    while acute := [(i, j) for i, j in combinations(range(d + 1), 2) if dot(base[i], base[j]) > 0]:
        i, j = acute[0]
        u, v = base[i], base[j]
        others = [base[k] for k in range(d + 1) if k not in (i, j)]
        # In two dimensions (-u, v, u - v), in three (-u, v, u + w, u + z).
        moved = [[a - b for a, b in zip(u, v, strict=True)]] if d == 2 else [np.add(u, w).tolist() for w in others]
        base = [[-a for a in u], v, *moved]
    found = {}
    for i, j in combinations(range(d + 1), 2):
        rest = [base[k] for k in range(d + 1) if k not in (i, j)]
        offset = [-rest[0][1], rest[0][0]] if d == 2 else np.cross(*rest).tolist()
        sign = next((1 if a > 0 else -1) for a in offset if a)
        if weight := -dot(base[i], base[j]):
            found[tuple(int(sign * a) for a in offset)] = weight
    return found


# Straight jumps.


def straight_jump(node, jump, shape, walls, rate):
    """Rates {offset: rate} of u(x + j) - 2 u(x) + u(x - j) at one node; walls "open", "folding", "absorbing"."""
    node, jump = np.array(node), np.array(jump, dtype=float)
    parts, kinds = zip(*(_way(node, sign * jump, shape, walls) for sign in (1, -1)), strict=True)
    s, t = (part if kind == "absorbing" else 1.0 for part, kind in zip(parts, kinds, strict=True))
    rates = {}
    for sign, own, part, far, kind in (
        (1, s, parts[0], parts[1], kinds[0]),
        (-1, t, parts[1], parts[0], kinds[1]),
    ):
        place = sign * jump * (max(2.0 * part - 1.0, -far) if kind == "folding" else part)
        base = np.floor(np.round(place, 9)).astype(int)
        for corner in product((0, 1), repeat=len(jump)):
            share = np.prod([r if c else 1.0 - r for c, r in zip(corner, place - base, strict=True)])
            if abs(share) > 1e-9:
                offset = tuple(int(k) for k in base + corner)
                rates[offset] = rates.get(offset, 0.0) + 2.0 * rate / (own * (s + t)) * share
    return rates


def _way(node, jump, shape, walls):
    """The part of a jump inside of the box and the wall met, by the zeros of linear functions."""
    part, kind = 1.0, "open"
    for axis, step in enumerate(jump):
        wall = walls[axis][int(step > 0)]
        if step and wall != "open":
            end = shape[axis] - 1 if step > 0 else 0
            if (end - node[axis]) / step < part - 1e-9:
                part, kind = (end - node[axis]) / step, wall
    return part, kind


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
