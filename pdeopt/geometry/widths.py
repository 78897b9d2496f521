"""How wide basins are, and how much of the Gibbs law they hold."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.geometry.checks import check_field
from pdeopt.geometry.trees import written
from pdeopt.geometry.wells import Minima

__all__ = ["BasinWidths", "basin_widths"]


@dataclass(frozen=True, eq=False, repr=False)
class BasinWidths:
    """Sizes of the basins of some minima, in their order; its text is a table.

    Parameters
    ----------
    volume : array, shape (n,)
        Of the cells around the nodes of each basin, in length^d.
    extent : array, shape (n, d)
        Length of its shadow on each axis.
    center : array, shape (n, d)
        Mean position, over the volume, or under the Gibbs law in the basin where `beta` is given.
    width : array, shape (n, d)
        Standard deviations along the principal axes, ascending, of the same law.
    weight : array, shape (n,)
        Share of the Gibbs law ``exp(-beta f)`` on the grid; NaN without `beta`.
    harmonic_width : array, shape (n, d)
        ``1 / sqrt(beta curvature)``, ascending: what `width` tends to for large `beta`; NaN without `beta`, and where
        a curvature is not positive.
    harmonic_weight : array, shape (n,)
        Share ``prod(harmonic_width) exp(-beta value)`` in the sum over the minima: what Laplace's (and Kramers')
        formula makes of `weight`.
    beta : float or None
    """

    volume: FloatArray
    extent: FloatArray
    center: FloatArray
    width: FloatArray
    weight: FloatArray
    harmonic_width: FloatArray
    harmonic_weight: FloatArray
    beta: float | None

    def __str__(self) -> str:
        shares = "" if self.beta is None else f"{'weight':>9}  {'harmonic':>9}  "
        head = f"{'basin around':>24}  {'volume':>10}  {shares}widths; extent"
        return "\n".join([head, *(self._row(k) for k in range(len(self.volume)))])

    def _row(self, k: int) -> str:
        shares = "" if self.beta is None else f"{self.weight[k]:>9.4g}  {self.harmonic_weight[k]:>9.4g}  "
        sizes = "; ".join(", ".join(f"{entry:.4g}" for entry in part) for part in (self.width[k], self.extent[k]))
        return f"{written(self.center[k]):>24}  {self.volume[k]:>10.5g}  {shares}{sizes}"

    def __repr__(self) -> str:
        return f"<BasinWidths: {len(self.volume)} basins>"


def basin_widths(found: Minima, values: ArrayLike, *, beta: float | None = None) -> BasinWidths:
    """Measure the basins of minima.

    Parameters
    ----------
    found : Minima
        By `minima` of the same field.
    values : array_like, shape ``found.grid.shape``
        The field, in units of loss.
    beta : float, optional
        Inverse temperature, positive: weighs the basins by ``exp(-beta f)``. By default all nodes count by their
        volume.

    Returns
    -------
    BasinWidths

    Raises
    ------
    ValueError
        If the shape does not match or `beta` is not positive and finite.

    Notes
    -----
    Cells reach half-way to the next nodes, so the volumes of all basins and walls add up to that of the grid. On a
    periodic axis positions are taken relative to the minimum, the short way round.

    Examples
    --------
    >>> import pdeopt
    >>> from pdeopt.geometry import minima
    >>> grid, f = pdeopt.Grid(-2.0, 2.0, 401), pdeopt.landscapes.double_well()
    >>> sizes = basin_widths(minima(f.on(grid), grid), f.on(grid), beta=20.0)
    >>> sizes.weight.round(3), sizes.harmonic_width.round(3).ravel()
    (array([0.5, 0.5]), array([0.158, 0.158]))
    """
    if beta is not None and not 0 < beta < np.inf:
        raise ValueError(f"beta={beta} must be positive and finite, e.g. beta=10.0, or left out.")
    field, grid, n = check_field(values, found.grid), found.grid, len(found)
    inside = found.basins >= 0
    rows = found.basins[inside]
    cells = _volumes(found)[inside]
    lowest = field[inside].min(initial=np.inf)
    weights = cells if beta is None else cells * np.exp(-beta * (field[inside] - lowest))
    mass = np.bincount(rows, weights, n).astype(np.float64)
    offsets = _offsets(found)[inside]
    mean = _means(rows, weights, offsets, mass)
    spread = offsets - mean[rows]
    products = (spread[:, :, None] * spread[:, None, :]).reshape(rows.size, -1)
    covariance = _means(rows, weights, products, mass).reshape(n, grid.dim, grid.dim)
    width = np.sqrt(np.maximum(np.linalg.eigvalsh(covariance), 0.0))
    harmonic_width, harmonic_weight = _harmonic(found, beta)
    return BasinWidths(
        np.bincount(rows, cells, n).astype(np.float64),
        _extents(found),
        found.points + mean,
        width,
        np.full(n, np.nan) if beta is None else mass / mass.sum(),
        harmonic_width,
        harmonic_weight,
        beta,
    )


def _means(rows: IntArray, weights: FloatArray, columns: FloatArray, mass: FloatArray) -> FloatArray:
    sums = [np.bincount(rows, weights * column, mass.size) for column in columns.T]
    return np.stack(sums, axis=-1) / mass[:, None]


def _cells(found: Minima) -> list[FloatArray]:
    """Return the lengths of the cells of each axis."""
    lengths = []
    for axis, closed, step in zip(found.grid.axes, found.grid.periodic, found.grid.spacing, strict=True):
        half = 0.5 * np.diff(axis)
        lengths.append(np.full(axis.size, step) if closed else np.append(half, 0.0) + np.append(0.0, half))
    return lengths


def _volumes(found: Minima) -> FloatArray:
    volumes = np.ones(())
    for lengths in _cells(found):
        volumes = volumes[..., None] * lengths
    return volumes


def _offsets(found: Minima) -> FloatArray:
    """Return the way from the minimum to each node of its basin, shape ``grid.shape + (d,)``."""
    gaps = found.grid.points() - found.points[np.maximum(found.basins, 0)]
    period = np.where(found.grid.periodic, found.grid.extent, np.inf)
    return np.where(found.grid.periodic, gaps - np.array(found.grid.extent) * np.round(gaps / period), gaps)


def _extents(found: Minima) -> FloatArray:
    extents = np.zeros((len(found), found.grid.dim))
    nodes = np.nonzero(found.basins >= 0)
    rows = found.basins[nodes]
    for k, lengths in enumerate(_cells(found)):
        shadow = np.zeros((len(found), lengths.size), dtype=bool)
        shadow[rows, nodes[k]] = True
        extents[:, k] = shadow @ lengths
    return extents


def _harmonic(found: Minima, beta: float | None) -> tuple[FloatArray, FloatArray]:
    if beta is None:
        return np.full(found.curvature.shape, np.nan), np.full(len(found), np.nan)
    curvature = np.where(found.curvature > 0, found.curvature, np.nan)
    widths: FloatArray = (1.0 / np.sqrt(beta * curvature))[:, ::-1]
    shares = widths.prod(axis=1) * np.exp(-beta * (found.values - found.values.min(initial=np.inf)))
    return widths, shares / np.nansum(shares)
