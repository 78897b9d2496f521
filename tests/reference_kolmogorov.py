"""Slow twins of the kernels of the Kolmogorov equations, from their definitions, and processes with known answers."""

from fractions import Fraction
from itertools import combinations, pairwise, product

import mpmath
import numpy as np
from scipy import special, stats

from pdeopt.kolmogorov import Split, Stencil, Tridiagonal

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


# Splits of generators, their matrices and steps as the papers write them


def split_matrices(split):
    """Return the matrices of a split as dense arrays: the mixed part, then one per axis."""
    shape = split.axes[0].lower.shape
    nodes = np.arange(np.prod(shape)).reshape(shape)
    mixed = np.zeros((nodes.size, nodes.size)) if split.cross is None else split.cross.matrix.toarray()
    return [mixed, *(_axis_matrix(part, nodes) for part in split.axes)]


def _axis_matrix(part, nodes):
    matrix = np.diag(part.diagonal.ravel())
    for step, rates in ((-1, part.lower), (1, part.upper)):
        np.add.at(matrix, (nodes.ravel(), np.roll(nodes, -step, axis=part.axis).ravel()), rates.ravel())
    return matrix


def random_split(rng, shape, periodic, scale=50.0, cross=True, frozen=0.1):
    """Return a split with random rates, killing and frozen states, and corner jumps of either sign."""
    stuck = rng.random(shape) < frozen
    killing = np.where(stuck, 0.0, rng.random(shape))
    axes = tuple(_random_axis(rng, shape, axis, periodic[axis], scale, stuck, killing) for axis in range(len(shape)))
    if not cross or len(shape) == 1:
        return Split(axes)
    offsets = [offset for offset in product((-1, 0, 1), repeat=len(shape)) if np.abs(offset).sum() == 2]
    rates = [_random_corner(rng, shape, offset, periodic, 0.05 * scale, stuck) for offset in offsets]
    return Split(axes, Stencil(tuple(offsets), np.array(rates), np.zeros(shape), tuple(periodic)))


def _random_axis(rng, shape, axis, wraps, scale, stuck, killing):
    lower, upper = scale * rng.random((2, *shape))
    if not wraps:
        np.moveaxis(lower, axis, 0)[0] = np.moveaxis(upper, axis, 0)[-1] = 0.0
    lower[stuck] = upper[stuck] = 0.0
    return Tridiagonal(axis, lower, -(lower + upper) - killing / len(shape), upper, wraps)


def _random_corner(rng, shape, offset, periodic, scale, stuck):
    rates = scale * rng.normal(size=shape)
    for index, step, n, wraps in zip(np.indices(shape), offset, shape, periodic, strict=True):
        if not wraps:
            rates[(index + step < 0) | (index + step >= n)] = 0.0
    rates[stuck] = 0.0
    return rates


def textbook_step(name, theta, old, new, step, u, f0, f1):
    """Return one ADI step for matrices [A_0, A_1, ...] at both ends, with the source f beside the mixed part."""
    n, a, b = len(u), sum(old), sum(new)
    solve = lambda matrix, rhs: np.linalg.solve(np.eye(n) - theta * step * matrix, rhs)  # noqa: E731
    y0 = y = u + step * (a @ u + f0)
    if name == "douglas":
        y0 = y = y0 + 0.5 * step * (f1 - f0)
    for before, after in zip(old[1:], new[1:], strict=True):
        y = solve(after, y - theta * step * before @ u)
    if name == "douglas":
        return y
    mixed = new[0] @ y + f1 - old[0] @ u - f0
    whole = b @ y + f1 - a @ u - f0
    if name == "hundsdorfer-verwer":
        z = y0 + 0.5 * step * whole
        for after in new[1:]:
            z = solve(after, z - theta * step * after @ y)
        return z
    z = y0 + (0.5 * step * mixed if name == "craig-sneyd" else step * (theta * mixed + (0.5 - theta) * whole))
    for before, after in zip(old[1:], new[1:], strict=True):
        z = solve(after, z - theta * step * before @ u)
    return z


def kinetic_fluxes(energy, beta, q, p):
    """Return (D_p^T W D_q - D_q^T W D_p) / beta box by box, W = exp(-beta energy) at the centres times the areas."""
    number = np.arange(q.size * p.size).reshape(q.size, p.size)
    total = np.zeros((number.size, number.size))
    for i in range(q.size - 1):
        for j in range(p.size - 1):
            width, height = q[i + 1] - q[i], p[j + 1] - p[j]
            along_q, along_p = np.zeros(number.size), np.zeros(number.size)
            for k in (0, 1):
                along_q[[number[i, j + k], number[i + 1, j + k]]] += [-0.5 / width, 0.5 / width]
                along_p[[number[i + k, j], number[i + k, j + 1]]] += [-0.5 / height, 0.5 / height]
            weight = np.exp(-beta * energy(q[i] + 0.5 * width, p[j] + 0.5 * height)) * width * height / beta
            total += weight * (np.outer(along_p, along_q) - np.outer(along_q, along_p))
    return total


def free_motion(q, p, friction, beta, time):
    """Return mean and variance of the position of a particle with friction and noise and no force, of mass 1."""
    fading = np.exp(-friction * time)
    mean = q + p * (1.0 - fading) / friction
    spread = 2.0 * time / friction - (3.0 - 4.0 * fading + fading**2) / friction**2
    return mean, spread / beta


def between_heat_baths(q, p, friction, beta, time, length, n_steps, n_paths, seed):
    """Return positions of free particles that leave the walls 0 and `length` with the momenta of a bath."""
    rng = np.random.default_rng(seed)
    h, position, momentum = time / n_steps, np.full(n_paths, q), np.full(n_paths, p)
    fading = np.exp(-friction * h)
    for _ in range(n_steps):
        momentum = fading * momentum + np.sqrt((1.0 - fading**2) / beta) * rng.standard_normal(n_paths)
        position = position + h * momentum
        for wall, inward in ((0.0, 1.0), (length, -1.0)):
            out = inward * (position - wall) < 0.0
            late = np.abs((position[out] - wall) / momentum[out])
            momentum[out] = inward * np.sqrt(2.0 / beta * rng.exponential(size=out.sum()))
            position[out] = wall + late * momentum[out]
    return position


def potential_matrix(potential, axes, periodic, viscosity):
    """Return -grad V . grad + nu lap on nodes as a dense matrix, one pair of neighbours after the other.

    The flow from a cell to the next, per face, is that of the one density along the line between the nodes that has
    the same flow everywhere in the linear potential: nu (V' - V) / nu / (exp((V' - V) / nu) - 1) over the distance.
    """
    size = potential.size
    numbers = np.arange(size).reshape(potential.shape)
    matrix = np.zeros((size, size))
    for axis, x in enumerate(axes):
        n = len(x)
        width = x[1] - x[0] if periodic[axis] else None
        for node in np.ndindex(potential.shape):
            k = node[axis]
            left = width if periodic[axis] else (x[k] - x[k - 1] if k else 0.0)
            right = width if periodic[axis] else (x[k + 1] - x[k] if k < n - 1 else 0.0)
            for step, distance in ((-1, left), (1, right)):
                if distance == 0.0:
                    continue
                other = list(node)
                other[axis] = (k + step) % n
                z = (potential[tuple(other)] - potential[node]) / viscosity
                weight = z / np.expm1(z) if z else 1.0
                rate = viscosity * weight / (0.5 * (left + right) * distance)
                matrix[numbers[node], numbers[tuple(other)]] += rate
                matrix[numbers[node], numbers[node]] -= rate
    return matrix
