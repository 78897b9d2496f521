"""Figure 1 of the paper: a landscape, its viscous and inviscid smoothing, and where densities end in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from time import perf_counter

import numpy as np
from scipy.signal import argrelmax

from pdeopt._types import FloatArray
from pdeopt.control import checks
from pdeopt.control.densities import DensityEvolution
from pdeopt.control.evolution import evolved_density
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import HamiltonJacobi, relax, solve_hamilton_jacobi
from pdeopt.landscapes import Landscape, chaudhari_figure_1, chaudhari_figure_1_noisy

__all__ = ["PaperFigure", "Smoothing", "paper_figure"]

END = 10.0
"""Time of the densities at which the schedule of relaxation times is at zero."""

STOP = 9.0
"""Time of the densities at which the published script stops, and which it draws."""

START, WIDTH, CUT = 2.5, 0.02, 3.0
"""Of the density at the start, exp(-(x - start)^2 / width), cut at so many roots of the width."""

CASES = (("viscous", 0.2, 1.0, 0.1), ("inviscid", 0.1, inf, 0.1), ("sgd", 0.0, 1.0, 0.2))
"""Name, relaxation time, inverse temperature and viscosity of the density of each curve."""


@dataclass(frozen=True, eq=False, repr=False)
class Smoothing:
    """One curve of the figure and its density, by the exact solver and by finite differences.

    Parameters
    ----------
    name : str
        ``"viscous"``, ``"inviscid"``, or ``"sgd"`` for the landscape itself.
    time, beta : float
        Relaxation time and inverse temperature.
    exact, differences : array, shape (n,)
        u at that time, by `relax` and by `solve_hamilton_jacobi`.
    error : float
        Bound or estimate of the error of `exact`.
    curvature : float
        Least second derivative of `exact`; negative where it is not convex. NaN of the landscape itself.
    density, density_differences : DensityEvolution
        In u(x, time (1 - s / 10)) of each solver, at the times s = 0, 9 and 10.
    """

    name: str
    time: float
    beta: float
    exact: FloatArray
    differences: FloatArray
    error: float
    curvature: float
    density: DensityEvolution
    density_differences: DensityEvolution

    @property
    def gap(self) -> float:
        """Largest difference of the two solutions."""
        return float(np.abs(self.exact - self.differences).max())

    @property
    def mean_gap(self) -> float:
        """Mean difference of the two solutions, without signs."""
        return float(np.abs(self.exact - self.differences).mean())

    @cached_property
    def misplaced(self) -> FloatArray:
        """Mass by which the densities in the two solutions differ, at each of the times."""
        apart = np.abs(self.density.values - self.density_differences.values)
        return np.asarray(0.5 * (apart * self.density.volumes).sum(axis=1))


@dataclass(frozen=True, eq=False, repr=False)
class PaperFigure:
    """What Figure 1 of the paper shows, as numbers.

    Parameters
    ----------
    grid : Grid
    landscape : Landscape
        The sampled landscape f with its noise.
    curves : tuple of Smoothing
        The viscous and the inviscid relaxation, and f itself (stochastic gradient descent).
    walls : array, shape (n_wells - 1,)
        Maxima of the landscape without its noise, between its wells.
    seconds : float
    """

    grid: Grid
    landscape: Landscape
    curves: tuple[Smoothing, ...]
    walls: FloatArray
    seconds: float = 0.0

    @property
    def viscous(self) -> Smoothing:
        """The viscous relaxation."""
        return self.curves[0]

    @property
    def inviscid(self) -> Smoothing:
        """The inviscid relaxation."""
        return self.curves[1]

    @property
    def sgd(self) -> Smoothing:
        """The landscape itself."""
        return self.curves[2]

    def wells(self, density: DensityEvolution, index: int = 1) -> FloatArray:
        """Return the mass of a density in each well, shape (n_wells,); by default at time 9, as in the figure."""
        masses = density.values[index] * density.volumes
        where = np.searchsorted(self.walls, self.grid.axes[0])
        return np.bincount(where, weights=masses, minlength=self.walls.size + 1)

    def __str__(self) -> str:
        ends = np.concatenate([self.grid.lower, self.walls, self.grid.upper])
        wells = [f"({low:.2f}, {high:.2f})" for low, high in zip(ends[:-1], ends[1:], strict=True)]
        head = f"{'mass at time 9 in':24}" + "".join(f"{well:>16}" for well in wells)
        rows = [f"Figure 1 on {self.grid.size} nodes, {self.seconds:.1f} s"]
        for curve in self.curves:
            bend = "" if np.isnan(curve.curvature) else f"; least curvature of u {curve.curvature:.4g}"
            rows.append(
                f"  {curve.name:8} time {curve.time:g}, beta {curve.beta:g}: finite differences off by {curve.gap:.2g} at "
                f"most, {curve.mean_gap:.2g} in the mean{bend}; densities by {curve.misplaced[1]:.2g} of the mass"
            )
        for name in ("density", "density_differences"):
            rows.append(head if name == "density" else f"{'by finite differences':24}")
            for curve in self.curves:
                masses = self.wells(getattr(curve, name))
                rows.append(f"  {curve.name:22}" + "".join(f"{mass:>16.4f}" for mass in masses))
        return "\n".join(rows)

    def __repr__(self) -> str:
        return f"<PaperFigure: {len(self.curves)} curves on {self.grid.size} nodes>"


def paper_figure(*, refine: int = 1, n_steps: int = 1000, progress: bool = True) -> PaperFigure:
    """Compute Figure 1 of the paper by the exact solver and by finite differences side by side.

    Parameters
    ----------
    refine : int
        By which factor the 500 nodes on [-3, 3] are refined; the landscape is linear between them.
    n_steps : int
        Steps of the densities, a multiple of 10.
    progress : bool
        Whether to show a bar, on a terminal and after two seconds.

    Returns
    -------
    PaperFigure

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    The parameters are those of the authors' script: beta = 1, relaxation time 0.2 viscous and 0.1 inviscid, walls that
    reflect, upwind differences and steps of Euler; densities from exp(-(x - 2.5)^2 / 0.02), cut off, in
    u(x, T (1 - s / 10)) until s = 10 with viscosity 0.1, and 0.2 in f itself. The script goes through ten stored u, with
    straight lines between them, stops at s = 9, and scales the masses at the end; here u is there at every half step,
    and mass is kept. Scaling by hand, the caption's convexity, and equation (26) with its sign are not reproduced.

    References
    ----------
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, arXiv:1704.04932, Figure 1.

    Examples
    --------
    >>> figure = paper_figure(n_steps=200)
    >>> figure.viscous.curvature < 0.0
    True
    >>> figure.wells(figure.sgd.density).round(2)
    array([0.  , 0.  , 0.  , 0.  , 0.08, 0.92])
    """
    began, factor = perf_counter(), checks.checked_count(refine, "refine", 1)
    steps = checks.checked_n_steps(n_steps)
    if steps % 10:
        raise ValueError(f"n_steps={n_steps} must be a multiple of 10, so that a step ends at time 9. Use {steps + 10 - steps % 10}.")
    f = chaudhari_figure_1_noisy()
    grid = Grid(-3.0, 3.0, 500).refined(factor)
    x = grid.axes[0]
    start = np.where(np.abs(x - START) <= CUT * np.sqrt(WIDTH), np.exp(-((x - START) ** 2) / WIDTH), 0.0)
    curves = tuple(_smoothing(f, grid, start, steps, case, progress) for case in CASES)
    smooth = chaudhari_figure_1().on(grid)
    return PaperFigure(grid, f, curves, x[argrelmax(smooth)], perf_counter() - began)


def _smoothing(
    f: Landscape, grid: Grid, start: FloatArray, n_steps: int, case: tuple[str, float, float, float], progress: bool
) -> Smoothing:
    name, time, beta, viscosity = case
    # At every half step, the last first.
    gammas = np.linspace(0.0, time, 2 * n_steps + 1) if time > 0.0 else [0.0]
    exact = relax(f, grid, gammas, beta, boundary="reflecting").values
    problem = HamiltonJacobi(f, grid, viscosity=0.5 / beta if time > 0.0 else 0.0, boundary="reflecting")
    differences = solve_hamilton_jacobi(problem, gammas, method="godunov", stepper="euler").values
    last = relax(f, grid, time, beta, boundary="reflecting")
    facts = {"viscosity": viscosity, "n_steps": n_steps, "progress": progress}
    return Smoothing(
        name,
        time,
        beta,
        exact[-1],
        differences[-1],
        float(last.error_bound.max()),
        float(last.hessian.min()) if time > 0.0 else np.nan,
        *(_scoped(fields, start, grid, **facts) for fields in (exact, differences)),
    )


def _scoped(
    fields: FloatArray, start: FloatArray, grid: Grid, *, viscosity: float, n_steps: int, progress: bool
) -> DensityEvolution:
    """Evolve the density while the relaxation is turned back."""
    last = len(fields) - 1

    def potential(s: float) -> FloatArray:
        return np.asarray(fields[last - round(last * s / END)])

    times: Sequence[float] = [0.0, STOP, END]
    facts = {"viscosity": viscosity, "method": "exponential", "progress": progress}
    if last == 0:
        return evolved_density(fields[0], start, grid, times, **facts)
    return evolved_density(potential, start, grid, times, n_steps=n_steps, **facts)
