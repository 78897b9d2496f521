"""Where the spectrum of a generator lies, from its rates alone."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.exponentials.operators import Line, Operator, growth_of, line_of, matrix_of
from pdeopt.kolmogorov.stencil import Offset, Stencil

__all__ = ["drift_rates", "safe_step"]

SWING = 2.0
"""What skew rates may turn in one step: the hyperbolas pass the origin at ten times that."""


def safe_step(operator: Operator, reach: float) -> float:
    """Return a step for which ``|Im z|^2 <= reach |Re z|`` on the symbol of the operator times the step, at most.

    Notes
    -----
    A pair of rates r, s forth and back has the symbol -(r + s) (1 - cos w) + i (r - s) sin w, within the parabola
    ``|Im|^2 <= 2 (r - s)^2 / (r + s) |Re|``; for a drift b and a diffusion D that is b^2 / D.
    """
    parabola, swing = drift_rates(operator)
    limits = ((reach, parabola), (SWING, swing), (1.0, growth_of(operator)))
    return min((most / rate for most, rate in limits if rate > 0.0), default=np.inf)


def drift_rates(operator: Operator) -> tuple[float, float]:
    """Return the widest parabola and the fastest turning of the symbol, both per unit of time."""
    if (line := line_of(operator)) is not None:
        return _of_line(line)
    if isinstance(operator, Stencil):
        return _of_stencil(operator)
    # Without the pairs only the discs of Gershgorin are known.
    return 2.0 * float(np.abs(matrix_of(operator).diagonal()).max()), 0.0


def _of_line(line: Line) -> tuple[float, float]:
    inner = slice(None) if line.ring else slice(1, -1)
    return _of_pair(line.up[inner], line.down[inner])


def _of_stencil(stencil: Stencil) -> tuple[float, float]:
    rates = _by_offset(stencil)
    parabola, swing = 0.0, 0.0
    while rates:
        offset, forth = rates.popitem()
        back = rates.pop(tuple(-step for step in offset), np.zeros(stencil.shape))
        inner = tuple(map(_inner, offset, stencil.periodic))
        wide, fast = _of_pair(forth[inner], back[inner])
        parabola += wide
        swing += fast
    return parabola, swing


def _inner(step: int, periodic: bool) -> slice:
    # A jump that leaves the grid on one side is a wall, not a drift.
    return slice(None) if periodic or step == 0 else slice(abs(step), -abs(step))


def _by_offset(stencil: Stencil) -> dict[Offset, FloatArray]:
    rates: dict[Offset, FloatArray] = {}
    for offset, rate in zip(stencil.offsets, stencil.rates, strict=True):
        if any(offset):
            rates[offset] = rates.get(offset, np.zeros(stencil.shape)) + rate
    return rates


def _of_pair(forth: FloatArray, back: FloatArray) -> tuple[float, float]:
    both, drift = forth + back, np.abs(forth - back)
    diffusive = (forth >= 0.0) & (back >= 0.0) & (both > 0.0)
    parabola = np.where(diffusive, 2.0 * drift**2 / np.where(both > 0.0, both, 1.0), 0.0)
    return float(parabola.max(initial=0.0)), float(np.where(diffusive, 0.0, drift).max(initial=0.0))
