"""The right-hand side of the equation on a mesh, as compiled loops over bands of rows."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.hamilton_jacobi.finite_differences.implicit import Diffusion
from pdeopt.hamilton_jacobi.finite_differences.limits import Limits
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.kernels._specialise import bound_copy, specialised
from pdeopt.kernels.hamilton_jacobi import chunks, rows, runs
from pdeopt.kernels.hamilton_jacobi.meeting import OPEN, new_cells

__all__ = ["Operator"]

LEAST = 32_768
"""Nodes for which it takes as long to wake a thread as to advance them."""

STAY = np.arange(3)
ROUND = 6
"""Steps after which three fields are where they were, however a step exchanges them."""


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
    implicit : bool
        Whether viscosity is left out of stages, for `diffusion` to treat.
    """

    problem: HamiltonJacobi
    scheme: Any
    mesh: Mesh
    pool: Executor | None = None
    threads: int = 1
    implicit: bool = False

    def __post_init__(self) -> None:
        nu = self.problem.viscosity_values
        self.kind = rows.FIELD if nu.ndim else rows.CONSTANT if nu > 0.0 else rows.NONE
        self.viscosity = self.mesh.field(nu) if nu.ndim else np.array([float(nu)])
        viscous = self.kind != rows.NONE and not self.implicit
        n_bands = 1 if self.pool is None else max(1, min(self.threads, self.mesh.grid.size // LEAST, self.mesh.n_rows))
        self.works = [rows.new_work(self.mesh.grid.dim, viscous) for _ in range(n_bands)]
        cuts = np.linspace(0, self.mesh.n_rows, n_bands + 1).astype(int)
        self.bands = [(int(a), int(b)) for a, b in pairwise(cuts)]
        self.extra = np.zeros(3 * self.mesh.grid.dim)
        self.others: dict[str, Operator] = {}

    @cached_property
    def _parts(self) -> dict[str, Any]:
        dim = self.mesh.grid.dim
        open_chunk, slopes_at, laplacian_at = self.scheme.chunk(dim)
        return {
            "DIM": dim,
            "VISCOSITY": self.kind,
            "open_chunk": open_chunk,
            "slopes_at": slopes_at,
            "laplacian_at": laplacian_at,
            "corner": chunks.CORNERS[dim - 1],
            "place": chunks.PLACES[dim - 1],
        }

    @cached_property
    def advance(self) -> Callable[..., None]:
        """The compiled steps."""
        parts = self._parts | {
            "VISCOSITY": rows.NONE if self.implicit else self.kind,
            "flux": self.scheme.flux(self.problem.hamiltonian, self.mesh.grid.dim),
            "HAS_SOURCE": self.problem.source is not None,
        }
        if self.problem.source is not None:
            parts["source"] = self.problem.source
        return specialised(runs.run_steps, advance_rows=bound_copy(rows.advance_rows, **parts)[0])

    @cached_property
    def measure(self) -> Callable[..., None]:
        """The compiled measurement."""
        h = self.problem.hamiltonian
        return specialised(rows.measure_rows, **self._parts, speeds=self.scheme.speeds(h), pull=h.pull())

    @cached_property
    def spread(self) -> float:
        """The largest `sum_k 2 nu / h_k^2`."""
        gaps = np.meshgrid(*(2.0 * one[:-1] * one[1:] for one in self.mesh.layout.gaps), indexing="ij", sparse=True)
        return float(self.scheme.stiffness * np.max(self.problem.viscosity_values * sum(gaps)))

    @cached_property
    def diffusion(self) -> Diffusion:
        """The viscous term by itself."""
        return Diffusion(self.problem, self.mesh, self.threads, wide=self.scheme.stiffness > 1.0)

    def beside(self, scheme: Any) -> "Operator":
        """Return the operator of another scheme for the same fields, which uses the speeds of this one."""
        name = repr(scheme)
        if name not in self.others:
            self.others[name] = Operator(self.problem, scheme, self.mesh, self.pool, self.threads, self.implicit)
        self.others[name].extra = self.extra
        return self.others[name]

    def stage(
        self, values: FloatArray, other: FloatArray, out: FloatArray, t: float, weights: tuple[float, float, float]
    ) -> None:
        """Write ``a other + b values + c (right-hand side of values)`` to `out`, fields with ghost layers."""
        self.mesh.set_walls(values, t)
        self._run((values, other, out), np.array([[0.0, 1.0, 2.0, 0.0, *weights]]), STAY, 1, t, 1.0)

    def run(self, stepper: Any, fields: list[FloatArray], n_steps: int, t: float, dt: float) -> None:
        """Take equal steps of an explicit stepper whose stages are given as data; ``fields[0]`` has the result."""
        if self.mesh.given:
            # Values at walls are set between stages.
            for k in range(n_steps):
                stepper.step(self, fields, t + k * dt, dt)
            return
        three = (fields[0], fields[1], fields[-1])
        leaves = np.array(stepper.leaves)
        self._run(three, np.array(stepper.stages), leaves, n_steps, t, dt)
        order = np.arange(3)
        for _ in range(n_steps % ROUND):
            order = order[leaves]
        fields[:] = [three[k] for k in order[: len(fields)]]

    def _run(
        self, fields: tuple[FloatArray, ...], stages: FloatArray, leaves: IntArray, n_steps: int, t: float, dt: float
    ) -> None:
        cells, count = new_cells(len(self.bands)), len(self.bands)
        common = (self.mesh.layout, self.viscosity, self.extra, self.problem.args)
        steps = (fields, stages, leaves, n_steps, t, dt, self.mesh.kinds)

        def task(number: int, band: tuple[int, int], work: rows.Work) -> None:
            self.advance(*steps, (cells, number, count), band, *common, work)

        try:
            self._over_bands(task)
        except BaseException:
            # An interrupt before this thread came: the others must not wait for it.
            cells[:] = OPEN
            raise

    def limits(self, values: FloatArray, t: float) -> Limits:
        """Return what bounds a step from these values, and keep what fluxes need of all slopes.

        Raises
        ------
        FloatingPointError
            If a value is not finite.
        """
        self.mesh.fill(values, t)
        found = self._measured(values, t)
        if self.scheme.uses_ranges and not found.lie_in(self.extra):
            # Speeds were those of smaller slopes.
            self.extra = found.extra
            found = self._measured(values, t)
        least = np.array([1.0 / gaps.max() for gaps in self.mesh.layout.gaps])
        adjusted: Limits = self.scheme.adjusted(found, least)
        self.extra = adjusted.extra
        return adjusted

    def _measured(self, values: FloatArray, t: float) -> Limits:
        d = self.mesh.grid.dim
        start = np.concatenate([np.zeros(3 + d), np.full(d, np.inf), np.full(d, -np.inf), np.zeros(1)])
        found = [start.copy() for _ in self.bands]
        # A wider stencil of the Laplacian has larger eigenvalues.
        viscosity = self.scheme.stiffness * self.viscosity
        common = (t, self.mesh.layout, viscosity, self.extra, self.problem.args)
        places = dict(zip(self.bands, found, strict=True))
        self._over_bands(lambda _, band, work: self.measure(values, band, *common, work, places[band]))
        table = np.array(found)
        rate, transport, speeds = table[:, 0].max(), table[:, 1].max(), table[:, 3 : 3 + d].max(axis=0)
        if not np.isfinite(table).all():
            raise FloatingPointError
        slopes = np.stack([table[:, 3 + d : 3 + 2 * d].min(axis=0), table[:, 3 + 2 * d : -1].max(axis=0)], axis=1)
        return Limits(float(rate), float(transport), speeds, slopes, float(table[:, -1].max()), self.spread)

    def _over_bands(self, task: Callable[[int, tuple[int, int], rows.Work], None]) -> None:
        # The caller takes its part, instead of a thread more that would have to be woken.
        parts = list(zip(range(len(self.bands)), self.bands, self.works, strict=True))
        others = [self.pool.submit(task, *part) for part in parts[1:]] if self.pool else []
        task(*parts[0])
        for other in others:
            other.result()
