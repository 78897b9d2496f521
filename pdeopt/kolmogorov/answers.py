"""The record of a field that was solved for on a grid: values, error, and how it was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, BoolArray, FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.interpolation import spline_between, spline_through

__all__ = ["Answer"]


@dataclass(frozen=True, eq=False, repr=False)
class Answer:
    """A field on a grid.

    Parameters
    ----------
    values : array, shape ``grid.shape``, with a leading axis for a sequence of times
        Extrapolated to spacing zero where `levels` is more than one.
    error : array of the same shape
        Estimate of what `values` may be wrong by, from the change between grids.
    grid : Grid
    kind : str
        What it is, such as ``"mean exit time"``.
    plain : array of the same shape
        The solution of the equations on the grid itself, without extrapolation: this one obeys the discrete laws
        (mass, maximum principle, duality) to rounding.
    time : float or array, optional
    method : str
        Schemes in space and time.
    levels : int
        Number of grids solved on.
    order : float
        Of the differences between grids; NaN with fewer than three.
    seconds : float
    extra : mapping
        Further numbers and arrays of this kind of answer, also attributes.
    stopped : array of bool, shape ``grid.shape``, optional
        Nodes where values are given, at whose edge they have a kink.
    """

    values: FloatArray
    error: FloatArray
    grid: Grid
    kind: str
    plain: FloatArray
    time: float | FloatArray | None = None
    method: str = ""
    levels: int = 1
    order: float = np.nan
    seconds: float = 0.0
    extra: Mapping[str, Any] = field(default_factory=dict)
    stopped: BoolArray | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "extra" or name not in self.extra:
            raise AttributeError(f"{type(self).__name__} has no {name!r}; it has {', '.join(self.__dict__)}.")
        return self.extra[name]

    def with_extra(self, **extra: Any) -> "Answer":
        """Return the record with further named things."""
        return replace(self, extra={**self.extra, **extra})

    def at(self, points: ArrayLike) -> FloatArray:
        """Return values at points inside the grid, by splines of degree 5 through the nodes.

        Parameters
        ----------
        points : array_like, shape (..., d)
            In one dimension also numbers and arrays of numbers.

        Raises
        ------
        ValueError
            If a point lies outside the grid.
        """
        return self.derivative(points, (0,) * self.grid.dim)

    def derivative(self, points: ArrayLike, orders: int | Sequence[int] = 1) -> FloatArray:
        """Return derivatives at points inside the grid, those of the splines of `at`.

        Parameters
        ----------
        points : array_like, shape (..., d)
            In one dimension also numbers and arrays of numbers.
        orders : int or sequence of int
            Of the derivative along each axis, 0 to 4; a number in one dimension.

        Raises
        ------
        ValueError
            If a point lies outside the grid, or there is not one order per axis.

        Notes
        -----
        Each derivative costs one of the six orders in the spacing, and is smooth only as far as the field is.
        """
        wanted = tuple(int(n) for n in np.atleast_1d(np.asarray(orders)))
        if len(wanted) != self.grid.dim or not all(0 <= n <= 4 for n in wanted):
            raise ValueError(
                f"orders={orders!r} must be {self.grid.dim} whole numbers from 0 to 4, one per axis, e.g. "
                f"{(1,) + (0,) * (self.grid.dim - 1)}."
            )
        places = self._places(points)
        outside = ((places < self.grid.lower) | (places > self.grid.upper)).any(axis=-1)
        if outside.any():
            raise ValueError(
                f"points has {places[outside][0]} outside the grid from {self.grid.lower} to {self.grid.upper}. Use "
                "points inside, or a larger grid."
            )
        if self.stopped is not None and self.grid.dim == 1 and not self.grid.periodic[0] and not any(wanted):
            return spline_between(self.values, self.grid.axes[0], self.stopped)(places)
        return spline_through(self.values, self.grid, orders=wanted)(places)

    def _places(self, points: ArrayLike) -> FloatArray:
        places = np.asarray(points, dtype=float)
        if self.grid.dim == 1 and (places.ndim == 0 or places.shape[-1] != 1):
            places = places[..., None]
        if places.shape[-1:] != (self.grid.dim,):
            raise ValueError(
                f"points has shape {places.shape}, but the grid has {self.grid.dim} axes: the last axis must hold the "
                f"coordinates, e.g. {self.grid.lower}."
            )
        return places

    def save(self, path: str | Path) -> Path:
        """Write the record to an .npz file with the axes ``x``, ``y``, ``z`` and the fields."""
        target = Path(path).with_suffix(".npz")
        content: dict[str, Any] = {}
        content |= dict(zip("xyzuvw", self.grid.axes, strict=False))
        content |= {name: getattr(self, name) for name in ("values", "error", "plain", "kind", "method")}
        content |= {name: value for name, value in self.extra.items() if isinstance(value, np.ndarray | float | int)}
        content["time"] = np.nan if self.time is None else self.time
        with target.open("wb") as stream:
            np.savez(stream, **content)
        return target

    def __str__(self) -> str:
        low, high = float(np.min(self.values)), float(np.max(self.values))
        when = "" if self.time is None or np.ndim(self.time) else f" at time {self.time:g}"
        grids = f"{self.levels} grids" if self.levels > 1 else "one grid"
        largest = float(np.max(self.error))
        error = f"error up to {largest:.1e}" if np.isfinite(largest) else "error not estimated"
        order = f", order {self.order:.2f} between them" if np.isfinite(self.order) else ""
        return (
            f"{self.kind}{when} on {' x '.join(map(str, self.grid.shape))} nodes: {low:.6g} to {high:.6g}, "
            f"{error}\n{self.method}; {grids}{order}; {self.seconds:.2f} s"
        )

    def __repr__(self) -> str:
        return f"<{self.kind}: {' x '.join(map(str, self.grid.shape))} nodes>"
