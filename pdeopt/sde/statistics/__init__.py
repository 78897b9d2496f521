"""Streaming statistics of ensembles: what to collect, the sums that collect it, and the record that comes of them."""

from pdeopt.sde.statistics.accumulator import Accumulator
from pdeopt.sde.statistics.request import Statistics
from pdeopt.sde.statistics.result import EnsembleStatistics

__all__ = ["Accumulator", "EnsembleStatistics", "Statistics"]
