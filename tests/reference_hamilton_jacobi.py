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


# Ghost layers, numerical Hamiltonians, and the right-hand side of the equation


def with_ghosts(line, walls, ghosts):
    """Return a line of values with ghosts at both ends: 'periodic', 'reflecting', or straight lines."""
    steps = np.arange(1, ghosts + 1)
    ends = {
        "periodic": np.pad(line, ghosts, mode="wrap"),
        "reflecting": np.pad(line, ghosts, mode="reflect"),
        "extrapolation": np.concatenate(
            [(line[0] - steps * (line[1] - line[0]))[::-1], line, line[-1] + steps * (line[-1] - line[-2])]
        ),
    }
    return np.concatenate([ends[walls[0]][:ghosts], line, ends[walls[1]][-ghosts:]])


def slopes(values, axis, nodes, walls):
    """Return the one-sided slopes along an axis and the distances to the neighbours, of the shape of the values."""
    padded = np.apply_along_axis(with_ghosts, axis, values, walls, 1)
    gaps = np.diff(nodes)
    last = gaps[:1] if walls[0] == "periodic" else gaps[-1:]
    gaps = np.concatenate([gaps[:1], gaps, last])
    shape = [1] * values.ndim
    shape[axis] = -1
    before, after = gaps[:-1].reshape(shape), gaps[1:].reshape(shape)
    rise = np.moveaxis(np.diff(padded, axis=axis), axis, 0)
    return np.moveaxis(rise[:-1], 0, axis) / before, np.moveaxis(rise[1:], 0, axis) / after, before, after


def right_hand_side(values, axes, walls, flux, viscosity=0.0, source=0.0):
    """Return `-flux(minus, plus) + nu lap u + s` with slopes of shape (d, ...), by central second differences."""
    found = [slopes(values, axis, nodes, walls[axis]) for axis, nodes in enumerate(axes)]
    minus, plus = np.array([one[0] for one in found]), np.array([one[1] for one in found])
    bends = sum(2.0 * (p - m) / (before + after) for m, p, before, after in found)
    return -flux(minus, plus) + viscosity * bends + source


def godunov(value, minus, plus, n=2001):
    """Return the extremum along one axis after the other on a lattice of slopes, of one node; the last is innermost."""
    grids = np.meshgrid(*(np.linspace(a, b, n) for a, b in zip(minus, plus, strict=True)), indexing="ij")
    found = value(*grids)
    for a, b in zip(reversed(minus), reversed(plus), strict=True):
        found = found.min(axis=-1) if a <= b else found.max(axis=-1)
    return float(found)


def lax_friedrichs(value, minus, plus, speeds):
    """Return the mean slope's Hamiltonian less half the speed times the jump, summed over axes."""
    middle = [(a + b) / 2.0 for a, b in zip(minus, plus, strict=True)]
    return value(*middle) - sum(s * (b - a) / 2.0 for s, a, b in zip(speeds, minus, plus, strict=True))
