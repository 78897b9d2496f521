"""Harmonic means of the curvatures at the minima of a relaxation, audited against their bounds."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.geometry.critical_points import descended, nearest_node
from pdeopt.geometry.curvature import axis_constants, checked_grid, of_samples, semiconcavity
from pdeopt.geometry.fields import as_text, cut, eigenvalues, window
from pdeopt.geometry.wells import minima
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import relax
from pdeopt.kolmogorov.interpolation import spline_through
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation

__all__ = ["HarmonicMeanAudit", "HarmonicMeans", "harmonic_mean", "harmonic_mean_audit"]


class HarmonicMeans(NamedTuple):
    """Harmonic means of the curvature at one point, and their bounds.

    Parameters
    ----------
    point : tuple of float
    curvatures : tuple of float
        Eigenvalues of the Hessian, ascending, in loss per length^2.
    of_eigenvalues, of_diagonal : float
        Harmonic means of the eigenvalues, ``n / tr(H^-1)``, and of the diagonal of the Hessian; NaN where the Hessian
        is singular.
    bound : float
        ``1 / (t + 1 / HM(C))``, C the constants of the landscape along the axes.
    error : float
        Estimate of the error of the harmonic means.
    """

    point: tuple[float, ...]
    curvatures: tuple[float, ...]
    of_eigenvalues: float
    of_diagonal: float
    bound: float
    error: float

    @property
    def definite(self) -> bool:
        """Whether the Hessian is positive definite, without which the lemmas say nothing."""
        return self.curvatures[0] > 0

    @property
    def margins(self) -> tuple[float, float, float]:
        """Margins of HM(eigenvalues) <= HM(diagonal) <= bound, and of min <= HM <= n min; negative where violated."""
        smallest, n = self.curvatures[0], len(self.curvatures)
        between = min(self.of_eigenvalues - smallest, n * smallest - self.of_eigenvalues)
        return self.of_diagonal - self.of_eigenvalues, self.bound - self.of_diagonal, between

    @property
    def verdict(self) -> str:
        """``"holds"``, ``"violated"`` by more than the error, or ``"indefinite"``, where the lemmas do not apply."""
        if not self.definite:
            return "indefinite"
        allowed = self.error + 1e-12 * abs(self.of_diagonal)
        return "holds" if min(self.margins) >= -allowed else "violated"


@dataclass(frozen=True, eq=False, repr=False)
class HarmonicMeanAudit:
    """Harmonic means at the local minima of a relaxation; its text is a table.

    Parameters
    ----------
    rows : tuple of HarmonicMeans
        The lowest minimum first.
    constants : array, shape (d,)
        C_k, suprema of the second derivatives of the landscape along the axes.
    time, beta : float
    skipped : int
        Minima left out, at a side of the grid or too close to flat to be placed.
    name : str
    """

    rows: tuple[HarmonicMeans, ...]
    constants: FloatArray
    time: float
    beta: float
    skipped: int = 0
    name: str = ""

    @property
    def holds(self) -> bool:
        """Whether no inequality is violated where it applies."""
        return all(row.verdict != "violated" for row in self.rows)

    def __str__(self) -> str:
        constants = ", ".join(f"{c:.6g}" for c in self.constants)
        lines = [
            f"harmonic means at the minima of {self.name or 'values'} relaxed to time {self.time:g}, beta = "
            f"{self.beta:g}; constants C = ({constants})",
            f"  {'minimum at':>24}  {'HM(eigenvalues)':>16}{'HM(diagonal)':>14}{'bound':>14}{'error':>9}  verdict",
        ]
        lines += [
            f"  {as_text(row.point):>24}  {row.of_eigenvalues:>16.8g}{row.of_diagonal:>14.8g}{row.bound:>14.8g}"
            f"{row.error:>9.1e}  {row.verdict}"
            for row in self.rows
        ]
        if any(not row.definite for row in self.rows):
            lines.append(
                "  an indefinite Hessian has no order between these means: the lemmas need positive definite ones"
            )
        if self.skipped:
            lines.append(f"  {self.skipped} minima at a side of the grid, or too flat to be placed, are left out")
        return "\n".join(lines)

    def __repr__(self) -> str:
        bad = sum(row.verdict == "violated" for row in self.rows)
        return f"<HarmonicMeanAudit: {len(self.rows)} minima, {bad} violated>"


def harmonic_mean(values: ArrayLike) -> float:
    """Return the harmonic mean ``n / sum(1 / values)``.

    Parameters
    ----------
    values : array_like, shape (n,)
        ``inf`` counts as an inverse of 0.

    Returns
    -------
    float
        0 if a value is 0, else of any sign; NaN if the inverses cancel.

    Examples
    --------
    >>> harmonic_mean([1.0, 3.0])
    1.5
    """
    entries = np.asarray(values, dtype=float).ravel()
    if entries.size == 0:
        raise ValueError("values is empty; a mean needs at least one number, e.g. [1.0].")
    if (entries == 0).any():
        return 0.0
    total = float((1.0 / entries).sum())
    return entries.size / total if total != 0 else (np.inf if np.isinf(entries).all() else np.nan)


def harmonic_mean_audit(
    f: Landscape | Relaxation | ArrayLike,
    grid: Grid | None = None,
    time: float | None = None,
    beta: float = 1.0,
    *,
    constants: ArrayLike | None = None,
    points: ArrayLike | None = None,
    shallowest: float = 0.0,
) -> HarmonicMeanAudit:
    """Compare harmonic means of the curvatures at the minima of a relaxation with the bounds of the theory.

    Parameters
    ----------
    f : Landscape, Relaxation or array_like of shape ``grid.shape``
    grid : Grid, optional
        One to three axes; a relaxation brings its own, and its time and temperature.
    time, beta : float
        PDE time, positive, and inverse temperature.
    constants : array_like, shape (d,), optional
        C_k; by default the suprema of the second derivatives of `f` along the axes, measured on the grid.
    points : array_like, shape (m, d), optional
        Audit these points instead, minima or not.
    shallowest : float
        Minima no deeper than this many units of loss are left out.

    Returns
    -------
    HarmonicMeanAudit

    Raises
    ------
    ValueError
        If an argument is missing or out of range, or a point lies outside the grid.

    Notes
    -----
    For a positive definite matrix with eigenvalues L and diagonal D, ``HM(L) <= HM(D)``, with equality for diagonal
    ones, and ``min L <= HM(L) <= n min L`` (Lemma 19 of arXiv:1704.04932). With ``u_kk <= 1 / (t + 1 / C_k)``, and
    because the harmonic mean of positive numbers grows with each, ``HM(L) <= 1 / (t + 1 / HM(C))`` (Lemma 20). Neither
    holds for indefinite matrices: the verdict there is ``"indefinite"``.

    Examples
    --------
    >>> import pdeopt
    >>> f = pdeopt.landscapes.quadratic([[2.0, 0.5], [0.5, 1.0]])
    >>> audit = harmonic_mean_audit(f, pdeopt.Grid(-1.0, 1.0, (33, 33)), time=0.2, beta=3.0)
    >>> audit.holds, round(audit.rows[0].of_eigenvalues, 6)
    (True, 0.945946)
    """
    r = f if isinstance(f, Relaxation) else _relaxed(f, grid, time, beta)
    if np.ndim(r.time) > 0:
        raise ValueError(f"the relaxation has {np.size(r.time)} times; the audit takes one, e.g. {np.max(r.time):g}.")
    bends = _constants(f, r) if constants is None else np.asarray(constants, dtype=float).ravel()
    if bends.shape != (r.grid.dim,) or np.isnan(bends).any():
        raise ValueError(
            f"constants={constants!r} has to be {r.grid.dim} numbers, one per axis, e.g. {r.grid.dim * [1.0]}."
        )
    bound = _bound(bends, float(r.time))
    if points is not None:
        rows = [_at(place, r, bound) for place in _checked_points(points, r.grid)]
        return HarmonicMeanAudit(tuple(rows), bends, float(r.time), r.beta, 0, r.name)
    rows, skipped = _at_minima(r, bound, shallowest)
    return HarmonicMeanAudit(tuple(rows), bends, float(r.time), r.beta, skipped, r.name)


def _relaxed(f: Landscape | ArrayLike, grid: Grid | None, time: float | None, beta: float) -> Relaxation:
    if time is None or np.ndim(time) > 0 or not 0 < time < np.inf:
        raise ValueError(f"time={time!r} has to be one positive number, e.g. time=0.5.")
    return relax(f, checked_grid(grid, f), float(time), beta)


def _constants(f: Landscape | Relaxation | ArrayLike, r: Relaxation) -> FloatArray:
    found = semiconcavity(f, r.grid) if isinstance(f, Landscape) else of_samples(r.initial, r.grid)
    return axis_constants(f, found)


def _bound(constants: FloatArray, time: float) -> float:
    """Return ``1 / (t + 1 / HM(C))``; not positive constants bound nothing at a minimum with positive curvature."""
    if not (constants > 0).all():
        return 0.0
    return 1.0 / (time + float((1.0 / constants).mean()))


def _checked_points(points: ArrayLike, grid: Grid) -> FloatArray:
    places = np.asarray(points, dtype=float)
    places = places.reshape(-1, 1) if grid.dim == 1 else np.atleast_2d(places)
    if places.shape[-1] != grid.dim or not ((places >= grid.lower) & (places <= grid.upper)).all():
        raise ValueError(
            f"points={points!r} has to be of shape (m, {grid.dim}) inside the grid, e.g. [{list(grid.lower)}]."
        )
    return places


def _at_minima(r: Relaxation, bound: float, shallowest: float) -> tuple[list[HarmonicMeans], int]:
    found = minima(r.values, r.grid, gradient=r.gradient, hessian=r.hessian, shallowest=shallowest)
    starts = found.points[~found.at_edge]
    ends = [descended(start, r.gradient, r.hessian, r.grid) for start in starts]
    rows = [_row(end.point, end.hessian, end.error, bound) for end in ends if end is not None]
    return rows, len(found) - len(rows)


def _at(place: FloatArray, r: Relaxation, bound: float) -> HarmonicMeans:
    sub, index = window(r.grid, nearest_node(place, r.grid))
    local = cut(r.hessian, r.grid, index)
    fine, coarse = (np.asarray(spline_through(local, sub, degree)(place)) for degree in (5, 3))
    return _row(place, fine, float(np.abs(fine - coarse).max()), bound)


def _row(point: FloatArray, hessian: FloatArray, error: float, bound: float) -> HarmonicMeans:
    values = eigenvalues(hessian)
    means = harmonic_mean(values), harmonic_mean(np.diagonal(hessian))
    # An error e of the entries moves the inverse by e / min^2, and the mean by its square over n times that.
    spread = error * max(1.0, float(abs(means[0]) / max(abs(values[0]), 1e-300)) ** 2)
    return HarmonicMeans(tuple(point.tolist()), tuple(values.tolist()), *means, bound, spread)
