"""Pictures of relaxed landscapes and of orders of convergence: a result in, Matplotlib axes out."""

from pdeopt.plot.animation import animate
from pdeopt.plot.files import save
from pdeopt.plot.lines import curves
from pdeopt.plot.orders import eoc, verdict
from pdeopt.plot.planes import contours, strip, surface

__all__ = ["animate", "contours", "curves", "eoc", "save", "strip", "surface", "verdict"]
