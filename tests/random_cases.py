"""Random relaxation problems whose exact solution is known from outside the package."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import truth
from random_landscapes import (
    bowl,
    fourier,
    fourier_slope,
    kinked,
    lowest_parabola,
    parabola,
    piecewise_linear,
    ridge,
    wells,
    wells_1d,
)
from reference import (
    inviscid_piecewise_linear,
    mixture,
    relaxed_parabolas,
    relaxed_piecewise_linear,
    relaxed_quadratic,
)

from pdeopt import Grid, Landscape, landscapes


@dataclass(frozen=True)
class Case:
    """A problem, and its exact solution at points of shape (n, d)."""

    label: str
    f: Any
    grid: Grid
    time: float
    beta: float
    boundary: str
    exact: Callable[[np.ndarray], np.ndarray]
    closed: bool = True


def draw_beta(rng, infinite=0.2):
    return np.inf if rng.uniform() < infinite else float(10.0 ** rng.uniform(-1.0, 6.0))


def draw_time(rng):
    return float(10.0 ** rng.uniform(-3.0, 1.0))


def draw_nodes(rng):
    return int(rng.integers(33, 514))


def draw_fourier(rng, modes=5, period=2.0):
    amplitude = rng.standard_normal(modes) / (1.0 + np.arange(modes))
    return 2.0 * np.pi / period, amplitude, rng.uniform(0.0, 2.0 * np.pi, modes)


def fourier_on(args):
    wave, amplitude, phase = args
    order = np.arange(amplitude.size)
    return lambda y: np.cos(np.multiply.outer(y, wave * order) + phase) @ amplitude


def periodic_callable(rng):
    args = draw_fourier(rng)
    lipschitz = args[0] * float((np.abs(args[1]) * np.arange(5)).sum())
    curvature = args[0] ** 2 * float((np.abs(args[1]) * np.arange(5) ** 2).sum())
    known = {"lipschitz": lipschitz, "curvature": (-curvature, curvature)} if rng.uniform() < 0.5 else {}
    gradient = fourier_slope if rng.uniform() < 0.5 else None
    f = Landscape(fourier, gradient, args=args, **known)
    grid = Grid(-1.0, 1.0, draw_nodes(rng), periodic=True)
    return smooth_case("periodic callable", f, grid, args, rng, "free")


def smooth_case(label, f, grid, args, rng, boundary):
    time, beta, function = draw_time(rng), draw_beta(rng), fourier_on(args)
    return Case(
        label, f, grid, time, beta, boundary, lambda p: truth.relaxed(function, p[:, 0], time, beta), closed=False
    )


def periodic_samples(rng):
    args = draw_fourier(rng)
    grid = Grid(-1.0, 1.0, max(draw_nodes(rng), 48), periodic=True)
    return smooth_case("periodic samples", fourier_on(args)(grid.axes[0]), grid, args, rng, "free")


def free_callable(rng):
    args = draw_fourier(rng, period=2.0 * rng.uniform(0.8, 3.0))
    grid = Grid(-1.3, rng.uniform(0.2, 2.0), draw_nodes(rng))
    return smooth_case("free callable", Landscape(fourier, args=args), grid, args, rng, "free")


def reflecting_callable(rng):
    wave, amplitude, _ = draw_fourier(rng, period=4.0)
    args = wave, amplitude, -wave * np.arange(5) * -1.0
    grid = Grid(-1.0, 1.0, draw_nodes(rng))
    f = Landscape(fourier, args=args) if rng.uniform() < 0.5 else fourier_on(args)(grid.axes[0])
    kind = "callable" if isinstance(f, Landscape) else "samples"
    return smooth_case(f"reflecting {kind}", f, grid, args, rng, "reflecting")


def free_kinked(rng):
    args = draw_fourier(rng)
    centre, jump = float(rng.uniform(-0.5, 0.5)), float(rng.uniform(-1.0, 3.0))
    smooth = fourier_on(args)
    f = Landscape(kinked, args=(centre, jump, *args), kinks=(centre,))
    time, beta = draw_time(rng), draw_beta(rng)

    def exact(p):
        return truth.relaxed(lambda y: jump * np.abs(y - centre) + smooth(y), p[:, 0], time, beta, (centre,))

    return Case("kinked", f, Grid(-1.0, 1.2, draw_nodes(rng)), time, beta, "free", exact, closed=False)


def draw_polygon(rng):
    corners = np.sort(rng.uniform(-1.0, 1.0, rng.integers(3, 9)))
    while np.diff(corners).min() < 0.02:
        corners = np.sort(rng.uniform(-1.0, 1.0, rng.integers(3, 9)))
    return corners, rng.standard_normal(corners.size)


def polygon_case(rng, sampled):
    corners, heights = draw_polygon(rng)
    time, beta = draw_time(rng), draw_beta(rng)
    uniform = np.linspace(-1.2, 1.2, draw_nodes(rng))
    if sampled:
        far = np.unique(np.concatenate([uniform[(np.abs(uniform[:, None] - corners) > 1e-4).all(axis=1)], corners]))
        grid, f = Grid.from_axes(far), np.interp(far, corners, heights)
    else:
        grid = Grid(-1.2, 1.2, uniform.size)
        f = Landscape(piecewise_linear, args=(corners, heights), kinks=tuple(corners))

    def exact(p):
        if np.isinf(beta):
            return inviscid_piecewise_linear(p[:, 0], corners, heights, time)
        return relaxed_piecewise_linear(p[:, 0], corners, heights, time, beta)

    return Case(f"polygon {'samples' if sampled else 'callable'}", f, grid, time, beta, "free", exact)


def draw_box(rng, dim):
    counts = {1: draw_nodes(rng), 2: int(rng.integers(17, 61)), 3: int(rng.integers(9, 22))}
    return Grid((-1.5,) * dim, (1.5,) * dim, (counts[dim],) * dim)


def random_mixture(rng, dim=1):
    count = int(rng.integers(2, 6))
    weights = rng.uniform(0.1, 1.0, count)
    centres = rng.uniform(-1.0, 1.0, (count, dim))
    curvatures = 10.0 ** rng.uniform(-0.5, 2.0 if dim == 1 else 1.0, count)
    time, own = draw_time(rng), draw_beta(rng, infinite=0.0)
    f = (
        Landscape(wells, dim=dim, args=(weights, centres, curvatures, own))
        if dim > 1
        else Landscape(wells_1d, args=(weights, centres[:, 0], curvatures, own))
    )

    def exact(p):
        return mixture(p, weights, centres, curvatures, own, time)

    return Case(f"mixture {dim}-D", f, draw_box(rng, dim), time, own, "free", exact)


def random_quadratic(rng, dim=1):
    time, beta = draw_time(rng), draw_beta(rng)
    curvature = float(10.0 ** rng.uniform(-1.0, 3.0)) if rng.uniform() < 0.7 else -0.8 / dim * rng.uniform() / time
    f = (
        landscapes.quadratic(curvature, dim=dim)
        if curvature > 0
        else Landscape(bowl if dim > 1 else parabola, dim=dim, args=(curvature,))
    )
    return Case(
        f"quadratic {dim}-D",
        f,
        draw_box(rng, dim),
        time,
        beta,
        "free",
        lambda p: relaxed_quadratic(p, curvature, time, beta),
    )


def random_parabolas(rng):
    count, time = int(rng.integers(2, 5)), draw_time(rng)
    heights, centres = rng.uniform(-1.0, 1.0, count), rng.uniform(-1.0, 1.0, count)
    curvatures = 10.0 ** rng.uniform(0.0, 2.5, count)

    def exact(p):
        return relaxed_parabolas(p[:, 0], heights, curvatures, centres, time)

    f = Landscape(lowest_parabola, args=(heights, curvatures, centres))
    return Case("parabolas", f, draw_box(rng, 1), time, np.inf, "free", exact)


def random_ridge(rng):
    args = draw_fourier(rng, modes=3, period=2.0)
    angle, function = rng.uniform(0.1, 1.4), fourier_on(args)
    time, beta = draw_time(rng), draw_beta(rng)
    f = Landscape(ridge, dim=2, args=(*args, np.cos(angle), np.sin(angle)))

    def exact(p):
        return truth.relaxed(function, p[:, 0] * np.cos(angle) + p[:, 1] * np.sin(angle), time, beta)

    grid = Grid((-1.0, -0.8), (1.0, 1.0), (int(rng.integers(20, 50)), int(rng.integers(20, 50))))
    return Case("ridge 2-D", f, grid, time, beta, "free", exact, closed=False)


KINDS = [
    (3, periodic_callable),
    (3, periodic_samples),
    (2, free_callable),
    (2, reflecting_callable),
    (2, free_kinked),
    (2, lambda rng: polygon_case(rng, sampled=False)),
    (2, lambda rng: polygon_case(rng, sampled=True)),
    (2, random_mixture),
    (1, lambda rng: random_mixture(rng, 2)),
    (2, random_quadratic),
    (1, lambda rng: random_quadratic(rng, 2)),
    (2, random_parabolas),
    (1, random_ridge),
]
MAKERS = [maker for weight, maker in KINDS for _ in range(weight)]


def random_case(seed):
    """Return the problem of one seed."""
    return MAKERS[seed % len(MAKERS)](np.random.default_rng([2018, seed]))


def probes(case, seed, count=24):
    """Return the indices of nodes to compare at: all of them where the exact solution is cheap."""
    if case.closed:
        return np.arange(case.grid.size)
    rng = np.random.default_rng(seed)
    inner = rng.choice(case.grid.size, min(count, case.grid.size), replace=False)
    return np.unique(np.concatenate([[0, case.grid.size - 1], inner]))
