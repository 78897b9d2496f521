"""Orders in space of the Hamilton-Jacobi schemes, their exact transforms as the truth.

Run ``python -m benchmarks.hamilton_jacobi_space``, with ``1`` or ``2`` for one dimension alone, or ``viscous`` for the
table below. u_t + |grad u|^2 / 2 = lap u / (2 beta) from g(s) = -cos(pi s) + 0.3 sin(2 pi s), with s = x on [-1, 1), or
s = (x + y) / 2 on [-2, 2)^2, where the solution is that of the line at half the time. The truth is `relax` on so fine a
grid that its error is below 1e-10. Mean errors, and at half the time of the first kink the largest as well. Steps are
0.9 of the bound for beta = 10, else 0.3, for their number to be no matter; with fifth-order slopes they then shrink as
h^(5/3), so that they do not hide the order.

``viscous``: p^2 / 2 from -cos(pi x) at t = 0.152, largest errors of Godunov's scheme with forward Euler and of central
differences with SSPRK(3,3), beside those of an independent program.
"""

import sys
from functools import lru_cache
from time import perf_counter
from typing import Any

import numpy as np

from pdeopt import Grid, HamiltonJacobi, Landscape, relax, solve_hamilton_jacobi
from pdeopt._types import FloatArray
from pdeopt.convergence import EOCTable
from pdeopt.hamilton_jacobi import WENO5, Filtered, Godunov, Hamiltonian, LaxFriedrichs, quadratic

PI = float(np.pi)
SCHEMES: dict[str, Any] = {
    "godunov": Godunov(),
    "lf-local": LaxFriedrichs(),
    "lf-global": LaxFriedrichs("global"),
    "weno5": WENO5(),
    "weno5-lf": WENO5("lax-friedrichs"),
    "filtered": Filtered(),
}
ORDER = {name: scheme.order for name, scheme in SCHEMES.items()}
CELLS = {1: (40, 60, 80, 120, 160, 240, 320, 480), 2: (20, 30, 40, 60, 80, 120)}
FINE = {True: 28800, False: 307200}
"""Nodes of the truth with viscosity, and without."""
TRUTH = {True: 1e-12, False: 6e-11}
"""Of its error, the same."""
FIRST_KINK = 1.0 / 19.27019
"""The reciprocal of the largest negative second derivative of the data."""
TIMES = {"before the kink": 0.5 * FIRST_KINK, "after the kink": 3.0 * FIRST_KINK}
MOSTLY_VISCOUS = 10.0
"""The beta up to which viscosity bounds the steps."""
BETAS = (10.0, 1000.0, float("inf"))
# N = 100, 200, 400.
VISCOUS: dict[tuple[float, str], tuple[float, ...]] = {
    (10.0, "central"): (4.7e-3, 1.2e-3, 2.9e-4),
    (10.0, "godunov"): (2.0e-2, 1.1e-2, 5.8e-3),
    (1e3, "central"): (0.16, 0.13, 0.051),
    (1e3, "godunov"): (7.3e-3, 3.7e-3, 1.9e-3),
    (1e4, "central"): (0.18, 0.20, 0.19),
    (1e4, "godunov"): (7.3e-3, 3.7e-3, 1.8e-3),
}


def data(s: Any) -> Any:
    return -np.cos(PI * s) + 0.3 * np.sin(2.0 * PI * s)


def wave(s: Any) -> Any:
    return -np.cos(PI * s)


@lru_cache
def truth(f: Any, beta: float, time: float) -> FloatArray:
    """Return the exact solution on the line, on so many nodes that all others are among them."""
    grid = Grid(-1.0, 1.0, FINE[np.isfinite(beta)], periodic=True)
    return relax(Landscape(f, dim=1), grid, time, beta).values


def exact(dim: int, n: int, beta: float, time: float) -> FloatArray:
    """Return the exact solution on n nodes an axis."""
    line = truth(data, beta, time / dim)
    if dim == 1:
        return line[:: line.size // n]
    # (x + y) / 2 begins at -2, half a period before the line does.
    diagonal = np.add.outer(np.arange(n), np.arange(n)) * (line.size // n) + line.size // 2
    return line[diagonal % line.size]


def solved(dim: int, n: int, beta: float, time: float, name: str) -> FloatArray:
    """Return the solution by a scheme."""
    grid = Grid(-1.0, 1.0, n, periodic=True) if dim == 1 else Grid((-2.0, -2.0), (2.0, 2.0), (n, n), True)
    points, scheme = grid.points(), SCHEMES[name]
    values = data(points[..., 0] if dim == 1 else 0.5 * points.sum(axis=-1))
    # Where viscosity bounds steps there are many anyway.
    few = beta > MOSTLY_VISCOUS
    shrink = (CELLS[dim][0] / n) ** (2.0 / 3.0) if scheme.order > 1 and few else 1.0
    stepper = "filtered" if name == "filtered" else "euler" if scheme.order == 1 else "ssprk33"
    problem, safety = HamiltonJacobi(values, grid, viscosity=0.5 / beta), (0.3 if few else 0.9) * shrink
    return solve_hamilton_jacobi(problem, time, method=scheme, stepper=stepper, safety=safety, progress=False).values


def table(dim: int, beta: float, when: str, norm: str, names: Any = SCHEMES, cells: Any = ()) -> EOCTable:
    """Return the errors of schemes on all grids."""
    time, found = dim * TIMES[when], {}
    numbers = np.array(cells or CELLS[dim])
    size: Any = {"mean": np.mean, "max": np.max}[norm]
    for name in names:
        wrong = [np.abs(solved(dim, n, beta, time, name) - exact(dim, n, beta, time)) for n in numbers]
        found[name] = [float(size(one)) for one in wrong]
    return EOCTable(2.0 * dim / numbers, found, rounding=TRUTH[bool(np.isfinite(beta))])


def tables(dim: int) -> None:
    """Print all tables of a dimension."""
    for beta in BETAS:
        for when in TIMES:
            for norm in ("mean", "max") if when.startswith("before") else ("mean",):
                print(f"\n{dim}-D, beta = {beta:g}, {when}, {norm} error\n{table(dim, beta, when, norm)}", flush=True)


def central(t: float, x: float, u: float, minus: float, plus: float) -> float:
    return 0.125 * (minus + plus) ** 2


def viscous(n: int, beta: float, name: str) -> float:
    """Return the largest error at t = 0.152 by central differences or by Godunov's scheme."""
    grid = Grid(-1.0, 1.0, n, periodic=True)
    h = (
        quadratic()
        if name == "godunov"
        else Hamiltonian(quadratic().value, convex=True, upwind=central, autonomous=True)
    )
    problem = HamiltonJacobi(wave(grid.axes[0]), grid, h, 0.5 / beta)
    # Slopes are at most pi.
    step = 0.9 / (PI * n / 2.0 + (n / 2.0) ** 2 / beta)
    stepper = "euler" if name == "godunov" else "ssprk33"
    found = solve_hamilton_jacobi(problem, 0.152, method=Godunov(), stepper=stepper, step=step, progress=False).values
    known = truth(wave, beta, 0.152)
    return float(np.abs(found - known[:: known.size // n]).max())


def viscous_table() -> bool:
    """Print errors beside those known, and return whether all agree."""
    every = True
    for (beta, name), known in VISCOUS.items():
        found = [viscous(n, beta, name) for n in (100, 200, 400)]
        # Both are of two digits.
        fits = all(abs(one - other) <= 0.06 * other for one, other in zip(found, known, strict=True))
        every &= fits
        print(
            f"beta = {beta:<6g} {name:8}",
            *(f"{one:9.2g}" for one in found),
            "|",
            *(f"{one:9.2g}" for one in known),
            end="",
        )
        print("  agrees" if fits else "  DIFFERS", flush=True)
    return every


def main() -> int:
    begin, asked, every = perf_counter(), sys.argv[1:] or ["1", "2", "viscous"], True
    for one in asked:
        if one == "viscous":
            print("\nlargest errors for N = 100, 200, 400, beside those of an independent program")
            every = viscous_table()
        else:
            tables(int(one))
    print(f"{perf_counter() - begin:.0f} s")
    return 0 if every else 1


if __name__ == "__main__":
    sys.exit(main())
