"""Tableaux of steppers read off their code: a field is a vector of weights of the start and of the rates."""

from itertools import product

import numpy as np


class Recorder:
    """An operator whose right-hand side is a new unknown at every stage, and so is what an implicit solve adds."""

    def __init__(self, n_stages):
        self.size = 1 + 2 * n_stages
        self.n_stages = n_stages
        self.explicit, self.implicit, self.times, self.solve_times = [], [], [], []
        self.diffusion = self

    def empty(self):
        return np.zeros(self.size)

    def start(self):
        return np.eye(self.size)[0]

    def stage(self, values, other, out, t, weights):
        assert out is not values
        a, b, c = weights
        self.explicit.append(values.copy())
        self.times.append(t)
        rate = np.eye(self.size)[len(self.explicit)]
        out[:] = a * other + b * values + c * rate

    def solve(self, values, weight, t):
        values += weight * np.eye(self.size)[self.n_stages + 1 + len(self.implicit)]
        self.implicit.append(values.copy())
        self.solve_times.append(t)


def run(stepper, n_stages):
    """Return the recorder and the fields after a step of length one."""
    recorder = Recorder(n_stages)
    fields = [recorder.start(), *(recorder.empty() for _ in range(stepper.n_registers - 1))]
    stepper.step(recorder, fields, 0.0, 1.0)
    return recorder, fields


def butcher(stepper, n_stages):
    """Return the matrix, the weights and the times of an explicit stepper."""
    recorder, fields = run(stepper, n_stages)
    rows = np.array([row[1 : n_stages + 1] for row in recorder.explicit])
    return rows, fields[0][1 : n_stages + 1], np.array(recorder.times)


def additive(stepper, n_solves):
    """Return both matrices, both weights and the times of a stepper with implicit solves."""
    recorder, fields = run(stepper, n_solves)
    s = n_solves
    stages = [recorder.start(), *recorder.implicit]
    push = np.zeros((s + 1, s + 1))
    pull = np.zeros((s + 1, s + 1))
    for i, row in enumerate(stages):
        push[i, :s], pull[i, 1:] = row[1 : s + 1], row[s + 1 :]
    last = fields[0]
    return push, pull, np.append(last[1 : s + 1], 0.0), np.append(0.0, last[s + 1 :]), recorder


def conditions(weights, matrices, order):
    """Return the residuals of the order conditions up to 4, with all mixtures of matrices (Hairer et al. 1993)."""
    c = matrices[0].sum(axis=1)
    found = [weights.sum() - 1.0]
    if order >= 2:
        found.append(weights @ c - 1 / 2)
    if order >= 3:
        found.append(weights @ c**2 - 1 / 3)
        found += [weights @ a @ c - 1 / 6 for a in matrices]
    if order >= 4:
        found.append(weights @ c**3 - 1 / 4)
        found += [weights @ (c * (a @ c)) - 1 / 8 for a in matrices]
        found += [weights @ a @ c**2 - 1 / 12 for a in matrices]
        found += [weights @ a @ b @ c - 1 / 24 for a, b in product(matrices, repeat=2)]
    return np.array(found)


def is_absolutely_monotonic(matrix, weights, r):
    """Return whether r is at most the SSP coefficient of a tableau (Kraaijevanger 1991)."""
    n = weights.size
    k = np.zeros((n + 1, n + 1))
    k[:n, :n], k[n, :n] = matrix, weights
    inverse = np.linalg.inv(np.eye(n + 1) + r * k)
    return bool((k @ inverse >= -1e-12).all() and (r * k @ inverse @ np.ones(n + 1) <= 1.0 + 1e-12).all())


def amplification(matrix, weights, z):
    """Return the stability function at complex numbers."""
    stages = []
    for row in matrix:
        stages.append(1.0 + sum(a * z * u for a, u in zip(row, stages, strict=False)))
    return 1.0 + sum(b * z * u for b, u in zip(weights, stages, strict=True))
