"""The record of a solved Hamilton-Jacobi equation: values at times, how they were found, how far they may be off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.between import between, central_gradient, spread_out
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.results import READERS, grid_entries, grid_from, write_atomically

__all__ = ["KIND", "HamiltonJacobiSolution"]

KIND = "hamilton-jacobi solution"
NUMBERS = ("order", "n_steps", "smallest_step", "largest_step", "seconds", "ergodic_constant")
WORDS = ("method", "stepper", "stopped", "name", "hamiltonian")
DERIVED = ("gradient", "error_estimate")
REASONS = {
    "end": "",
    "steady": "where it became steady, at time {:g}",
    "max_seconds": "by max_seconds at time {:g}",
    "interrupted": "by an interrupt at time {:g}",
    "unfinished": "not yet, or by a crash, after time {:g}",
}
"""Why a run ended, in words."""


@dataclass(frozen=True, eq=False, repr=False)
class HamiltonJacobiSolution:
    """The solution of a Hamilton-Jacobi equation on a grid.

    Parameters
    ----------
    values : array, shape ``grid.shape``, with a leading axis for a sequence of times
        u. Of a run that was streamed to a folder they are mapped from its file, and not in memory.
    grid : Grid
    time : float or array
        When; of a run that stopped early the last one is where it stopped.
    initial : array, shape ``grid.shape``
        u at time zero.
    viscosity : float or array, shape ``grid.shape``
        nu, where ``1 / (2 beta)`` is that of `pdeopt.relax`.
    boundary : tuple of (str, str)
        Kinds of the lower and the upper wall of each axis.
    method, stepper : str
        In space and in time.
    order : int
        Of the method in space, where u is smooth.
    n_steps : int
        Time steps, of all runs that it took.
    smallest_step, largest_step : float
    seconds : float
        Wall time, of all runs that it took.
    stopped : str
        ``"end"``, ``"steady"``, ``"max_seconds"`` or ``"interrupted"``: why the run ended; ``"unfinished"`` of a folder
        whose run has not.
    ergodic_constant : float
        c of ``u ~ w(x) - c t``, the mean of ``-u_t`` when the run became steady, else NaN.
    name, hamiltonian : str
        Of the landscape and of the Hamiltonian, for labels.
    problem : HamiltonJacobi, optional
        What was solved; None in a record that was read from a file.
    coarser : callable, optional
        Solves again on every second node.

    Notes
    -----
    `gradient` and `error_estimate` are computed on first use, for all times: of a long streamed run ask a `frame`.
    """

    values: FloatArray
    grid: Grid
    time: float | FloatArray
    initial: FloatArray
    viscosity: float | FloatArray
    boundary: tuple[tuple[str, str], ...]
    method: str
    stepper: str
    order: int = 1
    n_steps: int = 0
    smallest_step: float = np.nan
    largest_step: float = np.nan
    seconds: float = 0.0
    stopped: str = "end"
    ergodic_constant: float = np.nan
    name: str = ""
    hamiltonian: str = ""
    problem: HamiltonJacobi | None = None
    coarser: Callable[["HamiltonJacobiSolution"], "HamiltonJacobiSolution"] | None = None
    _known: dict[str, Any] = field(default_factory=dict)

    @property
    def gradient(self) -> FloatArray:
        """Gradient of `values` by central differences of second order, one-sided at walls, with a last axis d."""
        if "gradient" not in self._known:
            self._known["gradient"] = central_gradient(self.values, self.grid)
        found: FloatArray = self._known["gradient"]
        return found

    @property
    def error_estimate(self) -> FloatArray:
        """Estimate of the error of `values`, of the same shape: their distance to the solution on every second node.

        That solution is computed on first use, with steps twice as long, so it costs about ``2**-(d + 1)`` of the
        first one. Where errors fall with a power p of the spacing, the distance is ``2**p - 1`` times the error of
        `values`: for schemes of first order it is the error itself, for all others it is more. It is no bound. Nodes
        between those of the coarser grid have the larger one of their neighbours.
        """
        if "error_estimate" not in self._known:
            if self.coarser is None:
                raise ValueError("this record was read from a file without error_estimate; use it before saving.")
            other = self.coarser(self)
            every_second: Any = (..., *(slice(None, None, 2),) * self.grid.dim)
            distance = np.abs(self.values[every_second] - other.values)
            self._known["error_estimate"] = spread_out(distance, self.grid)
        found: FloatArray = self._known["error_estimate"]
        return found

    def frame(self, index: int = -1) -> "HamiltonJacobiSolution":
        """Return the solution at one of its times.

        Parameters
        ----------
        index : int
            By default the last one.

        Returns
        -------
        HamiltonJacobiSolution
        """
        if np.ndim(self.time) == 0:
            return self
        known = {name: entry[index] for name, entry in self._known.items()}
        times = np.asarray(self.time)
        return replace(self, values=np.asarray(self.values[index]), time=float(times[index]), _known=known)

    def at(self, points: ArrayLike) -> FloatArray:
        """Return values at points of the grid's box, by interpolation.

        Parameters
        ----------
        points : array_like, shape (..., d)
            In one dimension also numbers and arrays of numbers. Periodic axes repeat themselves.

        Returns
        -------
        array, shape (...)
            With a leading axis for a sequence of times.

        Raises
        ------
        ValueError
            If a point lies outside the grid.

        Notes
        -----
        Linear for schemes of first order, else by cubic splines, which overshoot a little at kinks.
        """
        return between(self.values, self.grid, points, 1 if self.order < 2 else 3)

    def save(self, path: str | Path) -> Path:
        """Write the record, with all that has been computed of it, to an .npz file; `pdeopt.load` reads it.

        Parameters
        ----------
        path : str or Path
            Without a suffix, .npz is added. Nothing is left half-written.

        Returns
        -------
        Path
        """
        target = Path(path).with_suffix(".npz") if Path(path).suffix == "" else Path(path)
        content = self.facts() | {"values": self.values, "time": np.asarray(self.time)}
        write_atomically(target, content | {name: self._known[name] for name in DERIVED if name in self._known})
        return target

    def facts(self) -> dict[str, Any]:
        """Return what files hold besides values and times, by name."""
        names = (*NUMBERS, *WORDS, "initial", "viscosity", "boundary")
        return {"kind": np.asarray(KIND)} | grid_entries(self.grid) | {n: np.asarray(getattr(self, n)) for n in names}

    def to_xarray(self) -> Any:
        """Return an xarray DataArray with the dimensions time (for a sequence of times) and x, y, z.

        Raises
        ------
        ImportError
            If the extra ``xarray`` is not installed.
        """
        try:
            import xarray  # type: ignore[import-not-found,unused-ignore]
        except ImportError as error:
            raise ImportError("to_xarray needs xarray. Install it: pip install 'pdeopt[xarray]'.") from error
        axes: dict[str, Any] = dict(zip("xyz", self.grid.axes, strict=False))
        several = {"time": self.time} if np.ndim(self.time) else {}
        known = {name: getattr(self, name) for name in (*NUMBERS, *WORDS)}
        return xarray.DataArray(self.values, coords=several | axes, dims=[*several, *axes], name="u", attrs=known)

    def __str__(self) -> str:
        times = np.atleast_1d(self.time)
        when = f"{times[0]:g}" if times.size == 1 else f"{times[0]:g} ... {times[-1]:g} ({times.size} times)"
        last = self.values[-1] if np.ndim(self.time) else self.values
        viscous = f"{self.viscosity:g}" if np.ndim(self.viscosity) == 0 else "varying"
        steps = f"{self.smallest_step:.3g}"
        steps += f" to {self.largest_step:.3g}" if self.largest_step > 1.001 * self.smallest_step else ""
        rows = [
            f"Hamilton-Jacobi solution of {self.name or 'values'} on {' x '.join(map(str, self.grid.shape))} nodes",
            f"  {'H':<11}{self.hamiltonian or 'given'}, viscosity {viscous}, {_walls(self.boundary)}",
            f"  {'time':<11}{when}",
            f"  {'values':<11}{np.min(last):.6g} to {np.max(last):.6g} "
            f"(initially {np.min(self.initial):.6g} to {np.max(self.initial):.6g})",
            f"  {'steps':<11}{self.n_steps} of {steps}, {self.method}, {self.stepper}; {self.seconds:.3g} s",
        ]
        reason = REASONS[self.stopped].format(times[-1])
        if np.isfinite(self.ergodic_constant):
            reason += f": u ~ w(x) - c t with c = {self.ergodic_constant:.6g}"
        rows += [f"  {'stopped':<11}{reason}"] if reason else []
        if "error_estimate" in self._known:
            rows.append(f"  {'error':<11}{np.max(self.error_estimate):.2g} (estimate)")
        return "\n".join(rows)

    __repr__ = __str__


def _walls(boundary: tuple[tuple[str, str], ...]) -> str:
    names = [low if low == high else f"{low}/{high}" for low, high in boundary]
    return ", ".join(names if len(set(names)) > 1 else names[:1])


def read_solution(content: Mapping[str, Any]) -> HamiltonJacobiSolution:
    """Return the record of a file's entries."""
    known: dict[str, Any] = {name: content[name].item() for name in NUMBERS}
    known |= {name: str(content[name]) for name in WORDS}
    for name in ("time", "viscosity"):
        known[name] = content[name].item() if content[name].ndim == 0 else content[name]
    return HamiltonJacobiSolution(
        values=content["values"],
        grid=grid_from(content),
        initial=content["initial"],
        boundary=tuple((str(low), str(high)) for low, high in content["boundary"]),
        _known={name: content[name] for name in DERIVED if name in content},
        **known,
    )


READERS[KIND] = read_solution
