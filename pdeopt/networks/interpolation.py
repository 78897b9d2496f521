"""Averages over random positions on a uniform grid, their transpose and their slopes: kernels under checked names."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kernels.networks import sweeps

__all__ = ["SURE", "Interpolation"]

SURE: FloatArray = np.ones(1)
"""The probability of the one outcome of what is not random."""

LARGEST_ORDER = 16
MOST_POSITIONS = 3e7
"""Half a gigabyte in two dimensions."""

ROUNDING = 1e-9
"""How far beyond the grid a position may lie, in spacings, and still count as inside."""


@dataclass(frozen=True, eq=False)
class Interpolation:
    """Local Lagrange interpolation through the nodes of a uniform grid of one or two axes.

    Parameters
    ----------
    grid : Grid
    order : int
        Nodes along each axis, even.
    """

    grid: Grid
    order: int = 6

    def __post_init__(self) -> None:
        grid, order = self.grid, self.order
        if grid.dim > 2 or any(grid.periodic) or not all(grid.uniform):
            raise ValueError(
                f"grid={grid} must have one or two axes, uniform, not periodic, e.g. Grid(-1.0, 1.0, (161, 161))."
            )
        if order not in range(2, LARGEST_ORDER + 1, 2):
            raise ValueError(f"order={order!r} must be an even number from 2 to {LARGEST_ORDER}, e.g. order=6.")
        if min(grid.shape) < order:
            raise ValueError(f"order={order} needs as many nodes, but the grid has shape {grid.shape}. Use order=2.")

    @cached_property
    def nodes(self) -> FloatArray:
        """All nodes, shape (n, d)."""
        return self.grid.points().reshape(-1, self.grid.dim)

    @cached_property
    def box(self) -> tuple[FloatArray, FloatArray]:
        """Corners of the grid, up to rounding."""
        slack = ROUNDING * np.array(self.grid.spacing)
        return np.array(self.grid.lower) - slack, np.array(self.grid.upper) + slack

    @property
    def margin(self) -> FloatArray:
        """How far beyond a position the nodes lie that it is interpolated from, shape (d,)."""
        return 0.5 * self.order * np.array(self.grid.spacing)

    @cached_property
    def _geometry(self) -> tuple[Any, ...]:
        return np.array(self.grid.lower), np.array(self.grid.spacing), self.order, np.empty((4, self.order))

    def check_room(self, n_outcomes: int) -> None:
        """Raise where positions of so many outcomes of every node would fill the memory."""
        if n_outcomes * self.grid.size > MOST_POSITIONS:
            raise ValueError(
                f"grid of {self.grid.size} nodes with {n_outcomes} outcomes for each has more than the "
                f"{MOST_POSITIONS:.0e} positions there is room for. Use at most {int(MOST_POSITIONS / n_outcomes)} "
                "nodes, or a layer with fewer random factors."
            )

    def average(self, values: FloatArray, positions: FloatArray, weights: FloatArray) -> FloatArray:
        """Return averages of fields, an axis before the grid, at positions (n_outcomes, n, d), shape (n_fields, n)."""
        out = np.empty((len(values), positions.shape[1]))
        self._run(sweeps.average_1d, sweeps.average_2d, values, positions, weights, out)
        return out

    def spread(self, masses: FloatArray, positions: FloatArray, weights: FloatArray) -> FloatArray:
        """Return masses (n_fields, n) moved to the nodes around their positions, an axis of fields before the grid."""
        out = np.zeros((len(masses), *self.grid.shape))
        self._run(sweeps.spread_1d, sweeps.spread_2d, masses, positions, weights, out)
        return out

    def pull(self, values: FloatArray, masses: FloatArray, positions: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the derivative of the average over all masses by each position, shape (n_outcomes, n, d)."""
        out = np.empty_like(positions)
        kernel: Callable[..., None] = sweeps.pull_1d if self.grid.dim == 1 else sweeps.pull_2d
        kernel(values, masses, positions, weights, *self._geometry, out)
        return out

    def outside(self, positions: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the probability with which each of n points is sent beyond the grid, shape (n,)."""
        low, high = self.box
        beyond = (positions < low) | (positions > high)
        found: FloatArray = np.abs(weights) @ beyond.any(axis=-1)
        return found

    def _run(
        self,
        one: Callable[..., None],
        two: Callable[..., None],
        field: FloatArray,
        positions: FloatArray,
        weights: FloatArray,
        out: FloatArray,
    ) -> None:
        if not np.isfinite(positions).all():
            raise ValueError(
                "a layer sends states of the grid to places that are not finite: its weights are infinite or NaN. Use "
                "finite weights, e.g. net.initial(seed=0)."
            )
        (one if self.grid.dim == 1 else two)(field, positions, weights, *self._geometry, out)
