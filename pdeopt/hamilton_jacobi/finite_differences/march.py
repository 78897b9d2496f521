"""Marching in time: fields, their time, and the size of the next steps."""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from math import ceil
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences.control import Control
from pdeopt.hamilton_jacobi.finite_differences.explicit import Explicit
from pdeopt.hamilton_jacobi.finite_differences.limits import Limits
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.operator import Operator
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi

__all__ = ["BlowUpError", "March"]

FEWEST, WORK = 16, 2**25
"""Equal steps between two looks at the bound, where slopes cannot grow, and nodes that more of them may advance."""
ROUNDING = 1e-12
ENDLESS = 1e9
"""More steps than this are never taken: values that blow up shorten steps without end."""
ROUNDOFF = 2e-15
"""Of an error estimate, per size of values."""
NUMBERS = ("t", "n_steps", "n_rejected", "shortest", "longest", "before")
GROWTH, SHRINK = 1.25, 0.25
"""A step that is longer than the last one by the first factor is tried out, and shortened by the second."""


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
    tolerance : float, optional
        Error in values that steps may make per unit of time; steps then are as long as that and the bound allow.

    Raises
    ------
    ValueError
        If the step is above the bound, or the stepper has no error estimate for `tolerance`, or is unstable with the
        scheme; the message says what works.
    """

    problem: HamiltonJacobi
    scheme: Any
    stepper: Any
    step: float | None = None
    safety: float = 0.9
    pool: Executor | None = None
    threads: int = 1
    tolerance: float | None = None
    t: float = field(default=0.0, init=False)
    n_steps: int = field(default=0, init=False)
    n_rejected: int = field(default=0, init=False)
    shortest: float = field(default=float("inf"), init=False)
    longest: float = field(default=0.0, init=False)
    before: float = field(default=0.0, init=False)
    control: Control | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._check_methods()
        self.scheme = self.scheme.between(self.problem.walls)
        self.mesh = Mesh(self.problem.grid, self.problem.walls, self.scheme.ghosts)
        self.operator = Operator(self.problem, self.scheme, self.mesh, self.pool, self.threads, self.stepper.implicit)
        more = self.stepper.n_registers - 1
        self.fields = [self.mesh.field(self.problem.initial_values), *(self.mesh.empty() for _ in range(more))]
        if self.step is not None:
            self._check_step(self.step, self.largest_step(self._limits()))
        if self.tolerance is not None:
            self.control = Control(self.tolerance, self.stepper.embedded)

    @property
    def values(self) -> FloatArray:
        """The solution at time `t`, a view of shape ``grid.shape``."""
        self.mesh.fill(self.fields[0], self.t)
        return self.mesh.inside(self.fields[0])

    def forget_registers(self) -> None:
        """Free all fields but the solution, at the end: the last copy of it then takes no more memory."""
        del self.fields[1:]

    @property
    def state(self) -> dict[str, Any]:
        """Numbers that, with `values`, are all that the rest of the way depends on."""
        control = asdict(self.control) if self.control else None
        told = self.operator.extra.tolist()
        return {name: getattr(self, name) for name in NUMBERS} | {"control": control, "extra": told}

    def restore(self, values: FloatArray, state: dict[str, Any]) -> None:
        """Go back to a state, to the bit."""
        self.values[...] = values
        for name in NUMBERS:
            setattr(self, name, state[name])
        self.control = Control(**state["control"]) if state["control"] else None
        self.operator.extra = np.array(state["extra"])

    def largest_step(self, limits: Limits) -> float:
        """Return the largest step that the theory of the stepper allows."""
        return float(self.stepper.largest_step(limits, self.scheme.order))

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
            if n > 1 and isinstance(self.stepper, Explicit) and self.stepper.stages:
                self.operator.run(self.stepper, self.fields, n, begin, dt)
            else:
                for k in range(n):
                    self.stepper.step(self.operator, self.fields, begin + k * dt, dt)
            if self.control and not self._accepts(dt):
                continue
            self.t = end if last else begin + n * dt
            self.n_steps += n
            self.before = self.planned
            self.shortest, self.longest = min(self.shortest, dt), max(self.longest, dt)
            yield n

    def _plan(self, end: float) -> tuple[float, int, bool]:
        """Return a step, how many of it to take now, and whether these lead to the end."""
        self.planned = min(self._longest(self._limits()), end - self.t)
        if not self.problem.slopes_decay and self.planned > GROWTH * self.before:
            self.planned = self._foreseen(self.planned)
        if (end - self.t) > ENDLESS * self.planned:
            raise BlowUpError(
                f"slopes have grown so large at time {self.t:.6g}, after {self.n_steps} steps, that time {end:g} is "
                f"{(end - self.t) / self.planned:.1g} steps away; use method='godunov', which is monotone, or an "
                f"earlier time."
            )
        left = max(ceil((end - self.t) / self.planned * (1.0 - ROUNDING)), 1)
        # Slopes decay at first most of all, which does not lengthen a given step.
        enough = WORK // self.problem.grid.size
        batch = max(enough if self.step else min(self.n_steps // 4, enough), FEWEST)
        n = min(left, batch if self.problem.slopes_decay and not self.control else 1)
        return (end - self.t) / left, n, n == left

    def _longest(self, limits: Limits) -> float:
        """Return the longest step to take now."""
        usual = self.stepper.usual_step(limits, self.scheme.order)
        longest = min(self.step, self.largest_step(limits)) if self.step else self.safety * usual
        return longest if self.control is None else min(longest, self.control.step)

    def _foreseen(self, dt: float) -> float:
        """Return a step at whose end the bound still holds, as far as an explicit one tells."""
        u, ahead = self.fields[0], self.fields[-1]
        # Slopes may grow from nothing, which the bound at the beginning does not see.
        while True:
            self.operator.stage(u, u, ahead, self.t, (0.0, 1.0, dt))
            try:
                bound = self._longest(self.operator.limits(ahead, self.t + dt))
            except FloatingPointError:
                bound = 0.0
            if dt <= bound or dt < ROUNDING * max(self.t, ROUNDING):
                self._limits()
                return dt
            dt = max(bound, SHRINK * dt)

    def _accepts(self, dt: float) -> bool:
        """Return whether the error of the last step is small enough, after taking it back if not."""
        assert self.control is not None
        error = self.mesh.inside(self.stepper.estimate(self.fields))
        for wall in self.mesh.given:
            error[np.unravel_index(wall.nodes, error.shape)] = 0.0
        largest = max(float(error.max()), -float(error.min()))
        # What rounding makes of equal solutions is no error of the step.
        largest = max(largest - ROUNDOFF * float(max(self.values.max(), -self.values.min())), 0.0 * largest)
        self.control, accepted = self.control.after(dt, largest, self.planned)
        if not accepted:
            self.fields[0], self.fields[1] = self.fields[1], self.fields[0]
            self.n_rejected += 1
            self._check_progress()
        return accepted

    def _check_progress(self) -> None:
        assert self.control is not None
        if self.control.step <= 1e-13 * max(self.t, np.finfo(float).tiny ** 0.5):
            raise BlowUpError(
                f"tolerance={self.control.tolerance:g} asks for steps below rounding at time {self.t:.6g}; use "
                f"tolerance={1e3 * self.control.tolerance:g}."
            )

    def _limits(self) -> Limits:
        try:
            return self.operator.limits(self.fields[0], self.t)
        except FloatingPointError:
            raise BlowUpError(
                f"values are no longer finite at time {self.t:.6g}, after {self.n_steps} steps; use a smaller step or "
                f"safety={self.safety / 2:g}, or method='godunov', which is monotone."
            ) from None

    def _check_methods(self) -> None:
        self.scheme.check_grid(self.problem.grid)
        if not self.stepper.is_stable(self.scheme.order):
            raise ValueError(
                f"stepper='{self.stepper.name}' is unstable at any step with slopes of order {self.scheme.order}, as "
                f"in method='{self.scheme.name}'. Use stepper='ssprk33'."
            )
        if self.tolerance is not None and self.stepper.embedded is None:
            raise ValueError(
                f"tolerance={self.tolerance:g} needs an error estimate, and stepper='{self.stepper.name}' has none. "
                "Use stepper='ssprk33', or 'heun' with a first-order method."
            )

    def _check_step(self, step: float, bound: float) -> None:
        if step > bound * (1.0 + ROUNDING):
            good = "monotone" if self.stepper.monotone and self.scheme.order == 1 else "stable"
            raise ValueError(
                f"step={step:g} is above {bound:.6g}, the largest step at which stepper='{self.stepper.name}' with "
                f"method='{self.scheme.name}' is {good} for these slopes, spacings and viscosity. "
                f"Use step={0.999 * bound:.4g}, or leave step out."
            )
