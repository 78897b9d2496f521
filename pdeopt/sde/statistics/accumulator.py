"""Sums that take the values of paths as they are made, and merge."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.kernels.statistics.rows import count_invalid
from pdeopt.sde.statistics.autocorrelation import Autocorrelation, Correlations
from pdeopt.sde.statistics.histograms import Histogram, Histograms
from pdeopt.sde.statistics.quantiles import Quantiles, Sketches
from pdeopt.sde.statistics.result import EnsembleStatistics
from pdeopt.sde.statistics.sums import Covariances, Moments, Part

__all__ = ["Accumulator"]


class Request(Protocol):
    """What an accumulator knows of what was asked for."""

    @property
    def covariance(self) -> bool:
        """Whether the covariance is wanted."""
        ...


class Accumulator:
    """The running statistics of an ensemble, made by `Statistics.accumulator`.

    Call `begin_chunk` before each chunk of paths, then `add` with its save times in order. The same calls give the
    same bits; another grouping of the paths agrees to rounding.

    Parameters
    ----------
    n_times, n_values : int
    parts : dict of Part
        The sums by name; ``"moments"`` is always there.
    request : Statistics
        What was asked for.
    """

    def __init__(self, n_times: int, n_values: int, parts: dict[str, Part], request: Request) -> None:
        self.n_times, self.n_values = n_times, n_values
        self.parts, self.request = parts, request
        self.n_invalid: IntArray = np.zeros((n_times, n_values), dtype=np.int64)

    def begin_chunk(self) -> None:
        """Say that the next values belong to other paths and start again at an earlier time."""
        for part in self.parts.values():
            part.begin_chunk()

    def add(self, first_time: int, values: ArrayLike) -> None:
        """Add the values of consecutive save times of one chunk of paths.

        Parameters
        ----------
        first_time : int
            Index of the first of these times.
        values : array, shape (k, n_values, lanes)
            Values that are not finite are counted in `n_invalid` and otherwise left out.

        Raises
        ------
        ValueError
            If the shape does not fit.
        """
        block = np.ascontiguousarray(values, dtype=float)
        self._check(first_time, block)
        if block.size == 0:
            return
        invalid: IntArray = np.empty(block.shape[:2], dtype=np.int64)
        count_invalid(block, invalid)
        self.n_invalid[first_time : first_time + len(block)] += invalid
        for part in self.parts.values():
            part.add(first_time, block, invalid)

    def merge(self, other: "Accumulator") -> None:
        """Merge the statistics of other paths, which come after these.

        Raises
        ------
        ValueError
            If the other accumulator collects something else.
        """
        mine, theirs = self._form(), other._form()
        if mine != theirs:
            raise ValueError(f"other has n_times, n_values and request {theirs}, this one {mine}. Use the same.")
        self.n_invalid += other.n_invalid
        for name, part in self.parts.items():
            part.merge(other.parts[name])

    def to_arrays(self) -> dict[str, Any]:
        """Return all sums as plain arrays by name, as they are between two chunks."""
        found = {f"{name}.{key}": getattr(part, key) for name, part in self.parts.items() for key in part.names}
        return {"n_invalid": self.n_invalid, **found}

    def restore(self, arrays: Mapping[str, Any]) -> None:
        """Take over the sums that `to_arrays` of an accumulator of the same kind returned, to the bit.

        Raises
        ------
        ValueError
            If an array is missing or has another shape; the message names it.
        """
        for name, mine in self.to_arrays().items():
            if name not in arrays or np.shape(arrays[name]) != mine.shape:
                found = f"shape {np.shape(arrays[name])}" if name in arrays else "nothing"
                raise ValueError(f"arrays has {found} under {name!r}, needed is shape {mine.shape}; use to_arrays().")
        for name, mine in self.to_arrays().items():
            mine[...] = arrays[name]
        self.begin_chunk()

    def result(self, times: ArrayLike, names: Sequence[str]) -> EnsembleStatistics:
        """Return the statistics so far.

        Parameters
        ----------
        times : array_like, shape (n_times,)
        names : sequence of str
            One per value.

        Raises
        ------
        ValueError
            If the numbers of times or names do not fit.
        """
        when = np.array(times, dtype=float)
        if when.shape != (self.n_times,):
            raise ValueError(f"times has shape {when.shape}, not {self.n_times} entries; use ({self.n_times},).")
        if len(names) != self.n_values:
            raise ValueError(f"names has {len(names)} entries for {self.n_values} values; use {self.n_values} names.")
        moments: Any = self.parts["moments"]
        return EnsembleStatistics(
            when,
            tuple(names),
            moments.count.copy(),
            self.n_invalid.copy(),
            moments.mean(),
            moments.central(),
            self._covariance(moments),
            self._histograms(),
            self._quantiles(moments.count.copy()),
            self._correlation(),
        )

    def _covariance(self, moments: Moments) -> FloatArray | None:
        part = self.parts.get("covariances")
        if isinstance(part, Covariances):
            return part.covariance()
        return moments.variance()[..., None] if self.request.covariance else None

    def _histograms(self) -> tuple[Histogram | None, ...]:
        parts = [self.parts.get(f"histogram{index}") for index in range(self.n_values)]
        return tuple(part.result() if isinstance(part, Histograms) else None for part in parts)

    def _quantiles(self, count: IntArray) -> Quantiles | None:
        part = self.parts.get("quantiles")
        return part.result(count) if isinstance(part, Sketches) else None

    def _correlation(self) -> Autocorrelation | None:
        part = self.parts.get("autocorrelation")
        return part.result(self.n_times) if isinstance(part, Correlations) else None

    def _form(self) -> tuple[object, ...]:
        return self.n_times, self.n_values, self.request

    def _check(self, first_time: int, block: FloatArray) -> None:
        if block.ndim != 3 or block.shape[1] != self.n_values:
            raise ValueError(f"values has shape {block.shape}; use (k, {self.n_values}, lanes).")
        if len(block) > self.n_times:
            raise ValueError(
                f"values holds {len(block)} times, the accumulator {self.n_times}. Use at most {self.n_times}."
            )
        if not 0 <= first_time <= self.n_times - len(block):
            raise ValueError(
                f"first_time={first_time} with {len(block)} times of values ends outside the {self.n_times} times of "
                f"the accumulator. Use 0 <= first_time <= {self.n_times - len(block)}."
            )
