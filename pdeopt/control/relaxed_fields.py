"""The relaxed landscape as a field of time and place: at points, or from grids."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.entropy import local_entropy
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import relax
from pdeopt.kolmogorov.interpolation import spline_through
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation

__all__ = ["AtPoints", "Derivatives", "OnGrid", "RelaxedField", "field_of", "starting_points"]


class Derivatives(NamedTuple):
    """Value (n,), gradient (n, d) and Hessian (n, d, d) of u at points, the last None where it was not asked for."""

    value: FloatArray
    gradient: FloatArray
    hessian: FloatArray | None
    error: float
    """What an entry of the gradient may be wrong by."""


class RelaxedField(Protocol):
    """u(x, t), the relaxation of a landscape, with u(x, 0) = f(x)."""

    @property
    def dim(self) -> int:
        """Number of coordinates."""

    @property
    def beta(self) -> float:
        """Inverse temperature."""

    @property
    def name(self) -> str:
        """What is relaxed."""

    @property
    def kinked(self) -> bool:
        """Whether f may have kinks."""

    def initial(self, points: FloatArray) -> FloatArray:
        """Return f at points of shape (n, d)."""

    def at(self, time: float, points: FloatArray, *, curved: bool = False) -> Derivatives:
        """Return derivatives of u(., time) at points of shape (n, d), the Hessian where `curved`."""


@dataclass(frozen=True, eq=False)
class AtPoints:
    """Local entropy of a landscape at the points asked for, in any dimension.

    Parameters
    ----------
    landscape : Landscape
    beta : float
    seed : int
        Of the sampling method: the same at every call, so that what is sampled is one function of time and place.
    """

    landscape: Landscape
    beta: float
    seed: int = 0

    @property
    def dim(self) -> int:
        """Number of coordinates."""
        return self.landscape.dim

    @property
    def name(self) -> str:
        """What is relaxed."""
        return self.landscape.name

    @property
    def kinked(self) -> bool:
        """Whether f may have kinks."""
        return _has_kinks(self.landscape)

    @cached_property
    def closed_form(self) -> Callable[[float], Landscape] | None:
        """The relaxation as a landscape, where there is one."""
        try:
            self.landscape.relaxed(1.0, self.beta)
        except ValueError:
            return None
        # Kept, since integrators come back to the ends of their steps.
        return lru_cache(maxsize=8)(lambda time: self.landscape.relaxed(time, self.beta))

    def initial(self, points: FloatArray) -> FloatArray:
        """Return f at points of shape (n, d)."""
        return np.asarray(self.landscape(points), dtype=float)

    def at(self, time: float, points: FloatArray, *, curved: bool = False) -> Derivatives:
        """Return derivatives of u(., time) at points of shape (n, d)."""
        if self.closed_form is not None:
            u = self.closed_form(time)
            return Derivatives(u(points), u.gradient_at(points), u.hessian_at(points) if curved else None, 0.0)
        found = local_entropy(self.landscape, points, time, self.beta, self.seed)
        error = float(np.max(found.gradient_error, initial=0.0))
        return Derivatives(found.value, found.gradient, found.hessian if curved else None, error)


@dataclass(frozen=True, eq=False)
class OnGrid:
    """Relaxations on a grid at the times asked for, between its nodes by splines.

    Parameters
    ----------
    source : Landscape or array, shape ``grid.shape``
    grid : Grid
        Beyond its ends the derivatives of the nearest end serve.
    beta : float
    boundary : str or tuple of str
    name : str
    """

    source: Landscape | FloatArray
    grid: Grid
    beta: float
    boundary: str | tuple[str, ...] = "free"
    name: str = ""

    @property
    def dim(self) -> int:
        """Number of coordinates."""
        return self.grid.dim

    @property
    def kinked(self) -> bool:
        """Whether f may have kinks."""
        return not isinstance(self.source, Landscape) or _has_kinks(self.source)

    def initial(self, points: FloatArray) -> FloatArray:
        """Return f at points of shape (n, d)."""
        if isinstance(self.source, Landscape):
            return np.asarray(self.source(points), dtype=float)
        return self._between(self.source, self._inside(points))

    def at(self, time: float, points: FloatArray, *, curved: bool = False) -> Derivatives:
        """Return derivatives of u(., time) at points of shape (n, d)."""
        inside, dim = self._inside(points), self.dim
        if time == 0.0 and isinstance(self.source, Landscape):
            f = self.source
            return Derivatives(f(points), f.gradient_at(points), f.hessian_at(points) if curved else None, 0.0)
        found = relax(self.source, self.grid, time=time, beta=self.beta, boundary=self.boundary)
        parts = [found.values, *(found.gradient[..., i] for i in range(dim))]
        if curved:
            parts += [found.hessian[..., i, j] for i in range(dim) for j in range(dim)]
        between = self._between(np.stack(parts), inside)
        hessian = between[1 + dim :].T.reshape(-1, dim, dim) if curved else None
        return Derivatives(between[0], between[1 : 1 + dim].T, hessian, 0.0)

    def _inside(self, points: FloatArray) -> FloatArray:
        return np.where(self.grid.periodic, points, np.clip(points, self.grid.lower, self.grid.upper))

    def _between(self, field: FloatArray, points: FloatArray) -> FloatArray:
        return np.asarray(spline_through(field, self.grid)(points))


def _has_kinks(f: Landscape) -> bool:
    kinks = f.kinks if f.dim == 1 else [place for axis in f.kinks for place in axis]
    return len(kinks) > 0 or not f.kinks_complete or f.is_sampled


def field_of(f: Landscape | Relaxation, beta: float, grid: Grid | None, seed: int = 0) -> RelaxedField:
    """Return the field of a landscape, at points or from a grid, or of a record on its own grid.

    Raises
    ------
    TypeError
        If `f` is neither.
    """
    if isinstance(f, Relaxation):
        return OnGrid(f.initial, f.grid, f.beta, f.boundary, f.name)
    if not isinstance(f, Landscape):
        raise TypeError(f"f={f!r} is neither a Landscape nor a Relaxation. Make one: pdeopt.Landscape(value, dim=...).")
    if grid is None:
        return AtPoints(f, beta, seed)
    if grid.dim != f.dim:
        raise ValueError(f"grid has {grid.dim} axes, the landscape dim={f.dim}; use one axis per coordinate.")
    return OnGrid(f, grid, beta, "free", f.name)


def starting_points(x0: ArrayLike, dim: int) -> tuple[FloatArray, tuple[int, ...]]:
    """Return points as rows, and the shape without the coordinates that they came in."""
    try:
        points = np.asarray(x0, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"x0={x0!r} is no array of numbers; use shape (..., {dim}).") from None
    if dim == 1 and (points.ndim == 0 or points.shape[-1] != 1):
        points = points[..., None]
    if points.ndim == 0 or points.shape[-1] != dim:
        raise ValueError(f"x0 has shape {points.shape}; its last axis must be the {dim} coordinates.")
    if not np.isfinite(points).all():
        raise ValueError(f"x0={x0!r} must be finite, e.g. x0={[0.0] * min(dim, 3)}.")
    return points.reshape(-1, dim), points.shape[:-1]
