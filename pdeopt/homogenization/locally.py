"""Locally periodic potentials: a cell problem at every node of a coarse grid, and the dynamics between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.special import logsumexp
from tqdm import tqdm

from pdeopt._types import FloatArray, Point
from pdeopt.grid import Grid
from pdeopt.homogenization.cell_problems import Medium
from pdeopt.homogenization.lines import refined_mean
from pdeopt.homogenization.medium_checks import check_landscape, check_period, checked_period, checked_positive
from pdeopt.homogenization.passage import Fields, PassageTime, passage_between
from pdeopt.homogenization.rough import WAIT, solved_medium
from pdeopt.kernels._points import coordinates
from pdeopt.kernels.control import cubic_feedback
from pdeopt.kolmogorov import Generator
from pdeopt.landscapes import Landscape
from pdeopt.systems.compilation import Function, returning_floats

__all__ = ["LocallyHomogenized", "locally_homogenized"]

FEWEST = 8
DEGREE = 5
FINER = {1: 32, 2: 8}
"""How many times finer than the cells the tables of coefficients are."""


@dataclass(frozen=True, eq=False, repr=False)
class LocallyHomogenized:
    """The limit of overdamped Langevin dynamics in V(x, x / eps) as eps goes to 0, from cells at the nodes of a grid.

    Parameters
    ----------
    grid : Grid
        The coarse grid, which knows nothing of eps.
    free_energy : array, shape ``grid.shape``
        F(x) = -log <exp(-beta V(x, .))> / beta, in units of V.
    mobility : array, shape ``(*grid.shape, d, d)``
        M(x), from one cell problem per node.
    beta : float
        Inverse temperature.
    gap : float
        The largest relative gap between the bounds of M.
    name : str

    Notes
    -----
    dX = (-M grad F + div M / beta) dt + sqrt(2 M / beta) dW, whose law is exp(-beta F).
    """

    grid: Grid
    free_energy: FloatArray
    mobility: FloatArray
    beta: float
    gap: float
    name: str = ""

    def generator(self, boundary: Any = "reflecting", *, grid: Grid | None = None) -> Generator:
        """Return the generator of the limit.

        Parameters
        ----------
        boundary
            As for `pdeopt.Generator`.
        grid : Grid, optional
            Inside that of the cells, which is the default.

        Notes
        -----
        The coefficients are splines of degree 5 through the cells, handed over as tables of a finer grid.
        """
        dim = self.grid.dim
        fine = self.grid.refined(FINER[dim])
        slopes = np.stack([_spline(self.free_energy, self.grid, fine, k) for k in range(dim)], axis=-1)
        spread = sum(_spline(self.mobility[..., k], self.grid, fine, k) for k in range(dim))
        mobility = _spline(self.mobility, self.grid, fine)
        drift = -np.einsum("...ij,...j->...i", mobility, slopes) + spread / self.beta
        tables = tuple(_table(field) for field in (drift, *np.moveaxis(2.0 / self.beta * mobility, -2, 0)))
        shared = (np.arange(4.0), np.concatenate(fine.axes), fine.shape, fine.lower, fine.upper)
        args = (tables, *shared, (0.0,) * dim)
        return Generator.from_covariance(*_functions(dim), grid or self.grid, boundary, args=args)

    def first_passage_time(self, start: float, end: float) -> PassageTime:
        """Return the mean time from one point of a line to another, both inside the grid, whose ends reflect.

        Raises
        ------
        ValueError
            If the grid has more than one axis, or a point lies outside.
        """
        low, high = self.grid.lower[0], self.grid.upper[0]
        if self.grid.dim != 1 or not (low < start < high and low <= end <= high):
            raise ValueError(
                f"start={start!r} and end={end!r} must lie on a line, inside the grid from {low} to {high}."
            )
        nodes, sign = self.grid.axes[0], 1.0 if end > start else -1.0
        energy = make_interp_spline(nodes, self.beta * self.free_energy, k=DEGREE)
        resistance = make_interp_spline(nodes, -np.log(self.mobility[:, 0, 0]), k=DEGREE)
        fields = Fields(lambda x: energy(sign * x), lambda x: resistance(sign * x))
        wall = low if sign > 0.0 else high
        # Panels as long as the cells of the grid, on which splines are smooth.
        return passage_between(fields, sign, (start, end), beta=self.beta, scale=self.grid.spacing[0], wall=wall)

    def __str__(self) -> str:
        low, high = (np.linalg.eigvalsh(self.mobility)[..., one] for one in (0, -1))
        return (
            f"{self!r}\n  mobility {low.min():.6g} to {high.max():.6g}, free energy {self.free_energy.min():.6g} to "
            f"{self.free_energy.max():.6g}, relative gap of bounds up to {self.gap:.1e}"
        )

    def __repr__(self) -> str:
        return f"<LocallyHomogenized {self.name!r}: {self.grid.size} cells, beta {self.beta:g}>"


def locally_homogenized(
    potential: Landscape,
    grid: Grid,
    *,
    period: float | Sequence[float],
    beta: float = 1.0,
    tolerance: float = 1e-10,
) -> LocallyHomogenized:
    """Return the dynamics in V(x, x / eps), V periodic in its second variable, in the limit of small eps.

    Parameters
    ----------
    potential : Landscape
        V(x, y), the d slow coordinates first, then the d fast ones: of dimension 2 or 4.
    grid : Grid
        Of d axes, not periodic, with at least 8 nodes each, on which F and M are smooth; it need not resolve eps.
    period : float or sequence of float
        Of V in y, for all axes or one per axis.
    beta : float
        Inverse temperature, positive.
    tolerance : float
        Of the cell problems, as for `effective_diffusivity`.

    Returns
    -------
    LocallyHomogenized

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or V does not repeat in y.

    Notes
    -----
    A heterogeneous multiscale method: the cost is one cell problem per node of the coarse grid, whatever eps.

    References
    ----------
    W. E, B. Engquist, *The heterogeneous multiscale methods*, Commun. Math. Sci. 1 (2003) 87.

    Examples
    --------
    >>> import math
    >>> import pdeopt
    >>> V = pdeopt.Landscape(lambda x: 0.5 * x[0] ** 2 + math.cos(x[1]), dim=2)
    >>> slow = locally_homogenized(V, pdeopt.Grid(-8.0, 1.0, 37), period=2 * math.pi)
    >>> round(slow.first_passage_time(0.0, 1.0).value, 8)
    3.35556926
    """
    check_landscape(potential, "potential", (2, 4))
    lengths, beta = checked_period(period, potential.dim // 2), checked_positive(beta, "beta")
    if grid.dim != len(lengths) or any(grid.periodic) or min(grid.shape) < FEWEST:
        raise ValueError(
            f"grid={grid!r} must have {len(lengths)} axes, none of them periodic, of at least {FEWEST} nodes, "
            f"e.g. pdeopt.Grid({(-2.0,) * len(lengths)}, {(2.0,) * len(lengths)}, {(33,) * len(lengths)})."
        )
    energies, mobilities, gap = [], [], 0.0
    places = grid.points().reshape(-1, grid.dim)
    check_period(_cell(potential, places[len(places) // 2]), lengths, "potential")
    for place in tqdm(places, desc="cells", unit="cell", delay=WAIT, leave=False, disable=None):
        medium = Medium(_cell(potential, place), lengths, beta)
        found = solved_medium(medium, (), tolerance)
        mobilities.append(found.mobility)
        energies.append(-_log_mean(medium, found.n) / beta)
        gap = max(gap, found.gap)
    shape = (*grid.shape, grid.dim, grid.dim)
    fields = (np.reshape(energies, grid.shape), np.reshape(mobilities, shape))
    return LocallyHomogenized(grid, *fields, beta, gap, potential.name)


def _cell(potential: Landscape, place: FloatArray) -> Any:
    def inside(points: FloatArray) -> FloatArray:
        slow = np.broadcast_to(place, points.shape)
        return np.asarray(potential(np.concatenate([slow, points], axis=-1)))

    return inside


def _log_mean(medium: Medium, n: int) -> float:
    """Return log <exp(-beta v)>."""
    if medium.dim == 1:
        return refined_mean(lambda x: medium.logarithms_at(x[:, None]), medium.period[0]).logarithm
    weights = medium.logarithms(3 * n)[0]
    return float(logsumexp(weights) - np.log(weights.size))


def _spline(field: FloatArray, grid: Grid, fine: Grid, along: int | None = None) -> FloatArray:
    """Return a field, or its derivative along an axis, at the nodes of a finer grid."""
    found = field
    for k, (nodes, places) in enumerate(zip(grid.axes, fine.axes, strict=True)):
        found = np.asarray(make_interp_spline(nodes, found, k=DEGREE, axis=k)(places, nu=int(k == along)))
    return found


def _table(field: FloatArray) -> FloatArray:
    """Return a field of vectors as a table of `cubic_feedback` that does not depend on time."""
    flat = np.ascontiguousarray(field.reshape(-1, field.shape[-1]))
    return np.stack([flat] * 4)


@lru_cache(maxsize=4)
def _functions(dim: int) -> tuple[Function, Function]:
    """Make drift and covariance from tables."""

    def drift(
        t: float, x: Point, tables: Any, times: Any, nodes: Any, counts: Any, lower: Any, upper: Any, periods: Any
    ) -> Any:
        return cubic_feedback(0.0, x, times, tables[0], nodes, counts, lower, upper, periods)

    def number(
        t: float, x: Point, tables: Any, times: Any, nodes: Any, counts: Any, lower: Any, upper: Any, periods: Any
    ) -> Any:
        return coordinates(cubic_feedback(0.0, x, times, tables[1], nodes, counts, lower, upper, periods))[0]

    def rows(
        t: float, x: Point, tables: Any, times: Any, nodes: Any, counts: Any, lower: Any, upper: Any, periods: Any
    ) -> Any:
        first = cubic_feedback(0.0, x, times, tables[1], nodes, counts, lower, upper, periods)
        second = cubic_feedback(0.0, x, times, tables[2], nodes, counts, lower, upper, periods)
        # Both tables hold the entry off the diagonal, which interpolation keeps equal.
        return (first[0], first[1]), (first[1], second[1])

    return returning_floats(drift), returning_floats(number if dim == 1 else rows)
