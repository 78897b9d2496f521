"""Landscapes: the record, and a catalogue of functions whose minima and derivatives are known."""

from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.quadratics import gaussian_mixture, quadratic
from pdeopt.landscapes.wells import (
    absolute_value,
    chaudhari_figure_1,
    cosine,
    double_well,
    rippled_parabola,
)

__all__ = [
    "Landscape",
    "absolute_value",
    "chaudhari_figure_1",
    "cosine",
    "double_well",
    "gaussian_mixture",
    "quadratic",
    "rippled_parabola",
]
