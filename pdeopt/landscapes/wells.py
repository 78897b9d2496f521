"""One-dimensional and separable wells: the standard non-convex examples."""

from collections.abc import Sequence

import numpy as np

from pdeopt.kernels.landscapes import elementary, separable
from pdeopt.landscapes.entries import combinations, cube, entry, minima_between
from pdeopt.landscapes.landscape import Landscape

TWO_PI = 2 * np.pi


def double_well(dim: int = 1) -> Landscape:
    """Sum of (x_i^2 - 1)^2 / 4: wells of depth 1/4 at every corner of the cube with corners +-1.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        Minima all of value zero.
    """
    return entry(
        separable,
        "double_well",
        dim=dim,
        curvature=(-1.0, np.inf),
        minima=combinations((-1.0, 1.0), dim),
        domain=cube(-2.0, 2.0, dim),
    )


def cosine(frequency: float = np.pi, dim: int = 1) -> Landscape:
    """Sum of -cos(k x_i): periodic wells, by default one per period of length 2.

    Parameters
    ----------
    frequency : float
        The k above, positive.
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        With the minimum at the origin stated, one of a lattice of equal ones.
    """
    return entry(
        separable,
        "cosine",
        dim=dim,
        args=(float(frequency),),
        lipschitz=frequency * np.sqrt(dim),
        curvature=(-(frequency**2), frequency**2),
        minima=[(0.0,) * dim],
        domain=cube(-np.pi / frequency, np.pi / frequency, dim),
    )


def absolute_value(dim: int = 1) -> Landscape:
    """Sum of abs(x_i), the one-norm: kinks along every coordinate plane. The gradient at a kink is zero.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        Convex; its inviscid relaxation is the Huber function.
    """
    return entry(
        separable,
        "absolute_value",
        dim=dim,
        kinks=(0.0,) if dim == 1 else ((0.0,),) * dim,
        lipschitz=float(np.sqrt(dim)),
        curvature=(0.0, np.inf),
        minima=[(0.0,) * dim],
        domain=cube(-2.0, 2.0, dim),
    )


def chaudhari_figure_1() -> Landscape:
    """x^2 + 1.5 sin(2 pi x), the function of Figure 1 without its noise.

    Returns
    -------
    Landscape
        With all of its local minima.

    References
    ----------
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, Deep relaxation, Res. Math. Sci. 5 (2018) 30.
    """
    return rippled_parabola(2.0, 1.5, TWO_PI, name="chaudhari_figure_1")


def rippled_parabola(
    curvature: float = 1.0, amplitude: float = 0.1, frequency: float = 10.0, *, name: str = "rippled_parabola"
) -> Landscape:
    """c x^2 / 2 + a sin(k x): a convex bowl with ripples.

    Parameters
    ----------
    curvature : float
        The c above, positive.
    amplitude, frequency : float
        The a and k above, positive.
    name : str
        Used in messages and tables.

    Returns
    -------
    Landscape
        With all of its local minima.
    """
    args = (float(curvature), float(amplitude), float(frequency))
    slope = amplitude * frequency
    reach = slope / curvature
    return entry(
        elementary,
        "rippled_parabola",
        name=name,
        args=args,
        curvature=(curvature - slope * frequency, curvature + slope * frequency),
        minima=minima_between(
            lambda x: curvature * x + slope * np.cos(frequency * x), -1.01 * reach, 1.01 * reach, 0.1 / frequency
        ),
        domain=cube(-3.0, 3.0, 1),
    )


__all__: Sequence[str] = ["absolute_value", "chaudhari_figure_1", "cosine", "double_well", "rippled_parabola"]
