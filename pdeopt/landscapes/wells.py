"""Double wells, the standard non-convex examples."""

from functools import partial

import numpy as np

from pdeopt.kernels.landscapes import radial, separable
from pdeopt.landscapes.entries import (
    MOST_MINIMA,
    combinations,
    cube,
    entry,
    minima_between,
    require_positive,
    with_minima,
)
from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.structure import Radial, repeated

__all__ = [
    "double_well",
    "radial_double_well",
    "rough_double_well",
    "tilted_double_well",
]


def double_well(dim: int = 1) -> Landscape:
    """Sum of (x_i^2 - 1)^2 / 4, with a well at every corner of the cube [-1, 1]^d.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        All minima have the value zero; above 7 dimensions two of them are stated.
    """
    return entry(
        separable,
        "double_well",
        dim=dim,
        structure=repeated(double_well, dim),
        curvature=(-1.0, np.inf),
        minima=combinations((-1.0, 1.0), dim),
        domain=cube(-2.0, 2.0, dim),
    )


def tilted_double_well(depth: float = 1.0, tilt: float = 0.3, dim: int = 1) -> Landscape:
    """Sum of d (x_i^2 - 1)^2 + s x_i, one well deeper than the other.

    Parameters
    ----------
    depth : float
        The d above, positive: height of the barrier without tilt.
    tilt : float
        The s above; beyond 1.5396 d in size one well is left.
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        With all of its local minima, as far as they are few.

    Raises
    ------
    ValueError
        If `depth` is not positive.
    """
    require_positive(depth=depth)
    f = partial(
        entry,
        separable,
        "tilted_double_well",
        args=(float(depth), float(tilt)),
        curvature=(-4.0 * depth, np.inf),
    )
    reach = 1.0 + np.cbrt(abs(tilt) / depth)
    line = with_minima(f(), [-reach, reach])
    structure = repeated(partial(tilted_double_well, depth, tilt), dim)
    return f(
        dim=dim, structure=structure, minima=combinations([x for (x,) in line.minima], dim), domain=cube(-2.0, 2.0, dim)
    )


def rough_double_well(amplitude: float = 0.02, frequency: float = 16 * np.pi) -> Landscape:
    """Double well with fast small ripples, (x^2 - 1)^2 / 4 + a (1 - cos(k x)).

    Parameters
    ----------
    amplitude, frequency : float
        The a and k above, positive.

    Returns
    -------
    Landscape
        With all of its local minima. Where k is a multiple of 2 pi the global ones are at +-1.

    Raises
    ------
    ValueError
        If a parameter is not positive.
    """
    require_positive(amplitude=amplitude, frequency=frequency)
    slope = amplitude * frequency
    reach = 1.0 + np.cbrt(slope)
    return entry(
        separable,
        "rough_double_well",
        args=(float(amplitude), float(frequency)),
        curvature=(-1.0 - slope * frequency, np.inf),
        minima=minima_between(
            lambda x: x * (x * x - 1.0) + slope * np.sin(frequency * x), -reach, reach, 0.05 / frequency
        ),
        domain=cube(-2.0, 2.0, 1),
    )


def radial_double_well(dim: int = 2) -> Landscape:
    """Mexican hat ``(|x|^2 - 1)^2 / 4``, whose minima are the unit sphere.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        With the minima on the coordinate axes stated, on the first of them.
    """
    # Points of a million coordinates are stated sparingly.
    axes = np.eye(min(dim, MOST_MINIMA // 2, 1 + 2**16 // dim), dim)
    return entry(
        radial,
        "radial_double_well",
        dim=dim,
        structure=Radial(double_well(), np.zeros(dim)) if dim > 1 else None,
        curvature=(-1.0, np.inf),
        minima=[*axes, *-axes],
        domain=cube(-2.0, 2.0, dim),
    )
