"""The limit of a two-scale system: the averaged equation, and the landscape it descends."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.homogenization import inputs
from pdeopt.homogenization.affine import AffineSystem, affine_system
from pdeopt.homogenization.averages import averaged_drift
from pdeopt.homogenization.coefficients import affine_sde, smoothed_functions, spline_sde
from pdeopt.homogenization.laws import (
    averaged_exactly,
    averages_exactly,
    has_gibbs_average,
    hermite_rule,
    relaxed_landscape,
)
from pdeopt.kernels.homogenization import softmin, softmin_gradient
from pdeopt.landscapes import Landscape
from pdeopt.systems import SDE, Heat, RelaxingSystem, TwoScaleSystem, overdamped_langevin
from pdeopt.systems.forces import compiled_functions

__all__ = ["AveragedLimit", "averaged"]

FINE = 0.6
"""Spacing of nodes in widths of the narrowest local law."""

REACH = 6.0
"""Standard deviations of free fast variables by which nodes reach beyond the domain."""

MOST_NODES = 300_000
NODES = {1: 48, 2: 24, 3: 14}
TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False, repr=False)
class AveragedLimit:
    """The equation that the slow variables follow as epsilon goes to 0; see `averaged`.

    Parameters
    ----------
    system : TwoScaleSystem
    affine : AffineSystem or None
        The rates, where they are affine.
    grid : Grid or None
        Nodes of what is tabulated.
    """

    system: TwoScaleSystem
    affine: AffineSystem | None
    grid: Grid | None = None

    def drift(self, x: ArrayLike) -> FloatArray:
        """Return the averaged drift at points, shape (..., n_slow); sampled where nothing else applies."""
        points, shape = inputs.checked_points(self.system, x)
        if self.affine is not None:
            matrix, offset = self.affine.averaged
            value = points @ matrix.T + offset
        elif averages_exactly(self.system):
            value = averaged_exactly(self.system, points).value
        else:
            value = averaged_drift(self.system, points).value
        return value.reshape(*shape, -1)

    @cached_property
    def landscape(self) -> Landscape | None:
        """The landscape that the limit descends, or None where the system is not a relaxing one.

        A closed form where there is one; a Gaussian rule for heat smoothing; else a sum over nodes in up to three
        dimensions, exact to rounding inside the domain.
        """
        system = self.system
        if not (isinstance(system, RelaxingSystem) and has_gibbs_average(system)):
            return None
        if isinstance(system, Heat):
            return _smoothed(system)
        return relaxed_landscape(system) or _summed(system, self.grid)

    @cached_property
    def sde(self) -> SDE:
        """The limit as an equation for `pdeopt.simulate`, with the noise of the slow variables if they have any.

        Raises
        ------
        ValueError
            If the system is neither a relaxing one, nor affine, nor of one slow variable with a `grid`.
        """
        system = self.system
        if self.landscape is not None:
            return overdamped_langevin(self.landscape, 2.0 / system.slow_sigma**2 if system.slow_sigma else np.inf)
        if self.affine is not None:
            return affine_sde(*self.affine.averaged, system.slow_sigma * np.eye(system.n_slow), "averaged")
        nodes = checked_line(system, self.grid, "averaged(system, grid=pdeopt.Grid(-2.0, 2.0, 65)).sde")
        drift = CubicSpline(nodes, self.drift(nodes[:, None])[:, 0]).c
        square = np.zeros_like(drift)
        square[3] = system.slow_sigma**2
        return spline_sde(float(nodes[0]), float(nodes[1] - nodes[0]), drift, square, "averaged")

    def flow(self, x0: ArrayLike, times: ArrayLike) -> FloatArray:
        """Return the solution of dX = averaged drift ds without noise, shape (n_times, n_slow).

        Parameters
        ----------
        x0 : array_like, shape (n_slow,)
        times : array_like, shape (n_times,)
            Not decreasing, from 0 on.
        """
        start, when = self.system.slow_points(x0).reshape(-1), inputs.checked_times(times)
        if when[-1] == 0.0:
            return np.repeat(start[None, :], when.size, axis=0)
        found = solve_ivp(
            lambda _, x: self.drift(x),
            (0.0, float(when[-1])),
            start,
            t_eval=when,
            method="DOP853",
            rtol=TOLERANCE,
            atol=TOLERANCE,
        )
        if not found.success:
            raise ValueError(f"the averaged equation from x0={start.tolist()} was not solved: {found.message}")
        return np.asarray(found.y.T)

    def __repr__(self) -> str:
        return f"<AveragedLimit of {self.system!r}>"


def averaged(system: TwoScaleSystem, *, grid: Grid | None = None) -> AveragedLimit:
    """Return the limit of a two-scale system as epsilon goes to 0.

    Parameters
    ----------
    system : TwoScaleSystem
        Without a centred rate: see `diffusion_limit` for those.
    grid : Grid, optional
        Nodes: those of the fast variables that the relaxed landscape is summed over, by default from its domain; or of
        the slow variable at which the drift of another system is tabulated.

    Returns
    -------
    AveragedLimit
        With ``drift(x)``, ``landscape``, ``sde`` and ``flow(x0, times)``.

    Raises
    ------
    ValueError
        If the system has a centred rate, or replicas that are coupled to their mean.

    Notes
    -----
    The limits: dX = -grad f_t ds, f_t the local entropy, for `entropy_sgd`, `entropy_sgd_2` and `elastic` tied to x;
    the gradient of the heat-smoothed landscape for `heat`. Under the printed noise f_t is that of the inverse
    temperature ``system.fast_beta``.

    Examples
    --------
    >>> import pdeopt
    >>> system = pdeopt.systems.entropy_sgd(pdeopt.landscapes.quadratic(2.0), time=0.5, beta=2.0)
    >>> averaged(system).flow(1.0, [0.0, 1.0]).round(8).tolist()
    [[1.0], [0.36787944]]
    """
    inputs.checked_system(system)
    if system.centred is not None:
        raise ValueError(
            "the system has a centred rate, whose limit has a noise of its own. Use diffusion_limit(system, x)."
        )
    if isinstance(system, RelaxingSystem) and not has_gibbs_average(system):
        raise ValueError(
            "coupling='mean' lets the replicas drift on the fast clock: x has no autonomous limit. Use "
            "coupling='centre', or averaged_drift(system, x, method='sampling') for the stationary replicas."
        )
    return AveragedLimit(system, affine_system(system), grid)


def checked_line(system: TwoScaleSystem, grid: Grid | None, example: str) -> FloatArray:
    """Return the nodes of a uniform grid over one slow variable."""
    if system.n_slow != 1:
        raise ValueError(
            f"the system has {system.n_slow} slow variables; coefficients that are not affine are tabulated for one. "
            "Use the callable drift, or multiscale(system, x0, ...)."
        )
    if grid is None or grid.dim != 1 or not grid.uniform[0] or grid.shape[0] < 4:
        raise ValueError(f"grid={grid!r} must be uniform with one axis of at least 4 nodes. Use e.g. {example}.")
    return grid.axes[0]


def _smoothed(system: Heat) -> Landscape:
    f = system.landscape
    if f.dim > 3:
        raise ValueError(
            f"the heat-smoothed landscape is summed in up to 3 dimensions, here dim={f.dim}. Use .drift(x)."
        )
    shifts, weights = hermite_rule(NODES[f.dim], f.dim, system.time / system.fast_beta)
    value, gradient = smoothed_functions(*compiled_functions(f), f.dim)
    args = (shifts, weights, *f.args)
    return Landscape(value, gradient, dim=f.dim, args=args, name=f"{f.name}, smoothed", domain=f.domain)


def _summed(system: RelaxingSystem, grid: Grid | None) -> Landscape:
    f = system.landscape
    nodes = grid if grid is not None else _nodes_for(system)
    points = nodes.points().reshape(-1, f.dim)
    cell = np.log(np.prod(nodes.spacing)) - 0.5 * f.dim * np.log(2.0 * np.pi * system.time / system.fast_beta)
    args = (points, system.fast_beta * np.asarray(f(points)) - cell, system.time, system.fast_beta)
    return Landscape(softmin, softmin_gradient, dim=f.dim, args=args, name=f"{f.name}, relaxed", domain=f.domain)


def _nodes_for(system: RelaxingSystem) -> Grid:
    f = system.landscape
    if f.dim > 3 or f.domain is None:
        raise ValueError(
            f"nodes of the relaxed landscape are chosen in up to 3 dimensions from the domain of the landscape (dim "
            f"{f.dim}, domain {f.domain}). Give grid, e.g. averaged(system, grid=pdeopt.Grid(-3.0, 3.0, 201)), or use "
            ".drift(x)."
        )
    beta, time = system.fast_beta, system.time
    lower, upper = (np.asarray(side, dtype=float) for side in f.domain)
    trial = Grid(tuple(lower), tuple(upper), (17,) * f.dim).points().reshape(-1, f.dim)
    steepest = max(float(np.linalg.eigvalsh(f.hessian_at(trial)).max()), 0.0)
    spacing, reach = FINE / np.sqrt(beta * (1.0 / time + steepest)), REACH * np.sqrt(time / beta)
    shape = tuple(int(n) + 1 for n in np.ceil((upper - lower + 2.0 * reach) / spacing))
    if np.prod(np.array(shape, dtype=float)) > MOST_NODES:
        raise ValueError(
            f"the relaxed landscape needs {' x '.join(map(str, shape))} nodes at beta={beta:g}, time={time:g}, more "
            f"than {MOST_NODES}. Use .drift(x), or a smaller grid around what matters."
        )
    return Grid(tuple((lower - reach).tolist()), tuple((upper + reach).tolist()), shape)
