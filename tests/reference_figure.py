"""The arithmetic of the authors' script for Figure 1, from its description: slow, and with its shortcuts."""

from itertools import pairwise

import numpy as np


def beside(values):
    """Return the values to the left and to the right, those at the ends again."""
    return np.append(values[0], values[:-1]), np.append(values[1:], values[-1])


def central(values, h):
    """Return central differences with ends that repeat."""
    left, right = beside(values)
    return (right - left) / (2.0 * h)


def second(values, h):
    """Return second differences with ends that repeat."""
    left, right = beside(values)
    return (left + right - 2.0 * values) / h**2


def stored_relaxations(f, h, time, viscosity, nonlinear=1.0, n_stored=10):
    """Return u at about ten times from `time` back to zero, by explicit Euler with the squared upwind slope."""
    step = 0.5 * min(h**2 / (f.max() * (nonlinear + 1e-12)), 0.5 * h**2 / (2.0 * viscosity + 1e-12), 0.001)
    count = len(np.arange(0.0, time, step))
    fields = [f]
    for _ in range(count - 1):
        u = fields[-1]
        left, right = beside(u)
        slope = np.minimum(0.0, np.minimum(left - u, right - u) / h)
        fields.append(u + step * (viscosity * second(u, h) - 0.5 * nonlinear * slope**2))
    return fields[::-1][:: count // n_stored]


def scripted_density(fields, start, h, viscosity, time=10.0, n_stored=10):
    """Return the density after nine tenths of the time, the mass it was divided by, and the lowest value it had."""
    density, lowest = start / start.sum() / h, 0.0
    step = min(h**2 / (2.0 * viscosity), h / (2.0 * np.abs(fields).max()))
    count = int(time / n_stored / step)
    for first, last in pairwise(fields[:n_stored]):
        for j in range(count + 1):
            u = (first * (count - j) + last * j) / count
            density = density + step * (central(density * central(u, h), h) + viscosity * second(density, h))
            lowest = min(lowest, float(density.min()))
    mass = float(density.sum()) * h
    return density / mass, mass, lowest
