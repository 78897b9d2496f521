"""Reference numbers: solutions to 12 digits and more, from 40-digit quadrature, closed forms and characteristics."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt import Grid, Landscape, landscapes

SMOOTH = (1e-12, 1e-11, 1e-9)
KINKED = (1e-8, 1e-8, 1e-8)
PLANAR = (1e-10, 1e-10, 1e-10)


@dataclass(frozen=True)
class Row:
    """One problem, one point, and value, gradient and Hessian there, as far as known; tolerances are relative."""

    name: str
    landscape: Callable[[], Landscape]
    grid: Grid
    time: float
    beta: float
    point: tuple[float, ...]
    expected: tuple[Any, ...]
    tolerance: tuple[float, float, float] = SMOOTH

    def index(self) -> tuple[int, ...]:
        """Return the node at the point."""
        return tuple(
            int(np.abs(axis - coordinate).argmin()) for axis, coordinate in zip(self.grid.axes, self.point, strict=True)
        )


def line(low=-3.0, high=3.0, n=601):
    return Grid(low, high, n)


def row_1d(name, landscape, time, beta, x, *expected, tolerance=SMOOTH, grid=None):
    return Row(name, landscape, grid or line(), time, beta, (x,), expected, tolerance)


def mixture_18():
    return landscapes.gaussian_mixture([0.7, 0.3], [-1.0, 1.5], [0.25, 0.0025], beta=1.0)


def hill():
    return landscapes.cosine(frequency=1.0).shifted(np.pi)


def rosenbrock():
    return landscapes.rosenbrock(stiffness=5.0)


def row_2d(name, landscape, time, beta, point, value, gradient, hessian=None):
    grid = Grid((-3.0, -3.0), (3.0, 3.0), (121, 121))
    return Row(name, landscape, grid, time, beta, point, (value, gradient, hessian), PLANAR)


WELL = landscapes.double_well
RIPPLED = landscapes.chaudhari_figure_1
VEE = landscapes.absolute_value

VISCOUS = [
    row_1d("V1", WELL, 0.5, 1.0, 0.3, 0.1685643906374680292, 0.04721507787541257197, 0.2138047663929529882),
    row_1d("V1b", WELL, 0.5, 2.0, 0.3, 0.1521945704724920279, -0.07280201790156175235, -0.1036535161286045325),
    row_1d("V2", WELL, 0.5, 10.0, 0.3, 0.1720881093061306573, -0.2801623975679780545, -0.4070441624565258171),
    row_1d("V4", RIPPLED, 0.2, 1.0, 0.0, -0.3305460677408213189, 0.3189819178746638556, 1.529903414068329261),
    row_1d(
        "V7",
        lambda: landscapes.rastrigin(dim=1),
        0.25,
        0.5,
        1.3,
        4.919451529713988139,
        1.717916454909339502,
        1.3915985278324865,
    ),
    row_1d(
        "V8",
        landscapes.tilted_double_well,
        0.3,
        5.0,
        -0.2,
        0.5000284144264737149,
        1.434117968794295394,
        0.06845509694787323065,
    ),
    row_1d(
        "V10", landscapes.log_cosh, 2.0, 3.0, 1.5, 0.5154342267529889926, 0.4504531480940492934, 0.2797376771539303402
    ),
    row_1d(
        "V12",
        landscapes.pseudo_huber,
        1.5,
        0.7,
        -2.0,
        2.069910650491024028,
        -0.5418386847818563746,
        0.2282643923542065879,
    ),
    row_1d("V18", mixture_18, 0.3, 1.0, 0.2, 2.162697462676085514, 1.431416641851109531, -2.308535488520708721),
    row_1d(
        "V21",
        landscapes.periodic_wells,
        0.25,
        1.0,
        1.3,
        0.6306539448303637185,
        1.057412932643588255,
        -2.397233228109757325,
    ),
    row_1d(
        "V22", lambda: landscapes.quadratic(3.0), 0.4, 2.0, 1.7, 2.167568885545612997, 2.318181818181818182, 15 / 11
    ),
    row_1d(
        "V6", VEE, 0.5, 4.0, 0.25, 0.2519812297376556442, 0.3137869772024316831, 1.209418677414679591, tolerance=KINKED
    ),
    row_1d("V14", VEE, 1.0, 1.0, 0.0, 0.6478744644493181964, 0.0, tolerance=KINKED),
    row_1d("V15", VEE, 0.5, 1e4, 0.25, 0.06291973268506929111, tolerance=KINKED),
    row_1d("V16", landscapes.half_line, 1.0, 4.0, -1.0, 0.9457960834205079872, -1.186607766411420434, tolerance=KINKED),
    row_1d("V17", landscapes.rectifier, 0.4, 5.0, 0.1, 0.1021822153918833420, 0.3968871227541510191, tolerance=KINKED),
    row_2d(
        "T1",
        landscapes.coupled_double_well,
        0.5,
        2.0,
        (0.3, -0.2),
        0.43389595287558,
        (-0.11976363059471, -0.20668636411711),
        ((-0.11191299055728, 0.17599274921311), (0.17599274921311, 1.3186672708989)),
    ),
    row_2d("T3", rosenbrock, 0.3, 2.0, (-0.5, 0.8), 2.4700268134954826468, (-2.011080801631, 1.591142718169)),
    row_2d("radial", landscapes.radial_double_well, 0.5, 2.0, (0.6, 0.0), 0.113817892786449501, (0.0491083416454, 0.0)),
]

INVISCID = [
    row_1d("well", WELL, 0.5, np.inf, 0.3, 0.180444954338326138, -0.371073423388284525),
    row_1d("well, late", WELL, 2.0, np.inf, 0.05, 0.17014516327961029, -0.340446551593110696),
    row_1d(
        "rastrigin", lambda: landscapes.rastrigin(dim=1), 0.25, np.inf, 1.3, 1.17920155497374173, 1.20798455336437691
    ),
    row_1d("rippled", RIPPLED, 0.1, np.inf, 0.0, -1.18849869520664923, 2.07455797986168294),
    row_1d("cosine", hill, 0.5, np.inf, 1.0, 0.32073557501087322, -0.997402267035696628),
]

HEAT = [
    row_1d("well", WELL, 0.5, 0.0, 0.3, 0.212025, 0.177, 0.77),
    row_1d("rippled", RIPPLED, 0.2, 0.0, 0.0, 0.2, 0.181863370400080939),
]

COSINE_POINTS = np.array([0.0, 0.3, 0.7, 1.0])
COSINE = [
    (0.05, 1.0, (-0.813300890244517, -0.559185617120521, 0.328260222355154, 0.735262570458917)),
    (0.05, 100.0, (-0.997995819410714, -0.707778124536066, 0.380790067473968, 0.996610812263269)),
    (0.05, np.inf, (-1.0, -0.70943803528501, 0.38114840937374, 1.0)),
    (0.152, 1.0, (-0.595262196215457, -0.454665209821398, 0.053258399742436, 0.293499445635444)),
    (0.152, 10.0, (-0.954638380027547, -0.78015887047711, -0.0322369299872464, 0.733954716741032)),
    (0.152, 1000.0, (-0.999541863672184, -0.822785960643531, -0.0614896101574216, 0.819888904441769)),
    (0.152, np.inf, (-1.0, -0.82322192196937, -0.06179806262044, 0.82064249358504)),
    (1.0, 1.0, (-0.242314602883034, -0.239681287938291, -0.23213318529193, -0.229472888152678)),
    (1.0, 1e4, (-0.99988070251528, -0.959023218776842, -0.77749216166515, -0.546249351081221)),
    (1.0, np.inf, (-1.0, -0.95914234500772, -0.77761051249548, -0.54629736297444)),
]
