"""Numbers of stochastic residual networks beside their references: python -m benchmarks.residual_networks [NAME ...].

Each section is a function that returns rows; a reference is a number known to all its digits, from full enumeration or
a closed form.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import cos, exp, pi, sin
from time import perf_counter

import numpy as np

from benchmarks.measure import versions
from pdeopt import SDE, Generator, Grid
from pdeopt.convergence import observed_order
from pdeopt.networks import (
    AdditiveNoise,
    Dropout,
    GaussianDropout,
    ModifiedEquations,
    ResidualLayer,
    ShakeShake,
    StochasticDepth,
    diffusion_check,
    jump_limit,
    mask_average,
    modified_equation,
)

PICTURES = (("ODE", "ode", 1), ("SDE1", "first", 1), ("SDE2", "second", 2))


@dataclass(frozen=True)
class Number:
    """One line: what, the reference as it is known, and ours."""

    what: str
    reference: str
    ours: str


def near(what: str, reference: float, ours: float, digits: int = 13) -> Number:
    """Return a line of two numbers and their difference."""
    return Number(what, f"{reference:.{digits}g}", f"{ours:.{digits}g} ({ours - reference:+.0e})")


def slope(what: str, order: int, blocks: Iterable[int], errors: Iterable[float]) -> Number:
    """Return a line of an observed order with its bar."""
    found = observed_order(1.0 / np.array(list(blocks), dtype=float), np.abs(list(errors)))
    return Number(f"slope, {what}", str(order), str(found))


def linear(_t: float, x: float) -> float:
    return -x


def additive() -> list[Number]:
    """Case 27: X <- X - h X + 0.5 sqrt(h) zeta from 1, in closed form."""
    blocks, found = (10, 20, 40, 80), {}
    for n in blocks:
        network = (1.0 - 1.0 / n) ** n, 0.25 / n * sum((1.0 - 1.0 / n) ** (2 * k) for k in range(n))
        equations = modified_equation(ResidualLayer(linear, AdditiveNoise(0.5), 1.0 / n))
        found[n] = network, linear_moments(equations, "first"), linear_moments(equations, "second")
    network, first, _ = found[10]
    rows = [near("network, N = 10: mean", 0.3486784401, network[0]), near("variance", 0.115582019132820, network[1])]
    rows += [near("SDE1: mean", 0.367879441171442, first[0]), near("variance", 0.108083089595423, first[1])]
    errors = {name: [found[n][k][1] - found[n][0][1] for n in blocks] for k, name in ((1, "SDE1"), (2, "SDE2"))}
    for n, known, error in zip(blocks, ("6.7e-4", "1.6e-4", "4.1e-5", "1.0e-5"), errors["SDE2"], strict=True):
        rows.append(Number(f"SDE2, N = {n}: error of the variance", known, f"{abs(error):.2e}"))
    return rows + [
        slope(f"{name}: variance", order, blocks, errors[name]) for name, order in (("SDE1", 1), ("SDE2", 2))
    ]


def linear_moments(equations: ModifiedEquations, picture: str) -> tuple[float, float]:
    k = -float(equations.drift(1.0, picture=picture)[0])
    a = float(equations.covariance(0.0, picture=picture)[0, 0])
    return exp(-k), a * (1.0 - exp(-2.0 * k)) / (2.0 * k)


def sine(_t: float, x: float) -> float:
    return 1.5 * sin(pi * x) / pi


def steep(x: np.ndarray) -> np.ndarray:
    return np.log1p(np.exp(-4.0 * x))


LINE = Grid(-1.0, 1.0, 513)
STARTS = np.array([0.1, -0.35])
LINE_BLOCKS = (16, 32, 64, 128, 256)
LINE_NOISES = {
    "dropout p = 1/2": (
        Dropout(0.5),
        {8: (0.2372956451657, 3.1200263572822), 128: (0.1925131950083, 3.1523238567967)},
    ),
    "dropout p = 0.8": (
        Dropout(0.8),
        {8: (0.2176535535879, 3.1619659392886), 128: (0.1906538917999, 3.1549896253323)},
    ),
    "depth p = 1/2": (
        StochasticDepth(0.5),
        {8: (0.3748131454223, 2.4081812985081), 128: (0.3645457044523, 2.4198864634441)},
    ),
}


def on_line(noise, n_blocks: int) -> np.ndarray:
    layer = ResidualLayer(sine, noise, 1.0 / n_blocks)
    return mask_average(layer, steep, LINE.refined(4), n_blocks=n_blocks, order=12).at(STARTS)


def line_picture(noise, n_blocks: int, picture: str) -> np.ndarray:
    system = getattr(modified_equation(ResidualLayer(sine, noise, 1.0 / n_blocks)), picture)
    return Generator(system, LINE, rates="central").backward(steep, 1.0).at(STARTS)


def line() -> list[Number]:
    """Case 28: f(x) = 1.5 sin(pi x) / pi, averages over all masks at x = 0.1 and x = -0.35."""
    rows = []
    for name, (noise, known) in LINE_NOISES.items():
        exact = {n: on_line(noise, n) for n in {*known, *LINE_BLOCKS}}
        for n, references in known.items():
            rows += [
                near(f"{name}, N = {n}, x = {x}", a, b) for x, a, b in zip(STARTS, references, exact[n], strict=True)
            ]
        for label, picture, order in PICTURES:
            errors = np.array([exact[n] - line_picture(noise, n, picture) for n in LINE_BLOCKS])
            if name == "dropout p = 1/2":
                known_error = {"ODE": "1.94e-3", "SDE1": "6.6e-4", "SDE2": "-1.4e-5"}[label]
                rows.append(Number(f"{name}, {label}: error at N = 256, x = 0.1", known_error, f"{errors[-1, 0]:.2e}"))
            rows += [slope(f"{name}, {label}, x = {x}", order, LINE_BLOCKS, errors[:, k]) for k, x in enumerate(STARTS)]
    return rows + third_cumulants()


def third_cumulants() -> list[Number]:
    """Bernoulli against Gaussian dropout: their third cumulants differ but for p = 1/2."""
    rows, blocks = [], (64, 96, 128, 192, 256, 384)
    for keep, order in ((0.8, 2), (0.5, 3)):
        gaps = [float((on_line(Dropout(keep), n) - on_line(GaussianDropout(keep), n))[0]) for n in blocks]
        rows.append(slope(f"Bernoulli against Gaussian, p = {keep}, x = 0.1", order, blocks, gaps))
    return rows


def first_branch(_t: float, x: tuple[float, float]) -> tuple[float, float]:
    return 0.25 * sin(pi * x[0]) * (1.0 + 0.5 * cos(pi * x[1])), 0.3 * sin(pi * x[1]) * (1.0 - 0.4 * x[0])


def second_branch(_t: float, x: tuple[float, float]) -> tuple[float, float]:
    return -0.2 * sin(pi * x[0]) * (1.0 - 0.3 * x[1]), 0.25 * sin(pi * x[1])


def sloped(x: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return np.log1p(np.exp(-3.0 * (x[0] + x[1] / 2.0)))


PLANE = Grid((-1.0, -1.0), (1.0, 1.0), 49)
START = np.array([0.3, -0.4])
PLANE_BLOCKS = {"ode": (16, 32, 64, 128, 256), "first": (32, 64, 128, 256), "second": (16, 32, 64, 128, 256)}
"""Of stochastic depth the error of the first equation has a small first coefficient, seen at many blocks only."""

PLANE_NOISES = {
    "dropout p = 1/2": (Dropout(0.5), {8: 0.444115180474, 64: 0.434541281542}, ("1.5e-3", "-1.5e-4", "-1.0e-5")),
    "depth p = 1/2": (StochasticDepth(0.5), {8: 0.488228047791, 64: 0.487507128607}, ("1.1e-4", "-2.4e-6", "-8.3e-7")),
    "inverted depth p = 1/2": (StochasticDepth(0.5, inverted=True), {8: 0.434650326673}, ("", "", "")),
    "shake-shake": (ShakeShake(), {8: 0.723221621478, 64: 0.725099413955}, ("-2.6e-4", "-4.7e-4", "-1.9e-6")),
}


def plane_layer(noise, n_blocks: int) -> ResidualLayer:
    second = second_branch if isinstance(noise, ShakeShake) else None
    return ResidualLayer(first_branch, noise, 1.0 / n_blocks, dim=2, second=second)


def plane() -> list[Number]:
    """Case 29: networks in the plane, averages over all masks at (0.3, -0.4)."""
    rows = []
    for name, (noise, known, errors) in PLANE_NOISES.items():
        layers = {n: plane_layer(noise, n) for n in {*known, *PLANE_BLOCKS["ode"]}}
        exact = {n: plane_average(layer) for n, layer in layers.items()}
        rows += [near(f"{name}, N = {n}", reference, exact[n], 12) for n, reference in known.items()]
        for (label, picture, order), known_error in zip(PICTURES, errors, strict=True):
            shared = plane_picture(layers[64], picture) if picture == "ode" else None
            found = {n: exact[n] - (shared or plane_picture(layers[n], picture)) for n in PLANE_BLOCKS[picture]}
            rows.append(Number(f"{name}, {label}: error at N = 64", known_error, f"{found[64]:.2e}"))
            rows.append(slope(f"{name}, {label}", order, found, found.values()))
    return rows


def plane_average(layer: ResidualLayer) -> float:
    return float(mask_average(layer, sloped, PLANE.refined(3), order=12).at(START))


def plane_picture(layer: ResidualLayer, picture: str) -> float:
    system = getattr(modified_equation(layer), picture)
    return float(smooth_generator(system).backward(sloped, 1.0).at(START))


COLUMN = Grid((-1.0, -1.0), (1.0, 1.0), 65)
INSIDE = np.stack(np.meshgrid(*[np.linspace(-0.75, 0.75, 13)] * 2), axis=-1).reshape(-1, 2)


def rank_one() -> list[Number]:
    """Noise of rank one in the plane by jumps along its column: signs, and root-mean-square errors at 169 points."""
    rows, blocks = [], (4, 8, 16)
    for name in ("depth p = 1/2", "shake-shake"):
        errors: dict[str, list[float]] = {"central": [], "column": []}
        for n in blocks:
            layer = plane_layer(PLANE_NOISES[name][0], n)
            exact = mask_average(layer, sloped, PLANE.refined(3), order=12).at(INSIDE)
            system = modified_equation(layer).second
            jumps, central = Generator(system, COLUMN, cross="semi-lagrangian"), smooth_generator(system)
            for scheme, generator in (("central", central), ("column", jumps)):
                wrong = generator.backward(sloped, 1.0, levels=3).at(INSIDE) - exact
                errors[scheme].append(float((wrong**2).mean() ** 0.5))
            rows += signs(f"{name}, N = {n}", jumps)
        for n, known, error in zip(blocks, errors["central"], errors["column"], strict=True):
            rows.append(Number(f"{name}, N = {n}: error, beside central differences", f"{known:.2e}", f"{error:.2e}"))
        rows.append(slope(f"{name}, central differences", 2, blocks, errors["central"]))
        rows.append(slope(f"{name}, jumps along the column", 2, blocks, errors["column"]))
    return rows


def smooth_generator(system: SDE) -> Generator:
    return Generator(system, PLANE, rates="central", cross="central")


def signs(name: str, generator: Generator) -> list[Number]:
    """Return the extremes of rates, of values whose data are 0 and 1, and of a density."""
    rates = generator.matrix.copy()
    rates.setdiag(0.0)
    data = (COLUMN.points()[..., 0] > 0.1).astype(float)
    values = generator.backward(data, 1.0, method="uniformisation", extrapolate=False).values
    density = generator.forward(START, 1.0, method="uniformisation", levels=1)
    least = f"{density.values.min():.3g}, {density.mass:.14g}"
    return [
        Number(f"{name}: smallest rate", "at least 0", f"{rates.min():g}"),
        Number(f"{name}: values of data from 0 to 1", "within", f"{values.min():.3g} to 1{values.max() - 1.0:+.0e}"),
        Number(f"{name}: density, least and in all", "at least 0, 1", least),
    ]


def identity(_t: float, x: float) -> float:
    return x


def jumps() -> list[Number]:
    """Case 31: f(x) = x kept with probability 2 h, a limit of jumps."""
    layer = ResidualLayer(identity, StochasticDepth(0.002, inverted=True), 0.001)
    limit, rows = jump_limit(layer), []
    for power, network, expected in ((2, 12.14454622, exp(2.5)), (3, 114.2917451, 115.584284527188)):
        found = limit.average(lambda x, n=power: x**n, 1.0, 1.0)
        rows.append(near(f"E X^{power}, limit", expected, found.value, 15))
        # One layer is phi + h L phi: of a power its factor, 1000 times.
        factor = 1.0 + layer.step * float(limit.generator(lambda x, n=power: x**n, 1.0))
        rows.append(near(f"E X^{power}, N = 1000", network, factor**1000, 10))
    spread = float(modified_equation(layer).covariance(1.0, picture="first")[0, 0])
    rows.append(Number("E X^3 of the diffusion of these moments", "90.02", f"{exp(3.0 + 3.0 * spread):.4g}"))
    return [*rows, Number("verdict at x = 1", "jumps", repr(diffusion_check(layer, [1.0])))]


SECTIONS: dict[str, Callable[[], list[Number]]] = {
    "27": additive,
    "28": line,
    "29": plane,
    "rank-one": rank_one,
    "31": jumps,
}
"""A section is printed under the first line of its docstring."""


def table(rows: list[Number]) -> str:
    """Write rows under each other."""
    cells = [("", "reference", "ours"), *((row.what, row.reference, row.ours) for row in rows)]
    widths = [max(len(line[k]) for line in cells) for k in range(3)]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    return "\n".join([lines[0], "| " + " | ".join("-" * width for width in widths) + " |", *lines[1:]])


def main(sections: dict[str, Callable[[], list[Number]]] = SECTIONS, module: str = "residual_networks") -> int:
    """Print the sections that are named on the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(sections)}; all if none")
    names = parser.parse_args().names or list(sections)
    unknown = [name for name in names if name not in sections]
    if unknown:
        parser.error(f"no section called {', '.join(unknown)}; there are {', '.join(sections)}")
    print(f"{versions()}\n")
    for name in names:
        begin, heading = perf_counter(), (sections[name].__doc__ or "").partition("\n")[0]
        print(f"{heading}\n\n{table(sections[name]())}\n\n{name}: {perf_counter() - begin:.0f} s\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
