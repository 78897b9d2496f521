"""Strong errors on a linear equation whose noises commute, from moments: nothing is sampled.

In the complex plane dZ = a Z dt + Z (s dV + i r dW), of Stratonovich, is solved by exp(a t + s V + i r W). In real
coordinates V scales and W turns, by matrices that commute, and the noise is neither diagonal nor scalar. One step
of a scheme multiplies Z by a random factor R, the equation by E, so that the mean square error after n steps is
`(E |R|^2)^n - 2 Re (E R conj E)^n + (E |E|^2)^n`.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.audit.fourier import normal_sums

GROWTH, SCALING, TURNING = 0.6, 0.5, 0.7
DRIFT = np.array([[GROWTH, 0.0], [0.0, GROWTH]])
NOISES = np.array([[[SCALING, 0.0], [0.0, SCALING]], [[0.0, -TURNING], [TURNING, 0.0]]])
START = np.array([1.0, 0.0])


def noise_matrix(x: np.ndarray) -> np.ndarray:
    """Return the columns of noise at points, shape (..., 2) to (..., 2, 2)."""
    return np.einsum("kij,...j->...ik", NOISES, x)


def euler_heun(x: np.ndarray, h: float, xi: np.ndarray) -> np.ndarray:
    """Return the step of plain NumPy from points with pairs of normals, both of shape (n, 2)."""
    moved = x + np.sqrt(h) * np.einsum("nik,nk->ni", noise_matrix(x), xi)
    means = 0.5 * (noise_matrix(x) + noise_matrix(moved))
    return x + h * x @ DRIFT.T + np.sqrt(h) * np.einsum("nik,nk->ni", means, xi)


def root_mean_square_error(step: Callable[..., np.ndarray], h: float) -> float:
    """Return the error at time 1 from (1, 0), of a step of (points, h, pairs of normals)."""
    (v, w), weights = normal_sums(2)
    after = step(np.broadcast_to(START, (v.size, 2)), h, np.stack([v, w], axis=1))
    factor = after[:, 0] + 1j * after[:, 1]
    exact = np.exp(GROWTH * h + np.sqrt(h) * (SCALING * v + 1j * TURNING * w))
    n = round(1.0 / h)
    squares = [
        (weights @ (one * other.conj())) ** n for one, other in ((factor, factor), (factor, exact), (exact, exact))
    ]
    return float(np.sqrt(squares[0].real - 2.0 * squares[1].real + squares[2].real))
