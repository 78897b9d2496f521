"""Pictures of relaxed landscapes, orders of convergence and answers of generators: a result in, Matplotlib axes out."""

from pdeopt.plot.animation import animate
from pdeopt.plot.continuation import minimiser_path
from pdeopt.plot.densities import density
from pdeopt.plot.files import save
from pdeopt.plot.kolmogorov import answer, current, spectrum
from pdeopt.plot.lines import curves
from pdeopt.plot.orders import eoc, verdict
from pdeopt.plot.paper import paper_figure
from pdeopt.plot.phases import curvature, phase_diagram
from pdeopt.plot.planes import contours, strip, surface
from pdeopt.plot.reproductions import plot_boundary, plot_reproduction, plot_segments
from pdeopt.plot.scans import plot_scan
from pdeopt.plot.solutions import film, solution
from pdeopt.plot.training import plot_history
from pdeopt.plot.trees import merge_tree, persistence, tracked_minima

__all__ = [
    "animate",
    "answer",
    "contours",
    "current",
    "curvature",
    "curves",
    "density",
    "eoc",
    "film",
    "merge_tree",
    "minimiser_path",
    "paper_figure",
    "persistence",
    "phase_diagram",
    "plot_boundary",
    "plot_history",
    "plot_reproduction",
    "plot_scan",
    "plot_segments",
    "save",
    "solution",
    "spectrum",
    "strip",
    "surface",
    "tracked_minima",
    "verdict",
]
