"""Landscapes: the record, and a catalogue of functions whose derivatives and minima are known.

Derivatives at a kink follow the entry's own statement. Parameters travel in ``args``, so that one compilation
serves all their values. Entries of any dimension take `dim`.
"""

from pdeopt.landscapes.benchmarks import (
    ackley,
    alpine,
    drop_wave,
    egg_crate,
    griewank,
    levy,
    rastrigin,
    rosenbrock,
    styblinski_tang,
)
from pdeopt.landscapes.catalogue import CATALOGUE, get
from pdeopt.landscapes.checks import CheckReport
from pdeopt.landscapes.composed import plus_quadratic, radial, ridge, separable
from pdeopt.landscapes.convex import (
    absolute_value,
    half_line,
    huber,
    log_cosh,
    pseudo_huber,
    quartic,
    rectifier,
)
from pdeopt.landscapes.envelopes import log_sum_exp, piecewise_parabolas, wide_versus_sharp
from pdeopt.landscapes.figures import chaudhari_figure_1_noisy, entropy_sgd_figure_2
from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.mixtures import gaussian_mixture
from pdeopt.landscapes.planar import (
    beale,
    coupled_double_well,
    himmelblau,
    mueller_brown,
    six_hump_camel,
    three_hump_camel,
)
from pdeopt.landscapes.quadratics import affine, quadratic
from pdeopt.landscapes.ripples import (
    chaudhari_figure_1,
    cosine,
    periodic_wells,
    rippled_parabola,
    rough_parabola,
)
from pdeopt.landscapes.wells import double_well, radial_double_well, rough_double_well, tilted_double_well

__all__ = [
    "CATALOGUE",
    "CheckReport",
    "Landscape",
    "absolute_value",
    "ackley",
    "affine",
    "alpine",
    "beale",
    "chaudhari_figure_1",
    "chaudhari_figure_1_noisy",
    "cosine",
    "coupled_double_well",
    "double_well",
    "drop_wave",
    "egg_crate",
    "entropy_sgd_figure_2",
    "gaussian_mixture",
    "get",
    "griewank",
    "half_line",
    "himmelblau",
    "huber",
    "levy",
    "log_cosh",
    "log_sum_exp",
    "mueller_brown",
    "periodic_wells",
    "piecewise_parabolas",
    "plus_quadratic",
    "pseudo_huber",
    "quadratic",
    "quartic",
    "radial",
    "radial_double_well",
    "rastrigin",
    "rectifier",
    "ridge",
    "rippled_parabola",
    "rosenbrock",
    "rough_double_well",
    "rough_parabola",
    "separable",
    "six_hump_camel",
    "styblinski_tang",
    "three_hump_camel",
    "tilted_double_well",
    "wide_versus_sharp",
]
