"""Steps chosen by an error estimate, of lengths that are powers of two, so that factors are used again."""

from dataclasses import dataclass, field
from itertools import pairwise
from math import floor, log2
from typing import Any

import numpy as np
from tqdm import tqdm

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.steppers.taking import DAMPER, Taker

__all__ = ["Controller"]

FIRST = 64
"""The first two steps are this fraction of the way to the next time."""
SAFETY = 0.7
DEEPEST = 48
"""Halvings of the way to the next time."""
SHARE = 0.125
"""What damped steps may take of the tolerance, whatever their length: their errors near a kink fade."""


@dataclass(eq=False)
class Controller:
    """Compares two steps with one of twice the length, and keeps the two.

    Parameters
    ----------
    taker : Taker
    tolerance : float
    span : float
        Length of the whole march; the tolerance is spread evenly over it.
    steps : list of float
        Lengths of the steps kept so far.
    """

    taker: Taker
    tolerance: float
    span: float
    steps: list[float] = field(default_factory=list)
    _level: int | None = None
    _step: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 < self.tolerance < np.inf:
            raise ValueError(f"tolerance={self.tolerance} must be positive, such as 1e-6.")

    def run(
        self, values: FloatArray, start: float, end: float, damping: int, bar: "tqdm[Any]"
    ) -> tuple[FloatArray, float]:
        """Return the values at the end and the sum of the estimates."""
        level = self._first_level(abs(end - start))
        # The way is counted in pairs of steps at the deepest level, so that its end is met exactly.
        place, whole, error = 0, 1 << DEEPEST, 0.0
        while place < whole:
            size = whole >> level
            ends = [start + (end - start) * ((place + k * size // 4) / whole) for k in range(5)]
            new, estimate, order = self._pair(values, ends, abs(end - start) / (1 << level), damping > 0)
            allowed = self.tolerance * abs(end - start) / self.span / (1 << level)
            allowed = max(allowed, SHARE * self.tolerance) if damping > 0 else allowed
            change = self._change(estimate / allowed, order)
            if change < 0 and estimate > allowed:
                level = self._deeper(level, -change, estimate)
                continue
            values, place, error = new, place + size, error + estimate
            self._keep(abs(end - start) / (1 << level), damping > 0)
            damping = max(damping - 4, 0)
            bar.update(size / whole)
            level -= 1 if change > 0 and level > 0 and place % (2 * size) == 0 else 0
        self._step = abs(end - start) / (1 << level)
        return values, error

    def _first_level(self, length: float) -> int:
        step = length / FIRST if self._step == 0.0 else self._step
        return max(0, round(log2(length / min(step, length))))

    def _pair(
        self, values: FloatArray, ends: list[float], length: float, damped: bool
    ) -> tuple[FloatArray, float, int]:
        take, half = self.taker.take, 0.5 * length
        order = (DAMPER if damped else self.taker.scheme).order
        if damped:
            rough = take(take(values, ends[0], ends[2], half, True), ends[2], ends[4], half, True)
            fine = values
            for first, last in pairwise(ends):
                fine = take(fine, first, last, 0.5 * half, True)
        else:
            rough = take(values, ends[0], ends[4], length)
            fine = take(take(values, ends[0], ends[2], half), ends[2], ends[4], half)
        return fine, float(np.abs(fine - rough).max()) / (2**order - 1), order

    def _change(self, excess: float, order: int) -> int:
        """Return by how many powers of two the length may grow; the estimate per unit of time goes as length^order."""
        if not np.isfinite(excess):
            return -4
        return floor(log2(SAFETY * max(excess, 1e-12) ** (-1.0 / order)))

    def _deeper(self, level: int, halvings: int, estimate: float) -> int:
        if level + halvings > DEEPEST - 4:
            raise ValueError(
                f"tolerance={self.tolerance} cannot be met: steps of 2^-{level} of the way between two times still "
                f"have an error of {estimate:.3g}. Use a larger tolerance, or damping=4 if the values jump."
            )
        return level + max(halvings, 1)

    def _keep(self, length: float, damped: bool) -> None:
        self.steps += [0.25 * length] * 4 if damped else [0.5 * length] * 2
