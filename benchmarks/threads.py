"""One thread against two: the same bits, and how much sooner."""

import numpy as np

from benchmarks.measure import Row, faster, interleaved
from pdeopt import Grid, relax

SHAPES = ((20_000,), (512, 512), (64, 64, 64))
TEMPERATURES = ((50.0, 0.5), (1e8, 0.01), (np.inf, 0.1))
ROUNDS = 3


def waves(shape: tuple[int, ...]) -> tuple[np.ndarray, Grid]:
    """Return a sum of waves with a little noise, and its periodic grid."""
    dim = len(shape)
    grid = Grid((-1.0,) * dim, (1.0,) * dim, shape, periodic=True)
    smooth = -np.cos(np.pi * grid.points()).sum(axis=-1)
    return smooth + 1e-3 * np.random.default_rng(0).standard_normal(shape), grid


def rows() -> list[Row]:
    found = []
    for shape in SHAPES:
        f, grid = waves(shape)
        for beta, time in TEMPERATURES:
            results = {}

            def solve(threads: int, f=f, grid=grid, beta=beta, time=time, results=results) -> None:
                results[threads] = relax(f, grid, time, beta, threads=threads).values

            one, two = interleaved(lambda s=solve: s(1), lambda s=solve: s(2), rounds=ROUNDS)
            different = int(np.count_nonzero(results[1] != results[2]))
            what = f"relax, {' x '.join(map(str, shape))}, beta = {beta:g}, t = {time:g}"
            found.append(Row(f"{what}: values that differ", "2 threads", "1 thread", different, "<= 0"))
            found.append(faster(f"{what}: speed-up", two, one, "1 thread"))
    return found
