"""The shape of a field on a grid: minima, passes, basins, curvature, and what relaxation does to them."""

from pdeopt.geometry.audit import CurvatureAudit, curvature_audit
from pdeopt.geometry.bounds import BoundRow, CurvatureBounds, curvature_bounds
from pdeopt.geometry.coexistence import CoexistenceCurve, wide_versus_sharp_curve
from pdeopt.geometry.convexity import convexity_time
from pdeopt.geometry.covering import Covering, covering_times
from pdeopt.geometry.crossings import CriticalTime, Crossing, Evidence
from pdeopt.geometry.curvature import Semiconcavity, semiconcavity
from pdeopt.geometry.diagrams import Boundary, PhaseDiagram, load_phase_diagram
from pdeopt.geometry.fields import Extreme
from pdeopt.geometry.harmonic_means import HarmonicMeanAudit, HarmonicMeans, harmonic_mean, harmonic_mean_audit
from pdeopt.geometry.laws import hessian_bounds, relaxed_constant, relaxed_laplacian, sandwich
from pdeopt.geometry.passes import Saddles, saddles
from pdeopt.geometry.phases import phase_diagram
from pdeopt.geometry.tracked import Merge, TrackedMinima
from pdeopt.geometry.tracking import track_minima
from pdeopt.geometry.trees import MergeTree, merge_tree
from pdeopt.geometry.unimodality import unimodality_time
from pdeopt.geometry.wells import Minima, minima
from pdeopt.geometry.widths import BasinWidths, basin_widths

__all__ = [
    "BasinWidths",
    "BoundRow",
    "Boundary",
    "CoexistenceCurve",
    "Covering",
    "CriticalTime",
    "Crossing",
    "CurvatureAudit",
    "CurvatureBounds",
    "Evidence",
    "Extreme",
    "HarmonicMeanAudit",
    "HarmonicMeans",
    "Merge",
    "MergeTree",
    "Minima",
    "PhaseDiagram",
    "Saddles",
    "Semiconcavity",
    "TrackedMinima",
    "basin_widths",
    "convexity_time",
    "covering_times",
    "curvature_audit",
    "curvature_bounds",
    "harmonic_mean",
    "harmonic_mean_audit",
    "hessian_bounds",
    "load_phase_diagram",
    "merge_tree",
    "minima",
    "phase_diagram",
    "relaxed_constant",
    "relaxed_laplacian",
    "saddles",
    "sandwich",
    "semiconcavity",
    "track_minima",
    "unimodality_time",
    "wide_versus_sharp_curve",
]
