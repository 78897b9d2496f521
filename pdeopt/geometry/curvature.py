"""Semiconcavity constants: how much a field bends, at most and at least, along axes and in any direction."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.geometry.critical_points import nearest_node
from pdeopt.geometry.fields import Extreme, Measure, as_text, eigenvalues, estimated_noise, extreme
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.prox import difference_derivatives
from pdeopt.landscapes import Landscape
from pdeopt.landscapes.validation import checked_samples
from pdeopt.results import Relaxation

__all__ = ["Semiconcavity", "semiconcavity"]

FEWEST = 5
KINKED = 0.35
ALIASES = (2.0 * np.pi * 1.35) ** 2


@dataclass(frozen=True, eq=False, repr=False)
class Semiconcavity:
    """Suprema and infima of second derivatives over the box of a grid; its text is a table.

    Parameters
    ----------
    upper, lower : tuple of Extreme, one per axis
        Suprema and infima of the second derivative along each axis, in loss per length^2.
    largest, least : Extreme
        Supremum of the largest eigenvalue of the Hessian (in any direction), infimum of the least one.
    laplacian, least_laplacian : Extreme
        Supremum and infimum of the Laplacian.
    grid : Grid
    source : str
        ``"hessian"`` or ``"differences"`` of samples.
    noise : float
        Standard deviation of independent noise in the samples, in units of loss; 0 where derivatives were given.
    name : str
    """

    upper: tuple[Extreme, ...]
    lower: tuple[Extreme, ...]
    largest: Extreme
    least: Extreme
    laplacian: Extreme
    least_laplacian: Extreme
    grid: Grid
    source: str
    noise: float = 0.0
    name: str = ""

    @property
    def constants(self) -> FloatArray:
        """Constants C_k of semiconcavity along the axes, shape (d,)."""
        return np.array([entry.value for entry in self.upper])

    @property
    def kinked(self) -> bool:
        """Whether a constant of samples grows as the spacing shrinks, as beside a kink."""
        rows = [entry for _, *pair in self._rows() for entry in pair]
        return self.source == "differences" and any(
            row.error > KINKED * abs(row.value) and row.error > 3.0 * self._spread() for row in rows
        )

    def _spread(self) -> float:
        """Return how far noise alone moves the extreme second difference."""
        smallest = min(self.grid.spacing)
        return self.noise * float(np.sqrt(6.0 * 2.0 * np.log(self.grid.size))) / smallest**2

    def _rows(self) -> Iterator[tuple[str, Extreme, Extreme]]:
        for k, (low, high) in enumerate(zip(self.lower, self.upper, strict=True)):
            yield f"axis {k}", low, high
        yield "any direction", self.least, self.largest
        yield "Laplacian", self.least_laplacian, self.laplacian

    def __str__(self) -> str:
        heading = f"curvature of {self.name or 'values'} on {self.grid}, from {_SOURCES[self.source]}"
        lines = [heading, f"  {'':<14}{'at least':>14}{'error':>10}{'at most':>14}{'error':>10}  where it is most"]
        for name, low, high in self._rows():
            place = as_text(high.place) + (" edge" if high.at_edge else "")
            lines.append(
                f"  {name:<14}{low.value:>14.7g}{low.error:>10.1e}{high.value:>14.7g}{high.error:>10.1e}  {place}"
            )
        if self.source == "differences":
            lines.append(
                f"  noise of samples {self.noise:.2g}, which moves a second difference by {self._spread():.2g}"
            )
        if self.kinked:
            lines.append("  some of these grow as the spacing shrinks: there is a kink, or noise")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Semiconcavity: {self.least.value:.6g} to {self.largest.value:.6g} in any direction>"


_SOURCES = {"hessian": "its Hessian", "differences": "second differences"}


def largest_eigenvalue(hessian: FloatArray) -> FloatArray:
    """Return the largest eigenvalue of symmetric matrices."""
    return np.asarray(eigenvalues(hessian)[..., -1])


def least_eigenvalue(hessian: FloatArray) -> FloatArray:
    """Return the least eigenvalue of symmetric matrices."""
    return np.asarray(eigenvalues(hessian)[..., 0])


def _diagonal(k: int, hessian: FloatArray) -> FloatArray:
    return np.asarray(hessian[..., k, k])


def _trace(hessian: FloatArray) -> FloatArray:
    return np.asarray(np.trace(hessian, axis1=-2, axis2=-1))


def _measures(dim: int) -> list[Measure]:
    return [*(partial(_diagonal, k) for k in range(dim)), largest_eigenvalue, _trace]


def _downward(measure: Measure) -> Measure:
    """Return the measure whose supremum is minus the infimum of another."""
    return least_negated if measure is largest_eigenvalue else partial(_negated, measure)


def _negated(measure: Measure, hessian: FloatArray) -> FloatArray:
    return -measure(hessian)


def least_negated(hessian: FloatArray) -> FloatArray:
    """Return minus the least eigenvalue of symmetric matrices."""
    return -least_eigenvalue(hessian)


def semiconcavity(
    f: Landscape | Relaxation | ArrayLike,
    grid: Grid | None = None,
    *,
    noise: float | None = None,
    index: int = -1,
) -> Semiconcavity:
    """Measure the semiconcavity constants of a landscape, of samples or of a relaxation.

    Parameters
    ----------
    f : Landscape, Relaxation or array_like of shape ``grid.shape``
        A field is semiconcave with constant C if ``f - C |x|^2 / 2`` is concave. Of a landscape with kinks the
        curvature between them is measured.
    grid : Grid, optional
        Where to look; a relaxation brings its own.
    noise : float, optional
        Standard deviation of independent noise in samples, in units of loss; by default it is estimated from their
        high differences. Not used where derivatives are known.
    index : int
        Which time of a relaxation that has several; by default the last.

    Returns
    -------
    Semiconcavity
        Suprema over the box of the grid, edges included, and infima likewise.

    Raises
    ------
    ValueError
        If shapes do not match, an axis has fewer than five nodes, or `noise` is negative.

    Notes
    -----
    With a Hessian the extremes are sought between the nodes too, on splines; their error is the distance between
    splines of degree 5 and 3. Second differences of samples are of second order; their error is the change against
    the grid of every second node, plus what noise does: a second difference has standard deviation
    ``sqrt(6) noise / h^2``, and the largest of N of them lies ``sqrt(2 log N)`` times as far out.

    Examples
    --------
    >>> import pdeopt
    >>> found = semiconcavity(pdeopt.landscapes.cosine(2.0), pdeopt.Grid(-2.0, 2.0, 401))
    >>> round(found.largest.value, 9), round(found.least.value, 9)
    (4.0, -4.0)
    """
    if noise is not None and not (np.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise={noise!r} is no standard deviation. Use a number >= 0, such as 0.0, or None.")
    if isinstance(f, Relaxation):
        bends = f.hessian[index] if np.ndim(f.time) > 0 else f.hessian
        found = _of_hessian(bends, f.grid, f.name, smooth=bool(np.isfinite(f.beta)))
        return _widened(found, hessian_error(f, index))
    grid = checked_grid(grid, f)
    if isinstance(f, Landscape) and not f.is_sampled:
        return _of_hessian(f.hessian_at(grid.points()), grid, f.name, smooth=not has_kinks(f))
    values = f.on(grid) if isinstance(f, Landscape) else checked_samples(f, grid)
    return of_samples(values, grid, noise)


def hessian_error(r: Relaxation, index: int = -1) -> FloatArray:
    """Return an estimate, at each node, of what the sums behind a relaxation do to its Hessian.

    What a trapezoid rule of spacing h gets wrong by e oscillates with wavelength h, and its second derivative is
    ``(2 pi / h)^2 e``, with ``h <= sqrt(t / beta) / 1.35`` where the rule is used. The error of samples themselves is
    no part of it.
    """
    time = float(np.atleast_1d(r.time)[index])
    if r.source is None or not np.isfinite(r.beta) or time == 0:
        return np.zeros(r.grid.shape)
    parts = [r.error_parts[name] for name in ("quadrature", "rounding") if name in r.error_parts]
    total = np.sum(parts, axis=0) if parts else np.zeros(np.shape(r.values))
    return np.asarray((total[index] if np.ndim(r.time) > 0 else total) * ALIASES * r.beta / time)


def _widened(found: Semiconcavity, error: FloatArray) -> Semiconcavity:
    def wider(entry: Extreme) -> Extreme:
        more = float(error[tuple(nearest_node(np.array(entry.place), found.grid))])
        return entry._replace(error=entry.error + more)

    return replace(
        found,
        upper=tuple(map(wider, found.upper)),
        lower=tuple(map(wider, found.lower)),
        largest=wider(found.largest),
        least=wider(found.least),
        laplacian=wider(found.laplacian),
        least_laplacian=wider(found.least_laplacian),
    )


def has_kinks(f: object) -> bool:
    """Return whether a landscape states kinks, which no Hessian at nodes shows."""
    return isinstance(f, Landscape) and (len(f.kinks) > 0 or not f.kinks_complete)


def axis_constants(f: object, initial: Semiconcavity) -> FloatArray:
    """Return constants C_k moved up by their errors; of a landscape with kinks, what it states of its curvature."""
    if has_kinks(f):
        assert isinstance(f, Landscape)
        return np.full(initial.grid.dim, np.inf if f.curvature is None else f.curvature[1])
    return np.array([entry.value + entry.error for entry in initial.upper])


def checked_grid(grid: Grid | None, f: object) -> Grid:
    """Return the grid, or say what is wrong with it."""
    if not isinstance(grid, Grid):
        raise TypeError(f"grid={grid!r} is not a Grid. Use e.g. grid=pdeopt.Grid(-3.0, 3.0, 513).")
    if min(grid.shape) < FEWEST:
        raise ValueError(f"grid has shape {grid.shape}; second derivatives need at least {FEWEST} nodes per axis.")
    if isinstance(f, Landscape) and f.dim != grid.dim:
        raise ValueError(f"f has {f.dim} coordinates, the grid {grid.dim} axes. Use a grid with {f.dim}.")
    return grid


def _of_hessian(hessian: FloatArray, grid: Grid, name: str, *, smooth: bool) -> Semiconcavity:
    measures = _measures(grid.dim)
    # On a line the second derivative is all of them.
    copies = 1 if grid.dim > 1 else len(measures)
    measures = measures[:: len(measures)] if copies > 1 else measures
    high = copies * [extreme(hessian, grid, measure, smooth=smooth) for measure in measures]
    low = copies * [_flipped(extreme(hessian, grid, _downward(m), smooth=smooth)) for m in measures]
    return _record(high, low, grid, "hessian", 0.0, name)


def _flipped(entry: Extreme) -> Extreme:
    return entry._replace(value=-entry.value)


def _record(high: list[Extreme], low: list[Extreme], grid: Grid, source: str, noise: float, name: str) -> Semiconcavity:
    d = grid.dim
    return Semiconcavity(
        tuple(high[:d]), tuple(low[:d]), high[d], low[d], high[d + 1], low[d + 1], grid, source, noise, name
    )


def of_samples(values: FloatArray, grid: Grid, noise: float | None = None, name: str = "") -> Semiconcavity:
    """Return the constants of values at the nodes, from differences over one and over two spacings."""
    level = estimated_noise(values, grid) if noise is None else float(noise)
    with np.errstate(invalid="ignore"):
        fine = difference_derivatives(values, grid)[1]
    every = tuple(slice(None, None, 2) for _ in range(grid.dim))
    # A periodic axis of odd length does not close on every second node.
    half = Grid.from_axes(*(axis[::2] for axis in grid.axes))
    with np.errstate(invalid="ignore"):
        coarse = difference_derivatives(values[every], half)[1]
    pairs = [
        [_sampled_extreme(fine, coarse, grid, half, m, level) for m in (measure, _downward(measure))]
        for measure in _measures(grid.dim)
    ]
    high, low = zip(*pairs, strict=True)
    return _record(list(high), [_flipped(entry) for entry in low], grid, "differences", level, name)


def _sampled_extreme(
    fine: FloatArray, coarse: FloatArray, grid: Grid, half: Grid, measure: Measure, noise: float
) -> Extreme:
    found, wider = (extreme(h, g, measure, smooth=False) for h, g in ((fine, grid), (coarse, half)))
    spread = noise * float(np.sqrt(12.0 * np.log(grid.size))) / min(grid.spacing) ** 2
    return found._replace(error=abs(found.value - wider.value) + spread)
