"""Hand-written Numba loops around a NumPy Generator: what one would write instead of calling `simulate`.

Euler-Maruyama and BAOAB in the double well (x^2 - 1)^2 / 4. The loops work in place on the array `x`, or `q` and `p`.
"""

from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.random import MT19937, PCG64, PCG64DXSM, SFC64, Generator, Philox

from benchmarks.loads import Load

BIT_GENERATORS = (PCG64, PCG64DXSM, SFC64, Philox, MT19937)
CHUNK = 512
FILLED = (8, 1024)
"""Steps and paths for which NumPy fills an array of normals: half of a second-level cache or less."""

BITS = 62

loop = njit(nogil=True, fastmath=True, error_model="numpy", cache=True)


@loop
def euler_path_after_path(generator: Generator, x: np.ndarray, n_steps: int, h: float, s: float) -> None:
    for i in range(x.size):
        y = x[i]
        for _ in range(n_steps):
            y += (y - y * y * y) * h + s * generator.standard_normal()
        x[i] = y


@loop
def euler_step_after_step(generator: Generator, x: np.ndarray, n_steps: int, h: float, s: float) -> None:
    for _ in range(n_steps):
        for i in range(x.size):
            y = x[i]
            x[i] = y + (y - y * y * y) * h + s * generator.standard_normal()


@loop
def euler_chunks(generator: Generator, x: np.ndarray, n_steps: int, h: float, s: float) -> None:
    for first in range(0, x.size, CHUNK):
        euler_step_after_step(generator, x[first : first + CHUNK], n_steps, h, s)


@loop
def euler_normals_first(generator: Generator, x: np.ndarray, n_steps: int, h: float, s: float) -> None:
    normals = np.empty(CHUNK)
    for first in range(0, x.size, CHUNK):
        chunk = x[first : first + CHUNK]
        for _ in range(n_steps):
            for i in range(chunk.size):
                normals[i] = generator.standard_normal()
            for i in range(chunk.size):
                y = chunk[i]
                chunk[i] = y + (y - y * y * y) * h + s * normals[i]


@loop
def euler_given(x: np.ndarray, normals: np.ndarray, h: float, s: float) -> None:
    for n in range(len(normals)):
        for i in range(x.size):
            y = x[i]
            x[i] = y + (y - y * y * y) * h + s * normals[n, i]


def euler_filled(generator: Generator, x: np.ndarray, n_steps: int, h: float, s: float) -> None:
    n_rows, width = FILLED
    for first in range(0, x.size, width):
        chunk = x[first : first + width]
        normals = np.empty((n_rows, chunk.size))
        for begin in range(0, n_steps, n_rows):
            rows = normals[: min(n_rows, n_steps - begin)]
            generator.standard_normal(out=rows)
            euler_given(chunk, rows, h, s)


@loop
def baoab_path_after_path(
    generator: Generator, q: np.ndarray, p: np.ndarray, n_steps: int, h: float, c: float, s: float
) -> None:
    for i in range(q.size):
        x, v = q[i], p[i]
        f = x - x * x * x
        for _ in range(n_steps):
            v += 0.5 * h * f
            x += 0.5 * h * v
            v = c * v + s * generator.standard_normal()
            x += 0.5 * h * v
            f = x - x * x * x
            v += 0.5 * h * f
        q[i], p[i] = x, v


@loop
def baoab_step_after_step(
    generator: Generator, q: np.ndarray, p: np.ndarray, n_steps: int, h: float, c: float, s: float
) -> None:
    force = q - q * q * q
    for _ in range(n_steps):
        for i in range(q.size):
            v = p[i] + 0.5 * h * force[i]
            x = q[i] + 0.5 * h * v
            v = c * v + s * generator.standard_normal()
            x += 0.5 * h * v
            force[i] = x - x * x * x
            q[i], p[i] = x, v + 0.5 * h * force[i]


@loop
def baoab_normals_first(
    generator: Generator, q: np.ndarray, p: np.ndarray, n_steps: int, h: float, c: float, s: float
) -> None:
    normals = np.empty(CHUNK)
    for first in range(0, q.size, CHUNK):
        x, v = q[first : first + CHUNK], p[first : first + CHUNK]
        force = x - x * x * x
        for _ in range(n_steps):
            for i in range(x.size):
                normals[i] = generator.standard_normal()
            for i in range(x.size):
                half = v[i] + 0.5 * h * force[i]
                kicked = c * half + s * normals[i]
                x[i] += 0.5 * h * (half + kicked)
                force[i] = x[i] - x[i] * x[i] * x[i]
                v[i] = kicked + 0.5 * h * force[i]


@loop
def two_point_chunks(generator: Generator, x: np.ndarray, n_steps: int, h: float, s: float) -> None:
    """Weak Euler: one random integer of 62 bits for 62 steps of a path."""
    words = np.empty(CHUNK, dtype=np.int64)
    for first in range(0, x.size, CHUNK):
        chunk = x[first : first + CHUNK]
        for n in range(n_steps):
            if n % BITS == 0:
                for i in range(chunk.size):
                    words[i] = generator.integers(0, 1 << BITS)
            for i in range(chunk.size):
                y = chunk[i]
                sign = 2.0 * ((words[i] >> (n % BITS)) & 1) - 1.0
                chunk[i] = y + (y - y * y * y) * h + s * sign


EULER = {
    "path after path": euler_path_after_path,
    "step after step": euler_step_after_step,
    f"chunks of {CHUNK} paths": euler_chunks,
    f"chunks of {CHUNK} paths, normals first": euler_normals_first,
    "arrays of normals by NumPy": euler_filled,
}
BAOAB = {
    "path after path": baoab_path_after_path,
    "step after step": baoab_step_after_step,
    f"chunks of {CHUNK} paths, normals first": baoab_normals_first,
}


def euler_load(order: str, bits: type, n_paths: int, n_steps: int, h: float, sigma: float) -> Load:
    """Return Euler-Maruyama from 1 by one of the loops."""
    generator, s, run = Generator(bits(0)), sigma * np.sqrt(h), EULER[order]
    return _load(order, bits, lambda: _started(run, generator, np.ones(n_paths), n_steps, h, s), n_paths * n_steps)


def two_point_load(n_paths: int, n_steps: int, h: float, sigma: float) -> Load:
    """Return weak Euler with signs from 1."""
    generator, s = Generator(PCG64(0)), sigma * np.sqrt(h)
    run = lambda: _started(two_point_chunks, generator, np.ones(n_paths), n_steps, h, s)  # noqa: E731
    return _load("two-point increments from 62-bit integers", PCG64, run, n_paths * n_steps)


def baoab_load(order: str, bits: type, n_paths: int, n_steps: int, h: float, beta: float, friction: float) -> Load:
    """Return BAOAB of unit mass from (1, 0) by one of the loops."""
    generator, c = Generator(bits(0)), np.exp(-friction * h)
    s, run = np.sqrt((1.0 - c * c) / beta), BAOAB[order]

    def task() -> np.ndarray:
        q, p = np.ones(n_paths), np.zeros(n_paths)
        run(generator, q, p, n_steps, h, c, s)
        return q

    return _load(order, bits, task, n_paths * n_steps)


def _started(run: Callable[..., None], generator: Generator, x: np.ndarray, *numbers: float) -> np.ndarray:
    run(generator, x, *numbers)
    return x


def _load(order: str, bits: type, task: Callable[[], np.ndarray], path_steps: int) -> Load:
    return Load(f"Numba loop, {order}, {bits.__name__}", task, path_steps)
