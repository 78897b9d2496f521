"""Squared errors of made-up paths, whose order is known."""

import numpy as np

STEPS = 0.5 ** np.arange(3.0, 11.0)


def squares_of_order(order, n_paths, rng, departure=(0.0, 1.0), steps=STEPS):
    """Return squared errors with means h^(2 p) (1 + c (h / h_max)^q), correlated over steps, of kurtosis 80 or so."""
    c, q = departure
    means = steps ** (2.0 * order) * (1.0 + c * (steps / steps[0]) ** q)
    shared, own, size = (rng.normal(size=(n_paths, n)) for n in (1, steps.size, 1))
    return means * (0.6 * shared + 0.8 * own) ** 2 * size**2
