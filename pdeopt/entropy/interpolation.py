"""Local entropy on a line at very many points, by Chebyshev interpolation of integrals at a few.

For one landscape, time and temperature it is an analytic function of the point, kinks and walls or not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.polynomial import chebyshev

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.entropy.lines import Line
from pdeopt.entropy.panels import EPSILON

__all__ = ["interpolated", "pays"]

Rows: TypeAlias = tuple[FloatArray, int]
"""Value, slope, bend and their errors, shape (6, n), and evaluations."""

DEGREE = 24
NODES = chebyshev.chebpts1(DEGREE + 1)
CHECKS = np.cos(np.pi * np.arange(0, DEGREE + 2, 3) / (DEGREE + 1))
"""Some of the places between the nodes where the error of an interpolant is largest."""
PLACES = np.concatenate([NODES, CHECKS])
TO_COEFFICIENTS = chebyshev.chebvander(NODES, DEGREE).T * np.where(np.arange(DEGREE + 1) > 0, 2.0, 1.0)[:, None]
TO_COEFFICIENTS /= DEGREE + 1
AT_CHECKS = chebyshev.chebvander(CHECKS, DEGREE) @ TO_COEFFICIENTS
LEBESGUE = 3.0
"""Bound of an interpolant of degree 24 by the values at its nodes."""

WIDEST = 16.0
"""Of a panel, in widths of the kernel: then no node is further than one width from the next."""
FEWEST = 4 * PLACES.size
"""Points that make a panel worth its integrals."""
MANY = 4096


@dataclass(frozen=True, eq=False)
class Fit:
    """Chebyshev series of value, slope and bend on panels.

    Parameters
    ----------
    series : array, shape (3, panels, degree + 1)
    error : array, shape (3, panels)
    holds : array of bool, shape (panels,)
        Whether the series agree with the integrals between the nodes.
    """

    series: FloatArray
    error: FloatArray
    holds: BoolArray


def pays(line: Line) -> bool:
    """Whether there are many points, of which many have the same time and temperature."""
    return type(line) is Line and len(line.x) > MANY and bool(np.isfinite(line.beta).all())


def interpolated(line: Line, integrated: Callable[[Line], Rows]) -> Rows:
    """Relax many rows, those with the same time and temperature by interpolation where that saves integrals."""
    found, count = np.empty((6, len(line.x))), 0
    rest = np.ones(len(line.x), dtype=bool)
    for chosen in _alike(line):
        order = chosen[np.argsort(line.x[chosen])]
        columns, done, spent = _on_panels(line.rows(order), integrated)
        found[:, order[done]] = columns[:, done]
        rest[order[done]] = False
        count += spent
    if rest.any():
        found[:, rest], spent = integrated(line.rows(np.flatnonzero(rest)))
        count += spent
    return found, count


def _alike(line: Line) -> list[IntArray]:
    """Return large sets of rows that share time and temperature."""
    if np.ptp(line.time) == 0 and np.ptp(line.beta) == 0:
        return [np.arange(len(line.x))]
    _, group = np.unique(line.time + 1j * line.beta, return_inverse=True)
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    return [part for part in parts if len(part) > MANY]


def _on_panels(line: Line, integrated: Callable[[Line], Rows]) -> tuple[FloatArray, BoolArray, int]:
    """Interpolate sorted rows, halving panels until they hold; what is left for integrals is not marked as done."""
    n = len(line.x)
    found, done = np.empty((6, n)), np.zeros(n, dtype=bool)
    first, last = _first_panels(line)
    count = used = 0
    while True:
        large = last - first >= FEWEST
        first, last = first[large], last[large]
        used += PLACES.size * len(first)
        # Panels that keep failing must not cost more than they can save.
        if not len(first) or used > n // 2:
            return found, done, count
        fit, spent = _fitted(line, first, last, integrated)
        count += spent
        for k in np.flatnonzero(fit.holds):
            rows = slice(first[k], last[k])
            found[:3, rows] = chebyshev.chebval(_inner(line.x[rows]), fit.series[:, k].T)
            found[3:, rows] = fit.error[:, k, None]
            done[rows] = True
        first, last = _halved(line, first[~fit.holds], last[~fit.holds])


def _first_panels(line: Line) -> tuple[IntArray, IntArray]:
    """Return the first row and the one after the last of each panel: stretches of at most so many widths."""
    cell = np.floor((line.x - line.x[0]) / (WIDEST * line.width[0]))
    first = np.flatnonzero(np.diff(cell, prepend=-1.0))
    return first, np.append(first[1:], len(cell))


def _halved(line: Line, first: IntArray, last: IntArray) -> tuple[IntArray, IntArray]:
    """Cut panels in the middle."""
    middle = np.searchsorted(line.x, 0.5 * (line.x[first] + line.x[last - 1]), side="right")
    return np.concatenate([first, middle]), np.concatenate([middle, last])


def _inner(x: FloatArray) -> FloatArray:
    """Map the sorted points of a panel to [-1, 1]."""
    half = 0.5 * (x[-1] - x[0])
    inner: FloatArray = np.clip((x - 0.5 * (x[0] + x[-1])) / (half if half > 0 else 1.0), -1.0, 1.0)
    return inner


def _fitted(line: Line, first: IntArray, last: IntArray, integrated: Callable[[Line], Rows]) -> tuple[Fit, int]:
    """Integrate at the nodes of each panel, and between them to see whether the series hold."""
    lower, upper = line.x[first], line.x[last - 1]
    places = (0.5 * (lower + upper))[:, None] + (0.5 * (upper - lower))[:, None] * PLACES
    same = np.broadcast_to(first[:, None], places.shape).reshape(-1)
    columns, count = integrated(Line(line.f, places.reshape(-1), line.time[same], line.beta[same]))
    values, stated = columns.reshape(2, 3, *places.shape)
    at_nodes, at_checks = np.split(values, [NODES.size], axis=-1)
    series: FloatArray = at_nodes @ TO_COEFFICIENTS.T
    gap = np.abs(at_nodes @ AT_CHECKS.T - at_checks).max(axis=-1)
    worst = stated.max(axis=-1)
    # A place in [-1, 1] is rounded too, and T_k has a slope of up to k^2.
    rounding: FloatArray = EPSILON * np.abs(series) @ (8.0 + np.arange(DEGREE + 1.0) ** 2)
    holds = (gap <= 8 * worst).all(axis=0)
    error: FloatArray = 2 * gap + LEBESGUE * worst + rounding
    return Fit(series, error, holds), count
