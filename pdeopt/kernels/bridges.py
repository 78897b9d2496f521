"""Brownian bridges: whether a step that ends inside was outside between, when, and through which face.

Between its two ends a step is taken for a Brownian bridge with the variance at its start, which for constant
coefficients is exact. One uniform decides about all faces of a step: after each decision it is stretched over (0, 1)
again, and so is as good as new.

References
----------
Mannella 1999, "Absorbing boundaries and optimal stopping in a stochastic differential equation", Physics Letters A 254;
Gobet 2000, "Weak approximation of killed diffusion using Euler schemes", Stochastic Processes and their Applications
87.
"""

import numpy as np

from pdeopt.kernels._jit import kernel
from pdeopt.kernels.random import normal

NORMAL_DRAW = 65534
"""The normal of face j has the draw number `NORMAL_DRAW - j`, far above those of schemes."""
REACH = 37.0
"""Beyond it exp(-REACH) is below every uniform, and a bridge has no chance."""


@kernel
def passage_fraction(a: float, c: float, q: float, xi: float, u: float) -> tuple[float, float]:
    """Return when a bridge of variance `q` first touches a wall, as a fraction of the step, and a fresh uniform.

    Parameters
    ----------
    a, c : float
        Distances from the wall before and after the step; on which side it ends does not matter, as it does touch.
    q : float
        Variance of the step; 0 makes the path straight.
    xi, u : float
        A standard normal and a uniform.

    Notes
    -----
    With s the fraction, s / (1 - s) is inverse Gaussian of mean a / c and shape a^2 / q, drawn as of Michael, Schucany
    and Haas 1976, here without division by c.
    """
    if not a > 0.0:
        return 0.0, u
    y = q * xi * xi
    w = 2.0 * a * c + y + np.sqrt(y * (y + 4.0 * a * c))
    chance = w / (w + 2.0 * a * c) if c > 0.0 else 1.0
    if u < chance:
        return 2.0 * a * a / (w + 2.0 * a * a), u / chance
    return w / (w + 2.0 * c * c), (u - chance) / (1.0 - chance)


@kernel
def passage(a: float, b: float, q: float, u: float, seed: int, path: int, n: int, face: int) -> tuple[float, float]:
    """Return the fraction of a step at which a wall is touched first, infinite if never, and a fresh uniform.

    `a > 0` and `b` are the distances inside of the wall before and after, `q` the variance of the step.
    """
    if b > 0.0:
        chance = np.exp(-2.0 * a * b / q)
        if u >= chance:
            return np.inf, (u - chance) / (1.0 - chance)
        u /= chance
    return passage_fraction(a, abs(b), q, normal(seed, path, n, NORMAL_DRAW - face), u)
