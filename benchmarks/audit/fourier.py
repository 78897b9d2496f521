"""Weak errors on the circle in coefficients of Fourier, by code that shares nothing with `pdeopt.verification`.

The generator is a banded matrix of coefficients, its exponential is taken by `expm_multiply`; expectations over normal
numbers are sums of the trapezoidal rule; a step is projected by FFT from four times as many nodes as there are modes.
The equation is dX = (sin X + cos(2X)/2) dt + (s + r cos X) dW, of Ito.
"""

from collections.abc import Callable

import numpy as np
from scipy.sparse import diags_array
from scipy.sparse.linalg import expm_multiply

N_MODES = 28
NODES = 2.0 * np.pi * np.arange(8 * N_MODES) / (8 * N_MODES)
MODES = np.arange(-N_MODES, N_MODES + 1)
SPACING, REACH = 0.5, 9.0

Step = Callable[..., np.ndarray]


def drift(x: np.ndarray) -> np.ndarray:
    return np.sin(x) + 0.5 * np.cos(2.0 * x)


def noise(level: float, ripple: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: level + ripple * np.cos(x)


def generator(level: float, ripple: float) -> np.ndarray:
    """Return the matrix that takes coefficients of f to those of `b f' + s^2 f'' / 2`."""
    slopes = {1: -0.5j, -1: 0.5j, 2: 0.25, -2: 0.25}
    halves = {0: 0.5 * level**2 + 0.25 * ripple**2, 1: 0.5 * level * ripple, 2: 0.125 * ripple**2}
    halves |= {-band: value for band, value in halves.items()}
    matrix = np.zeros((MODES.size, MODES.size), dtype=complex)
    for bands, factor in ((slopes, 1j * MODES), (halves, -(MODES**2.0))):
        for band, value in bands.items():
            columns = factor[max(0, -band) : MODES.size - max(0, band)]
            matrix += diags_array(value * columns, offsets=-band, shape=matrix.shape).toarray()
    return matrix


def coefficients(values: np.ndarray) -> np.ndarray:
    """Return the coefficients of functions given at the nodes, in the first axis."""
    return np.fft.fft(values, axis=0)[MODES] / NODES.size


OBSERVABLES = coefficients(np.stack([np.cos(NODES), np.sin(NODES), np.exp(np.sin(NODES))], axis=1))


def normal_sums(n: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Return values of n standard normal numbers, and weights."""
    line = np.arange(-REACH, REACH + 0.5 * SPACING, SPACING)
    weights = SPACING * np.exp(-0.5 * line**2) / np.sqrt(2.0 * np.pi)
    grids = np.meshgrid(*[line] * n, indexing="ij")
    products = np.prod(np.meshgrid(*[weights] * n, indexing="ij"), axis=0)
    return [grid.ravel() for grid in grids], products.ravel()


def pair() -> tuple[list[np.ndarray], np.ndarray]:
    """Return increments over sqrt(h) and their time integrals over h^1.5, and weights."""
    (w, z), weights = normal_sums(2)
    return [w, 0.5 * (w + z / np.sqrt(3.0))], weights


def pair_and_coin() -> tuple[list[np.ndarray], np.ndarray]:
    """Return the same with a fair sign."""
    (w, u), weights = pair()
    signs = np.repeat([1.0, -1.0], w.size)
    return [np.tile(w, 2), np.tile(u, 2), signs], 0.5 * np.tile(weights, 2)


def operator(step: Step, h: float, draws: tuple[list[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return the matrix that takes coefficients of f to those of the expectation of f after one step."""
    values, weights = draws
    turn = np.exp(1j * step(NODES[:, None], h, *[value[None, :] for value in values]))
    images, wave = np.empty((NODES.size, MODES.size), dtype=complex), np.ones_like(turn)
    for k in range(N_MODES + 1):
        images[:, N_MODES + k] = wave @ weights
        images[:, N_MODES - k] = images[:, N_MODES + k].conj()
        wave = wave * turn
    return coefficients(images)


def one_step_error(
    step: Step, h: float, draws: tuple[list[np.ndarray], np.ndarray], level: float, ripple: float
) -> float:
    """Return the root mean square, over starting points and observables, of the error of expectations after a step."""
    exact = expm_multiply(h * generator(level, ripple), OBSERVABLES)
    return _size(operator(step, h, draws) @ OBSERVABLES - exact)


def weak_error(step: Step, h: float, draws: tuple[list[np.ndarray], np.ndarray], level: float, ripple: float) -> float:
    """Return the root mean square, over starting points and observables, of the error of expectations at time 1."""
    exact = expm_multiply(generator(level, ripple), OBSERVABLES)
    found, matrix = OBSERVABLES, operator(step, h, draws)
    for _ in range(round(1.0 / h)):
        found = matrix @ found
    return _size(found - exact)


def _size(gaps: np.ndarray) -> float:
    # By Parseval, the mean square over the circle is the sum of squares of coefficients.
    return float(np.sqrt(np.mean(np.sum(np.abs(gaps) ** 2, axis=0))))
