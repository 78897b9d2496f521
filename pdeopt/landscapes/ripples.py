"""Ripples on a bowl, and periodic landscapes."""

from functools import partial

import numpy as np

from pdeopt.kernels.landscapes import profiles, quadratics, separable
from pdeopt.landscapes.entries import cube, entry, minima_between, require_positive
from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.structure import repeated

__all__ = ["chaudhari_figure_1", "cosine", "periodic_wells", "rippled_parabola", "rough_parabola"]


def chaudhari_figure_1() -> Landscape:
    """Rippled parabola x^2 + 1.5 sin(2 pi x), the function of the paper's Figure 1 without its noise.

    Returns
    -------
    Landscape
        With all ten of its local minima.

    See Also
    --------
    pdeopt.landscapes.figures.chaudhari_figure_1_noisy : with the noise, as samples.

    References
    ----------
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, Deep relaxation: partial differential equations
    for optimizing deep neural networks, Res. Math. Sci. 5 (2018) 30.
    """
    return rippled_parabola(2.0, 1.5, 2 * np.pi, name="chaudhari_figure_1")


def rippled_parabola(
    curvature: float = 1.0, amplitude: float = 0.1, frequency: float = 10.0, *, name: str = "rippled_parabola"
) -> Landscape:
    """Parabola with a sine on it, c x^2 / 2 + a sin(k x).

    Parameters
    ----------
    curvature, amplitude, frequency : float
        The c, a and k above, positive.
    name : str
        Used in messages and tables.

    Returns
    -------
    Landscape
        With all of its local minima.

    Raises
    ------
    ValueError
        If a parameter is not positive.
    """
    require_positive(curvature=curvature, amplitude=amplitude, frequency=frequency)
    slope = amplitude * frequency
    # Beyond this the parabola is steeper than any ripple.
    reach = 1.01 * slope / curvature
    return entry(
        quadratics,
        "rippled_parabola",
        name=name,
        args=(float(curvature), float(amplitude), float(frequency)),
        curvature=(curvature - slope * frequency, curvature + slope * frequency),
        minima=minima_between(lambda x: curvature * x + slope * np.cos(frequency * x), -reach, reach, 0.05 / frequency),
        domain=cube(-3.0, 3.0, 1),
    )


def rough_parabola(
    curvature: float = 1.0,
    amplitude: float = 0.02,
    frequency: float = 16 * np.pi,
    dim: int = 1,
    *,
    name: str = "rough_parabola",
) -> Landscape:
    """Bowl with fast small ripples, the sum of c x_i^2 / 2 + a (1 - cos(k x_i)).

    Parameters
    ----------
    curvature, amplitude, frequency : float
        The c, a and k above, positive.
    dim : int
        Number of coordinates.
    name : str
        Used in messages and tables.

    Returns
    -------
    Landscape
        With the global minimum, zero at the origin.

    Raises
    ------
    ValueError
        If a parameter is not positive.
    """
    require_positive(curvature=curvature, amplitude=amplitude, frequency=frequency)
    bend = amplitude * frequency**2
    return entry(
        separable,
        "rough_parabola",
        name=name,
        dim=dim,
        structure=repeated(partial(rough_parabola, curvature, amplitude, frequency, name=name), dim),
        args=(float(curvature), float(amplitude), float(frequency)),
        curvature=(curvature - bend, curvature + bend),
        minima=[(0.0,) * dim],
        domain=cube(-2.0, 2.0, dim),
    )


def cosine(frequency: float = np.pi, dim: int = 1) -> Landscape:
    """Sum of -cos(k x_i): a lattice of equal wells.

    Parameters
    ----------
    frequency : float
        The k above, positive.
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        With one period as its domain and the minimum at the origin stated.

    Raises
    ------
    ValueError
        If `frequency` is not positive.
    """
    require_positive(frequency=frequency)
    return entry(
        separable,
        "cosine",
        dim=dim,
        structure=repeated(partial(cosine, frequency), dim),
        args=(float(frequency),),
        lipschitz=float(frequency * np.sqrt(dim)),
        curvature=(-(frequency**2), frequency**2),
        minima=[(0.0,) * dim],
        domain=cube(-np.pi / frequency, np.pi / frequency, dim),
    )


def periodic_wells(amplitude: float = 0.9, frequency: float = 2.0, beta: float = 1.0, dim: int = 1) -> Landscape:
    """Sum of -log(1 + a cos(k x_i)) / beta, a lattice of wells that relaxes in closed form at its own beta.

    Parameters
    ----------
    amplitude : float
        The a above, between 0 and 1: the closer to 1, the sharper the barriers.
    frequency : float
        The k above, positive.
    beta : float
        Inverse temperature of the definition, positive.
    dim : int
        Number of coordinates.

    Returns
    -------
    Landscape
        Relaxation at `beta` turns a into a exp(-k^2 time / (2 beta)).

    Raises
    ------
    ValueError
        If a parameter is out of range.
    """
    require_positive(amplitude=amplitude, frequency=frequency, beta=beta)
    if amplitude >= 1:
        raise ValueError(f"amplitude={amplitude} reaches the logarithm of zero. Use amplitude < 1, e.g. amplitude=0.9.")
    unit = frequency**2 / beta
    # The bend peaks inside the period once the wells are broader than the barriers.
    highest = 0.25 / (1 - amplitude**2) if amplitude > 0.5 else amplitude / (1 + amplitude)
    return entry(
        profiles,
        "periodic_wells",
        dim=dim,
        structure=repeated(partial(periodic_wells, amplitude, frequency, beta), dim),
        args=(float(amplitude), float(frequency), float(beta)),
        lipschitz=float(amplitude * frequency / (beta * np.sqrt(1 - amplitude**2)) * np.sqrt(dim)),
        curvature=(-unit * amplitude / (1 - amplitude), unit * highest),
        minima=[(0.0,) * dim],
        domain=cube(-np.pi / frequency, np.pi / frequency, dim),
        relaxation=partial(_relaxed_periodic, amplitude, frequency, beta, dim),
    )


def _relaxed_periodic(amplitude: float, frequency: float, own: float, dim: int, time: float, beta: float) -> Landscape:
    if beta != own:
        raise ValueError(
            f"beta={beta}: these wells are defined at beta={own}, and relax in closed form only there. Use beta={own}."
        )
    return periodic_wells(amplitude * np.exp(-(frequency**2) * time / (2 * beta)), frequency, beta, dim)
