"""Fokker-Planck evolution of densities in relaxed landscapes, and in any potential that may change."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.control import checks
from pdeopt.control.densities import DensityEvolution
from pdeopt.control.density_starts import checked_moments, first_masses, strided
from pdeopt.control.density_steps import ORDERS, Marched, fastest_rate, marched
from pdeopt.control.potential_paths import PotentialPath, given_path, relaxed_path
from pdeopt.control.solution import OptimalControl
from pdeopt.grid import Grid
from pdeopt.kolmogorov.potentials import cell_volumes
from pdeopt.landscapes import Landscape
from pdeopt.systems.validation import checked_positive

__all__ = ["evolved_density", "relaxed_density"]

DEFAULT_STEPS = {"exponential": 128, "backward-euler": 512}
"""Steps where the potential changes; under a fixed one the exponential needs none."""

FEWEST = 7
"""Nodes of an axis from which on every other one makes a grid."""

LARGE = 2e10
"""Multiplications beyond which backward Euler is the default."""

LARGEST = 1e12
"""Multiplications after which nobody waits."""


def relaxed_density(
    f: Landscape | ArrayLike,
    density: Any,
    grid: Grid,
    time: float | Sequence[float] | FloatArray,
    *,
    beta: float = 1.0,
    viscosity: float | None = None,
    schedule: Any = None,
    boundary: str | Sequence[str] = "free",
    method: str | None = None,
    n_steps: int | None = None,
    n_saved: int = 33,
    progress: bool = True,
) -> DensityEvolution:
    """Evolve a density in a relaxed landscape: rho_s = div(rho grad u(x, gamma(s))) + nu lap rho.

    Parameters
    ----------
    f : Landscape or array_like of shape ``grid.shape``
        The landscape, u at relaxation time 0.
    density : array, callable, Landscape or point
        At the start: values at the nodes or a function of a point, which are normalised; or the one point, of shape
        (d,), where all the mass is, shared among the nodes around it.
    grid : Grid
        Of one to three axes, uniform or stretched. Its ends reflect, or are periodic.
    time : float or sequence of float
        The end T of the evolution, positive; or the times at which densities are kept, rising from 0 on.
    beta : float
        Inverse temperature of the relaxation; ``inf`` for the Hopf-Lax limit.
    viscosity : float, optional
        nu of the density, in units of loss; by default 1 / (2 beta), that of the relaxation.
    schedule : float, "scoping" or callable, optional
        Relaxation time gamma: a number for a fixed landscape u(x, gamma); ``"scoping"`` for u(x, T - s); or a function
        of the time s. By default 0: gradient descent with noise in f itself.
    boundary : str or sequence of str
        Of the relaxation, as for `relax`.
    method : {"exponential", "backward-euler"}, optional
        By default the first, where it is not long.
    n_steps : int, optional
        Steps in all; each time of `time` is reached by a whole number of them. By default one for each time where the
        potential is fixed and the method is the exponential; else 128, and 512 of backward Euler.
    n_saved : int
        Number of times at which densities are kept, from 0 to T, if `time` is one number.
    progress : bool
        Whether to show a bar, on a terminal and after two seconds.

    Returns
    -------
    DensityEvolution

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, a density is negative or vanishes, or it would take too long; the message says
        what works.

    Notes
    -----
    This is equation (26) of the paper with its sign corrected and with a viscosity of its own. In space the rates of
    Scharfetter and Gummel between nodes, of second order: the Gibbs density exp(-u / nu) is stationary to rounding.
    ``"exponential"`` takes each step exactly under the rates of its middle, by uniformisation: of second order in the
    step, exact where u is fixed. ``"backward-euler"`` solves along each axis in turn with the rates at the end: of
    first order. Both are products of matrices of transition probabilities: densities stay positive and keep their mass
    at any step, and with a fixed u the relative entropy falls in each.

    References
    ----------
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, arXiv:1704.04932, equation (26).
    J. S. Chang and G. Cooper, *A practical difference scheme for Fokker-Planck equations*, Journal of Computational
    Physics 6 (1970) 1-16.

    Examples
    --------
    In a bowl the relaxation is a bowl, and the law at the end of scoping is Gaussian.

    >>> import pdeopt
    >>> bowl, line = pdeopt.landscapes.quadratic(3.0), pdeopt.Grid(-2.0, 3.0, 201)
    >>> law = relaxed_density(bowl, 1.7, line, 0.4, beta=2.0, schedule="scoping")
    >>> law.mean[-1].round(3), law.covariance[-1, 0].round(3)
    (array([0.773]), array([0.091]))
    """
    times = checked_moments(time, n_saved)
    heat = checked_positive(beta, "beta", example="1.0", infinite=True)
    path = relaxed_path(f, checks.checked_grid(grid), heat, boundary, schedule, float(times[-1]))
    if viscosity is None and heat == np.inf:
        raise ValueError("viscosity must be given where beta=inf: 1 / (2 beta) would be 0. Use e.g. viscosity=0.1.")
    nu = checked_positive(0.5 / heat if viscosity is None else viscosity, "viscosity", example="0.1")
    return _evolution(path, density, grid, times, nu, method, n_steps, progress)


def evolved_density(
    potential: Any,
    density: Any,
    grid: Grid,
    time: float | Sequence[float] | FloatArray,
    *,
    viscosity: float | None = None,
    method: str | None = None,
    n_steps: int | None = None,
    n_saved: int = 33,
    progress: bool = True,
) -> DensityEvolution:
    """Evolve a density in any potential: rho_s = div(rho grad V(x, s)) + nu lap rho.

    Parameters
    ----------
    potential : Landscape, array, Relaxation, callable or OptimalControl
        V: a landscape, values at the nodes or a relaxation to one time for a fixed one, or a function of the time s to
        values at the nodes. Of an `OptimalControl` the sum of its landscape and its value at time s: the forward half
        of the forward-backward system, rho_s = div(rho (grad f + grad u)) + lap rho / (2 beta).
    density, grid, time
        As for `relaxed_density`.
    viscosity : float, optional
        nu; may be left out for an `OptimalControl`, whose noise has 1 / (2 beta).
    method, n_steps, n_saved, progress
        As for `relaxed_density`.

    Returns
    -------
    DensityEvolution

    Raises
    ------
    TypeError, ValueError
        As for `relaxed_density`.

    Examples
    --------
    >>> import pdeopt
    >>> well = pdeopt.landscapes.double_well()
    >>> law = evolved_density(well, -1.0, pdeopt.Grid(-3.0, 3.0, 61), 200.0, viscosity=0.25)
    >>> bool(abs(law.final - law.stationary).max() < 1e-12)
    True
    """
    times = checked_moments(time, n_saved)
    path = given_path(potential, checks.checked_grid(grid), float(times[-1]))
    if viscosity is None:
        if not isinstance(potential, OptimalControl):
            raise ValueError("viscosity must be given: the strength of the noise in this potential. Use e.g. 0.1.")
        viscosity = 0.5 / potential.problem.beta
    nu = checked_positive(viscosity, "viscosity", example="0.1")
    return _evolution(path, density, grid, times, nu, method, n_steps, progress)


def _evolution(
    path: PotentialPath,
    density: Any,
    grid: Grid,
    times: FloatArray,
    viscosity: float,
    method: str | None,
    n_steps: int | None,
    progress: bool,
) -> DensityEvolution:
    began, all_nodes = perf_counter(), (slice(None),) * grid.dim
    scheme = _checked_method(method, path, grid, viscosity, float(times[-1]))
    count = _checked_steps(n_steps, path, scheme, len(times) - 1)
    masses = first_masses(density, grid, all_nodes)
    volumes = cell_volumes(grid)
    found = marched(path, masses, grid, viscosity, times, scheme, count, progress=progress)
    error = _estimated(path, density, grid, times, viscosity, scheme, count, found, progress)
    return DensityEvolution(
        times,
        found.masses / volumes,
        path.at(times),
        grid,
        volumes,
        viscosity,
        path.fixed,
        path.words,
        scheme,
        found.n_steps,
        error,
        found.rounding,
        perf_counter() - began,
    )


def _checked_method(method: Any, path: PotentialPath, grid: Grid, viscosity: float, horizon: float) -> str:
    if method is not None and method not in ORDERS:
        raise ValueError(f"method={method!r} is not known: use 'exponential' or 'backward-euler', or None to choose.")
    rate = max(fastest_rate(field, grid, viscosity) for field in path.at(np.array([0.0, horizon])))
    work = rate * horizon * grid.size * 2 * grid.dim
    if method is None:
        return "exponential" if work < LARGE else "backward-euler"
    if method == "exponential" and work > LARGEST:
        raise ValueError(
            f"method='exponential' takes {work:.1e} multiplications for {rate * horizon:.1e} jumps on {grid.size} "
            f"nodes, above the limit {LARGEST:.0e}. Use method='backward-euler', or a coarser grid."
        )
    return str(method)


def _checked_steps(n_steps: Any, path: PotentialPath, method: str, n_intervals: int) -> int:
    if n_steps is None:
        return 1 if _exact(path, method) else max(DEFAULT_STEPS[method], 2 * n_intervals)
    return checks.checked_n_steps(n_steps)


def _exact(path: PotentialPath, method: str) -> bool:
    """Whether steps of any length are exact in time."""
    return path.fixed and method == "exponential"


def _estimated(
    path: PotentialPath,
    density: Any,
    grid: Grid,
    times: FloatArray,
    viscosity: float,
    method: str,
    n_steps: int,
    fine: Marched,
    progress: bool,
) -> FloatArray:
    """Compare with every other node and half as many steps, in mass that is in the wrong place."""
    odd = any(n < FEWEST or n % 2 == wraps for n, wraps in zip(grid.shape, grid.periodic, strict=True))
    if odd or not (_exact(path, method) or n_steps >= 2 * (len(times) - 1)):
        return np.full(len(times), np.nan)
    halves = (slice(None, None, 2),) * grid.dim
    coarse = strided(grid, halves)
    first = first_masses(density, grid, halves)
    steps = max(1, n_steps // 2)
    path = path.coarser(halves)
    found = marched(
        path, first, coarse, viscosity, times, method, steps, progress=progress, what="error of the density"
    )
    volumes = cell_volumes(coarse)
    fine_density = (fine.masses / cell_volumes(grid))[:, *halves]
    apart = np.abs(found.masses / volumes - fine_density) * volumes
    gap = 0.5 * apart.reshape(len(times), -1).sum(axis=1)
    return np.asarray(gap / (2.0 ** ORDERS[method] - 1.0))
