"""Orders in time of the Hamilton-Jacobi steppers, and filtered against plain fifth-order schemes.

Run ``python -m benchmarks.hamilton_jacobi_orders``, with names of tables to print some of them.

``implicit``: u_t + u_x^2 / 2 = u_xx / 20 from -cos(pi x) on 128 nodes around [-1, 1), fifth-order slopes and
three-point viscosity, t = 0.15; errors against the solution that is exact in time, beside those of an independent
program. ``explicit``: the same at t = 0.05, before slopes are steep. ``smooth``: the problem b2, dt ~ h^(5/3), mean
errors. ``wells``: the problem b6, not convex, its kink on a node and between two, largest errors on |x| <= 0.8.
"""

import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from time import perf_counter
from typing import Any

import numpy as np

from pdeopt import Grid, HamiltonJacobi, solve_hamilton_jacobi
from pdeopt._types import FloatArray
from pdeopt.convergence import observed_order
from pdeopt.hamilton_jacobi import WENO5
from pdeopt.hamilton_jacobi.standard_problems import standard_problem

GRID = Grid(-1.0, 1.0, 128, periodic=True)
SCHEME = WENO5(diffusion="three-point")
MANY = (57, 80, 113, 160, 226, 320, 453)
# Largest errors at 40 and 320 steps.
KNOWN = {
    "lie": (7.0e-3, 8.8e-4),
    "ars111": (6.8e-3, 8.3e-4),
    "strang": (4.0e-4, 6.3e-6),
    "ars222": (2.2e-4, 3.3e-6),
    "ars443": (6.2e-6, 1.4e-8),
}
ORDERS = {"lie": 1, "ars111": 1, "strang": 2, "ars222": 2, "ars443": 3, "ssprk33": 3, "ssprk104": 4}


def wave(stepper: str, n: int, time: float) -> FloatArray:
    problem = HamiltonJacobi(-np.cos(np.pi * GRID.axes[0]), GRID, viscosity=0.05)
    return solve_hamilton_jacobi(problem, time, method=SCHEME, stepper=stepper, step=time / n, threads=1).values


@lru_cache
def semidiscrete(time: float) -> FloatArray:
    return wave("ssprk104", 2000, time)


def error(stepper: str, n: int, time: float) -> float:
    return float(np.abs(wave(stepper, n, time) - semidiscrete(time)).max())


def verdict(*, fine: bool) -> str:
    return "agrees" if fine else "DIFFERS"


def order_in_time(stepper: str, counts: Sequence[int], time: float) -> tuple[str, bool]:
    steps = time / np.array(counts)
    found = observed_order(steps, [error(stepper, n, time) for n in counts], rounding=1e-14)
    return f"{stepper:9} {found!s:24}", found.admits(ORDERS[stepper]) and found.bar is not None and found.bar < 0.1


def implicit() -> bool:
    every = True
    for stepper, known in KNOWN.items():
        words, fine = order_in_time(stepper, MANY, 0.15)
        ends = [error(stepper, n, 0.15) for n in (40, 320)]
        fine &= bool(np.allclose(ends, known, rtol=0.02))
        print(
            f"{words} at 40 and 320 steps {ends[0]:.2e} {ends[1]:.2e}, known {known}  {verdict(fine=fine)}", flush=True
        )
        every &= fine
    return every


def explicit() -> bool:
    every = True
    for stepper, counts in {"ssprk33": (54, 76, 107, 152), "ssprk104": (19, 27, 38, 54)}.items():
        words, fine = order_in_time(stepper, counts, 0.05)
        print(f"{words} {verdict(fine=fine)}", flush=True)
        every &= fine
    return every


def wrong(name: str, n: int, time: float, method: Any, **settings: Any) -> FloatArray:
    problem = standard_problem(name)
    found = solve_hamilton_jacobi(problem.on(n), time, method=method, threads=1, **settings).values
    return np.abs(found - problem.solution(time, n))


def smooth() -> bool:
    every, time, counts = True, 0.25 / np.pi**2, (80, 160, 320, 640)
    for method in ("weno5", "filtered"):
        means = [wrong("b2", n, time, method, step=0.6 * (2.0 / n) ** (5 / 3) * 0.2 ** (-2 / 3)).mean() for n in counts]
        found = observed_order(2.0 / np.array(counts), means, rounding=1e-16)
        fine = found.admits(5.0)
        print(f"{method:20} {'  '.join(f'{one:.2e}' for one in means)}  {found}  {verdict(fine=fine)}", flush=True)
        every &= fine
    return every


def wells() -> bool:
    last = {}
    for place, counts in (("node", (41, 81, 161, 321)), ("middle", (40, 80, 160, 320))):
        for method in ("godunov", "lax-friedrichs", "weno5", "weno5-lax-friedrichs", "filtered"):
            errors = []
            for n in counts:
                inner = np.abs(standard_problem("b6").grid(n).axes[0]) <= 0.8
                errors.append(wrong("b6", n, 1.0, method)[inner].max())
            print(f"kink on {place:7} {method:21} {'  '.join(f'{one:.2e}' for one in errors)}", flush=True)
            last[place, method] = errors[-1]
    fine = last["middle", "weno5"] > 0.9 and last["middle", "filtered"] < 0.01 and last["node", "filtered"] < 0.01
    print(f"between nodes the fifth order is wrong, filtered it is right: {verdict(fine=fine)}")
    return fine


TABLES: dict[str, Callable[[], bool]] = {"implicit": implicit, "explicit": explicit, "smooth": smooth, "wells": wells}


def main() -> int:
    begin, every = perf_counter(), True
    for name in sys.argv[1:] or TABLES:
        print(f"\n{name}")
        every &= TABLES[name]()
    print(f"\n{'all as expected' if every else 'SOMETHING DIFFERS'}; {perf_counter() - begin:.0f} s")
    return 0 if every else 1


if __name__ == "__main__":
    sys.exit(main())
