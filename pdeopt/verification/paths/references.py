"""What sampled paths are compared with: an exact solution, or a scheme that is trusted, one step size below."""

from typing import NamedTuple

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.sde.scheme import Scheme
from pdeopt.sde.schemes import get
from pdeopt.systems import SDE, AdaptiveLangevin, Langevin
from pdeopt.systems.problems import Problem
from pdeopt.verification.methods import Method, fitting_system, name_of, stepper_of
from pdeopt.verification.paths.coupled import Ladder, LevelRun
from pdeopt.verification.paths.path_noise import INDEPENDENT, shared_noise

__all__ = ["Comparison", "compared", "trusted_scheme"]


class Comparison(NamedTuple):
    """A method on a ladder of steps beside what it is compared with."""

    tested: LevelRun
    reference: LevelRun | None
    """None for a method that is compared with itself, and for one with an exact solution."""
    exact: Problem | None
    steps: FloatArray
    """Of the errors."""
    words: str
    limit: float = float("inf")
    """The highest order that can be seen."""

    def ends(self, seed: int, first_path: int, n_paths: int) -> tuple[FloatArray, FloatArray]:
        """Return where paths of the method and of the reference end, both of shape (n_steps, n_paths, d).

        Raises
        ------
        ValueError
            If a path left the finite numbers.
        """
        points, motions = self.tested.ends(seed, first_path, n_paths)
        if self.exact is not None:
            other = np.broadcast_to(self.exact.path(self.tested.ladder.time, motions), points.shape)
        elif self.reference is None:
            points, other = points[:-1], points[1:]
        else:
            other = self.reference.ends(seed, first_path, n_paths)[0]
        self._check(points, other, first_path)
        return points, other

    def _check(self, points: FloatArray, other: FloatArray, first_path: int) -> None:
        bad = ~np.isfinite(points + other).all(axis=-1)
        if bad.any():
            level, path = np.argwhere(bad)[0]
            h = float(self.steps[level])
            raise ValueError(
                f"path {first_path + path} left the finite numbers with step {h:g}. Use finer steps, such as "
                f"steps={[h / 2**k for k in range(2, 8)]}."
            )

    def compile(self) -> None:
        """Compile before threads start."""
        self.tested.compile()
        if self.reference is not None:
            self.reference.compile()


def trusted_scheme(system: SDE, order: float | None = None, *, weak: bool = False) -> Scheme:
    """Return a scheme for a reference: one of known order, of at least `order` where there is one.

    Parameters
    ----------
    system : SDE
    order : float, optional
        By default the highest.
    weak : bool
        Whether that is the weak order.
    """
    if isinstance(system, Langevin):
        return get("ubu")
    if isinstance(system, AdaptiveLangevin):
        return get("badodab")
    if system.noise == "additive":
        return get("sra1")
    if system.noise == "general" or system.uses_arrays:
        return get("euler-maruyama" if system.interpretation == "ito" else "heun")
    if system.noise == "commutative" or (order is not None and order <= 1.0):
        return get("milstein")
    return get("sriw1-random-sign" if weak else "sriw1")


def compared(
    method: Method,
    problem: Problem | SDE,
    x0: FloatArray,
    ladder: Ladder,
    draws: tuple[str, ...],
    claimed: float | None,
    *,
    weak: bool = False,
) -> Comparison:
    """Return a method beside its reference: the exact paths of the problem, else a trusted scheme.

    The scheme takes the next finer step at every level: a reference in proportion to the error leaves its order as it
    is, up to the order of the reference.

    Raises
    ------
    ValueError
        If the method draws what approximates no path.
    """
    system = problem.system if isinstance(problem, Problem) else problem
    if isinstance(problem, Problem) and problem.solution is not None:
        fitting = fitting_system(method, system)
        stepper, levels = stepper_of(method, fitting, draws), tuple(range(ladder.n_levels))
        tested = LevelRun(fitting, stepper, x0, ladder, levels, shared_noise(fitting, [stepper]))
        return Comparison(tested, None, problem, ladder.steps, "exact paths")
    scheme = trusted_scheme(system, claimed, weak=weak)
    if isinstance(method, str | Scheme) and get(method) == scheme:
        return paired(method, problem, x0, ladder, draws)
    return _beside(method, scheme, system, x0, ladder, draws, weak=weak)


def paired(
    method: Method, problem: Problem | SDE, x0: FloatArray, ladder: Ladder, draws: tuple[str, ...]
) -> Comparison:
    """Return a method beside itself at half the step."""
    system = fitting_system(method, problem.system if isinstance(problem, Problem) else problem)
    stepper, levels = stepper_of(method, system, draws), tuple(range(ladder.n_levels + 1))
    tested = LevelRun(system, stepper, x0, ladder.finer, levels, shared_noise(system, [stepper]))
    return Comparison(tested, None, None, ladder.steps, "differences from half the step")


def _beside(
    method: Method,
    scheme: Scheme,
    system: SDE,
    x0: FloatArray,
    ladder: Ladder,
    draws: tuple[str, ...],
    *,
    weak: bool,
) -> Comparison:
    """Return a method beside another scheme at half the step."""
    fitting, own = fitting_system(method, system), fitting_system(scheme, system)
    stepper, other = stepper_of(method, fitting, draws), stepper_of(scheme, own)
    noise, levels = shared_noise(fitting, [stepper, other]), tuple(range(ladder.n_levels))
    tested = LevelRun(fitting, stepper, x0, ladder.finer, levels, noise)
    used = sum(kind in INDEPENDENT for kind in stepper.draws)
    reference = LevelRun(own, other, x0, ladder.finer, tuple(k + 1 for k in levels), noise, used)
    orders = scheme.orders[system.noise]
    words = f"differences from {name_of(scheme)} at half the step"
    return Comparison(tested, reference, None, ladder.steps, words, (orders.weak if weak else orders.strong) or 0.0)
