"""A global search: descents through shrinking kernels, again and again, from where the last ones point to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.optimizers.local_entropy import LocalEntropyDescent, LocalEntropyState, reflected

__all__ = ["Basin", "Scoping"]

MOST_STEPS = 300
"""Of one descent: an end that rounding cannot put off."""

NARROWEST = 1e-9
"""Length of a kernel, in units of the widest, that no descent goes below."""

Function = Callable[[FloatArray], float]


@dataclass(frozen=True, eq=False, repr=False)
class Basin:
    """A minimum found: where, how deep, and the length below which it looks quadratic."""

    center: FloatArray
    value: float
    scale: float
    exact: bool = True


@dataclass(eq=False, repr=False)
class Scoping:
    """Repeated descents from wide kernels to narrow ones.

    Parameters
    ----------
    descent : LocalEntropyDescent
        Its `scale` is the widest kernel.
    function : callable
        Of offsets from the start, shape (d,).
    rng : Generator
    lower, upper : array, shape (d,)
        Bounds, infinite where there are none.
    best : callable
        Returns the best point so far and its value.
    polish : callable, optional
        Takes a point near a minimum to the minimum: a quasi-Newton method where there is a gradient.
    tolerance : float
        A descent ends when a step gains less than this share of the depth of its basin.

    Notes
    -----
    Every second descent starts from the widest kernel, with twice the samples of the one before: what is already in
    the archive costs nothing. The ones between start where the minima found so far point to: by the semigroup
    property relaxing for a time t + s is relaxing for t what was relaxed for s, and the depths of the minima are
    samples of the landscape after a short inviscid relaxation. A paraboloid through them, weighted by exp(-beta f),
    has its minimum at the start of the next descent; if that basin is known, the start is drawn around the best one.
    """

    descent: LocalEntropyDescent
    function: Function
    rng: np.random.Generator
    lower: FloatArray
    upper: FloatArray
    best: Callable[[], tuple[FloatArray, float]]
    polish: Callable[[FloatArray], FloatArray] | None = None
    tolerance: float = 1e-8
    basins: list[Basin] = field(default_factory=list)
    state: LocalEntropyState | None = None
    at: FloatArray = field(default_factory=lambda: np.empty(0))
    growth: float = 2.0
    jump: float = 8.0
    reach: float = 4.0
    error: float = np.inf
    wide: int = 0
    narrow: bool = False
    spent: list[int] = field(default_factory=lambda: [0, 0])

    def descents(self) -> Iterator[bool]:
        """Go on without end.

        Yields
        ------
        bool
            After every step whether a descent ended with it.
        """
        dim = self.lower.size
        self.wide = 0
        state = self.descent.init(np.zeros(dim))
        origin = np.zeros(dim)
        draws = origin[None], np.array([self.function(origin)])
        self.state = replace(state, archive=state.archive.with_draws(origin, state.factor, *draws))
        while True:
            yield from self._down(*self._start())

    def _start(self) -> tuple[FloatArray, FloatArray, LocalEntropyDescent]:
        """Return center and kernel to start from, and the descent with its number of samples."""
        dim = self.lower.size
        narrow = self._indicated() if self.spent[1] <= self.spent[0] else None
        self.narrow = narrow is not None
        if narrow is not None:
            scale = 3.0 * float(np.median([basin.scale for basin in self.basins]))
            return narrow, scale * np.eye(dim), self.descent
        widest = self.descent.init(np.zeros(dim)).factor
        center = np.zeros(dim) if self.wide == 0 else self._anywhere(widest)
        wanted = self.descent.wanted(self.descent.init(center)) * self.growth**self.wide
        self.wide += 1
        return center, widest, replace(self.descent, n_samples=int(min(wanted, self.descent.memory / 4)))

    def _anywhere(self, widest: FloatArray) -> FloatArray:
        """Return a point of the box, or of the widest kernel where there is no box."""
        bounded = np.isfinite(self.lower) & np.isfinite(self.upper)
        low, high = np.where(bounded, self.lower, 0.0), np.where(bounded, self.upper, 0.0)
        uniform, normal = self.rng.uniform(low, high), widest @ self.rng.standard_normal(low.size)
        return reflected(np.where(bounded, uniform, normal), self.lower, self.upper)

    def _indicated(self) -> FloatArray | None:
        """Return where the minima found so far point to."""
        if not self.basins:
            return None
        center = envelope_minimum(self.basins, self.lower, self.upper)
        near = center is not None and min(np.linalg.norm(center - b.center) / b.scale for b in self.basins) < 2.0
        if center is not None and not near:
            return center
        scale = float(np.median([basin.scale for basin in self.basins]))
        drawn = self.best()[0] + self.jump * scale * self.rng.standard_normal(self.lower.size)
        return reflected(drawn, self.lower, self.upper)

    def _down(self, center: FloatArray, factor: FloatArray, descent: LocalEntropyDescent) -> Iterator[bool]:
        """Step until the minimum is found, or is seen to lie above the best one."""
        assert self.state is not None
        state, x, width, spread = replace(self.state, factor=factor, kind=""), center, 0.0, 0.0
        for _ in range(MOST_STEPS):
            before = state
            x, state = descent.step(self.function, x, state, self.rng)
            if not width and (state.kind == "newton" or (before.kind == "prox" and state.kind == "entropic")):
                width, spread = before.scale, state.model.spread
            ended = self._narrow(state, spread) or self._above(before, state)
            if state.kind == "newton" and state.length <= 2.0 and not ended:
                x, state, ended = self._closer(x, state, width)
            # A step that costs nothing counts as one evaluation: both kinds of descent get their turn.
            self.spent[self.narrow] += max(1, len(state.archive.points) - len(before.archive.points))
            self.state, self.at = state, x
            yield False
            if ended:
                break
        if width:
            self.basins.append(Basin(x, state.predicted, width, state.kind == "newton"))
        yield True

    def _narrow(self, state: LocalEntropyState, spread: float) -> bool:
        """Whether nothing is left to gain, in units of the spread of values when the basin showed."""
        here = abs(state.predicted - self.best()[1]) <= 4.0 * state.model.spread
        least = spread * (self.tolerance if here else 1e-4)
        return state.scale < NARROWEST * self._widest() or state.model.spread <= least

    def _widest(self) -> float:
        """Return the length of the widest kernel."""
        return float(np.exp(np.mean(np.log(np.broadcast_to(self.descent.scale, self.lower.shape)))))

    def report(self) -> dict[str, Any]:
        """Return what the last step showed."""
        assert self.state is not None
        model, best = self.state.model, self.best()[1]
        if abs(self.state.predicted - best) <= abs(self.error - best) + 3.0 * model.residual or self.error == np.inf:
            self.error = min(self.error, max(best - self.state.predicted, 0.0) + 3.0 * model.residual)
        return {
            "error": self.error,
            "effective_sample_size": self.state.effective_sample_size,
            "scale": self.state.scale,
            "spread": model.spread,
            "n_minima": len(self.basins),
        }

    def _above(self, before: LocalEntropyState, state: LocalEntropyState) -> bool:
        """Whether what the kernel sees cannot reach below the best value, which lies elsewhere."""
        best, value = self.best()
        apart = np.linalg.norm(np.linalg.solve(before.factor, best - self.at)) if self.at.size else 0.0
        unexplained = 3.0 * state.model.residual
        reach = unexplained if state.kind == "newton" else self.reach * state.model.spread
        return bool(state.kind != "prox" and apart > 4.0 and state.predicted - reach > value)

    def _closer(
        self, x: FloatArray, state: LocalEntropyState, width: float
    ) -> tuple[FloatArray, LocalEntropyState, bool]:
        """Evaluate at the minimum of the model; say whether the descent has arrived."""
        if self.polish is not None:
            x = self.polish(x)
            return x, replace(state, predicted=self.function(x)), True
        value = self.function(x)
        state = replace(state, archive=state.archive.with_draws(x, state.factor, x[None], np.array([value])))
        depth = self.tolerance * state.model.spread * (width / (state.scale / self.descent.narrowing)) ** 2
        gain = state.model.value - state.predicted
        return x, state, bool(max(gain, abs(value - state.predicted)) <= depth)


def envelope_minimum(basins: list[Basin], lower: FloatArray, upper: FloatArray) -> FloatArray | None:
    """Return the minimum of a paraboloid through the minima found, or None if they show none."""
    basins = [basin for basin in basins if basin.exact]
    if len(basins) < lower.size + 3:
        return None
    centers = np.array([basin.center for basin in basins])
    values = np.array([basin.value for basin in basins])
    dim = centers.shape[1]
    if not np.ptp(values) > 0.0:
        return None
    weights = softmin_weights(values, max(dim + 3.0, 0.5 * len(values)))
    middle, length = weights @ centers, np.ptp(centers, axis=0)
    # Minima along a bound do not differ across it.
    length = np.where(length > 1e-6 * length.max(), length, max(length.max(), 1e-300))
    z = (centers - middle) / length
    columns = np.column_stack([np.ones(len(z)), z, 0.5 * (z**2).sum(axis=1)])
    root = np.sqrt(weights)
    coefficients, *_ = np.linalg.lstsq(columns * root[:, None], values * root, rcond=1e-10)
    if coefficients[-1] <= 0.0:
        return None
    return np.asarray(np.clip(middle - length * coefficients[1:-1] / coefficients[-1], lower, upper))


def softmin_weights(values: FloatArray, size: float) -> FloatArray:
    """Return weights ``exp(-beta f)`` that sum to 1, at the largest beta with an effective sample size of `size`."""
    lowered = (values - values.min()) / np.std(values)
    weights = np.full(len(values), 1.0 / len(values))
    for beta in np.geomspace(1e-3, 1e6, 91):
        colder = np.exp(-beta * lowered)
        if colder.sum() ** 2 / (colder**2).sum() < size:
            break
        weights = colder / colder.sum()
    return weights
