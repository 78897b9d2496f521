"""Scoping: descent on the relaxed landscape while the relaxation is turned back to time zero."""

from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.control import checks
from pdeopt.control.relaxed_fields import RelaxedField, field_of, starting_points
from pdeopt.control.saving import load_record, save_record
from pdeopt.grid import Grid
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation
from pdeopt.systems.validation import checked_positive

__all__ = ["ScopedFlow", "scoped_flow"]

LOOSER = 100.0
SOONEST = 1e-12
"""Time to go, relative to all of it, at which u stands for f: at kinks of f its gradient still has one meaning."""
NEAR = 1e-3
"""Time to go, relative to all of it, from which on paths near a kink are followed in its logarithm."""
WAIT = 2.0


@dataclass(frozen=True, eq=False, repr=False)
class ScopedFlow:
    """Paths of dx = -grad u(x, T - s) ds from s = 0 to T.

    Parameters
    ----------
    times : array, shape (m,)
        The s at which paths are kept.
    paths : array, shape (m, ..., d)
    final : array, shape (..., d)
        Where the paths end; at ``beta=inf`` the proximal points of the starts.
    error : array, shape (..., d)
        Estimate of what `final` may be wrong by: its change from a hundred times the tolerance.
    time, beta : float
        The T, length^2 per loss, and the inverse temperature.
    evaluations : int
        Gradients of u, per path.
    seconds : float
    name : str
    """

    times: FloatArray
    paths: FloatArray
    final: FloatArray
    error: FloatArray
    time: float
    beta: float
    evaluations: int
    seconds: float
    name: str = ""

    def save(self, path: str | Path) -> Path:
        """Write the record to an .npz file; nothing is left half-written."""
        return save_record(self, path)

    @classmethod
    def load(cls, path: str | Path) -> "ScopedFlow":
        """Read a record written by `save`."""
        return load_record(cls, path)

    def __str__(self) -> str:
        moved = np.linalg.norm(self.final - self.paths[0], axis=-1)
        return (
            f"Scoped flow in {self.name or 'a landscape'}: {moved.size} paths, time {self.time:g}, beta {self.beta:g}\n"
            f"  distance {moved.min():.6g} to {moved.max():.6g}, error up to {self.error.max():.1e}; "
            f"{self.evaluations} gradients per path, {self.seconds:.2f} s"
        )

    def __repr__(self) -> str:
        return f"<ScopedFlow {self.name!r}: shape {self.final.shape}, time {self.time:g}, beta {self.beta:g}>"


def scoped_flow(
    f: Landscape | Relaxation,
    x0: ArrayLike,
    time: float,
    beta: float = inf,
    *,
    grid: Grid | None = None,
    n_saved: int = 33,
    tolerance: float = 1e-9,
    seed: int = 0,
    progress: bool = True,
) -> ScopedFlow:
    """Follow dx = -grad u(x, T - s) ds, u the relaxation of f, from s = 0 to T.

    Parameters
    ----------
    f : Landscape or Relaxation
        The landscape; of a record its grid, initial values, boundary and beta are used.
    x0 : array_like, shape (..., d)
        Where paths start; in one dimension also numbers and arrays of numbers.
    time : float
        The T at which the relaxation starts, length^2 per loss, positive.
    beta : float
        Inverse temperature; ``inf`` for the Hopf-Lax limit.
    grid : Grid, optional
        Relax on this grid, with splines between its nodes, instead of at the points.
    n_saved : int
        Number of times at which paths are kept, at least 2.
    tolerance : float
        Of the integrator, relative, and absolute in units of the starting distances.
    seed : int
        Of sampled gradients, where nothing better applies.
    progress : bool
        Whether to show a bar, on a terminal and after two seconds.

    Returns
    -------
    ScopedFlow

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or the integrator fails.

    Notes
    -----
    Without noise and at ``beta=inf`` these are the characteristics of the Hamilton-Jacobi equation run backwards:
    straight lines, which end where f(y) + ``|x0 - y|^2`` / (2 T) is least, the proximal point. From a start at which
    there are several, where the gradient of u jumps, the path takes one of them, and keeps it: inside the line it is
    the only one. At finite beta the ends are near the mean of the local Gibbs law. On a grid such jumps are smeared
    over a spacing. The Runge-Kutta method of order 8 by Dormand and Prince.

    References
    ----------
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, arXiv:1704.04932, section 5.

    Examples
    --------
    >>> import pdeopt
    >>> from pdeopt.control import scoped_flow
    >>> scoped_flow(pdeopt.landscapes.quadratic(3.0), 1.7, time=0.4).final.round(9)
    array([0.77272727])
    """
    horizon, slack = checks.checked_time(time), checked_positive(tolerance, "tolerance", example="1e-9")
    count = checks.checked_count(n_saved, "n_saved", 2)
    field = field_of(f, checked_positive(beta, "beta", example="1.0", infinite=True), grid, seed)
    points, shape = starting_points(x0, field.dim)
    began, times = perf_counter(), np.linspace(0.0, horizon, count)
    paths, calls = _integrated(field, points, times, slack, progress)
    loose, more = _integrated(field, points, times[[0, -1]], LOOSER * slack, progress)
    lead = (*shape, field.dim)
    return ScopedFlow(
        times,
        paths.reshape(count, *lead),
        paths[-1].reshape(lead),
        np.abs(paths[-1] - loose[-1]).reshape(lead),
        horizon,
        field.beta,
        calls + more,
        perf_counter() - began,
        field.name,
    )


def _integrated(
    field: RelaxedField, points: FloatArray, times: FloatArray, tolerance: float, progress: bool
) -> tuple[FloatArray, int]:
    """Return paths of shape (m, n, d) and the number of gradients they took."""
    end, size = float(times[-1]), max(float(np.abs(points).max(initial=0.0)), 1e-3)
    split = end * (1.0 - NEAR) if field.kinked else end
    facts: dict[str, Any] = {"method": "DOP853", "rtol": max(tolerance, 1e-13), "atol": tolerance * size}
    with tqdm(total=1.0, desc="scoping", delay=WAIT, leave=False, disable=None if progress else True) as bar:

        def slope(s: float, flat: FloatArray) -> FloatArray:
            bar.update(max(s / end - bar.n, 0.0))
            gradient = field.at(max(end - s, SOONEST * end), flat.reshape(points.shape)).gradient
            return np.asarray(-gradient.ravel())

        def slope_near_end(logarithm: float, flat: FloatArray) -> FloatArray:
            to_go = NEAR * end * np.exp(-logarithm)
            return np.asarray(-to_go * field.at(to_go, flat.reshape(points.shape)).gradient.ravel())

        looks = np.append(times[times < split], split)
        found = solve_ivp(slope, (0.0, split), points.ravel(), t_eval=looks, **facts)
        calls, paths = found.nfev, found.y.T
        if field.kinked and found.success:
            # There the gradient changes like x / t: in the logarithm of t that is no faster than anything else.
            found = solve_ivp(slope_near_end, (0.0, float(np.log(NEAR / SOONEST))), paths[-1], **facts)
            paths, calls = np.concatenate([paths[:-1], found.y.T[-1:]]), calls + found.nfev
    if not found.success:
        raise ValueError(f"tolerance={tolerance:g}: the flow stopped ({found.message}). Use a larger one.")
    return paths.reshape(len(times), *points.shape), int(calls)
