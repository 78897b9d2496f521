"""Mean first passage times on a line by quadrature of the double integral."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.polynomial import legendre
from scipy.special import logsumexp

from pdeopt._types import FloatArray
from pdeopt.homogenization.medium_checks import check_landscape, checked_positive
from pdeopt.landscapes import Landscape

__all__ = ["Fields", "PassageTime", "first_passage_time", "passage_between"]

ORDER = 12
"""Gauss-Legendre nodes in a panel."""
FEWEST, MOST = 16, 1 << 18
NEGLIGIBLE = 45.0
"""In units of temperature: how high above the rest the potential is where the line is cut."""
AGREED = 5e-15
LONGEST = 700.0


class Fields(NamedTuple):
    """beta V and -log M, functions of positions at which the passage goes to the right."""

    height: Callable[[FloatArray], FloatArray]
    resistance: Callable[[FloatArray], FloatArray]


class PassageTime(NamedTuple):
    """A mean first passage time, the change from half as many panels, their number, and where the line was cut."""

    value: float
    error: float
    n_panels: int
    lowest: float


def first_passage_time(
    landscape: Landscape,
    start: float,
    end: float,
    *,
    beta: float = 1.0,
    mobility: Landscape | float = 1.0,
    scale: float | None = None,
    wall: float | None = None,
) -> PassageTime:
    """Return the mean time from one point of a line to another.

    Parameters
    ----------
    landscape : Landscape
        V, of one dimension, which confines on the side of `start` away from `end` unless there is a wall.
    start, end : float
    beta : float
        Inverse temperature.
    mobility : float or Landscape
        M > 0: dX = (-M V' + M' / beta) dt + sqrt(2 M / beta) dW.
    scale : float, optional
        Length of the finest ripples; panels are a quarter of it at most. By default what V shows by itself.
    wall : float, optional
        A reflecting wall beyond `start`; by default the line is cut where exp(-beta V) is negligible.

    Returns
    -------
    PassageTime

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or V does not confine.

    Notes
    -----
    ``beta int_start^end exp(beta V(y)) / M(y) int_-inf^y exp(-beta V(z)) dz dy``, both integrals in panels of 12
    Gauss-Legendre nodes; the inner one at those nodes by the integral of the polynomial through them. All terms are
    positive and scaled panel by panel, so that no barrier is too high. Panels are halved until nothing changes.

    Examples
    --------
    >>> import pdeopt
    >>> round(first_passage_time(pdeopt.landscapes.double_well(), -1.0, 1.0, beta=2.0).value, 10)
    6.6977579071
    """
    check_landscape(landscape, "landscape", (1,))
    beta = checked_positive(beta, "beta")
    if not (np.isfinite(start) and np.isfinite(end)) or start == end:
        raise ValueError(f"start={start!r} and end={end!r} must be two different finite numbers, e.g. -1.0 and 1.0.")
    sign = 1.0 if end > start else -1.0
    if wall is not None and sign * (start - wall) <= 0.0:
        raise ValueError(f"wall={wall!r} does not lie beyond start={start!r} as seen from end={end!r}.")

    def height(x: FloatArray) -> FloatArray:
        return beta * np.asarray(landscape(sign * x), dtype=float)

    def resistance(x: FloatArray) -> FloatArray:
        if not isinstance(mobility, Landscape):
            return np.full_like(x, -np.log(checked_positive(mobility, "mobility")))
        return -np.log(np.asarray(mobility(sign * x)))

    return passage_between(Fields(height, resistance), sign, (start, end), beta=beta, scale=scale, wall=wall)


def passage_between(
    fields: Fields, sign: float, ends: tuple[float, float], *, beta: float, scale: float | None, wall: float | None
) -> PassageTime:
    """Return the mean first passage time for fields of sign * x, in which the passage goes to the right."""
    start, end = (sign * x for x in ends)
    low = sign * wall if wall is not None else _cut(fields, start, end)
    longest = max(start - low, end - start)
    n = (
        FEWEST
        if scale is None
        else max(FEWEST, int(np.ceil(longest / (0.25 * checked_positive(scale, "scale", "0.1")))))
    )
    last = _integral(fields, low, start, end, n)
    while True:
        n *= 2
        found = _integral(fields, low, start, end, n)
        if abs(found - last) <= AGREED * found or n > MOST:
            return PassageTime(beta * found, beta * abs(found - last), 2 * n, sign * low)
        last = found


def _cut(fields: Fields, start: float, end: float) -> float:
    """Return where the line may end: beyond, exp(-beta V) adds nothing."""
    distance = abs(end - start) / 8.0
    for _ in range(60):
        heights = fields.height(np.linspace(start - 2.0 * distance, end, 257))
        beyond = fields.height(np.linspace(start - 2.0 * distance, start - distance, 65))
        if beyond.min() > heights.min() + NEGLIGIBLE:
            return start - distance
        distance *= 1.25
    raise ValueError(
        f"landscape does not rise by {NEGLIGIBLE:g} / beta beyond start={start:g}: the process escapes. "
        "State a reflecting wall, e.g. wall=start - 10.0."
    )


def _rule() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return nodes, weights, and the matrix of integrals from -1 to each node of the polynomial through the nodes."""
    x, w = legendre.leggauss(ORDER)
    values = legendre.legvander(x, ORDER)
    degrees = np.arange(ORDER)
    ends = np.concatenate([x[:, None] + 1.0, (values[:, 2:] - values[:, :-2]) / (2.0 * degrees[1:] + 1.0)], axis=1)
    return x, w, ends @ ((2.0 * degrees + 1.0)[:, None] / 2.0 * w * values[:, :ORDER].T)


NODES, WEIGHTS, PRIMITIVE = _rule()


def _integral(fields: Fields, low: float, start: float, end: float, n: int) -> float:
    """Return the double integral with n panels before and n after the start."""
    edges = np.concatenate([np.linspace(low, start, n + 1), np.linspace(start, end, n + 1)[1:]])
    half = 0.5 * np.diff(edges)[:, None]
    nodes = edges[:-1, None] + half * (NODES + 1.0)
    heights = fields.height(nodes.ravel()).reshape(nodes.shape)
    floor = heights.min(axis=1, keepdims=True)
    weights = np.exp(floor - heights)
    whole = np.log(half[:, 0] * (weights @ WEIGHTS)) - floor[:, 0]
    before = np.append(-np.inf, np.logaddexp.accumulate(whole)[:-1])[:, None]
    # Where the panels are too long the polynomial may dip below zero; finer ones show it.
    within = np.log(np.maximum(half * (weights @ PRIMITIVE.T), 1e-300)) - floor
    inner = np.logaddexp(before, within)[n:]
    slowness = heights[n:] + fields.resistance(nodes[n:].ravel()).reshape(-1, ORDER)
    found = float(logsumexp(slowness + inner + np.log(half[n:] * WEIGHTS)))
    if found > LONGEST:
        raise ValueError(
            f"the passage takes exp({found:.0f}) units of time, too long for a number. Use a smaller beta."
        )
    return float(np.exp(found))
