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
