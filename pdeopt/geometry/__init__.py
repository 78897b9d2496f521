"""The shape of a field on a grid: minima, passes, basins and how they merge, in height and in time."""

from pdeopt.geometry.passes import Saddles, saddles
from pdeopt.geometry.tracked import Merge, TrackedMinima
from pdeopt.geometry.tracking import track_minima
from pdeopt.geometry.trees import MergeTree, merge_tree
from pdeopt.geometry.wells import Minima, minima
from pdeopt.geometry.widths import BasinWidths, basin_widths

__all__ = [
    "BasinWidths",
    "Merge",
    "MergeTree",
    "Minima",
    "Saddles",
    "TrackedMinima",
    "basin_widths",
    "merge_tree",
    "minima",
    "saddles",
    "track_minima",
]
