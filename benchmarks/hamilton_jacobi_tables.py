"""Error tables of the standard Hamilton-Jacobi problems beside those of an independent program: all digits must agree.

Run ``python -m benchmarks.hamilton_jacobi_tables``, with names of tables to print some of them. Nodes x_i = -1 + i h,
h = 2 / N; equal steps, as few as keep dt below 0.6 h / a, or below (0.6 / a) h^(5/3) 0.2^(-2/3) where it says 5/3, with
a = pi + 1 for b1 and b3, pi for b5. The selection test takes SSPRK(3,3) with dt = h / 2; that program does not say its
steps, so the second digit may differ by one.
"""

import sys
from collections.abc import Callable, Iterator
from math import ceil
from time import perf_counter
from typing import Any

import numpy as np

from pdeopt import Grid, HamiltonJacobi, solve_hamilton_jacobi
from pdeopt.hamilton_jacobi import WENO5, BlowUpError, Godunov, Hamiltonian, LaxFriedrichs, quadratic
from pdeopt.hamilton_jacobi.standard_problems import standard_problem

PI = float(np.pi)
SMOOTH, KINKED = 0.5 / PI**2, 1.5 / PI**2
SPEED = {"b1": PI + 1.0, "b3": PI + 1.0, "b5": PI}

# Columns by N: scheme, L1 and L-inf by dt ~ h, and by dt ~ h^(5/3).
FIRST = {
    10: (1.07e-1, 1.91e-1),
    20: (5.42e-2, 1.12e-1),
    40: (2.69e-2, 6.15e-2),
    80: (1.35e-2, 3.26e-2),
    160: (6.77e-3, 1.69e-2),
    320: (3.39e-3, 8.59e-3),
}
FIFTH_LONG = {
    10: (4.73e-3, 1.76e-2),
    20: (2.91e-4, 1.73e-3),
    40: (1.94e-5, 1.48e-4),
    80: (1.42e-6, 5.82e-6),
    160: (1.42e-7, 7.30e-7),
    320: (1.72e-8, 9.13e-8),
}
FIFTH_SHORT = {
    10: (4.73e-3, 1.76e-2),
    20: (2.65e-4, 1.75e-3),
    40: (1.35e-5, 1.56e-4),
    80: (5.29e-7, 6.58e-6),
    160: (1.91e-8, 2.23e-7),
    320: (6.51e-10, 7.13e-9),
}
B5_SHORT = {
    10: (3.68e-3, 1.63e-2),
    20: (2.11e-4, 1.78e-3),
    40: (1.06e-5, 1.20e-4),
    80: (4.06e-7, 5.02e-6),
    160: (1.47e-8, 1.70e-7),
    320: (5.00e-10, 5.42e-9),
}
# After the kink: L-inf of first order by Lax-Friedrichs and Godunov, L1 and L-inf of fifth order by both.
AFTER = {
    20: (2.13e-1, 4.67e-2, 4.52e-3, 8.48e-2, 6.46e-4, 5.66e-3),
    40: (1.11e-1, 2.36e-2, 1.07e-3, 4.15e-2, 4.74e-5, 4.71e-4),
    80: (5.12e-2, 1.19e-2, 2.62e-4, 2.06e-2, 3.76e-6, 2.17e-5),
    160: (2.32e-2, 5.95e-3, 6.51e-5, 1.03e-2, 4.06e-7, 2.53e-6),
    320: (1.12e-2, 2.98e-3, 1.62e-5, 5.16e-3, 4.80e-8, 2.64e-7),
}
BROKEN = float("nan")
# Largest error on |x| < 0.6 for N = 101 and 801: from |x| and -|x|, with the kink on a node and between two.
SELECTION = {
    (1, "node"): {"central": (4.2e-3, 5.5e-4), "mean of squares": (0.125, 0.125), "godunov": (1.2e-2, 3.0e-3)},
    (1, "middle"): {"central": (6.6e-3, 8.2e-4), "mean of squares": (4.4e-3, 5.5e-4), "godunov": (1.6e-2, 3.4e-3)},
    (-1, "node"): {"central": (0.17, BROKEN), "mean of squares": (0.0, 0.0), "godunov": (0.0, 0.0)},
    (-1, "middle"): {"central": (1.2e-2, 1.6e-3), "mean of squares": (3e-2, BROKEN), "godunov": (0.0, 0.0)},
}
ROUNDING = 2e-14
Line = tuple[str, str, str, bool]
Lines = Iterator[Line]
Rows = dict[int, tuple[float, ...]]


def steps(time: float, h: float, speed: float, *, short: bool) -> int:
    longest = 0.6 * h / speed
    return ceil(time / (min(longest, 0.6 / speed * h ** (5 / 3) * 0.2 ** (-2 / 3)) if short else longest))


def errors(name: str, n: int, time: float, method: Any, stepper: str, *, short: bool = False) -> tuple[float, float]:
    """Return the mean and the largest error on n nodes an axis."""
    problem, speed = standard_problem(name), SPEED[name]
    count = steps(time, 2.0 / n, speed, short=short)
    found = solve_hamilton_jacobi(problem.on(n), time, method=method, stepper=stepper, step=time / count)
    wrong = np.abs(found.values - problem.solution(time, n))
    return float(wrong.mean()), float(wrong.max())


def agrees(found: float, known: float, digits: int, slack: float) -> bool:
    """Whether a number is the known one to its digits: the last may differ by `slack`."""
    if np.isnan(known):
        return bool(np.isnan(found))
    if known == 0.0:
        return found <= ROUNDING
    return abs(found - known) <= slack * 10.0 ** (np.floor(np.log10(known)) - digits + 1)


def line(
    what: str, found: tuple[float, ...], known: tuple[float, ...], digits: int = 3, slack: float = 0.5000001
) -> Line:
    fits = all(agrees(one, other, digits, slack) for one, other in zip(found, known, strict=True))
    return what, "  ".join(f"{one:.3g}" for one in found), "  ".join(f"{one:.3g}" for one in known), fits


def rows(name: str, words: str, known: Rows, method: Any, stepper: str = "ssprk33", *, short: bool = False) -> Lines:
    """Before the kink, on grids of growing size; in the plane up to 160 nodes an axis."""
    for n, numbers in known.items():
        if n <= 160 or name != "b3":
            yield line(f"{name} {words}, N = {n}", errors(name, n, SMOOTH, method, stepper, short=short), numbers)


def smooth(name: str) -> Lines:
    """First order, and fifth by both steps."""
    one = (SPEED[name],) * (2 if name == "b3" else 1)
    yield from rows(name, "first order", FIRST, LaxFriedrichs(one), "euler")
    yield from rows(name, "fifth order, dt ~ h", FIFTH_LONG, WENO5("lax-friedrichs", one))
    if name == "b1":
        yield from short_steps(name, FIFTH_SHORT)


def short_steps(name: str, known: Rows) -> Lines:
    """Fifth order by short steps."""
    yield from rows(name, "fifth order, dt ~ h^(5/3)", known, WENO5("lax-friedrichs", (SPEED[name],)), short=True)


def after_kink() -> Lines:
    """With the kink on a node."""
    for n, known in AFTER.items():
        first = [errors("b5", n, KINKED, one, "euler")[1] for one in (LaxFriedrichs((PI,)), Godunov())]
        fifth = [errors("b5", n, KINKED, one, "ssprk33") for one in (WENO5("lax-friedrichs", (PI,)), WENO5())]
        yield line(f"b5 after the kink, N = {n}", (*first, *fifth[0], *fifth[1]), known)


def central(t: float, x: float, u: float, minus: float, plus: float) -> float:
    return 0.125 * (minus + plus) ** 2


def mean_of_squares(t: float, x: float, u: float, minus: float, plus: float) -> float:
    return 0.25 * (minus * minus + plus * plus)


def numerical(name: str) -> Hamiltonian:
    """Return p^2 / 2 with the numerical Hamiltonian of a name."""
    given: dict[str, Callable[..., float]] = {"central": central, "mean of squares": mean_of_squares}
    h = quadratic()
    return Hamiltonian(h.value, convex=True, upwind=given[name], autonomous=True) if name in given else h


def selected(sign: int, place: str, name: str, n: int) -> float:
    """Return the error of one cell of the selection test, NaN where the values blow up."""
    grid = Grid(-1.0, 1.0, n if place == "node" else n - 1)
    problem = HamiltonJacobi(sign * np.abs(grid.axes[0]), grid, numerical(name), boundary="extrapolation")
    step = 0.5 * grid.spacing[0]
    try:
        found = solve_hamilton_jacobi(problem, 0.25, method="godunov", stepper="ssprk33", step=step).values
    except BlowUpError:
        return BROKEN
    exact = standard_problem("b11" if sign > 0 else "b11-concave").solution(0.25, grid)
    return float(np.abs(found - exact)[np.abs(grid.axes[0]) < 0.6].max())


def selection() -> Lines:
    """Both signs of the kink, on a node and between two."""
    for (sign, place), rows in SELECTION.items():
        for name, known in rows.items():
            found = tuple(selected(sign, place, name, n) for n in (101, 801))
            digits = 1 if name == "mean of squares" and sign < 0 else 2
            what = f"{'+' if sign > 0 else '-'}|x|, kink on {place}: {name}"
            yield line(what, found, known, digits, slack=1.0)


TABLES: dict[str, Callable[[], Lines]] = {
    "b1": lambda: smooth("b1"),
    "b3": lambda: smooth("b3"),
    "b5": lambda: short_steps("b5", B5_SHORT),
    "kink": after_kink,
    "selection": selection,
}


def main() -> int:
    begin, every = perf_counter(), True
    for name in sys.argv[1:] or TABLES:
        print(f"\n{name}")
        for what, found, known, fits in TABLES[name]():
            every &= fits
            print(f"{what:44}  {found:58}  {known:58}  {'agrees' if fits else 'DIFFERS'}", flush=True)
    print(f"\n{'every number agrees' if every else 'SOME NUMBERS DIFFER'}; {perf_counter() - begin:.0f} s")
    return 0 if every else 1


if __name__ == "__main__":
    sys.exit(main())
