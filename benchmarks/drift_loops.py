"""Hand-written Numba loops of Euler-Maruyama for drifts that cost more than a normal."""

import numpy as np
from numpy.random import Generator

from benchmarks.peers_numba import CHUNK, loop


@loop
def mueller_brown_drift(a: float, b: float, terms: np.ndarray) -> tuple[float, float]:
    """Return minus the gradient of Mueller and Brown's potential; rows of `terms` are (A, p, q, r, a0, b0)."""
    along, across = 0.0, 0.0
    for n in range(len(terms)):
        p, q, r = terms[n, 1], terms[n, 2], terms[n, 3]
        u, v = a - terms[n, 4], b - terms[n, 5]
        term = terms[n, 0] * np.exp(p * u * u + q * u * v + r * v * v)
        along += term * (2.0 * p * u + q * v)
        across += term * (q * u + 2.0 * r * v)
    return -along, -across


@loop
def mueller_brown_paths(
    generator: Generator, a: np.ndarray, b: np.ndarray, n_steps: int, h: float, s: float, terms: np.ndarray
) -> None:
    """Advance one path after another."""
    for i in range(a.size):
        x, y = a[i], b[i]
        for _ in range(n_steps):
            along, across = mueller_brown_drift(x, y, terms)
            x += along * h + s * generator.standard_normal()
            y += across * h + s * generator.standard_normal()
        a[i], b[i] = x, y


@loop
def mueller_brown_chunks(
    generator: Generator, a: np.ndarray, b: np.ndarray, n_steps: int, h: float, s: float, terms: np.ndarray
) -> None:
    """Advance chunks of paths step after step."""
    for first in range(0, a.size, CHUNK):
        x, y = a[first : first + CHUNK], b[first : first + CHUNK]
        for _ in range(n_steps):
            for i in range(x.size):
                along, across = mueller_brown_drift(x[i], y[i], terms)
                x[i] += along * h + s * generator.standard_normal()
                y[i] += across * h + s * generator.standard_normal()


@loop
def chain_drift(x: np.ndarray, coupling: float, out: np.ndarray) -> None:
    """Write minus the gradient of the sum of (x_i^2 - 1)^2 / 4 and of coupling (x_(i+1) - x_i)^2 / 2."""
    last = x.size - 1
    for i in range(1, last):
        out[i] = x[i] - x[i] * x[i] * x[i] + coupling * (x[i - 1] - 2.0 * x[i] + x[i + 1])
    out[0] = x[0] - x[0] * x[0] * x[0] + coupling * (x[1] - x[0])
    out[last] = x[last] - x[last] * x[last] * x[last] + coupling * (x[last - 1] - x[last])


@loop
def chain_paths(generator: Generator, x: np.ndarray, n_steps: int, h: float, s: float, coupling: float) -> None:
    """Advance one path, a row of `x`, after another."""
    force = np.empty(x.shape[1])
    for i in range(len(x)):
        point = x[i]
        for _ in range(n_steps):
            chain_drift(point, coupling, force)
            for j in range(point.size):
                point[j] += force[j] * h + s * generator.standard_normal()


@loop
def chain_normals_first(generator: Generator, x: np.ndarray, n_steps: int, h: float, s: float, coupling: float) -> None:
    """Advance one path after another, with an array of normals for every step."""
    force, normals = np.empty(x.shape[1]), np.empty(x.shape[1])
    for i in range(len(x)):
        point = x[i]
        for _ in range(n_steps):
            chain_drift(point, coupling, force)
            for j in range(point.size):
                normals[j] = generator.standard_normal()
            for j in range(point.size):
                point[j] += force[j] * h + s * normals[j]
