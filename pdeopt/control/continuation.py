"""Minimisers of the relaxed landscape, followed from a time at which it is convex back to time zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.control import checks
from pdeopt.control.descent import Minimum, corrected, minimised
from pdeopt.control.relaxed_fields import RelaxedField, field_of, starting_points
from pdeopt.control.saving import load_record, save_record
from pdeopt.grid import Grid
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation
from pdeopt.systems.validation import checked_positive

__all__ = ["MinimiserPath", "Turn", "continued_minimisers"]

KINDS = ("fold", "branch")
SHORTEST = 1e-5
"""Step in the logarithm of time below which a branch is held to end."""
LONGEST, FIRST = 0.5, 0.1
BEYOND = 0.99
"""Where a path goes on after a branch ended, as a fraction of the time of the end: minimisers move fast there."""
GROWTH = 1.6
LAST = 1e-6
"""Time, relative to the first, from which the next step goes to zero."""
CLOSE = 0.25
"""Corrections longer than this fraction of the predicted move, plus a little, are not trusted."""
WAIT = 2.0


class Turn(NamedTuple):
    """Where a branch of minimisers ends: at `time` it goes on from `before` at `after`."""

    time: float
    kind: str
    before: FloatArray
    after: FloatArray
    distance: float


@dataclass(frozen=True, eq=False, repr=False)
class MinimiserPath:
    """Minimisers of u(., t) from a time t at which there is one, back to zero.

    Parameters
    ----------
    times : array, shape (m,)
        Decreasing, the last one 0.
    points : array, shape (m, d)
    values : array, shape (m,)
        u at the points.
    curvatures : array, shape (m,)
        Smallest eigenvalue of the Hessian of u there.
    turn_times, turn_kinds : array, shape (k,)
        Times at which the branch ended, and how: 0 a fold, where the minimiser meets a saddle and the path jumps; 1 a
        branching, where it turns into a saddle itself and the path leaves to one side.
    turn_points : array, shape (k, 2, d)
        The last point before and the first one after each.
    beta : float
    evaluations : int
        Points and times at which u was differentiated.
    seconds : float
    name : str
    """

    times: FloatArray
    points: FloatArray
    values: FloatArray
    curvatures: FloatArray
    turn_times: FloatArray
    turn_kinds: FloatArray
    turn_points: FloatArray
    beta: float
    evaluations: int
    seconds: float
    name: str = ""

    @property
    def final(self) -> FloatArray:
        """The minimiser of f at which the path ends, shape (d,)."""
        last: FloatArray = self.points[-1]
        return last

    @property
    def turns(self) -> list[Turn]:
        """Where branches ended, in order."""
        found = []
        for time, kind, (before, after) in zip(self.turn_times, self.turn_kinds, self.turn_points, strict=True):
            distance = float(np.linalg.norm(after - before))
            found.append(Turn(float(time), KINDS[int(kind)], before, after, distance))
        return found

    def save(self, path: str | Path) -> Path:
        """Write the record to an .npz file; nothing is left half-written."""
        return save_record(self, path)

    @classmethod
    def load(cls, path: str | Path) -> "MinimiserPath":
        """Read a record written by `save`."""
        return load_record(cls, path)

    def __str__(self) -> str:
        rows = [f"Minimisers of relaxed {self.name or 'landscape'}, beta {self.beta:g}: {len(self.times)} points"]
        for when, k in (("start", 0), ("end", -1)):
            place = ", ".join(f"{one:.6g}" for one in self.points[k][:4]) + ", ..." * (self.points.shape[1] > 4)
            rows.append(f"  {when:>5}: time {self.times[k]:<10.4g} value {self.values[k]:<12.6g} at ({place})")
        rows += [f"  {turn.kind} at time {turn.time:.4g}, going on {turn.distance:.3g} away" for turn in self.turns]
        return "\n".join([*rows, f"  {self.evaluations} evaluations, {self.seconds:.2f} s"])

    def __repr__(self) -> str:
        return f"<MinimiserPath {self.name!r}: {len(self.times)} times from {self.times[0]:g}, {len(self.turns)} turns>"


def continued_minimisers(
    f: Landscape | Relaxation,
    time: float,
    beta: float,
    x0: ArrayLike | None = None,
    *,
    times: Sequence[float] = (),
    tolerance: float = 1e-9,
    grid: Grid | None = None,
    seed: int = 0,
    progress: bool = True,
) -> MinimiserPath:
    """Follow the minimiser of u(., t) from a time at which u is convex back to the landscape itself.

    Parameters
    ----------
    f : Landscape or Relaxation
        The landscape, smooth; of a record its grid, initial values, boundary and beta are used.
    time : float
        Where to start, length^2 per loss, positive. Nothing is assumed of u there, but only from a time at which it is
        convex the end does not depend on `x0`.
    beta : float
        Inverse temperature, positive; ``inf`` for the Hopf-Lax limit, in which minimisers stay where they are.
    x0 : array_like, shape (d,), optional
        Where to look for the first minimiser; by default the middle of the landscape's domain.
    times : sequence of float, optional
        Times between `time` and 0 that must be among those kept.
    tolerance : float
        Of the points, in units of length.
    grid : Grid, optional
        Relax on this grid, with splines between its nodes, instead of at the points.
    seed : int
        Of sampled derivatives, where nothing better applies.
    progress : bool
        Whether to show a bar, on a terminal and after two seconds.

    Returns
    -------
    MinimiserPath
        With every branch that ended in ``turns``.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or no minimiser is found at the start.

    Notes
    -----
    Where grad u = 0 the equation of u gives d grad u / dt = grad lap u / (2 beta), so that the minimiser moves with
    velocity -H^-1 grad lap u / (2 beta): towards where u is less curved as time goes up. The right side is taken as a
    central difference of grad u in time, the Euler step along it predicts, and Newton's method corrects. Steps adapt,
    in the logarithm of time. Where no step is short enough the smallest eigenvalue of H has come to zero; the path then
    goes downhill from both sides of the eigenvector, to the lower end.

    References
    ----------
    A. Blake, A. Zisserman, *Visual Reconstruction*, MIT Press (1987).
    H. Mobahi, J. W. Fisher III, *A theoretical analysis of optimization by Gaussian continuation*, AAAI (2015).

    Examples
    --------
    >>> import pdeopt
    >>> from pdeopt.control import continued_minimisers
    >>> f = pdeopt.landscapes.gaussian_mixture([0.7, 0.3], [[-1.0], [1.5]], [[[0.25]], [[0.04]]], beta=1.0)
    >>> path = continued_minimisers(f, 4.0, 1.0)
    >>> len(path.turns), bool(abs(f.gradient_at(path.final)[0]) < 1e-8)
    (0, True)
    """
    start = checks.checked_time(time)
    field = field_of(f, checked_positive(beta, "beta", example="1.0", infinite=True), grid, seed)
    length = checked_positive(tolerance, "tolerance", example="1e-9")
    stops = sorted({float(one) for one in times if 0.0 < one < start}, reverse=True)
    guess = _middle(f) if x0 is None else starting_points(x0, field.dim)[0][0]
    began = perf_counter()
    walk = _Walk(field, length, minimised(field, start, guess, length), start)
    with tqdm(total=1.0, desc="continuation", delay=WAIT, leave=False, disable=None if progress else True) as bar:
        for stop in [*stops, LAST * start, 0.0]:
            while walk.time > stop:
                walk.step(stop)
                bar.update(min(np.log(start / max(walk.time, LAST * start)) / -np.log(LAST), 1.0) - bar.n)
    return walk.path(perf_counter() - began)


def _middle(f: Landscape | Relaxation) -> FloatArray:
    if isinstance(f, Relaxation):
        box: Any = (f.grid.lower, f.grid.upper)
    else:
        box = f.domain or np.zeros((2, f.dim))
    middle: FloatArray = np.mean(np.asarray(box, dtype=float).reshape(2, -1), axis=0)
    return middle


class _Walk:
    """A path of minimisers that grows step by step, backwards in time."""

    def __init__(self, field: RelaxedField, tolerance: float, first: Minimum, start: float) -> None:
        self.field, self.tolerance, self.time = field, tolerance, start
        self.kept: list[tuple[float, Minimum]] = [(start, first)]
        self.turns: list[tuple[float, int, FloatArray, FloatArray]] = []
        self.stride = FIRST
        self.evaluations = first.evaluations

    @property
    def here(self) -> Minimum:
        """The last minimiser."""
        return self.kept[-1][1]

    def step(self, stop: float) -> None:
        """Go to an earlier time, by prediction and correction, or over the end of a branch."""
        velocity = self._velocity()
        while True:
            target = max(self.time * np.exp(-self.stride), stop) if stop > 0.0 else 0.0
            move = (target - self.time) * velocity
            found = corrected(self.field, target, self.here.point + move, self.tolerance)
            self.evaluations += 6 if found is None else found.evaluations
            if found is not None and self._is_near(found, move):
                self._keep(target, found)
                self.stride = min(GROWTH * self.stride, LONGEST)
                return
            if self.stride <= SHORTEST or stop == 0.0:
                self._turn(max(BEYOND * self.time, stop))
                return
            self.stride = max(0.4 * self.stride, SHORTEST)

    def _is_near(self, found: Minimum, move: FloatArray) -> bool:
        missed = float(np.linalg.norm(found.point - self.here.point - move))
        reach = float(np.linalg.norm(move))
        return missed <= CLOSE * reach + max(100.0 * self.tolerance, 1e-3 * self.stride * self.field_scale)

    @property
    def field_scale(self) -> float:
        """Length over which u bends at this time."""
        return float(np.sqrt(self.time))

    def _velocity(self) -> FloatArray:
        """Return d minimiser / dt, by the difference of the gradient in time."""
        if np.isinf(self.field.beta):
            return np.zeros_like(self.here.point)
        change, point = 1e-3 * self.time, self.here.point[None, :]
        late, early = (self.field.at(self.time + sign * change, point).gradient[0] for sign in (1.0, -1.0))
        self.evaluations += 2
        return -np.linalg.solve(self.here.hessian, (late - early) / (2.0 * change))

    def _turn(self, target: float) -> None:
        """Go on downhill from both sides of the direction in which the branch ends."""
        before = self.here
        vectors = np.linalg.eigh(before.hessian)[1]
        nudge = 1e-2 * self.field_scale * vectors[:, 0]
        ends = [minimised(self.field, target, before.point + side * nudge, self.tolerance) for side in (1.0, -1.0)]
        after = min(ends, key=lambda one: one.value)
        self.evaluations += sum(one.evaluations for one in ends)
        # At a fold both sides fall to one minimiser.
        apart = float(np.linalg.norm(ends[0].point - ends[1].point))
        kind = int(apart > 10.0 * self.tolerance)
        self.turns.append((self.time, kind, before.point, after.point))
        self._keep(target, after)
        self.stride = FIRST

    def _keep(self, time: float, found: Minimum) -> None:
        self.time = time
        self.kept.append((time, found))

    def path(self, seconds: float) -> MinimiserPath:
        """Return what was found."""
        times, minima = zip(*self.kept, strict=True)
        dim = self.field.dim
        return MinimiserPath(
            np.array(times),
            np.stack([one.point for one in minima]),
            np.array([one.value for one in minima]),
            np.array([np.linalg.eigvalsh(one.hessian)[0] for one in minima]),
            np.array([turn[0] for turn in self.turns]),
            np.array([turn[1] for turn in self.turns], dtype=float),
            np.array([turn[2:] for turn in self.turns]).reshape(-1, 2, dim),
            self.field.beta,
            self.evaluations,
            seconds,
            self.field.name,
        )
