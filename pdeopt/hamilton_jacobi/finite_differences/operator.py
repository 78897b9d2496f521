"""The right-hand side of the equation on a mesh, as compiled loops over bands of rows."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.kernels._specialise import specialised
from pdeopt.kernels.hamilton_jacobi import chunks, rows

__all__ = ["Limits", "Operator"]


@dataclass(frozen=True)
class Limits:
    """What bounds a step: the largest `sum_k (speed_k / h_k + 2 nu / h_k^2)` of all nodes, its first part, and more.

    Speeds and the smallest and largest slopes have one row per axis.
    """

    rate: float
    transport: float
    speeds: FloatArray
    slopes: FloatArray

    @property
    def extra(self) -> FloatArray:
        """Return what fluxes take."""
        return np.concatenate([self.speeds, self.slopes[:, 0], self.slopes[:, 1]])


@dataclass(eq=False)
class Operator:
    """The right-hand side of a problem by a scheme.

    Parameters
    ----------
    problem : HamiltonJacobi
    scheme : scheme
    mesh : Mesh
    pool : Executor or None
        Runs bands of rows.
    threads : int
    """

    problem: HamiltonJacobi
    scheme: Any
    mesh: Mesh
    pool: Executor | None = None
    threads: int = 1

    def __post_init__(self) -> None:
        nu = self.problem.viscosity_values
        self.kind = rows.FIELD if nu.ndim else rows.CONSTANT if nu > 0.0 else rows.NONE
        self.viscosity = self.mesh.field(nu) if nu.ndim else np.array([float(nu)])
        self.works = [rows.new_work(self.mesh.grid.dim) for _ in range(self.threads)]
        cuts = np.linspace(0, self.mesh.n_rows, self.threads + 1).astype(int)
        self.bands = [(int(a), int(b)) for a, b in pairwise(cuts) if b > a]
        self.extra = np.zeros(3 * self.mesh.grid.dim)

    @cached_property
    def _parts(self) -> dict[str, Any]:
        dim = self.mesh.grid.dim
        return {
            "DIM": dim,
            "VISCOSITY": self.kind,
            "find_slopes": self.scheme.slopes(dim),
            "place": chunks.PLACES[dim - 1],
            "pack": chunks.PACKS[dim - 1],
        }

    @cached_property
    def advance(self) -> Callable[..., None]:
        """The compiled stage."""
        parts = self._parts | {
            "find_laplacian": self.scheme.laplacian(self.mesh.grid.dim),
            "flux": self.scheme.flux(self.problem.hamiltonian, self.mesh.grid.dim),
            "HAS_SOURCE": self.problem.source is not None,
        }
        if self.problem.source is not None:
            parts["source"] = self.problem.source
        return specialised(rows.advance_rows, **parts)

    @cached_property
    def measure(self) -> Callable[..., None]:
        """The compiled measurement."""
        h = self.problem.hamiltonian
        return specialised(rows.measure_rows, **self._parts, speeds=h.speed_bounds(), pull=h.pull())

    def stage(
        self, values: FloatArray, other: FloatArray, out: FloatArray, t: float, weights: tuple[float, float, float]
    ) -> None:
        """Write ``a other + b values + c (right-hand side of values)`` to `out`, fields with ghost layers."""
        self.mesh.fill(values, t)
        common = (t, weights, self.mesh.layout, self.viscosity, self.extra, self.problem.args)
        self._over_bands(lambda band, work: self.advance(values, other, out, band, *common, work))

    def limits(self, values: FloatArray, t: float) -> Limits:
        """Return what bounds a step from these values."""
        self.mesh.fill(values, t)
        d = self.mesh.grid.dim
        start = np.concatenate([np.zeros(3 + d), np.full(d, np.inf), np.full(d, -np.inf)])
        found = [start.copy() for _ in self.bands]
        common = (t, self.mesh.layout, self.viscosity, self.extra, self.problem.args)
        places = dict(zip(self.bands, found, strict=True))
        self._over_bands(lambda band, work: self.measure(values, band, *common, work, places[band]))
        table = np.array(found)
        rate, transport, speeds = table[:, 0].max(), table[:, 1].max(), table[:, 3 : 3 + d].max(axis=0)
        if not np.isfinite(table).all():
            raise FloatingPointError
        slopes = np.stack([table[:, 3 + d : 3 + 2 * d].min(axis=0), table[:, 3 + 2 * d :].max(axis=0)], axis=1)
        return Limits(float(rate), float(transport), speeds, slopes)

    def _over_bands(self, task: Callable[[tuple[int, int], rows.Work], None]) -> None:
        if self.pool is None or len(self.bands) == 1:
            for band in self.bands:
                task(band, self.works[0])
            return
        for _ in self.pool.map(task, self.bands, self.works):
            pass
