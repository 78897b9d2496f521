"""Pictures of relaxed landscapes: a result in, Matplotlib axes out."""

from pdeopt.plot.animation import animate
from pdeopt.plot.files import SUFFIXES, save
from pdeopt.plot.lines import curves
from pdeopt.plot.planes import contours, strip, surface

__all__ = ["SUFFIXES", "animate", "contours", "curves", "save", "strip", "surface"]
