"""The records that solvers return: they keep grid, time and temperature, print themselves, save and load."""

import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid

__all__ = ["Relaxation", "Source", "load"]

AXIS_NAMES = ("x", "y", "z")
LARGE = 1 << 28
FARTHEST = 1e6
"""Distance of points from zero, in sizes of the grid, to which the formula is evaluated."""
READERS: dict[str, Callable[[dict[str, Any]], Any]] = {}
"""Of records that solvers make, by the entry `kind` of their files."""
DERIVED = ("gradient", "hessian", "prox", "error_bound")


class Source(Protocol):
    """Computes what a record gives on first use."""

    def gradient(self) -> FloatArray:
        """Return the gradient, shape values + (d,)."""
        ...

    def hessian(self) -> FloatArray:
        """Return the Hessian, shape values + (d, d)."""
        ...

    def prox(self) -> FloatArray:
        """Return the proximal map, shape values + (d,)."""
        ...

    def error_parts(self) -> dict[str, FloatArray]:
        """Return the named parts of the error bound."""
        ...

    def at(self, points: FloatArray) -> FloatArray:
        """Return values at points of shape (n, d)."""
        ...


@dataclass(frozen=True, eq=False, repr=False)
class Relaxation:
    """A relaxed landscape on a grid.

    Parameters
    ----------
    values : array, shape ``grid.shape``, with a leading axis for a sequence of times
        The solution `u`, in units of loss.
    grid : Grid
    time : float or array
        PDE time, in units of length^2 per loss.
    beta : float
        Inverse temperature; ``inf`` for the Hopf-Lax limit.
    boundary : tuple of str
        One name per axis.
    method : str
        The method used, such as ``"cole-hopf"``.
    initial : array, shape ``grid.shape``
        The landscape at time zero.
    error_kind : str
        ``"bound"`` where constants known of the landscape give one, else ``"estimate"``.
    seconds : float
        Wall time of the solution.
    name : str
        Name of the landscape.

    Notes
    -----
    ``gradient``, ``hessian``, ``prox``, ``error_bound`` and ``at`` are computed on first use, from the moments of the
    softmin weights. ``prox = x - time * gradient`` is their mean; at ``beta=inf`` it is the minimiser.
    """

    values: FloatArray
    grid: Grid
    time: float | FloatArray
    beta: float
    boundary: tuple[str, ...]
    method: str
    initial: FloatArray
    error_kind: str = "estimate"
    seconds: float = 0.0
    name: str = ""
    source: Source | None = None
    _known: dict[str, Any] = field(default_factory=dict)

    @property
    def gradient(self) -> FloatArray:
        """Gradient of `values`, with a last axis d."""
        return self._derived("gradient")

    @property
    def hessian(self) -> FloatArray:
        """Hessian of `values`, with two last axes d."""
        return self._derived("hessian")

    @property
    def prox(self) -> FloatArray:
        """Where each node comes from, ``x - time * gradient``; at ``beta=inf`` the (smallest) minimiser."""
        return self._derived("prox")

    @property
    def error_parts(self) -> dict[str, FloatArray]:
        """Parts of `error_bound` by name: quadrature, interpolation, truncation, rounding."""
        if "error_parts" not in self._known:
            self._known["error_parts"] = self._source("error_parts").error_parts()
        parts: dict[str, FloatArray] = self._known["error_parts"]
        return parts

    @property
    def error_bound(self) -> FloatArray:
        """Bound or estimate (see `error_kind`) of the error of `values`, of the same shape."""
        if "error_bound" not in self._known:
            total = np.zeros(np.shape(self.values))
            for part in self.error_parts.values():
                total += part
            self._known["error_bound"] = total
        bound: FloatArray = self._known["error_bound"]
        return bound

    def at(self, points: ArrayLike) -> FloatArray:
        """Evaluate the same formula off the grid.

        Parameters
        ----------
        points : array_like, shape (..., d)
            In one dimension also numbers and arrays of numbers.

        Returns
        -------
        ndarray, shape (...)
            With a leading axis for a sequence of times.
        """
        try:
            places = np.asarray(points, dtype=float)
        except (TypeError, ValueError):
            raise TypeError(f"points={points!r} is no array of numbers; use shape (..., {self.grid.dim}).") from None
        dim = self.grid.dim
        # In one dimension a plain array of numbers is many points, unless its last axis says otherwise.
        if dim == 1 and (places.ndim == 0 or places.shape[-1] != 1):
            places = places[..., None]
        if places.shape[-1] != dim:
            raise ValueError(f"points has last axis {places.shape[-1]}, the grid {dim} axes; use shape (..., {dim}).")
        if not np.isfinite(places).all():
            bad = places[~np.isfinite(places).all(axis=-1)][0].tolist()
            inside = (0.5 * (np.asarray(self.grid.lower) + np.asarray(self.grid.upper))).tolist()
            raise ValueError(f"points holds {bad}; NaN or infinite coordinates have no value. Use e.g. {inside}.")
        farthest = float(np.abs(places).max(initial=0.0))
        limit = FARTHEST * float(np.max(np.abs([self.grid.lower, self.grid.upper])))
        if farthest > limit:
            raise ValueError(f"points holds {farthest:g}, too far from the grid; use coordinates up to {limit:g}.")
        found = self._source("at").at(places.reshape(-1, dim))
        return found.reshape((*found.shape[:-1], *places.shape[:-1]))[()]

    def save(self, path: str | Path) -> Path:
        """Write the record, with all that has been computed of it, to an .npz file; nothing is left half-written."""
        target = Path(path).with_suffix(".npz") if Path(path).suffix == "" else Path(path)
        content = {name: np.asarray(getattr(self, name)) for name in ("values", "initial", "time", "beta", "method")}
        content |= {"error_kind": np.asarray(self.error_kind), "seconds": np.asarray(self.seconds)}
        content |= {"boundary": np.asarray(self.boundary), "name": np.asarray(self.name)}
        content |= grid_entries(self.grid)
        content |= {name: self._known[name] for name in DERIVED if name in self._known}
        content |= {f"error_{name}": part for name, part in self._known.get("error_parts", {}).items()}
        write_atomically(target, content)
        return target

    def _source(self, what: str) -> Source:
        if self.source is None:
            raise ValueError(
                f"this record was loaded from a file without `{what}`; use it once before saving, or relax `initial` "
                f"again."
            )
        return self.source

    def _derived(self, name: str) -> FloatArray:
        if name not in self._known:
            self._known[name] = getattr(self._source(name), name)()
        result: FloatArray = self._known[name]
        return result

    def __str__(self) -> str:
        times = np.atleast_1d(self.time)
        when = f"{times[0]:g}" if times.size == 1 else f"{times[0]:g} ... {times[-1]:g} ({times.size} times)"
        low, high = float(np.min(self.values)), float(np.max(self.values))
        rows = [
            f"Relaxation of {self.name or 'values'} on {self.grid}",
            f"  time {when}, beta {self.beta:g}, boundary {', '.join(self.boundary)}, method {self.method}",
            f"  values {low:.6g} to {high:.6g} (initially {np.min(self.initial):.6g} to {np.max(self.initial):.6g})",
        ]
        if "error_parts" in self._known:
            rows.append(f"  largest error {np.max(self.error_bound):.2g} ({self.error_kind})")
        return "\n".join([*rows, f"  {self.seconds:.3g} s"])

    __repr__ = __str__


def grid_entries(grid: Grid) -> dict[str, Any]:
    """Return what a file holds of a grid, by name."""
    content: dict[str, Any] = dict(zip(AXIS_NAMES, grid.axes, strict=False))
    for name in ("lower", "upper", "uniform", "periodic"):
        content[name] = np.asarray(getattr(grid, name))
    return content


def grid_from(content: Mapping[str, Any]) -> Grid:
    """Return the grid of `grid_entries`."""
    axes = [content[name] for name in AXIS_NAMES if name in content]
    periodic, shape = tuple(content["periodic"].tolist()), tuple(axis.size for axis in axes)
    # Stated by its ends a uniform grid comes back equal to the last bit; a stretched one is its nodes.
    if not content["uniform"].all():
        return Grid.from_axes(*axes, periodic=periodic)
    return Grid(content["lower"].tolist(), content["upper"].tolist(), shape, periodic)


def write_atomically(target: Path, content: dict[str, Any]) -> None:
    if not target.parent.is_dir():
        raise FileNotFoundError(f"path={str(target)!r} is in a folder that does not exist; make {target.parent} first.")
    # In the same directory: a rename is atomic only within one file system.
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".pdeopt-", suffix=".npz")
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, **content)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _read(path: Path) -> dict[str, FloatArray]:
    with path.open("rb") as stream:
        try:
            with np.load(stream, allow_pickle=False) as file:
                return {name: file[name] for name in file.files}
        except (ValueError, EOFError, AttributeError, TypeError, zipfile.BadZipFile) as error:
            raise ValueError(f"{path} is not an .npz file ({error}). Use Relaxation.save to write one.") from error


def load(path: str | Path) -> Any:
    """Read a record that was saved: a `Relaxation`, or a solution of another solver.

    Raises
    ------
    ValueError
        If the file is not such a record; the message names the missing entries.
    """
    content = _read(Path(path))
    kind = str(content.get("kind", ""))
    return READERS[kind](content) if kind in READERS else _relaxation(content, Path(path))


def _relaxation(content: dict[str, FloatArray], path: Path) -> Relaxation:
    missing = [name for name in ("values", "initial", "time", "beta", "x", "periodic") if name not in content]
    if missing:
        raise ValueError(
            f"{path} is not a saved relaxation: it lacks {', '.join(missing)}. Use Relaxation.save to write one."
        )
    known: dict[str, Any] = {name: content[name] for name in DERIVED if name in content}
    parts = {k.removeprefix("error_"): v for k, v in content.items() if k.startswith("error_")}
    # Two entries share the prefix without being parts.
    parts = {k: v for k, v in parts.items() if k not in ("kind", "bound")}
    if parts:
        known["error_parts"] = parts
    time = content["time"]
    return Relaxation(
        content["values"],
        grid_from(content),
        float(time) if time.ndim == 0 else time,
        float(content["beta"]),
        tuple(content["boundary"].tolist()),
        str(content["method"]),
        content["initial"],
        str(content["error_kind"]),
        float(content["seconds"]),
        str(content["name"]),
        _known=known,
    )
