"""Programs of vector instructions: what an optimizer does to a vector of parameters between two gradients.

A program is a table. Row i of the integer array `code` holds an operation, three registers, a first and an end
coordinate, a thermostat and the number of its first block of random words; row i of `constants` its numbers c. A
register is a row of `bank`: the point is row 0, its gradient row 1. One compilation serves all methods.
"""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import inlined_kernel, kernel, short_kernel
from pdeopt.kernels._memory import stretch
from pdeopt.kernels.random import VECTOR_CHUNK, fill_vector, n_vector_blocks
from pdeopt.kernels.sde.langevin import mean_decay

GRADIENT, LINEAR, NOISE, BRAKE, RELAX, ADAPT, SCALED, ADAM, FLIGHT = range(9)
"""Operations; `apply` says what each does. GRADIENT is the caller's."""

POINT, SLOPE = 0, 1
"""Registers of the point and of its gradient."""

N_COLUMNS, N_CONSTANTS = 8, 6
OPERATION, TARGET, FIRST, SECOND, START, STOP, THERMOSTAT, BLOCK = range(N_COLUMNS)


@short_kernel
def combine(target: FloatArray, x: FloatArray, y: FloatArray, c: FloatArray) -> None:
    """Set target to `c0 target + c1 x + c2 y`; what has the factor 0 is not read."""
    a, b, d = c[0], c[1], c[2]
    if a == 1.0 and d == 0.0:
        for i in range(target.size):
            target[i] += b * x[i]
    elif d == 0.0:
        for i in range(target.size):
            target[i] = a * target[i] + b * x[i]
    else:
        for i in range(target.size):
            target[i] = a * target[i] + b * x[i] + d * y[i]


@short_kernel
def add_noise(target: FloatArray, x: FloatArray, r: FloatArray, a: float, b: float, s: float) -> None:
    """Set target to `a target + b x + s r`."""
    if b == 0.0:
        for i in range(target.size):
            target[i] = a * target[i] + s * r[i]
    else:
        for i in range(target.size):
            target[i] = a * target[i] + b * x[i] + s * r[i]


@short_kernel
def fly_on(q: FloatArray, p: FloatArray, r: FloatArray, w: FloatArray, c: FloatArray) -> None:
    """Set q to `q + c0 p + c1 r + c2 w` and p to `c3 p + c4 r`."""
    a, shared, own, decay, s = c[0], c[1], c[2], c[3], c[4]
    for i in range(q.size):
        q[i] += a * p[i] + shared * r[i] + own * w[i]
        p[i] = decay * p[i] + s * r[i]


@short_kernel
def scale_by_squares(q: FloatArray, v: FloatArray, g: FloatArray, c: FloatArray) -> None:
    """Set v to `c0 v + (1 - c0) g^2`, and q to `q - c1 g / (sqrt(v) + c2)`."""
    keep, h, floor = c[0], c[1], c[2]
    for i in range(q.size):
        v[i] = keep * v[i] + (1.0 - keep) * g[i] * g[i]
        q[i] -= h * g[i] / (np.sqrt(v[i]) + floor)


@short_kernel
def scale_by_moments(q: FloatArray, m: FloatArray, v: FloatArray, g: FloatArray, c: FloatArray) -> None:
    """Set m to `c0 m + (1 - c0) g`, v to `c1 v + (1 - c1) g^2`, and q to `q - c2 m / (c3 sqrt(v) + c4)`."""
    keep, keep_square, h, correction, floor = c[0], c[1], c[2], c[3], c[4]
    for i in range(q.size):
        m[i] = keep * m[i] + (1.0 - keep) * g[i]
        v[i] = keep_square * v[i] + (1.0 - keep_square) * g[i] * g[i]
        q[i] -= h * m[i] / (correction * np.sqrt(v[i]) + floor)


@inlined_kernel
def sum_of_squares(p: FloatArray) -> float:
    """Return the sum of squares, in the order that suits the processor."""
    total = 0.0
    for i in range(p.size):
        total += p[i] * p[i]
    return total


@kernel
def relaxing_constants(t: float, friction: float, amplitude: float) -> tuple[float, float]:
    """Return `exp(-z t)` and `sigma sqrt((1 - exp(-2 z t)) / (2 z))`, of friction z of any sign."""
    return np.exp(-friction * t), amplitude * np.sqrt(t * mean_decay(2.0 * friction * t))


@kernel
def draw(seed: int, run: int, step: int, first_block: int, n_vectors: int, n: int, out: FloatArray) -> int:
    """Write n <= VECTOR_CHUNK normals for each of some vectors, VECTOR_CHUNK apart; return the first unused block."""
    for k in range(n_vectors):
        fill_vector(seed, run, step, first_block, n, out[k * VECTOR_CHUNK : (k + 1) * VECTOR_CHUNK])
        first_block += n_vector_blocks(n)
    return first_block


@kernel
def _apply_noise(
    bank: FloatArray, z: float, row: IntArray, c: FloatArray, seed: int, run: int, step: int, scratch: FloatArray
) -> None:
    # In pieces, so that the normals are still in the nearest cache when they are used.
    operation, d, used = row[OPERATION], bank.shape[1], row[BLOCK]
    a, b, s = c[0], c[1], c[2]
    if operation == RELAX:
        (a, s), b = relaxing_constants(c[0], z, c[1]), 0.0
    for start in range(row[START], row[STOP], VECTOR_CHUNK):
        n = min(VECTOR_CHUNK, row[STOP] - start)
        target, x = stretch(bank, row[TARGET] * d + start, n), stretch(bank, row[FIRST] * d + start, n)
        used = draw(seed, run, step, used, 2 if operation == FLIGHT else 1, n, scratch)
        if operation == FLIGHT:
            fly_on(target, x, scratch, scratch[VECTOR_CHUNK:], c)
        else:
            add_noise(target, x, scratch, a, b, s)


@kernel
def apply(
    bank: FloatArray,
    frictions: FloatArray,
    row: IntArray,
    c: FloatArray,
    seed: int,
    run: int,
    step: int,
    scratch: FloatArray,
) -> None:
    """Carry out one instruction.

    Parameters
    ----------
    bank : array, shape (n_registers, d)
        The registers, changed in place.
    frictions : array, shape (n_thermostats,)
        The variables z of thermostats, changed in place.
    row : int array, shape (8,)
        Operation, target, first and second source, first and end coordinate, thermostat, first block of words.
    c : array, shape (6,)
        Its numbers.
    seed, run, step : int
        With the block and the coordinate they determine every normal R.
    scratch : array, shape (2 VECTOR_CHUNK,)

    Notes
    -----
    ======== ===================================================================================================
    LINEAR   ``target = c0 target + c1 first + c2 second``
    NOISE    ``target = c0 target + c1 first + c2 R``
    FLIGHT   ``target += c0 first + c1 R + c2 R'`` and ``first = c3 first + c4 R``
    BRAKE    ``target = exp(-c0 z) target``
    RELAX    ``target = exp(-c0 z) target + sqrt((1 - exp(-2 c0 z)) / (2 z)) c1 R``, its limit at z = 0
    ADAPT    ``z += c0 (sum of target^2 - n c1)``, n the number of coordinates
    SCALED   ``target = c0 target + (1 - c0) g^2``, ``point -= c1 g / (sqrt(target) + c2)``
    ADAM     ``target = c0 target + (1 - c0) g``, ``first = c1 first + (1 - c1) g^2``, then
             ``point -= c2 target / (c3 sqrt(first) + c4)``
    ======== ===================================================================================================
    """
    operation, start, n, d = row[OPERATION], row[START], row[STOP] - row[START], bank.shape[1]
    target = stretch(bank, row[TARGET] * d + start, n)
    first = stretch(bank, row[FIRST] * d + start, n)
    if operation == LINEAR:
        combine(target, first, stretch(bank, row[SECOND] * d + start, n), c)
    elif operation in (NOISE, RELAX, FLIGHT):
        _apply_noise(bank, frictions[row[THERMOSTAT]], row, c, seed, run, step, scratch)
    elif operation == BRAKE:
        factor = np.exp(-c[0] * frictions[row[THERMOSTAT]])
        for i in range(target.size):
            target[i] *= factor
    elif operation == ADAPT:
        frictions[row[THERMOSTAT]] += c[0] * (sum_of_squares(target) - target.size * c[1])
    elif operation == SCALED:
        scale_by_squares(stretch(bank, POINT * d + start, n), target, stretch(bank, SLOPE * d + start, n), c)
    elif operation == ADAM:
        scale_by_moments(stretch(bank, POINT * d + start, n), target, first, stretch(bank, SLOPE * d + start, n), c)


@kernel
def fill_row(seed: int, run: int, step: int, first_block: int, out: FloatArray) -> None:
    """Write the normals that an instruction uses, shape (1 or 2, n), in the order in which it does."""
    n_vectors, n = out.shape
    used, scratch = first_block, np.empty(2 * VECTOR_CHUNK)
    for start in range(0, n, VECTOR_CHUNK):
        stop = min(start + VECTOR_CHUNK, n)
        used = draw(seed, run, step, used, n_vectors, stop - start, scratch)
        for k in range(n_vectors):
            for i in range(stop - start):
                out[k, start + i] = scratch[k * VECTOR_CHUNK + i]
