"""The shape of a field on a grid: its minima, how deep and how curved they are, and their basins."""

from pdeopt.geometry.wells import Minima, minima

__all__ = ["Minima", "minima"]
