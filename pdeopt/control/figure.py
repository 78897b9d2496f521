"""Figure 1 of the paper: a landscape, its viscous and inviscid smoothing, and where densities end in them."""

from dataclasses import dataclass
from functools import cached_property
from math import inf
from time import perf_counter
from typing import Any

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

INNER = 2.0

SHOWN = 1e-3
"""Mass from which on a well is listed."""

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
        Estimate of the largest error of `exact`, between the nodes of the landscape.
    curvature : float
        Least second difference of `exact` over the squared spacing; negative where it is not convex.
    inner_curvature : float
        The same on [-2, 2]: the walls, which u meets without slope, make it concave beside them.
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
    inner_curvature: float
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

    def __str__(self) -> str:
        return (
            f"{self.name:8} time {self.time:g}, beta {self.beta:g}: least curvature {self.curvature:.4g}, "
            f"{self.inner_curvature:.4g} on [-2, 2]; finite differences off by {self.gap:.2g}, {self.mean_gap:.2g} in "
            f"the mean, densities by {self.misplaced[1]:.2g} of the mass"
        )


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
        return np.asarray(np.bincount(where, weights=masses, minlength=self.walls.size + 1), dtype=float)

    def __str__(self) -> str:
        head = f"Figure 1 on {self.grid.size} nodes, {self.seconds:.1f} s"
        return "\n".join([head, *(f"  {curve}" for curve in self.curves), *self._table()])

    def _table(self) -> list[str]:
        pairs = [(curve, name) for curve in self.curves for name in ("density", "density_differences")]
        masses = np.array([self.wells(getattr(curve, name)) for curve, name in pairs])
        used = np.flatnonzero(masses.max(axis=0) > SHOWN)
        ends = np.concatenate([self.grid.lower, self.walls, self.grid.upper])
        heads = "".join(f"{f'({ends[k]:.2f}, {ends[k + 1]:.2f})':>15}" for k in used)
        rows = [f"  {'mass at time 9 in':29}{heads}"]
        for (curve, name), row in zip(pairs, masses, strict=True):
            words = f"{curve.name}, {'exact u' if name == 'density' else 'finite differences'}"
            rows.append(f"  {words:29}" + "".join(f"{mass:>15.4f}" for mass in row[used]))
        return rows

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
    The parameters are those of the authors' script: beta = 1, relaxation time T = 0.2 viscous and 0.1 inviscid, walls
    that reflect, Godunov's flux and Euler's steps; densities from exp(-(x - 2.5)^2 / 0.02), cut off, in u(x, T (1 - s /
    10)) with viscosity 0.1, and 0.2 in f itself. The script goes along straight lines between ten stored u, stops at
    s = 9 and then scales the mass to one; here u is there at every half step and mass is kept. The caption calls the
    viscous u convex, which it is not.

    References
    ----------
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, arXiv:1704.04932, Figure 1.

    Examples
    --------
    >>> figure = paper_figure(n_steps=200)
    >>> figure.viscous.curvature < 0.0
    True
    >>> figure.wells(figure.sgd.density).round(2)
    array([0.  , 0.  , 0.  , 0.  , 0.  , 0.09, 0.91])
    """
    began, factor = perf_counter(), checks.checked_count(refine, "refine", 1)
    steps = checks.checked_n_steps(n_steps)
    if steps % 10:
        better = steps + 10 - steps % 10
        raise ValueError(
            f"n_steps={n_steps} must be a multiple of 10, so that one step ends at 9. Use n_steps={better}."
        )
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
    # At every half step.
    gammas = np.linspace(0.0, time, 2 * n_steps + 1) if time > 0.0 else np.zeros(1)
    problem = HamiltonJacobi(f, grid, viscosity=0.5 / beta)
    solved = (
        relax(f, grid, gammas, beta, boundary="reflecting").values,
        solve_hamilton_jacobi(problem, gammas, method="godunov", stepper="euler").values,
    )
    densities = [_scoped(fields, start, grid, viscosity, n_steps, progress) for fields in solved]
    last = relax(f, grid, time, beta, boundary="reflecting")
    bends, inner = np.diff(last.values, 2) / grid.spacing[0] ** 2, np.abs(grid.axes[0][1:-1]) <= INNER
    return Smoothing(
        name,
        time,
        beta,
        last.values,
        solved[1][-1],
        float(last.error_bound.max()),
        float(bends.min()),
        float(bends[inner].min()),
        *densities,
    )


def _scoped(
    fields: FloatArray, start: FloatArray, grid: Grid, viscosity: float, n_steps: int, progress: bool
) -> DensityEvolution:
    """Evolve the density while the relaxation, given at every half step, is turned back."""
    last, times = len(fields) - 1, [0.0, STOP, END]

    def potential(s: float) -> FloatArray:
        return np.asarray(fields[last - round(last * s / END)])

    given, steps = (potential, n_steps) if last else (fields[0], None)
    facts: dict[str, Any] = {"method": "exponential", "n_steps": steps, "progress": progress}
    return evolved_density(given, start, grid, times, viscosity=viscosity, **facts)
