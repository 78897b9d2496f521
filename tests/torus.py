"""Weak errors without sampling: one step of a scheme as an operator on periodic functions.

Gauss-Hermite quadrature over normal draws and finite sums over discrete ones give the expectation of every Fourier mode
after a step from every node; powers of that matrix against the exponential of the generator give the weak error.
"""

import numpy as np
from numba import njit
from scipy.linalg import expm

N_MODES = 31
N = 2 * N_MODES + 1
NODES = 2.0 * np.pi * np.arange(N) / N
FROM_MODES = np.exp(1j * np.outer(NODES, np.arange(-N_MODES, N_MODES + 1)))
TO_MODES = np.conj(FROM_MODES.T) / N
OBSERVABLES = np.stack([np.cos(NODES), np.exp(np.sin(NODES))], axis=1)


def normal_rule(n):
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    return nodes, weights / weights.sum()


RULES = {
    "increment": normal_rule(24),
    "time-integral": normal_rule(10),
    "normal": normal_rule(10),
    "two-point": (np.array([-1.0, 1.0]), np.array([0.5, 0.5])),
    "coin": (np.array([-1.0, 1.0]), np.array([0.5, 0.5])),
    "three-point": (np.sqrt(3.0) * np.array([-1.0, 0.0, 1.0]), np.array([1.0, 4.0, 1.0]) / 6.0),
}


def draws_and_weights(kinds):
    """Return all values of the draws of a step, one row each, and their probabilities."""
    grids = np.meshgrid(*[RULES[kind][0] for kind in kinds], indexing="ij")
    shares = np.meshgrid(*[RULES[kind][1] for kind in kinds], indexing="ij")
    return np.stack([g.ravel() for g in grids], axis=1), np.prod([s.ravel() for s in shares], axis=0)


def one_step(step, nested):
    """Return a compiled ``(starts, h, draws, weights, constants)`` -> expectations of all modes, nodes first.

    `nested` makes the draws of the step of one row of numbers.
    """

    @njit
    def expectations(starts, h, draws, weights, constants):
        out = np.zeros((starts.size, N_MODES + 1), dtype=np.complex128)
        for i in range(starts.size):
            for k in range(weights.size):
                y = step(0.0, starts[i], h, nested(draws[k]), constants)
                turn, mode = complex(np.cos(y), np.sin(y)), weights[k] + 0j
                for m in range(N_MODES + 1):
                    out[i, m] += mode
                    mode *= turn
        return out

    return expectations


def operator(modes):
    """Return the matrix on values at the nodes, given expectations of the modes 0 to N_MODES."""
    return np.real(np.hstack([np.conj(modes[:, :0:-1]), modes]) @ TO_MODES)


def derivative(order):
    return np.real(FROM_MODES @ np.diag((1j * np.arange(-N_MODES, N_MODES + 1)) ** order) @ TO_MODES)


def generator(drift, *columns):
    """Return the generator of an Ito equation, of functions of the nodes."""
    variance = sum(np.asarray(c(NODES)) ** 2 * np.ones(N) for c in columns)
    return drift(NODES)[:, None] * derivative(1) + 0.5 * variance[:, None] * derivative(2)


def flow(matrix):
    """Return the exact operator of time 1 of a generator."""
    return expm(matrix)


def weak_errors(operator_of_level, matrix, levels):
    """Return the largest error over all nodes at time 1, steps `2**-level`: a row a level, a column a function."""
    exact = flow(matrix) @ OBSERVABLES
    powers = [np.linalg.matrix_power(operator_of_level(k), 2**k) for k in levels]
    return np.array([np.abs(power @ OBSERVABLES - exact).max(axis=0) for power in powers])


def stationary(matrix):
    """Return the stationary probabilities of the nodes: of a generator, or of a one-step operator less 1."""
    values, vectors = np.linalg.eig(matrix.T)
    law = np.real(vectors[:, np.argmin(abs(values))])
    return law / law.sum()


def stationary_averages(matrix):
    return stationary(matrix) @ OBSERVABLES


def slopes(errors):
    return np.log2(errors[:-1] / errors[1:])
