"""Comparison principle of one explicit step on random rough data, at the bound of the step and above it.

Run ``python -m benchmarks.hamilton_jacobi_comparison``, with a number of pairs per row (by default so many that all
rows together have 10 000). Each pair is `u <= v` on 16 nodes an axis, u of independent normal values and v raised at
its steepest node or at all; a violation is a node at which the step of u lies above that of v by more than rounding.
Both take the same step, the part of the bound that the column names, with the speeds of both. Zero is required at 1,
and some above it: else pairs would be too tame to tell.
"""

import sys
from time import perf_counter
from typing import Any

import numpy as np

from pdeopt import Grid, HamiltonJacobi
from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi import Godunov, Hamiltonian, LaxFriedrichs, eikonal, quadratic
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.operator import Operator
from pdeopt.hamilton_jacobi.standard_problems import standard_problem

FACTORS = (1.0, 1.05)
N_NODES = 16
N_PAIRS = 10_000
ROUNDING, SEARCHED = 1e-13, 1e-8
"""Of the values: by what steps are uncertain, and by what where extrema are searched for."""
LOCAL, GLOBAL = LaxFriedrichs(), LaxFriedrichs("global")
LINE = Grid(-1.0, 1.0, N_NODES, periodic=True)
PLANE = Grid((-1.0, -1.0), (1.0, 1.0), (N_NODES, N_NODES), True)
STRETCHED = Grid.from_axes(np.linspace(-1.0, 1.0, N_NODES) ** 3, np.linspace(0.2, 2.0, N_NODES) ** 2)
THICK = np.add.outer(np.linspace(0.0, 1.0, N_NODES) ** 4, np.linspace(1.0, 0.0, N_NODES) ** 4)


class Pairs:
    """One step of a problem by a scheme, for many pairs of data.

    Parameters
    ----------
    problem : HamiltonJacobi
    scheme : scheme
    rounding : float
        Of the largest value.
    seed : int
    """

    def __init__(self, problem: HamiltonJacobi, scheme: Any, rounding: float = ROUNDING, seed: int = 0) -> None:
        self.rounding = rounding
        self.mesh = Mesh(problem.grid, problem.walls, scheme.ghosts)
        self.operator = Operator(problem, scheme, self.mesh)
        self.rng = np.random.default_rng(seed)
        self.after = [self.mesh.empty(), self.mesh.empty()]

    def draw(self) -> list[FloatArray]:
        """Return two fields, the first nowhere above the second."""
        shape = self.mesh.grid.shape
        u = self.rng.normal(size=shape) * 10.0 ** self.rng.uniform(-1.0, 1.0)
        rise = np.zeros(shape)
        size = float(np.ptp(u)) * 10.0 ** self.rng.uniform(-5.0, 0.0)
        if self.rng.random() < 0.5:
            # Where slopes are steepest the bound is attained.
            steep = [np.maximum(abs(np.roll(u, 1, k) - u), abs(np.roll(u, -1, k) - u)) for k in range(u.ndim)]
            rise[np.unravel_index(np.argmax(sum(steep)), shape)] = size
        else:
            rise[...] = size * self.rng.random(shape)
        return [self.mesh.field(u), self.mesh.field(u + rise)]

    def bound(self, fields: list[FloatArray]) -> float:
        """Return the largest step for both fields, and give fluxes the speeds and slopes of both."""
        told = np.array([self.operator.limits(one, 0.0).extra for one in fields])
        d = self.mesh.grid.dim
        both = np.concatenate([told[:, :d].max(axis=0), told[:, d : 2 * d].min(axis=0), told[:, 2 * d :].max(axis=0)])
        rates = []
        for one in fields:
            self.operator.extra = both
            limits = self.operator.limits(one, 0.0)
            rates.append(limits.rate)
            both[:d] = np.maximum(both[:d], limits.speeds)
        self.operator.extra = both
        return 1.0 / max(rates)

    def is_violated(self, factor: float) -> bool:
        """Return whether one pair loses its order in a step of `factor` times the bound."""
        fields = self.draw()
        dt = factor * self.bound(fields)
        for one, after in zip(fields, self.after, strict=True):
            self.operator.stage(one, one, after, 0.0, (0.0, 1.0, dt))
        low, high = (self.mesh.inside(after) for after in self.after)
        return bool((low - high).max() > self.rounding * (np.abs(low).max() + 1.0))

    def violations(self, factor: float, n_pairs: int) -> int:
        """Return how many of so many pairs lose their order."""
        return sum(self.is_violated(factor) for _ in range(n_pairs))


def decaying(t: float, x: float, u: float, p: float, rate: float) -> float:
    """Return a Hamiltonian that grows with the value."""
    return 0.5 * p * p + rate * u


def cases() -> dict[str, tuple[HamiltonJacobi, Any]]:
    """Return a problem and a scheme for each row."""
    found: dict[str, tuple[HamiltonJacobi, Any]] = {}

    def add(name: str, grid: Grid, h: Hamiltonian, scheme: Any, nu: Any = 0.0) -> None:
        words = scheme.name if scheme == Godunov() else f"{scheme.speed} {scheme.name}"
        found[f"{name}, {words}"] = HamiltonJacobi(np.zeros(grid.shape), grid, h, nu), scheme

    for beta in (1.0, 5.0, 100.0, np.inf):
        add(f"1-D |p|^2 / 2, beta = {beta:g}", LINE, quadratic(), Godunov(), 0.5 / beta)
    for beta in (5.0, np.inf):
        add(f"2-D |p|^2 / 2, beta = {beta:g}", PLANE, quadratic(), Godunov(), 0.5 / beta)
    decay = Hamiltonian(decaying, convex=True, depends_on_value=True, args=(3.0,), name="|p|^2 / 2 + 3 u")
    for scheme in (Godunov(), LOCAL, GLOBAL):
        add("1-D |p|^2 / 2 + 3 u", LINE, decay, scheme)
        add("2-D |p|^2 / 2, stretched, nu(x), reflecting", STRETCHED, quadratic(), scheme, THICK)
        add("2-D sqrt(|p|^2 + 1)", PLANE, standard_problem("b8").hamiltonian, scheme)
        add("2-D steering", PLANE, standard_problem("b9").hamiltonian, scheme)
    add("2-D (p_1 + p_2 + 1)^2 / 2, searched", PLANE, standard_problem("b3").hamiltonian, Godunov())
    add("2-D -|p|", PLANE, eikonal(-1.0), Godunov())
    for scheme in (LOCAL, GLOBAL):
        add("1-D -cos(p + 1)", LINE, standard_problem("b2").hamiltonian, scheme)
        add("2-D sin(p_1 + p_2)", PLANE, standard_problem("b10").hamiltonian, scheme)
    return found


def main() -> int:
    begin, rows = perf_counter(), cases()
    n_pairs = int(sys.argv[1]) if len(sys.argv) > 1 else -(-N_PAIRS // len(rows))
    total = np.zeros(len(FACTORS), dtype=int)
    print(f"{'pairs that lose their order, at this part of the bound':64}{'pairs':>7}", *(f"{f:>6g}" for f in FACTORS))
    for name, (problem, scheme) in rows.items():
        pairs = Pairs(problem, scheme, SEARCHED if "searched" in name else ROUNDING)
        found = [pairs.violations(factor, n_pairs) for factor in FACTORS]
        total += found
        print(f"{name:64}{n_pairs:>7}", *(f"{one:>6}" for one in found), flush=True)
    print(f"{'all':64}{n_pairs * len(rows):>7}", *(f"{one:>6}" for one in total))
    print(f"{perf_counter() - begin:.0f} s")
    return 1 if total[0] or not total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
