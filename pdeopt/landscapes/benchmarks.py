"""The test functions of global optimization that come in any dimension."""

from functools import partial

import numpy as np

from pdeopt.kernels.landscapes import radial, scalable, separable
from pdeopt.landscapes.entries import combinations, cube, entry, require_positive, with_minima
from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.ripples import rough_parabola
from pdeopt.landscapes.structure import Radial, repeated

__all__ = [
    "ackley",
    "alpine",
    "drop_wave",
    "egg_crate",
    "griewank",
    "levy",
    "rastrigin",
    "rosenbrock",
    "styblinski_tang",
]


def rastrigin(amplitude: float = 10.0, dim: int = 2) -> Landscape:
    """Rastrigin's function, the sum of x_i^2 + A (1 - cos(2 pi x_i)).

    Parameters
    ----------
    amplitude : float
        The A above, positive.
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        With the global minimum, zero at the origin; local ones are near every integer point.

    Raises
    ------
    ValueError
        If `amplitude` is not positive.
    """
    return rough_parabola(2.0, amplitude, 2 * np.pi, dim, name="rastrigin")


def egg_crate(dim: int = 2) -> Landscape:
    """Egg crate, the sum of x_i^2 + 25 sin(x_i)^2.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        With the global minimum, zero at the origin.
    """
    return rough_parabola(2.0, 12.5, 2.0, dim, name="egg_crate")


def ackley(height: float = 20.0, decay: float = 0.2, frequency: float = 2 * np.pi, dim: int = 2) -> Landscape:
    """Ackley's function, a (1 - exp(-b s)) + e - exp(mean of cos(c x_i)), s the root mean square of x.

    Parameters
    ----------
    height, decay, frequency : float
        The a, b and c above, positive.
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        With the global minimum, zero at the origin: the tip of a cone, where the gradient is given as zero.
        The tip is a declared kink in one dimension; above, ``kinks_complete`` is False.

    Raises
    ------
    ValueError
        If a parameter is not positive.
    """
    require_positive(height=height, decay=decay, frequency=frequency)
    return entry(
        radial,
        "ackley",
        dim=dim,
        args=(float(height), float(decay), float(frequency)),
        kinks=(0.0,) if dim == 1 else (),
        kinks_complete=dim == 1,
        lipschitz=float((height * decay + np.e * frequency) / np.sqrt(dim)),
        curvature=(-(height * decay**2 + 2 * np.e * frequency**2) / dim, np.inf),
        minima=[(0.0,) * dim],
        domain=cube(-5.0, 5.0, dim),
    )


def griewank(dim: int = 2) -> Landscape:
    """Griewank's function, ``1 + |x|^2 / 4000`` - product of ``cos(x_i / sqrt(i))``, i from 1.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        With the global minimum, zero at the origin.
    """
    bend = float((1.0 / np.arange(1, dim + 1)).sum())
    return entry(
        scalable,
        "griewank",
        dim=dim,
        curvature=(1 / 2000 - bend, 1 / 2000 + bend),
        minima=[(0.0,) * dim],
        domain=cube(-20.0, 20.0, dim),
    )


def rosenbrock(stiffness: float = 100.0, dim: int = 2) -> Landscape:
    """Rosenbrock's curved valley, the sum of (1 - x_i)^2 + b (x_{i+1} - x_i^2)^2.

    Parameters
    ----------
    stiffness : float
        The b above, positive.
    dim : int
        Number of coordinates, at least two.

    Returns
    -------
    Landscape
        With the global minimum, zero at (1, ..., 1).

    Raises
    ------
    ValueError
        If `dim` is one, or `stiffness` is not positive.
    """
    require_positive(stiffness=stiffness)
    if dim < 2:
        raise ValueError(f"dim={dim}: Rosenbrock's function couples neighbours. Use dim=2 or more.")
    return entry(
        scalable,
        "rosenbrock",
        dim=dim,
        args=(float(stiffness),),
        minima=[(1.0,) * dim],
        domain=cube(-2.0, 2.0, dim),
    )


def levy(dim: int = 2) -> Landscape:
    """Levy's function, sin(pi w_1)^2 plus the sum of (w_i - 1)^2 times ripples, with w = 1 + (x - 1) / 4.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        With the global minimum, zero at (1, ..., 1).
    """
    return entry(scalable, "levy", dim=dim, minima=[(1.0,) * dim], domain=cube(-10.0, 10.0, dim))


def styblinski_tang(dim: int = 2) -> Landscape:
    """Styblinski and Tang's function, half the sum of x_i^4 - 16 x_i^2 + 5 x_i.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        With all 2^d local minima, as far as they are few.
    """
    line = with_minima(entry(separable, "styblinski_tang"), [-3.0, 3.0])
    positions = [x for (x,) in line.minima]
    return entry(
        separable,
        "styblinski_tang",
        dim=dim,
        structure=repeated(partial(styblinski_tang, 1), dim),
        curvature=(-16.0, np.inf),
        minima=combinations(positions, dim),
        domain=cube(-5.0, 5.0, dim),
    )


def alpine(dim: int = 2) -> Landscape:
    """Alpine function, the sum of ``|x_i sin x_i + x_i / 10|``: kinked at every minimum.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        With its minima in [-10, 10], all of value zero. Kinks go on for ever; those up to 100 are declared.
        Derivatives at a kink are given as zero.
    """
    # Zeros of x (sin x + 1/10).
    turns = 2 * np.pi * np.arange(-16, 17)
    kinks = sorted([0.0, *(turns - np.arcsin(0.1)), *(turns + np.pi + np.arcsin(0.1))])
    declared = tuple(float(kink) for kink in kinks if abs(kink) <= 100)
    return entry(
        separable,
        "alpine",
        dim=dim,
        structure=repeated(partial(alpine, 1), dim),
        kinks=declared if dim == 1 else (declared,) * dim,
        kinks_complete=False,
        minima=combinations([kink for kink in declared if abs(kink) <= 10], dim),
        domain=cube(-10.0, 10.0, dim),
    )


def drop_wave(dim: int = 2) -> Landscape:
    """Drop-wave, -(1 + cos(12 r)) / (r^2 / 2 + 2), rings around the deepest well.

    Parameters
    ----------
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        With the global minimum, -1 at the origin.
    """
    return entry(
        radial,
        "drop_wave",
        dim=dim,
        structure=Radial(drop_wave(1), np.zeros(dim)) if dim > 1 else None,
        lipschitz=6.4,
        curvature=(-78.0, 78.0),
        minima=[(0.0,) * dim],
        domain=cube(-2.0, 2.0, dim),
    )
