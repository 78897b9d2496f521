"""The shape of a field on a grid: its minima and basins, its curvature, and what relaxation does to them."""

from pdeopt.geometry.audit import CurvatureAudit
from pdeopt.geometry.audit import audit as curvature_audit
from pdeopt.geometry.bounds import BoundRow, CurvatureBounds, curvature_bounds
from pdeopt.geometry.coexistence import CoexistenceCurve, wide_versus_sharp_curve
from pdeopt.geometry.convexity import convexity_time
from pdeopt.geometry.covering import Covering, covering_times
from pdeopt.geometry.crossings import CriticalTime, Crossing, Tested
from pdeopt.geometry.curvature import Semiconcavity, semiconcavity
from pdeopt.geometry.diagrams import Boundary, PhaseDiagram, load_phase_diagram
from pdeopt.geometry.fields import Extreme
from pdeopt.geometry.harmonic_means import HarmonicMeanAudit, HarmonicMeans, harmonic_mean, harmonic_mean_audit
from pdeopt.geometry.laws import hessian_bounds, relaxed_constant, relaxed_laplacian, sandwich
from pdeopt.geometry.phases import phase_diagram
from pdeopt.geometry.unimodality import unimodality_time
from pdeopt.geometry.wells import Minima, minima

__all__ = [
    "BoundRow",
    "Boundary",
    "CoexistenceCurve",
    "Covering",
    "CriticalTime",
    "Crossing",
    "CurvatureAudit",
    "CurvatureBounds",
    "Extreme",
    "HarmonicMeanAudit",
    "HarmonicMeans",
    "Minima",
    "PhaseDiagram",
    "Semiconcavity",
    "Tested",
    "convexity_time",
    "covering_times",
    "curvature_audit",
    "curvature_bounds",
    "harmonic_mean",
    "harmonic_mean_audit",
    "hessian_bounds",
    "load_phase_diagram",
    "minima",
    "phase_diagram",
    "relaxed_constant",
    "relaxed_laplacian",
    "sandwich",
    "semiconcavity",
    "unimodality_time",
    "wide_versus_sharp_curve",
]
