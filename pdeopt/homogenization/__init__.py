"""What the slow variables of a system of two time scales do: averaged drifts, their noise, and integrators."""

from pdeopt.homogenization.affine import LinearMoments, linear_moments
from pdeopt.homogenization.averages import AveragedDrift, averaged_drift
from pdeopt.homogenization.clt import CLTCovariance, clt_covariance
from pdeopt.homogenization.errors import AveragingError, averaging_error
from pdeopt.homogenization.limits import AveragedLimit, averaged
from pdeopt.homogenization.multiscale import Multiscale, multiscale
from pdeopt.homogenization.next_order import Homogenized, homogenized, homogenized_sde, next_order

__all__ = [
    "AveragedDrift",
    "AveragedLimit",
    "AveragingError",
    "CLTCovariance",
    "Homogenized",
    "LinearMoments",
    "Multiscale",
    "averaged",
    "averaged_drift",
    "averaging_error",
    "clt_covariance",
    "homogenized",
    "homogenized_sde",
    "linear_moments",
    "multiscale",
    "next_order",
"""Homogenization: what fast or fine structure does on long scales."""

from pdeopt.homogenization.driven import (
    Washboard,
    cellular_flow,
    effective_transport,
    shear_flow,
    tilted_washboard,
)
from pdeopt.homogenization.homogenized import Homogenized, homogenized
from pdeopt.homogenization.locally import LocallyHomogenized, locally_homogenized
from pdeopt.homogenization.passage import PassageTime, first_passage_time
from pdeopt.homogenization.potentials import at_scale, rough_potential
from pdeopt.homogenization.rough import EffectiveDiffusivity, effective_diffusivity

__all__ = [
    "EffectiveDiffusivity",
    "Homogenized",
    "LocallyHomogenized",
    "PassageTime",
    "Washboard",
    "at_scale",
    "cellular_flow",
    "effective_diffusivity",
    "effective_transport",
    "first_passage_time",
    "homogenized",
    "locally_homogenized",
    "rough_potential",
    "shear_flow",
    "tilted_washboard",
]
