"""A compiled loop of the tests' own around `pdeopt.kernels.programs.apply`, with forces that need no network."""

import numba
import numpy as np

from pdeopt.kernels import programs
from pdeopt.kernels.random import VECTOR_CHUNK, normal


@numba.njit(cache=True)
def own_gradient(x, nonlinear, noise, seed, step, out):
    n = x.size
    for i in range(n):
        before, after = x[i - 1] if i else x[n - 1], x[i + 1] if i < n - 1 else x[0]
        out[i] = x[i]
        if nonlinear:
            out[i] = 0.8 * x[i] + 0.3 * x[i] ** 3 + np.sin(before + x[i]) + np.sin(x[i] + after)
        if noise > 0.0:
            out[i] += noise * normal(seed + 1, i, step, 0)


@numba.njit(cache=True)
def own_loop(code, constants, bank, z, seed, run, force, records, sums):
    """Run a program; block means of (z, z^2, mean of q^2) to `records`, what E should add, from momenta, to `sums`."""
    nonlinear, noise, n_steps = force
    every = n_steps // records.shape[0]
    scratch = np.empty(2 * VECTOR_CHUNK)
    own_gradient(bank[programs.POINT], nonlinear, noise, seed, n_steps, bank[programs.SLOPE])
    for step in range(n_steps):
        numbers = constants[min(step, constants.shape[0] - 1)]
        for i in range(code.shape[0]):
            row = code[i]
            if row[programs.OPERATION] == programs.GRADIENT:
                own_gradient(bank[programs.POINT], nonlinear, noise, seed, step, bank[programs.SLOPE])
                continue
            if row[programs.OPERATION] == programs.ADAPT:
                for j in range(row[programs.START], row[programs.STOP]):
                    sums[row[programs.THERMOSTAT]] += bank[row[programs.TARGET], j] ** 2
            programs.apply(bank, z, row, numbers[i], seed, run, step, scratch)
        at = min(step // every, records.shape[0] - 1)
        records[at, 0] += z[0] / every
        records[at, 1] += z[0] ** 2 / every
        records[at, 2] += np.mean(bank[programs.POINT] ** 2) / every


def driven(method, structure, x, n_steps, *, seed=5, run=0, nonlinear=True, noise=0.0, n_records=1):
    """Return the registers by name, frictions before and after, records and sums of a compiled run."""
    machine = method.machine(structure)
    bank, start = machine.bank(x, {}), np.array([*machine.thermostats.values(), 0.0])
    end, records, sums = start.copy(), np.zeros((n_records, 3)), np.zeros(start.size)
    steps = np.arange(n_steps) if n_steps <= 1000 else np.arange(1)
    force = (nonlinear, float(noise), n_steps)
    own_loop(machine.code, machine.constants(steps), bank, end, seed, run, force, records, sums)
    registers = dict(zip(machine.registers, bank, strict=True))
    return registers, (start[:-1], end[:-1]), records, sums[:-1]
