"""Which times and temperatures are worth trying for a landscape, and why."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.cli.inputs import Subject
from pdeopt.cli.tables import describe_subject, notable_minima
from pdeopt.geometry import Minima

MOST_WELLS = 6
DECISIVE = 10.0


@dataclass(frozen=True, eq=False)
class Advice:
    """The scales of a landscape, and a time and an inverse temperature in the middle of them."""

    subject: Subject
    minima: Minima
    curvatures: FloatArray
    barrier: float
    distance: float
    difference: float
    time: float
    beta: float

    def text(self, word: str) -> str:
        """Return the explanation, and commands that are ready to run."""
        parts = [self._times(), self._betas(), self._commands(word)]
        return "\n\n".join([describe_subject(self.subject, self.minima), *("\n".join(part) for part in parts)])

    def _times(self) -> list[str]:
        lines = ["how long? A well of curvature a keeps its place while its curvature falls to a / (1 + a t)."]
        if self.curvatures.size:
            sharp, wide = self.curvatures.max(), self.curvatures.min()
            lines.append(_line("time", 1 / sharp, f"the sharpest well, of curvature {sharp:.3g}, is half flattened"))
            lines.append(_line("time", 1 / wide, f"so is the widest, of curvature {wide:.3g}"))
        if np.isfinite(self.barrier):
            what = f"barriers of height {self.barrier:.3g} between wells {self.distance:.3g} apart come down"
            lines.append(_line("time", _barrier_time(self.distance, self.barrier), what))
            lines.append(f"{'':17}(distance^2 / (8 barrier), at beta = inf; earlier at finite beta)")
        if self.difference > 0:
            what = f"a well higher by {self.difference:.3g} is gone (distance^2 / (2 difference), at beta = inf)"
            lines.append(_line("time", self.distance**2 / (2 * self.difference), what))
        return lines

    def _betas(self) -> list[str]:
        lines = ["how hot? The temperature 1 / beta is a loss: smaller differences are averaged, larger decide."]
        if np.isfinite(self.barrier):
            lines.append(
                _line("beta", 1 / self.barrier, "barriers are averaged, as by the heat equation (1 / barrier)")
            )
            lines.append(_line("beta", DECISIVE / self.barrier, "barriers are felt (10 / barrier)"))
        if self.difference > 0:
            what = f"width decides among wells whose losses differ by {self.difference:.3g} (1 / difference)"
            lines.append(_line("beta", 1 / self.difference, what))
            lines.append(_line("beta", DECISIVE / self.difference, "depth decides among them (10 / difference)"))
        pairs = combinations(range(len(self.minima.values[:MOST_WELLS])), 2)
        lines += [line for pair in pairs if (line := self._overtaking(*pair))]
        return [*lines, _line("beta", np.inf, "depth alone decides; width counts for nothing")]

    def _overtaking(self, deep: int, high: int) -> str:
        """Say below which beta a wider minimum overtakes a deeper one, or nothing."""
        bends, found = self.minima.curvature[[deep, high]], self.minima
        gap = float(found.values[high] - found.values[deep])
        if not (bends > 0).all() or gap <= 0:
            return ""
        # A well rises by the sum of log(1 + a t) / (2 beta) over its curvatures a: in the end by log det A.
        widening = float(np.log(bends[0] / bends[1]).sum())
        what = f"below it minimum {high + 1}, which is wider, overtakes minimum {deep + 1} after some time"
        return _line("beta", widening / (2 * gap), what) if widening > 0 else ""

    def _commands(self, word: str) -> list[str]:
        times = " ".join(f"{_rounded(self.time * factor):g}" for factor in (0.1, 1.0, 10.0))
        betas = " ".join(f"{_rounded(self.beta * factor):g}" for factor in (0.1, 1.0, 10.0))
        film = f"--time {_rounded(10 * self.time):g} --beta {self.beta:g} --animate relaxed.gif"
        stills = f"--time {times} --beta {betas} inf --plot relaxed.png"
        return ["try", f"  pdeopt relax {word} {stills}", f"  pdeopt relax {word} {film}"]


def _line(name: str, value: float, what: str) -> str:
    return f"  {name} {value:<9.3g} {what}"


def suggest(subject: Subject) -> Advice:
    """Return the scales of a landscape."""
    found = notable_minima(subject.values, subject.grid)
    inner = found.curvature[:MOST_WELLS][~found.at_edge[:MOST_WELLS]]
    curvatures = inner[np.isfinite(inner) & (inner > 0)]
    depths = found.depth[:MOST_WELLS][np.isfinite(found.depth[:MOST_WELLS])]
    barrier = float(depths.max()) if depths.size else np.inf
    distance = _nearest_distance(found)
    gaps = np.diff(found.values[:MOST_WELLS])
    gaps = gaps[gaps > 1e-6 * np.ptp(subject.values[np.isfinite(subject.values)])]
    difference = float(np.median(gaps)) if gaps.size and np.isfinite(barrier) else 0.0
    time = _typical_time(subject, curvatures, distance, barrier)
    beta = DECISIVE / barrier if np.isfinite(barrier) else DECISIVE / _spread(subject)
    return Advice(subject, found, curvatures, barrier, distance, difference, _rounded(time), _rounded(beta))


def _typical_time(subject: Subject, curvatures: FloatArray, distance: float, barrier: float) -> float:
    if np.isfinite(barrier):
        return _barrier_time(distance, barrier)
    if curvatures.size:
        return float(1 / np.median(curvatures))
    return max(subject.grid.extent) ** 2 / (8 * _spread(subject))


def _barrier_time(distance: float, barrier: float) -> float:
    return distance**2 / (8 * barrier)


def _spread(subject: Subject) -> float:
    values = subject.values
    finite = values[np.isfinite(values)]
    # The median, for the highest values at the sides of a box say little about a well.
    return float(np.median(finite) - finite.min()) or 1.0


def _nearest_distance(found: Minima) -> float:
    """Return the smallest distance of two wells, the short way round a periodic axis."""
    gaps = []
    for first, second in combinations(found.points[:MOST_WELLS], 2):
        gap = np.abs(first - second)
        extent = np.array(found.grid.extent)
        gap = np.where(found.grid.periodic, np.minimum(gap, extent - gap), gap)
        gaps.append(float(np.linalg.norm(gap)))
    return min(gaps, default=0.0)


def _rounded(value: float) -> float:
    """Return a number with two digits, which is easier to type."""
    return float(f"{value:.2g}")
