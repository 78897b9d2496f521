"""Marching in time: fields, their time, and the size of the next steps."""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.operator import Limits, Operator
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi

__all__ = ["BlowUpError", "March"]

BATCH = 16
"""Equal steps taken between two looks at the bound, where slopes cannot grow."""
ROUNDING = 1e-12


class BlowUpError(FloatingPointError):
    """Values are no longer finite; `solution` holds what was reached before."""

    solution: Any = None


@dataclass(eq=False)
class March:
    """A problem on its way through time.

    Parameters
    ----------
    problem : HamiltonJacobi
    scheme : scheme in space
    stepper : stepper
    step : float, optional
        The largest step; by default what the bound allows.
    safety : float
        Part of the bound that is used.
    pool : Executor, optional
    threads : int
    """

    problem: HamiltonJacobi
    scheme: Any
    stepper: Any
    step: float | None = None
    safety: float = 0.9
    pool: Executor | None = None
    threads: int = 1
    t: float = field(default=0.0, init=False)
    n_steps: int = field(default=0, init=False)
    shortest: float = field(default=float("inf"), init=False)
    longest: float = field(default=0.0, init=False)
    memory: dict[str, float] = field(default_factory=dict, init=False)
    """What the next steps depend on besides `t` and the field: a checkpoint holds it."""

    def __post_init__(self) -> None:
        self.mesh = Mesh(self.problem.grid, self.problem.walls, self.scheme.ghosts)
        self.operator = Operator(self.problem, self.scheme, self.mesh, self.pool, self.threads)
        more = self.stepper.n_registers - 1
        self.fields = [self.mesh.field(self.problem.initial_values), *(self.mesh.empty() for _ in range(more))]
        if self.step is not None:
            self._check_step(self.step, self.largest_step(self._limits()))

    @property
    def values(self) -> FloatArray:
        """The solution at time `t`, a view of shape ``grid.shape``."""
        self.mesh.fill(self.fields[0], self.t)
        return self.mesh.inside(self.fields[0])

    def largest_step(self, limits: Limits) -> float:
        """Return the largest step that the theory of the stepper allows."""
        rate = self.stepper.rate(limits)
        return float(self.stepper.ssp / rate) if rate > 0.0 else float("inf")

    def to(self, end: float) -> Iterator[int]:
        """Go on to a time, landing on it exactly.

        Yields
        ------
        int
            Steps taken since the last time, at least one.
        """
        while self.t < end:
            dt, n, last = self._plan(end)
            begin = self.t
            self.shortest, self.longest = min(self.shortest, dt), max(self.longest, dt)
            for k in range(n):
                self.stepper.step(self.operator, self.fields, begin + k * dt, dt)
            self.t = end if last else begin + n * dt
            self.n_steps += n
            yield n

    def _plan(self, end: float) -> tuple[float, int, bool]:
        """Return a step, how many of it to take now, and whether these lead to the end."""
        limits = self._limits()
        bound = self.largest_step(limits)
        most = min(self.step or self.safety * bound, bound)
        left = max(ceil((end - self.t) / most * (1.0 - ROUNDING)), 1)
        n = min(left, BATCH if self.problem.slopes_decay else 1)
        return (end - self.t) / left, n, n == left

    def _limits(self) -> Limits:
        try:
            limits = self.operator.limits(self.fields[0], self.t)
        except FloatingPointError:
            raise BlowUpError(
                f"values are no longer finite at time {self.t:.6g}, after {self.n_steps} steps; use a smaller step or "
                f"safety={self.safety / 2:g}, or method='godunov', which is monotone."
            ) from None
        self.operator.extra = limits.extra
        return limits

    def _check_step(self, step: float, bound: float) -> None:
        if step > bound * (1.0 + ROUNDING):
            raise ValueError(
                f"step={step:g} is above {bound:.6g}, the largest step at which {self.stepper.name} is monotone for "
                f"these slopes, spacings and viscosity. Use step={0.999 * bound:.4g}, or leave step out."
            )
