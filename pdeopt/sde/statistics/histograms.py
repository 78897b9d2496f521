"""Histograms of values at every time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.statistics.histograms import add_histograms
from pdeopt.sde.statistics.sums import Part

__all__ = ["Histogram", "Histograms"]

CELLS_PER_BIN = 4
"""Finer than the bins, so that most cells meet a single one."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of one value between edges, at every time. A bin holds its left edge, the last one also its right.

    Parameters
    ----------
    edges : array, shape (n_bins + 1,)
    counts : array of int, shape (n_times, n_bins)
    below, above : array of int, shape (n_times,)
        Number of values outside the edges.
    """

    edges: FloatArray
    counts: IntArray
    below: IntArray
    above: IntArray

    @property
    def density(self) -> FloatArray:
        """Counts over bin width and the number of all values: it integrates to the share between the edges."""
        total = self.counts.sum(axis=1) + self.below + self.above
        density: FloatArray = self.counts / np.maximum(total, 1)[:, None] / np.diff(self.edges)
        return density

    @property
    def density_error(self) -> FloatArray:
        """Standard error of `density`, from the binomial law of each count."""
        total = np.maximum(self.counts.sum(axis=1) + self.below + self.above, 1)[:, None]
        share = self.counts / total
        error: FloatArray = np.sqrt(share * (1 - share) / total) / np.diff(self.edges)
        return error

    def to_arrays(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {name: getattr(self, name) for name in ("edges", "counts", "below", "above")}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> "Histogram":
        """Return the histogram that `to_arrays` was called on."""
        return cls(*(np.asarray(arrays[name]) for name in ("edges", "counts", "below", "above")))


class Histograms(Part):
    """Counts between the edges of one value, at every time."""

    names = ("counts",)

    def __init__(self, n_times: int, index: int, edges: FloatArray) -> None:
        self.index, self.edges = index, edges
        self.guide, self.scale = _guide(edges)
        self.counts: IntArray = np.zeros((n_times, edges.size + 1), dtype=np.int64)

    def add(self, first_time: int, values: FloatArray, invalid: IntArray) -> None:
        """Add the values of consecutive times."""
        counts = self.counts[first_time : first_time + len(values)]
        scratch = np.empty(values.shape[2])
        add_histograms(values, invalid, self.index, scratch, self.edges, self.guide, self.scale, counts)

    def merge(self, other: "Histograms") -> None:
        """Merge the counts of other paths."""
        self.counts += other.counts

    def result(self) -> Histogram:
        """Return the counts so far."""
        counts = self.counts.copy()
        return Histogram(self.edges, counts[:, 1:-1], counts[:, 0], counts[:, -1])


def _guide(edges: FloatArray) -> tuple[IntArray, float]:
    n_cells = CELLS_PER_BIN * (edges.size - 1)
    nodes = np.linspace(edges[0], edges[-1], n_cells + 1)
    # A value may land in the cell beside its own by rounding; the table allows for it.
    margin = 1e-9 * (nodes[1] - nodes[0]) + 8 * np.finfo(float).eps * np.abs(edges).max()
    ends = np.stack([nodes[:-1] - margin, nodes[1:] + margin], axis=1)
    bins = np.searchsorted(edges, ends.ravel(), side="right") - 1
    return np.clip(bins, 0, edges.size - 2).astype(np.int64), float(n_cells / (edges[-1] - edges[0]))
