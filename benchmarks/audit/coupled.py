"""Strong errors of BAOAB in the harmonic well, from sampled paths of NumPy: one path for the scheme and for the truth.

Frequency, friction, mass and temperature are 1. The noise of a step of the equation, in position and momentum, and the
Ornstein-Uhlenbeck integral that the scheme takes are integrals of known functions against one Brownian motion, jointly
normal with the covariance of those functions.
"""

import numpy as np
from scipy.linalg import expm

DRIFT = np.array([[0.0, 1.0], [-1.0, -1.0]])
N_PATHS = 100_000


def joint_noise(h: float) -> np.ndarray:
    """Return a square root of the covariance of (noise of position, noise of momentum, integral of the scheme)."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    left = 0.5 * h * (1.0 + nodes)
    functions = np.array([[*(np.sqrt(2.0) * expm(s * DRIFT)[:, 1]), np.sqrt(2.0) * np.exp(-s)] for s in left])
    return np.linalg.cholesky(functions.T * (0.5 * h * weights) @ functions)


def root_mean_square_error(h: float, seed: int) -> tuple[float, float]:
    """Return the error of positions at time 1 and its standard error."""
    generator = np.random.default_rng(seed)
    root, flow, c = joint_noise(h), expm(h * DRIFT), np.exp(-h)
    exact = generator.standard_normal((N_PATHS, 2))
    q, p = exact.T.copy()
    for _ in range(round(1.0 / h)):
        noise = generator.standard_normal((N_PATHS, 3)) @ root.T
        exact = exact @ flow.T + noise[:, :2]
        p = p - 0.5 * h * q
        q = q + 0.5 * h * p
        p = c * p + noise[:, 2]
        q = q + 0.5 * h * p
        p = p - 0.5 * h * q
    squares = (q - exact[:, 0]) ** 2
    error = np.sqrt(squares.mean())
    return float(error), float(squares.std() / np.sqrt(N_PATHS) / (2.0 * error))
