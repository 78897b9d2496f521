"""The curvature of a relaxation beside the bounds of the theory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.geometry.curvature import (
    Semiconcavity,
    axis_constants,
    checked_grid,
    has_kinks,
    largest_eigenvalue,
    least_negated,
    semiconcavity,
)
from pdeopt.geometry.fields import Extreme, extreme
from pdeopt.geometry.laws import hessian_bounds, relaxed_constant, relaxed_laplacian, sandwich
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import relax
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation

__all__ = ["BoundRow", "CurvatureBounds", "curvature_bounds"]

PATIENCE = 2.0


class BoundRow(NamedTuple):
    """One measured curvature and its bound.

    Parameters
    ----------
    name : str
        What is measured.
    time : float
    measured, error : float
        The extreme over the grid, and an estimate of its error.
    bound : float
        Of the theory; infinite where it has none.
    side : str
        ``"<="`` or ``">="``: how the measured number has to compare.
    basis : str
        Where the constants come from: ``"known"`` of the landscape, ``"grid"`` if measured there, ``"kinks"`` where
        those make them infinite, ``"none"`` needed, or ``"given"``.
    """

    name: str
    time: float
    measured: float
    error: float
    bound: float
    side: str
    basis: str

    @property
    def margin(self) -> float:
        """How far inside the bound the measured number lies, negative outside."""
        gap = self.bound - self.measured if self.side == "<=" else self.measured - self.bound
        return float(gap)

    @property
    def verdict(self) -> str:
        """``"holds"``, ``"violated"`` by more than the error, or ``"no bound"``."""
        if not np.isfinite(self.bound):
            return "no bound"
        rounding = 1e-12 * (1.0 + abs(self.bound))
        return "holds" if self.margin >= -(self.error + rounding) else "violated"


@dataclass(frozen=True, eq=False, repr=False)
class CurvatureBounds:
    """Measured curvatures of a relaxation and their bounds, at one or several times; its text is a table.

    Parameters
    ----------
    rows : tuple of BoundRow
        In the order of time.
    initial : Semiconcavity
        The constants of the landscape on the grid.
    beta : float
    name : str
    """

    rows: tuple[BoundRow, ...]
    initial: Semiconcavity
    beta: float
    name: str = ""

    @property
    def holds(self) -> bool:
        """Whether no bound is violated."""
        return all(row.verdict != "violated" for row in self.rows)

    def named(self, name: str) -> list[BoundRow]:
        """Return the rows of one name, such as ``"axis 0"``, in the order of time."""
        found = [row for row in self.rows if row.name == name]
        if not found:
            names = ", ".join(repr(each) for each in dict.fromkeys(row.name for row in self.rows))
            raise ValueError(f"name={name!r} is no row of the table. Use one of {names}.")
        return found

    def __str__(self) -> str:
        lines = [
            f"curvature of the relaxation of {self.name or 'values'} at beta = {self.beta:g}, measured and bounded",
            f"  {'time':>9}  {'':<22}{'measured':>14}{'error':>9}    {'bound':>14}  {'constants':<9}  verdict",
        ]
        for row in self.rows:
            bound = f"{row.bound:>14.7g}" if np.isfinite(row.bound) else f"{'':>14}"
            lines.append(
                f"  {row.time:>9.4g}  {row.name:<22}{row.measured:>14.7g}{row.error:>9.1e} {row.side} {bound}  "
                f"{row.basis:<9}  {row.verdict}"
            )
        if any(row.verdict == "violated" and row.basis == "grid" for row in self.rows):
            lines.append("  constants of the grid bound nothing if the landscape bends more outside it")
        return "\n".join(lines)

    def __repr__(self) -> str:
        bad = sum(row.verdict == "violated" for row in self.rows)
        return f"<CurvatureBounds: {len(self.rows)} rows, {bad} violated>"


def curvature_bounds(
    f: Landscape | ArrayLike,
    grid: Grid,
    time: float | Sequence[float] | FloatArray,
    beta: float = 1.0,
    *,
    below: ArrayLike | None = None,
    above: ArrayLike | None = None,
    noise: float | None = None,
    progress: bool = True,
) -> CurvatureBounds:
    """Measure the curvature of a relaxation and set it beside the bounds of the theory.

    Parameters
    ----------
    f : Landscape or array_like of shape ``grid.shape``
    grid : Grid
        Where to measure, with one to three axes; ends that are not periodic are free.
    time : float or sequence of float
        PDE time, positive.
    beta : float
        Inverse temperature; ``inf`` allowed.
    below, above : array_like, shape (d, d), optional
        Symmetric matrices between which every Hessian of `f` lies; the rows ``"matrix"`` compare with
        ``A (I + t A)^-1``, and are largest eigenvalues of a difference that should not be positive.
    noise : float, optional
        As for `semiconcavity`.
    progress : bool
        Whether to show a bar on a terminal, after two seconds.

    Returns
    -------
    CurvatureBounds
        Rows per time: each axis and the Laplacian (Lemma 18), the largest eigenvalue (``1 / t``, and
        ``A / (1 + t A)``), the least one, and ``u_beta - u_inf`` from both sides.

    Raises
    ------
    ValueError
        If a time is not positive, or a matrix is not symmetric or of the wrong shape.

    Notes
    -----
    Constants stated by the landscape (its `curvature`) are rigorous. Those measured on the grid bound the solution
    where the landscape bends no more outside than inside. Samples go on as constants beyond free ends, which makes
    a kink there if they fall outwards.

    References
    ----------
    arXiv:1704.04932, Lemma 18. Two-sided bounds by Brascamp and Lieb (1976) and Cramer and Rao's inequality.

    Examples
    --------
    >>> import pdeopt
    >>> found = curvature_bounds(pdeopt.landscapes.quadratic(3.0), pdeopt.Grid(-1.0, 1.0, 65), 0.4, beta=2.0)
    >>> found.holds, round(found.named("axis 0")[0].margin, 9)
    (True, 0.0)
    """
    grid = checked_grid(grid, f)
    times = _checked_times(time)
    matrices = [_checked_matrix(m, grid.dim, name) for m, name in ((below, "below"), (above, "above"))]
    initial = semiconcavity(f, grid, noise=noise)
    known = (-np.inf, np.inf) if not isinstance(f, Landscape) or f.curvature is None else f.curvature
    name = f.name if isinstance(f, Landscape) else ""
    constants = _constants(f, initial)
    rows: list[BoundRow] = []
    hidden = None if progress else True
    for t in tqdm(times, desc="curvature", unit="time", delay=PATIENCE, leave=False, disable=hidden):
        r = relax(f, grid, float(t), beta)
        rows += _rows(r, constants, known)
        rows += _matrix_rows(r, matrices)
        if np.isfinite(beta):
            rows += _sandwich_rows(r, relax(f, grid, float(t), np.inf), constants, known)
    return CurvatureBounds(tuple(rows), initial, float(beta), name)


def _checked_times(time: float | Sequence[float] | FloatArray) -> FloatArray:
    times = np.atleast_1d(np.asarray(time, dtype=float))
    if times.ndim != 1 or times.size == 0 or not (np.isfinite(times) & (times > 0)).all():
        raise ValueError(f"time={time!r} has to be positive numbers, as the bounds say nothing at 0. Use e.g. 0.5.")
    return np.sort(times)


def _checked_matrix(matrix: ArrayLike | None, dim: int, name: str) -> FloatArray | None:
    if matrix is None:
        return None
    found = np.asarray(matrix, dtype=float)
    if found.shape != (dim, dim) or not np.allclose(found, found.T) or not np.isfinite(found).all():
        raise ValueError(f"{name}={matrix!r} is no symmetric matrix of shape ({dim}, {dim}). Use e.g. np.eye({dim}).")
    return found


class Constants(NamedTuple):
    """Constants of the landscape, moved outwards by their errors, and where they come from."""

    axes: FloatArray
    laplacian: float
    high: float
    low: float
    basis: str


def _constants(f: Landscape | ArrayLike, initial: Semiconcavity) -> Constants:
    axes = axis_constants(f, initial)
    if has_kinks(f):
        high = float(axes[0])
        return Constants(axes, initial.grid.dim * high, high, -np.inf, "kinks")
    trace, most, least = initial.laplacian, initial.largest, initial.least
    return Constants(axes, trace.value + trace.error, most.value + most.error, least.value - least.error, "grid")


def _rows(r: Relaxation, constants: Constants, known: tuple[float, float]) -> list[BoundRow]:
    found, t, dim, basis = semiconcavity(r), float(r.time), r.grid.dim, constants.basis
    rows = [
        _upper(f"axis {k}", t, entry, relaxed_constant(constant, t), basis)
        for k, (entry, constant) in enumerate(zip(found.upper, constants.axes, strict=True))
    ]
    rows.append(_upper("Laplacian", t, found.laplacian, relaxed_laplacian(constants.laplacian, t, dim), basis))
    rows.append(_upper("any direction, 1/t", t, found.largest, relaxed_constant(np.inf, t), "none"))
    high, basis = _chosen(known[1], constants.high, constants.basis)
    rows.append(_upper("largest eigenvalue", t, found.largest, relaxed_constant(high, t), basis))
    low, basis = _chosen(known[0], constants.low, constants.basis)
    bound = float(relaxed_constant(low, t)) if 1.0 + t * low > 0 else -np.inf
    rows.append(BoundRow("least eigenvalue", t, found.least.value, found.least.error, bound, ">=", basis))
    return rows


def _chosen(known: float, measured: float, basis: str) -> tuple[float, str]:
    return (known, "known") if np.isfinite(known) else (measured, basis)


def _upper(name: str, time: float, entry: Extreme, bound: FloatArray, basis: str) -> BoundRow:
    return BoundRow(name, time, entry.value, entry.error, float(bound), "<=", basis)


def _matrix_rows(r: Relaxation, matrices: list[FloatArray | None]) -> list[BoundRow]:
    t, dim = float(r.time), r.grid.dim
    below, above = (np.full((dim, dim), np.inf) if m is None else m for m in matrices)
    lower, upper = hessian_bounds(below, above, t)
    rows = []
    pairs: tuple[tuple[str, FloatArray | None, Callable[[FloatArray], FloatArray]], ...] = (
        ("matrix from above", upper, largest_eigenvalue),
        ("matrix from below", lower, least_negated),
    )
    for name, matrix, measure in pairs:
        if matrix is not None:
            entry = extreme(r.hessian, r.grid, partial(_beyond, matrix, measure), smooth=bool(np.isfinite(r.beta)))
            rows.append(BoundRow(name, t, entry.value, entry.error, 0.0, "<=", "given"))
    return rows


def _beyond(matrix: FloatArray, measure: Callable[[FloatArray], FloatArray], hessian: FloatArray) -> FloatArray:
    return measure(hessian - matrix)


def _sandwich_rows(r: Relaxation, cold: Relaxation, constants: Constants, known: tuple[float, float]) -> list[BoundRow]:
    low, low_basis = _chosen(known[0], constants.low, constants.basis)
    high, high_basis = _chosen(known[1], constants.high, constants.basis)
    t, difference, error = float(r.time), r.values - cold.values, r.error_bound + cold.error_bound
    lower, upper = sandwich(low, high, t, r.beta, r.grid.dim)
    # The node that says most, each with its own error: that of samples is large at free ends only.
    most, least = int(np.argmax(difference - error)), int(np.argmin(difference + error))
    rows = (("most", most, upper, "<=", high_basis), ("least", least, lower, ">=", low_basis))
    return [
        BoundRow(f"u_beta - u_inf, {name}", t, float(difference.flat[at]), float(error.flat[at]), bound, side, basis)
        for name, at, bound, side, basis in rows
    ]
