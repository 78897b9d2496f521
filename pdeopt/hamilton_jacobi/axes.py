"""One axis of a field under transformation: its nodes, how it goes on beyond them, and its quadrature rule."""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from pdeopt._types import BoolArray, FloatArray, IntArray
from pdeopt.grid import Grid

__all__ = ["CELLS", "TRAPEZOID", "WEIGHTED", "Axis", "Extension", "make_axis"]

Edge: TypeAlias = str
TRAPEZOID, WEIGHTED, CELLS = "trapezoid", "weighted", "cells"
REACH = 9.8
"""Standard deviations that hold a Gaussian to 1e-22."""
LOG_TAIL = 48.0
RESOLVED = 1.35
"""Standard deviations of the kernel per node spacing from which the trapezoid rule is accurate to rounding."""


@dataclass(frozen=True, eq=False)
class Extension:
    """An index map of a line and the positions it stands for; index -1 is a wall."""

    index: IntArray
    nodes: FloatArray


@dataclass(frozen=True, eq=False)
class Axis:
    """Nodes of a field along one axis.

    Parameters
    ----------
    nodes : array, shape (n,)
    edge : {"wall", "constant", "periodic", "reflecting"}
        What lies beyond: nothing, the edge value, copies, mirror images.
    period : float
        Length after which a periodic axis repeats, else 0.
    rule : str
        `TRAPEZOID`, `WEIGHTED` or `CELLS`.
    variance : float
        Gaussian variance still to be applied.
    applied : float
        Variance that coarsening has applied already.
    grid_spacing : float
        Spacing of the grid that the Gauss points of `WEIGHTED` stand for, else 0.
    origin : str
        The rule of the samples, once coarsening has replaced it.
    faces : (low, high)
        Where a reflecting axis reflects.
    log_weights : array, shape (n,), optional
        Logarithms of the quadrature weights of `WEIGHTED`.
    smooth : bool array, shape (n,), optional
        False at kinks.
    curvature : (low, high)
        Known bounds of the second derivative, else NaN.
    """

    nodes: FloatArray
    edge: Edge
    period: float = 0.0
    rule: str = TRAPEZOID
    variance: float = 0.0
    applied: float = 0.0
    grid_spacing: float = 0.0
    origin: str = ""
    faces: tuple[float, float] = (0.0, 0.0)
    log_weights: FloatArray | None = None
    smooth: BoolArray | None = None
    curvature: tuple[float, float] = (np.nan, np.nan)

    @property
    def spacing(self) -> float:
        """Distance of neighbouring nodes; for Gauss points, that of the grid they stand for."""
        if self.grid_spacing > 0.0:
            return self.grid_spacing
        return float((self.nodes[-1] - self.nodes[0]) / (self.nodes.size - 1))

    def towards(self, total: float) -> "Axis":
        """Return the same axis on its way to the variance `total`."""
        return replace(self, variance=total - self.applied)

    def reach(self, variance: float) -> float:
        """Return how far an output looks: nearer images of a node win beyond."""
        if self.edge == "constant":
            return REACH * float(np.sqrt(variance))
        # Some image of the best node is this near; whatever is farther by LOG_TAIL in the exponent does not count.
        half = {"periodic": 0.5 * self.period, "reflecting": self.faces[1] - self.faces[0]}.get(self.edge, 0.0)
        return float(np.sqrt(half**2 + 2.0 * variance * (LOG_TAIL + np.log(self.nodes.size))))

    def extension(self, low: float, high: float) -> Extension:
        """Return the extension that covers `[low, high]` at least."""
        n = self.nodes.size
        if self.edge == "periodic":
            return _repeated(np.arange(n), self.nodes, self.period, low, high)
        if self.edge == "reflecting":
            bottom, top = self.faces
            # Nodes on a face are their own mirror images, and counted once.
            inner = np.flatnonzero((self.nodes > bottom) & (self.nodes < top))[::-1]
            index = np.concatenate([np.arange(n), inner])
            places = np.concatenate([self.nodes, 2.0 * top - self.nodes[inner]])
            return _repeated(index, places, 2.0 * (top - bottom), low, high)
        if self.edge == "constant":
            return self._constant_extension(low, high)
        return Extension(np.arange(n), self.nodes)

    def _constant_extension(self, low: float, high: float) -> Extension:
        n, h = self.nodes.size, self.spacing
        if self.rule != TRAPEZOID:
            # On cells one wide cell with the edge value at both ends is exact, however long.
            far = np.array([min(low, self.nodes[0]) - h, max(high, self.nodes[-1]) + h])
            nodes = np.concatenate([far[:1], self.nodes, far[1:]])
            return Extension(np.concatenate([[0], np.arange(n), [n - 1]]), nodes)
        before = max(int(np.ceil((self.nodes[0] - low) / h)), 0)
        after = max(int(np.ceil((high - self.nodes[-1]) / h)), 0)
        places = np.arange(-before, n + after)
        nodes = self.nodes[0] + places * h
        # The nodes themselves, free of the rounding of `places * h`.
        nodes[before : before + n] = self.nodes
        return Extension(np.clip(places, 0, n - 1), nodes)


def _repeated(index: IntArray, nodes: FloatArray, length: float, low: float, high: float) -> Extension:
    """Return copies of the nodes, `length` apart, that cover `[low, high]`."""
    first = int(np.floor((low - nodes[-1]) / length))
    last = int(np.ceil((high - nodes[0]) / length))
    shifts = np.arange(first, last + 1)
    places = (nodes[None, :] + shifts[:, None] * length).ravel()
    # One node more at either end, for the cell that holds the end.
    keep_from = max(int(np.searchsorted(places, low)) - 1, 0)
    keep_to = min(int(np.searchsorted(places, high)) + 2, places.size)
    return Extension(np.tile(index, shifts.size)[keep_from:keep_to], places[keep_from:keep_to])


def make_axis(grid: Grid, k: int, edge: Edge) -> Axis:
    """Return axis `k` of a grid, with nothing to do yet."""
    period = grid.upper[k] - grid.lower[k] if grid.periodic[k] else 0.0
    rule = TRAPEZOID if grid.uniform[k] else CELLS
    return Axis(np.array(grid.axes[k]), edge, period, rule, faces=(grid.lower[k], grid.upper[k]))
