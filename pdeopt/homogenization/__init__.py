"""Homogenization: what fast variables and fine structure do on long scales."""

from pdeopt.homogenization.affine import LinearMoments, linear_moments
from pdeopt.homogenization.averages import AveragedDrift, averaged_drift
from pdeopt.homogenization.clt import CLTCovariance, clt_covariance
from pdeopt.homogenization.driven import (
    Washboard,
    cellular_flow,
    effective_transport,
    shear_flow,
    tilted_washboard,
)
from pdeopt.homogenization.errors import AveragingError, averaging_error
from pdeopt.homogenization.fluctuations import DiffusionLimit, diffusion_limit, diffusion_limit_sde, next_order
from pdeopt.homogenization.limits import AveragedLimit, averaged
from pdeopt.homogenization.locally import LocallyHomogenized, locally_homogenized
from pdeopt.homogenization.macro import Multiscale, multiscale
from pdeopt.homogenization.passage import PassageTime, first_passage_time
from pdeopt.homogenization.potentials import at_scale, rough_potential
from pdeopt.homogenization.rough import EffectiveDiffusivity, effective_diffusivity
from pdeopt.homogenization.rough_dynamics import Homogenized, homogenized

__all__ = [
    "AveragedDrift",
    "AveragedLimit",
    "AveragingError",
    "CLTCovariance",
    "DiffusionLimit",
    "EffectiveDiffusivity",
    "Homogenized",
    "LinearMoments",
    "LocallyHomogenized",
    "Multiscale",
    "PassageTime",
    "Washboard",
    "at_scale",
    "averaged",
    "averaged_drift",
    "averaging_error",
    "cellular_flow",
    "clt_covariance",
    "diffusion_limit",
    "diffusion_limit_sde",
    "effective_diffusivity",
    "effective_transport",
    "first_passage_time",
    "homogenized",
    "linear_moments",
    "locally_homogenized",
    "multiscale",
    "next_order",
    "rough_potential",
    "shear_flow",
    "tilted_washboard",
]
