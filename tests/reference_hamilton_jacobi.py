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


# First-order schemes, one array at a time


def padded(values, axis, sides, ghosts):
    """Return values with ghost nodes on both sides of an axis: "periodic", "reflecting" or "extrapolation"."""
    lines = np.moveaxis(np.asarray(values), axis, 0)
    n, found = len(lines), []
    for k in (*range(-ghosts, 0), *range(n, n + ghosts)):
        side = sides[0] if k < 0 else sides[1]
        if side == "periodic":
            found.append(lines[k % n])
        elif side == "reflecting":
            bounced = k % (2 * n - 2)
            found.append(lines[min(bounced, 2 * n - 2 - bounced)])
        elif k < 0:
            found.append(lines[0] + k * (lines[1] - lines[0]))
        else:
            found.append(lines[-1] + (k - n + 1) * (lines[-1] - lines[-2]))
    return np.moveaxis(np.array([*found[:ghosts], *lines, *found[ghosts:]]), 0, axis)


def gaps_around(nodes):
    """Return the distances before and after every node of an axis, those of the ghosts as next to them."""
    gaps = np.diff(nodes)
    gaps = np.concatenate([gaps[:1], gaps, gaps[-1:]])
    return gaps[:-1], gaps[1:]


def one_sided(values, axes, sides):
    """Return for each axis the differences before and after every node."""
    found = []
    for axis, nodes in enumerate(axes):
        lines = np.moveaxis(padded(values, axis, sides[axis], 1), axis, -1)
        before, after = gaps_around(nodes)
        rises = np.diff(lines, axis=-1)
        found.append([np.moveaxis(part, -1, axis) for part in (rises[..., :-1] / before, rises[..., 1:] / after)])
    return found


def godunov_rate(values, axes, sides, viscosity):
    """Return `-|grad u|^2 / 2 + nu lap u` with Godunov's differences."""
    rate = np.zeros_like(values)
    for axis, (minus, plus) in enumerate(one_sided(values, axes, sides)):
        before, after = gaps_around(axes[axis])
        shape = [-1 if k == axis else 1 for k in range(values.ndim)]
        rate -= 0.5 * np.maximum(np.maximum(minus, 0.0) ** 2, np.minimum(plus, 0.0) ** 2)
        rate += viscosity * (plus - minus) * (2.0 / (before + after)).reshape(shape)
    return rate
