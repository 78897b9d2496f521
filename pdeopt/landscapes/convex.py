"""Convex landscapes: norms, smooth cones, a wall. Oracles for everything else."""

from functools import partial

import numpy as np

from pdeopt.kernels.landscapes import profiles, radial
from pdeopt.landscapes.entries import cube, entry, require_positive
from pdeopt.landscapes.hinges import relaxed_hinge
from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.structure import Radial, repeated

__all__ = [
    "absolute_value",
    "half_line",
    "huber",
    "log_cosh",
    "pseudo_huber",
    "quartic",
    "rectifier",
]


def absolute_value(dim: int = 1) -> Landscape:
    """One-norm, the sum of ``|x_i|``: kinks along every coordinate plane.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        The gradient at a kink is zero. Relaxes in closed form at every temperature, at ``beta=inf`` to `huber`.
    """
    return entry(
        profiles,
        "absolute_value",
        dim=dim,
        structure=repeated(absolute_value, dim),
        kinks=_planes((0.0,), dim),
        lipschitz=float(np.sqrt(dim)),
        curvature=(0.0, np.inf),
        minima=[(0.0,) * dim],
        domain=cube(-2.0, 2.0, dim),
        relaxation=partial(_relaxed_absolute_value, dim),
    )


def _relaxed_absolute_value(dim: int, time: float, beta: float) -> Landscape:
    return huber(time, dim) if np.isinf(beta) else relaxed_hinge((-1.0, 1.0, 0.0), "absolute_value", dim, time, beta)


def huber(width: float = 1.0, dim: int = 1) -> Landscape:
    """Sum of ``x_i^2 / (2 w)`` near the origin and ``|x_i| - w / 2`` beyond ``|x_i| = w``.

    Parameters
    ----------
    width : float
        The w above, positive.
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        At ``beta=inf`` it relaxes to itself with a width larger by the time.

    Raises
    ------
    ValueError
        If `width` is not positive.
    """
    require_positive(width=width)
    return entry(
        profiles,
        "huber",
        dim=dim,
        structure=repeated(partial(huber, width), dim),
        args=(float(width),),
        kinks=_planes((-width, width), dim),
        lipschitz=float(np.sqrt(dim)),
        curvature=(0.0, 1.0 / width),
        minima=[(0.0,) * dim],
        domain=cube(-2.0 - width, 2.0 + width, dim),
        relaxation=partial(_relaxed_huber, float(width), dim),
    )


def _relaxed_huber(width: float, dim: int, time: float, beta: float) -> Landscape:
    if np.isfinite(beta):
        raise ValueError(
            f"beta={beta}: this landscape relaxes within the catalogue only at zero temperature. Use beta=inf."
        )
    return huber(width + time, dim)


def rectifier(dim: int = 1) -> Landscape:
    """Sum of max(x_i, 0), with kinks along every coordinate plane.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        The derivative at the kink is 1/2. Every point with no positive coordinate is a minimum; the one
        stated is -1. Relaxes in closed form at every temperature.
    """
    return entry(
        profiles,
        "rectifier",
        dim=dim,
        structure=repeated(rectifier, dim),
        kinks=_planes((0.0,), dim),
        lipschitz=float(np.sqrt(dim)),
        curvature=(0.0, np.inf),
        minima=[(-1.0,) * dim],
        domain=cube(-2.0, 2.0, dim),
        relaxation=partial(relaxed_hinge, (0.0, 1.0, 0.0), "rectifier", dim),
    )


def half_line(dim: int = 1) -> Landscape:
    """Zero where every coordinate is at least zero, ``+inf`` elsewhere: a wall.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        Derivatives are given as zero on both sides of the wall. Every point inside is a minimum; the one
        stated is 1. Relaxes in closed form at every temperature.
    """
    return entry(
        profiles,
        "half_line",
        dim=dim,
        structure=repeated(half_line, dim),
        kinks=_planes((0.0,), dim),
        curvature=(0.0, np.inf),
        minima=[(1.0,) * dim],
        domain=cube(-2.0, 2.0, dim),
        relaxation=partial(relaxed_hinge, (0.0, 0.0, 1.0), "half_line", dim),
    )


def log_cosh(dim: int = 1) -> Landscape:
    """Sum of log cosh x_i: a parabola that turns into ``|x_i| - log 2``.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        Smooth, with both a bounded slope and a bounded curvature.
    """
    return entry(
        profiles,
        "log_cosh",
        dim=dim,
        structure=repeated(log_cosh, dim),
        lipschitz=float(np.sqrt(dim)),
        curvature=(0.0, 1.0),
        minima=[(0.0,) * dim],
        domain=cube(-3.0, 3.0, dim),
    )


def pseudo_huber(dim: int = 1) -> Landscape:
    """Radial ``sqrt(1 + |x|^2)``, a smooth cone.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        Smooth, with both a bounded slope and a bounded curvature.
    """
    return entry(
        radial,
        "pseudo_huber",
        dim=dim,
        structure=Radial(pseudo_huber(), np.zeros(dim)) if dim > 1 else None,
        lipschitz=1.0,
        curvature=(0.0, 1.0),
        minima=[(0.0,) * dim],
        domain=cube(-3.0, 3.0, dim),
    )


def quartic(dim: int = 1) -> Landscape:
    """Sum of x_i^4: a minimum without curvature.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        Its heat flow is x^4 + 6 s x^2 + 3 s^2 at variance s.
    """
    return entry(
        profiles,
        "quartic",
        dim=dim,
        structure=repeated(quartic, dim),
        curvature=(0.0, np.inf),
        minima=[(0.0,) * dim],
        domain=cube(-2.0, 2.0, dim),
    )


def _planes(positions: tuple[float, ...], dim: int) -> tuple[object, ...]:
    return positions if dim == 1 else (positions,) * dim
