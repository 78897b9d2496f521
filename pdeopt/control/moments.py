"""Expectations under densities on a grid at several times."""

from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.control.problem import cost_on
from pdeopt.grid import Grid

__all__ = ["Moments"]


class Moments:
    """What follows from densities `values`, shape ``(n_times, *grid.shape)``, on cells of the given `volumes`."""

    times: FloatArray
    values: FloatArray
    volumes: FloatArray

    @property
    def _nodes(self) -> Grid:
        raise NotImplementedError

    def expectation(self, function: Any) -> FloatArray:
        """Return the mean at each time of a number, Landscape, function of a point or array at the nodes."""
        weights = cost_on(function, "function", self._nodes, self._nodes) * self.volumes
        return np.asarray((self.values * weights).reshape(len(self.times), -1).sum(axis=1))

    @cached_property
    def mass(self) -> FloatArray:
        """Mass at each time, shape (n_times,)."""
        return self.expectation(1.0)

    @cached_property
    def mean(self) -> FloatArray:
        """Mean at each time, shape (n_times, d)."""
        return np.stack([self.expectation(x) for x in self._coordinates], axis=-1)

    @cached_property
    def covariance(self) -> FloatArray:
        """Covariance at each time, shape (n_times, d, d)."""
        parts = [[self.expectation(x * y) for y in self._coordinates] for x in self._coordinates]
        return np.moveaxis(np.array(parts), -1, 0) - self.mean[:, :, None] * self.mean[:, None, :]

    @property
    def _coordinates(self) -> list[FloatArray]:
        return list(np.moveaxis(self._nodes.points(), -1, 0))
