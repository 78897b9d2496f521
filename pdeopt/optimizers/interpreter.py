"""The instructions of a program in NumPy: for single steps, and to check the compiled loop against."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels import programs
from pdeopt.optimizers.machine import Machine

__all__ = ["Noise", "interpret"]

Noise: TypeAlias = np.random.Generator | int
"""A generator, or the seed of counter-based normals."""


def interpret(
    machine: Machine,
    bank: FloatArray,
    frictions: FloatArray,
    gradient: Callable[[FloatArray], FloatArray],
    step: int,
    rng: Noise,
) -> None:
    """Carry out one step on the rows of `bank` and on `frictions`, in place."""
    for row, c in zip(machine.code, machine.constants(np.array([step]))[0], strict=True):
        if row[programs.OPERATION] == programs.GRADIENT:
            bank[programs.SLOPE] = gradient(bank[programs.POINT].copy())
        else:
            _carry_out(bank[:, row[programs.START] : row[programs.STOP]], frictions, row, c, _normals(rng, step, row))


def _carry_out(
    bank: FloatArray, z: FloatArray, row: IntArray, c: FloatArray, normals: Callable[[], FloatArray]
) -> None:
    operation, k = row[programs.OPERATION], row[programs.THERMOSTAT]
    x, g = bank[programs.POINT], bank[programs.SLOPE]
    target, first, second = (bank[row[column]] for column in (programs.TARGET, programs.FIRST, programs.SECOND))
    if operation == programs.LINEAR:
        target[:] = c[0] * target + c[1] * first + (c[2] * second if c[2] else 0.0)
    elif operation == programs.NOISE:
        target[:] = c[0] * target + c[1] * first + c[2] * normals()[0]
    elif operation == programs.FLIGHT:
        r, w = normals()
        target += c[0] * first + c[1] * r + c[2] * w
        first[:] = c[3] * first + c[4] * r
    elif operation == programs.BRAKE:
        target *= np.exp(-c[0] * z[k])
    elif operation == programs.RELAX:
        decay = -np.expm1(-2.0 * z[k] * c[0]) / (2.0 * z[k]) if z[k] else c[0]
        target[:] = np.exp(-z[k] * c[0]) * target + c[1] * np.sqrt(decay) * normals()[0]
    elif operation == programs.ADAPT:
        z[k] += c[0] * (target @ target - target.size * c[1])
    elif operation == programs.SCALED:
        target[:] = c[0] * target + (1.0 - c[0]) * g**2
        x -= c[1] * g / (np.sqrt(target) + c[2])
    else:
        target[:] = c[0] * target + (1.0 - c[0]) * g
        first[:] = c[1] * first + (1.0 - c[1]) * g**2
        x -= c[2] * target / (c[3] * np.sqrt(first) + c[4])


def _normals(rng: Noise, step: int, row: IntArray) -> Callable[[], FloatArray]:
    n, n_vectors = int(row[programs.STOP] - row[programs.START]), 2 if row[programs.OPERATION] == programs.FLIGHT else 1

    def drawn() -> FloatArray:
        if isinstance(rng, np.random.Generator):
            return rng.standard_normal((n_vectors, n))
        out: FloatArray = np.empty((n_vectors, n))
        programs.fill_row(rng, 0, step, int(row[programs.BLOCK]), out)
        return out

    return drawn
