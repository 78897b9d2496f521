"""What to collect of an ensemble."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike
from pdeopt.sde.statistics.accumulator import Accumulator
from pdeopt.sde.statistics.autocorrelation import Correlations
from pdeopt.sde.statistics.histograms import Histograms
from pdeopt.sde.statistics.quantiles import Sketches
from pdeopt.sde.statistics.sums import Covariances, Moments, Part

__all__ = ["Statistics"]

ACCURACY = 1e-2
FINEST, COARSEST = 1e-4, 0.5

Edges = tuple[float, ...]


@dataclass(frozen=True)
class Statistics:
    """What to collect of an ensemble while it runs.

    Parameters
    ----------
    moments : int
        Highest order of the moments, 1 to 8.
    covariance : bool
        Whether to collect the covariance matrix of the values.
    histogram : array_like or sequence of array_like or None, optional
        Increasing edges of bins, for every value or one array (or None) per value.
    quantiles : bool or float
        Whether to collect quantiles, and with which relative accuracy (0.0001 to 0.5); True is 0.01.
    autocorrelation : int, optional
        Number of lags, counted in saves.

    Raises
    ------
    ValueError
        If a number is outside its limits or edges do not increase.

    Notes
    -----
    Memory does not depend on the number of paths, see `n_bytes`. Quantiles take most: 64 kB per time and value at
    accuracy 0.01, and half a megabyte at 0.001.

    Examples
    --------
    >>> sums = Statistics(moments=2, quantiles=True).accumulator(n_times=1, n_values=1)
    >>> sums.begin_chunk()
    >>> sums.add(0, [[[1.0, 2.0, 3.0, 6.0]]])
    >>> found = sums.result([0.0], ["x"])
    >>> float(found.mean[0, 0]), float(found.quantile(1.0)[0, 0])
    (3.0, 6.0)
    """

    moments: int = 4
    covariance: bool = True
    histogram: Any = None
    quantiles: bool | float = False
    autocorrelation: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.moments, bool) or self.moments not in range(1, 9):
            raise ValueError(f"moments={self.moments!r} is not a whole number from 1 to 8. Use moments=4.")
        if not isinstance(self.quantiles, bool | np.bool_) and not FINEST <= self.quantiles <= COARSEST:
            raise ValueError(f"quantiles={self.quantiles} is not within {FINEST} and {COARSEST}. Use quantiles=True.")
        lags = self.autocorrelation
        if lags is not None and (isinstance(lags, bool) or lags != int(lags) or lags < 1):
            raise ValueError(f"autocorrelation={lags!r} is not a positive number of lags. Use autocorrelation=100.")
        object.__setattr__(self, "moments", int(self.moments))
        given = self.quantiles
        object.__setattr__(self, "quantiles", bool(given) if isinstance(given, bool | np.bool_) else float(given))
        object.__setattr__(self, "histogram", _edges(self.histogram))

    def accumulator(self, n_times: int, n_values: int) -> Accumulator:
        """Return empty sums for `n_values` values at `n_times` times.

        Raises
        ------
        ValueError
            If a number is not positive, or the edges or lags do not fit the values and times.
        """
        for name, number in (("n_times", n_times), ("n_values", n_values)):
            if number < 1:
                raise ValueError(f"{name}={number} is less than one. Use {name}=1.")
        if self.autocorrelation is not None and self.autocorrelation >= n_times:
            raise ValueError(
                f"autocorrelation={self.autocorrelation} lags do not fit into {n_times} saves. "
                f"Use autocorrelation={n_times - 1 or None}, or save more often."
            )
        return Accumulator(n_times, n_values, self._parts(n_times, n_values), self)

    def n_bytes(self, n_times: int, n_values: int) -> int:
        """Return the memory of an accumulator, before one is made."""
        parts = self._parts(1, n_values).values()
        sizes = [getattr(p, name).nbytes * (n_times if p.per_time else 1) for p in parts for name in p.names]
        return int(sum(sizes)) + 8 * n_times * n_values

    def _parts(self, n_times: int, n_values: int) -> dict[str, Part]:
        parts: dict[str, Part] = {"moments": Moments(n_times, n_values, self.moments)}
        # The covariance of a single value is its variance.
        if self.covariance and (n_values > 1 or self.moments < 2):
            parts["covariances"] = Covariances(n_times, n_values)
        for index, edges in enumerate(self._edges_per_value(n_values)):
            if edges is not None:
                parts[f"histogram{index}"] = Histograms(n_times, index, np.array(edges))
        if self.quantiles is not False:
            accuracy = ACCURACY if self.quantiles is True else float(self.quantiles)
            parts["quantiles"] = Sketches(n_times, n_values, accuracy)
        if self.autocorrelation is not None:
            parts["autocorrelation"] = Correlations(n_values, int(self.autocorrelation))
        return parts

    def _edges_per_value(self, n_values: int) -> Sequence[Edges | None]:
        if self.histogram is None or isinstance(self.histogram[0], float):
            return [self.histogram] * n_values
        if len(self.histogram) != n_values:
            raise ValueError(
                f"histogram holds edges for {len(self.histogram)} values, there are {n_values}. Use one array of edges "
                f"for all, or {n_values} arrays (None for no histogram)."
            )
        edges: Sequence[Edges | None] = self.histogram
        return edges


def _edges(given: Any) -> Edges | tuple[Edges | None, ...] | None:
    # Tuples of floats, so that requests compare and hash.
    if given is None:
        return None
    items = list(given)
    if all(np.ndim(item) == 0 and item is not None for item in items):
        return _increasing(items, "histogram")
    return tuple(None if item is None else _increasing(item, f"histogram[{i}]") for i, item in enumerate(items))


def _increasing(edges: ArrayLike, name: str) -> Edges:
    values = np.asarray(edges, dtype=float)
    if values.ndim != 1 or values.size < 2 or not np.isfinite(values).all() or not (np.diff(values) > 0).all():
        raise ValueError(
            f"{name} is not an array of at least two finite increasing edges (shape {values.shape}). "
            f"Use {name}=np.linspace(-3.0, 3.0, 101)."
        )
    return tuple(values.tolist())
