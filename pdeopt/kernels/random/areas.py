"""What a step needs beyond its increments: time integrals of Brownian motion, and Levy areas."""

from collections.abc import Sequence

from pdeopt._types import FloatArray
from pdeopt.kernels._bits import root
from pdeopt.kernels._jit import exact_kernel

SQRT_2 = 1.4142135623730951
SQRT_3 = 1.7320508075688772
TWO_PI = 6.283185307179586
SIXTH_OF_PI_SQUARED = 1.6449340668482264


@exact_kernel
def increment_pair(h: float, xi1: float, xi2: float) -> tuple[float, float]:
    """Return the increment of a Brownian motion over a step and its time integral.

    Parameters
    ----------
    h : float
        Length of the step, positive.
    xi1, xi2 : float
        Independent standard normals.

    Returns
    -------
    dW, I : float
        `W(h) - W(0)`, and the integral of `W(s) - W(0)` over the step: jointly normal with variances `h` and
        `h**3 / 3` and covariance `h**2 / 2`, exactly.

    Examples
    --------
    >>> increment_pair(4.0, 0.5, 0.0)
    (1.0, 2.0)
    """
    dW = root(h) * xi1
    return dW, 0.5 * h * (dW + root(h) * xi2 / SQRT_3)


@exact_kernel
def increment_normals(h: float, dW: float, I: float) -> tuple[float, float]:  # noqa: E741
    """Return the standard normals `(xi1, xi2)` that `increment_pair` turns into `(dW, I)` on a step of length `h`.

    Parameters
    ----------
    h : float
        Length of the step, positive.
    dW, I : float
        Increment and time integral.

    Returns
    -------
    xi1, xi2 : float
        Of any pair, say of a merged one: so a scheme that asks for normals can take a coarser step on the same path.
    """
    xi1 = dW / root(h)
    return xi1, SQRT_3 * (2.0 * I / (h * root(h)) - xi1)


@exact_kernel
def merge_pairs(dW1: float, I1: float, h2: float, dW2: float, I2: float) -> tuple[float, float]:
    """Return the increment and the time integral over two consecutive steps.

    Parameters
    ----------
    dW1, I1 : float
        Of the first step, of any length.
    h2 : float
        Length of the second step.
    dW2, I2 : float
        Of the second step.

    Returns
    -------
    dW, I : float
        `dW1 + dW2` and `I1 + h2 dW1 + I2`, an identity of paths: no approximation.
    """
    return dW1 + dW2, I1 + h2 * dW1 + I2


@exact_kernel
def _tail(p: int) -> float:
    """Return the sum of `r**-2` over `r > p`."""
    total = SIXTH_OF_PI_SQUARED
    for r in range(1, p + 1):
        total -= 1.0 / (r * r)
    return total


@exact_kernel
def levy_area_pair(h: float, xi1: float, xi2: float, normals: Sequence[float] | FloatArray) -> float:
    r"""Return the Levy area of two Brownian motions over a step, given their increments.

    Parameters
    ----------
    h : float
        Length of the step, positive.
    xi1, xi2 : float
        Increments over `sqrt(h)`.
    normals : array or tuple of 4 p + 3 float
        Independent standard normals: `X1, X2, Y1, Y2` of each term, then two for the tail of the increments' part and
        one for the rest of the tail. `p = 0` is allowed.

    Returns
    -------
    float
        The integral of `(W1 dW2 - W2 dW1) / 2`. That of `W1 dW2` (Ito or Stratonovich, the noises being independent)
        is `h xi1 xi2 / 2` plus the area.

    Notes
    -----
    .. math:: A = \frac{h}{2\pi} \left(\sum_{r=1}^{p} \frac{X_{1r} (Y_{2r} + \sqrt2 \xi_2) - X_{2r} (Y_{1r}
              + \sqrt2 \xi_1)}{r} + \sqrt{2 \psi_p} \, (\mu_1 \xi_2 - \mu_2 \xi_1 + G)\right), \qquad
              \psi_p = \sum_{r>p} r^{-2}.

    The tail of the increments' part is exact in law; that of the products is replaced by a normal of its variance.
    Mean 0 and variance `h**2 (1 + xi1**2 + xi2**2) / 12` given the increments are exact for any `p`. Coupled with the
    path as closely as can be, the mean square error is below `h**2 / (2 pi**2)` times `sum r**-4 / sum r**-2` over
    `r > p`, a ratio near `1 / (3 p**2)`; for large `p` it is a quarter of that. Without the last normal (0 there)
    the mean square error is exactly `h**2 psi_p / (2 pi**2)`, below `h**2 / (2 pi**2 p)`.

    References
    ----------
    P. E. Kloeden, E. Platen, I. W. Wright, Stochastic Anal. Appl. 10 (1992) 431-441.
    M. Wiktorsson, Ann. Appl. Probab. 11 (2001) 470-487.
    J. Mrongowius, A. Roessler, Stochastic Anal. Appl. 40 (2022) 397-425.
    """
    p = (len(normals) - 3) // 4
    total = 0.0
    for k in range(p):
        first = normals[4 * k] * (normals[4 * k + 3] + SQRT_2 * xi2)
        second = normals[4 * k + 1] * (normals[4 * k + 2] + SQRT_2 * xi1)
        total += (first - second) / (k + 1)
    rest = normals[4 * p] * xi2 - normals[4 * p + 1] * xi1 + normals[4 * p + 2]
    return h / TWO_PI * (total + root(2.0 * _tail(p)) * rest)


@exact_kernel
def levy_normals(m: int, p: int) -> int:
    """Return how many standard normals `levy_areas` takes for `m` noises and `p` terms: `2 m p + m (m + 1) / 2`."""
    return 2 * m * p + m * (m + 1) // 2


@exact_kernel
def levy_areas(h: float, xi: FloatArray, p: int, normals: FloatArray, out: FloatArray) -> None:
    """Write the Levy areas of all pairs of `m` Brownian motions over a step, given their increments.

    Parameters
    ----------
    h : float
        Length of the step, positive.
    xi : array, shape (m,)
        Increments over `sqrt(h)`.
    p : int
        Terms of the series, at least 0.
    normals : array, shape (2 m p + m (m + 1) / 2,)
        Independent standard normals (`levy_normals(m, p)` of them): for each term `X` and then `Y` of all noises,
        then `m` for the tail of the increments' part, then one for each pair (0, 1), (0, 2), ..., (m - 2, m - 1).
    out : array, shape (m, m)
        Receives the integrals of `(W_i dW_j - W_j dW_i) / 2`, antisymmetric.

    Notes
    -----
    For two noises that of `levy_area_pair`, with the same normals. For each pair the variance given the increments is
    exact, and the mean square error is below `m h**2 / (4 pi**2)` times `sum r**-4 / sum r**-2` over `r > p`, hence a
    root mean square error of about `h sqrt(m / 12) / (pi p)` at most. Work and normals per step grow as `m**2 p`.
    """
    m = xi.size
    tail = root(2.0 * _tail(p))
    mu = 2 * m * p
    g = mu + m
    for i in range(m):
        out[i, i] = 0.0
        for j in range(i + 1, m):
            total = 0.0
            for k in range(p):
                x = 2 * m * k
                y = x + m
                first = normals[x + i] * (normals[y + j] + SQRT_2 * xi[j])
                second = normals[x + j] * (normals[y + i] + SQRT_2 * xi[i])
                total += (first - second) / (k + 1)
            rest = normals[mu + i] * xi[j] - normals[mu + j] * xi[i] + normals[g]
            g += 1
            out[i, j] = h / TWO_PI * (total + tail * rest)
            out[j, i] = -out[i, j]
