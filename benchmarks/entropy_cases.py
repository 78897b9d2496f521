"""Local entropy at points where it is known: forty-digit quadrature and closed forms, and sums of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp, softmax

from pdeopt import Landscape, landscapes


@dataclass(frozen=True)
class Case:
    """A landscape, a point, and what is known there; sums repeat a row in every coordinate."""

    name: str
    landscape: Callable[[], Landscape]
    point: tuple[float, ...]
    time: float
    beta: float
    value: float
    gradient: tuple[float, ...] | None = None
    hessian: tuple[float, ...] | None = None
    n_samples: int | None = None

    def truth(self, name: str) -> np.ndarray | None:
        """Return value, gradient or the diagonal of the Hessian, as an array of one axis."""
        known = getattr(self, name)
        return None if known is None else np.atleast_1d(np.asarray(known, dtype=float))


def line(
    name: str, make: Callable[[], Landscape], x: float, time: float, beta: float, value: float, *more: float
) -> Case:
    return Case(name, make, (x,), time, beta, value, more[:1] or None, more[1:2] or None)


def summed(row: Case, make: Callable[[int], Landscape], dim: int) -> Case:
    """Return the sum of copies of a case."""
    assert row.gradient is not None
    assert row.hessian is not None
    return Case(
        f"{row.name}, d={dim}",
        lambda: make(dim),
        row.point * dim,
        row.time,
        row.beta,
        row.value * dim,
        row.gradient * dim,
        row.hessian * dim,
    )


def mixture() -> Landscape:
    return landscapes.gaussian_mixture([0.7, 0.3], [-1.0, 1.5], [0.25, 0.0025], beta=1.0)


def two_wells(dim: int) -> Case:
    """Two wells of different width far apart at beta=1e4, seen from where both matter; the truth is the closed form."""
    means, wide, time, beta = np.zeros((2, dim)), np.array([0.5, 0.02]) / 1e4, 0.3, 1e4
    means[:, 0] = -0.8, 0.8
    total = wide + time / beta

    def logs(first: float) -> np.ndarray:
        square = ((np.concatenate([[first], np.full(dim - 1, 0.01)]) - means) ** 2).sum(axis=1)
        return np.log(0.5) - 0.5 * square / total - 0.5 * dim * np.log(2.0 * np.pi * total)

    first = brentq(lambda x: float(np.subtract(*logs(x))) - 0.7, -0.7, 0.7)
    x = np.concatenate([[first], np.full(dim - 1, 0.01)])
    share, pull = softmax(logs(first)), (x - means) / total[:, None]
    slope = share @ pull
    bend = (share / total).sum() - (share @ pull**2 - slope**2)
    return Case(
        f"two wells, beta=1e4, d={dim}",
        lambda: landscapes.gaussian_mixture([0.5, 0.5], means, [size * np.eye(dim) for size in wide], beta=beta),
        tuple(x),
        time,
        beta,
        -float(logsumexp(logs(first))) / beta,
        tuple(slope / beta),
        tuple(bend / beta),
    )


def radial_gradient(slope: float, dim: int) -> tuple[float, ...]:
    return (slope, *(0.0,) * (dim - 1))


def radial(dim: int, r: float, time: float, beta: float, value: float, slope: float) -> Case:
    point = (r, *(0.0,) * (dim - 1))
    make = lambda: landscapes.radial_double_well(dim=dim)  # noqa: E731
    return Case(f"radial n={dim}", make, point, time, beta, value, radial_gradient(slope, dim))


WELL, TILTED = landscapes.double_well, lambda: landscapes.tilted_double_well(1.0, 0.3)
HILLS = lambda: landscapes.rastrigin(dim=1)  # noqa: E731
V1 = line("V1", WELL, 0.3, 0.5, 1.0, 0.1685643906374680292, 0.04721507787541257197, 0.2138047663929529882)
V6 = line(
    "V6", landscapes.absolute_value, 0.25, 0.5, 4.0, 0.2519812297376556442, 0.3137869772024316831, 1.209418677414679591
)
V7 = line("V7", HILLS, 1.3, 0.25, 0.5, 4.919451529713988139, 1.717916454909339502, 1.3915985278324865)
V10 = line(
    "V10", landscapes.log_cosh, 1.5, 2.0, 3.0, 0.5154342267529889926, 0.4504531480940492934, 0.2797376771539303402
)

T1 = Case(
    "T1",
    landscapes.coupled_double_well,
    (0.3, -0.2),
    0.5,
    2.0,
    0.43389595287558,
    (-0.11976363059471, -0.20668636411711),
    (-0.11191299055728, 1.3186672708989),
)
T3 = Case(
    "T3",
    lambda: landscapes.rosenbrock(stiffness=5.0),
    (-0.5, 0.8),
    0.3,
    2.0,
    2.4700268134954826468,
    (-2.011080801631, 1.591142718169),
)

CASES: tuple[Case, ...] = (
    V1,
    line("V1b", WELL, 0.3, 0.5, 2.0, 0.1521945704724920279, -0.07280201790156175235, -0.1036535161286045325),
    line("V2", WELL, 0.3, 0.5, 10.0, 0.1720881093061306573, -0.2801623975679780545, -0.4070441624565258171),
    line(
        "V4",
        landscapes.chaudhari_figure_1,
        0.0,
        0.2,
        1.0,
        -0.3305460677408213189,
        0.3189819178746638556,
        1.529903414068329261,
    ),
    V6,
    V7,
    line("V8", TILTED, -0.2, 0.3, 5.0, 0.5000284144264737149, 1.434117968794295394, 0.06845509694787323065),
    V10,
    line(
        "V12",
        landscapes.pseudo_huber,
        -2.0,
        1.5,
        0.7,
        2.069910650491024028,
        -0.5418386847818563746,
        0.2282643923542065879,
    ),
    line("V14", landscapes.absolute_value, 0.0, 1.0, 1.0, 0.6478744644493181964, 0.0),
    line("V15", landscapes.absolute_value, 0.25, 0.5, 1e4, 0.06291973268506929111),
    line("V16", landscapes.half_line, -1.0, 1.0, 4.0, 0.9457960834205079872, -1.186607766411420434),
    line("V17", landscapes.rectifier, 0.1, 0.4, 5.0, 0.1021822153918833420, 0.3968871227541510191),
    line("V18", mixture, 0.2, 0.3, 1.0, 2.162697462676085514, 1.431416641851109531, -2.308535488520708721),
    line(
        "V21",
        landscapes.periodic_wells,
        1.3,
        0.25,
        1.0,
        0.6306539448303637185,
        1.057412932643588255,
        -2.397233228109757325,
    ),
    line("V22", lambda: landscapes.quadratic(3.0), 1.7, 0.4, 2.0, 2.167568885545612997, 2.318181818181818182, 15 / 11),
    Case(
        "T1",
        landscapes.coupled_double_well,
        (0.3, -0.2),
        0.5,
        2.0,
        0.43389595287558,
        (-0.11976363059471, -0.20668636411711),
        (-0.11191299055728, 1.3186672708989),
    ),
    Case(
        "T3",
        lambda: landscapes.rosenbrock(stiffness=5.0),
        (-0.5, 0.8),
        0.3,
        2.0,
        2.4700268134954826468,
        (-2.011080801631, 1.591142718169),
    ),
    radial(2, 0.6, 0.5, 2.0, 0.113817892786449501, 0.0491083416454),
    radial(10, 0.8, 0.3, 4.0, 0.0735999034480511215, 0.2232298637481),
    summed(V1, WELL, 20),
    summed(V10, landscapes.log_cosh, 20),
    summed(V6, landscapes.absolute_value, 20),
    summed(V7, lambda dim: landscapes.rastrigin(dim=dim), 10),
    two_wells(10),
    two_wells(50),
    summed(V1, WELL, 100),
    summed(V10, landscapes.log_cosh, 100),
)
