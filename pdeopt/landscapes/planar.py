"""Test functions and wells of two coordinates, with their minima to full double precision."""

import numpy as np

from pdeopt.kernels.landscapes import planar
from pdeopt.landscapes.entries import cube, entry, require_positive, with_minima
from pdeopt.landscapes.landscape import Landscape

__all__ = [
    "beale",
    "coupled_double_well",
    "himmelblau",
    "mueller_brown",
    "six_hump_camel",
    "three_hump_camel",
]

MUELLER_BROWN = np.array(
    [
        [-200.0, -1.0, 0.0, -10.0, 1.0, 0.0],
        [-100.0, -1.0, 0.0, -10.0, 0.0, 0.5],
        [-170.0, -6.5, 11.0, -6.5, -0.5, 1.5],
        [15.0, 0.7, 0.6, 0.7, -1.0, 1.0],
    ]
)
"""Rows (A, p, q, r, a0, b0) of K. Mueller, L. D. Brown, Theor. Chim. Acta 53 (1979) 75."""


def himmelblau() -> Landscape:
    """Himmelblau's function, (a^2 + b - 11)^2 + (a + b^2 - 7)^2, with four equal minima.

    Returns
    -------
    Landscape
        Two-dimensional, with all of its minima, of value zero.
    """
    f = entry(planar, "himmelblau", dim=2, domain=cube(-5.0, 5.0, 2))
    return with_minima(f, [(3.0, 2.0), (-2.8, 3.1), (-3.8, -3.3), (3.6, -1.8)])


def six_hump_camel() -> Landscape:
    """Six-hump camel, (4 - 2.1 a^2 + a^4 / 3) a^2 + a b + (4 b^2 - 4) b^2.

    Returns
    -------
    Landscape
        Two-dimensional, with all six local minima, the two global ones first.
    """
    f = entry(planar, "six_hump_camel", dim=2, domain=((-2.0, -1.2), (2.0, 1.2)))
    half = np.array([(0.09, -0.71), (1.70, -0.80), (1.61, 0.57)])
    return with_minima(f, [*half, *-half])


def three_hump_camel() -> Landscape:
    """Three-hump camel, 2 a^2 - 1.05 a^4 + a^6 / 6 + a b + b^2.

    Returns
    -------
    Landscape
        Two-dimensional, with all three local minima, the global one first.
    """
    f = entry(planar, "three_hump_camel", dim=2, domain=cube(-2.5, 2.5, 2))
    return with_minima(f, [(0.0, 0.0), (1.75, -0.87), (-1.75, 0.87)])


def beale() -> Landscape:
    """Beale's function, the sum over k = 1, 2, 3 of (c_k - a (1 - b^k))^2 with c = 1.5, 2.25, 2.625.

    Returns
    -------
    Landscape
        Two-dimensional, with the global minimum, zero at (3, 1/2).
    """
    return entry(planar, "beale", dim=2, minima=[(3.0, 0.5)], domain=cube(-4.5, 4.5, 2))


def mueller_brown() -> Landscape:
    """Mueller and Brown's potential, three wells joined by a bent valley.

    Returns
    -------
    Landscape
        Two-dimensional, with all three local minima, the deepest first.

    References
    ----------
    K. Mueller, L. D. Brown, Location of saddle points and minimum energy paths by a constrained simplex
    optimization procedure, Theor. Chim. Acta 53 (1979) 75.
    """
    f = entry(planar, "mueller_brown", dim=2, args=(MUELLER_BROWN,), domain=((-1.6, -0.4), (1.2, 2.0)))
    return with_minima(f, [(-0.558, 1.442), (0.623, 0.028), (-0.050, 0.467)])


def coupled_double_well(stiffness: float = 2.0, coupling: float = 0.5) -> Landscape:
    """Double well in one coordinate tied to a spring in the other, (a^2 - 1)^2 / 4 + s b^2 + c a b.

    Parameters
    ----------
    stiffness : float
        The s above, positive.
    coupling : float
        The c above.

    Returns
    -------
    Landscape
        Two-dimensional, with both minima.

    Raises
    ------
    ValueError
        If `stiffness` is not positive.
    """
    require_positive(stiffness=stiffness)
    lowest = np.linalg.eigvalsh([[-1.0, coupling], [coupling, 2.0 * stiffness]])[0]
    a = np.sqrt(1.0 + coupling**2 / (2.0 * stiffness))
    b = -coupling * a / (2.0 * stiffness)
    return entry(
        planar,
        "coupled_double_well",
        dim=2,
        args=(float(stiffness), float(coupling)),
        curvature=(lowest, np.inf),
        minima=[(-a, -b), (a, b)],
        domain=cube(-2.0, 2.0, 2),
    )
