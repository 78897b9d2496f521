"""Cost of `relax` as the time grows from one cell's to a hundred times what the domain needs."""

import numpy as np

from benchmarks.measure import Row, interleaved, milliseconds
from pdeopt import Grid, Landscape, landscapes, relax

N_NODES = 1024
N_TIMES = 7
BETAS = (1.0, 100.0, 1e6, np.inf)
ROUNDS = 3


def growth(f: Landscape | np.ndarray, grid: Grid, beta: float, spread: float) -> Row:
    """Compare the dearest of `N_TIMES` times with the shortest."""
    length = grid.extent[0]
    times = np.geomspace(grid.spacing[0] ** 2, 100.0 * length**2 / spread, N_TIMES)
    seconds = interleaved(*[lambda t=t: relax(f, grid, t, beta) for t in times], rounds=ROUNDS)
    dearest = int(np.argmax(np.median(seconds, axis=1)))
    ratio = float(np.median(seconds[dearest] / seconds[0]))
    kind = "landscape" if isinstance(f, Landscape) else "array"
    edge = "periodic" if grid.periodic[0] else "free"
    what = f"relax, {kind}, {edge}, beta = {beta:g}: dearest time, t = {times[dearest]:.3g}"
    return Row(what, milliseconds(seconds[dearest]), f"t = h^2 {milliseconds(seconds[0])}", ratio, "<= 30")


def rows() -> list[Row]:
    cases = (
        (landscapes.double_well(), Grid(-3.0, 3.0, N_NODES)),
        (landscapes.cosine(), Grid(-1.0, 1.0, N_NODES, periodic=True)),
    )
    found = []
    for beta in BETAS:
        for f, grid in cases:
            values = f.on(grid)
            spread = float(np.ptp(values))
            found += [growth(f, grid, beta, spread), growth(values, grid, beta, spread)]
    return found
