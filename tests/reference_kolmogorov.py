"""Slow twins of the kernels of the Kolmogorov equations, from their definitions."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np

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
