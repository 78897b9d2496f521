"""Ensembles in the double well (x^2 - 1)^2 / 4, of one coordinate in double precision, on one thread."""

from functools import partial

import numpy as np
from numba import njit
from numpy.random import PCG64

import pdeopt
from benchmarks import peers_diffrax, peers_numba, peers_openmm, peers_torchsde
from benchmarks.loads import Load, best, quicker, rates
from benchmarks.measure import Row
from pdeopt.kernels.random import CHUNK
from pdeopt.sde import EulerMaruyama

STEP, SIGMA = 0.01, 0.5
BETA, FRICTION = 4.0, 1.0
N_STEPS = 1000
FEW_STEPS = 200
N_PATHS = 8192
MANY_PATHS = 32768
LEAN = {"step": STEP, "statistics": False, "threads": 1, "progress": False}
PLAIN = "path after path"
EULER = "Euler-Maruyama, double well, one thread, processor time"
LANGEVIN = "BAOAB, double well, one thread, processor time"
WEAK = "weak Euler with two-point increments, double well, one thread, processor time"


def drift(_t: float, x: float) -> float:
    return x - x * x * x


def diffusion(_t: float, _x: float) -> float:
    return SIGMA


def ours(method: str | EulerMaruyama, n_paths: int = MANY_PATHS, n_steps: int = N_STEPS) -> Load:
    """Return the whole call of `simulate` from 1."""
    system = pdeopt.SDE(drift, diffusion, noise="additive")
    run = partial(pdeopt.simulate, system, 1.0, n_steps=n_steps, n_paths=n_paths, method=method, **LEAN)
    return Load("pdeopt", lambda: run().final[:, 0], n_paths * n_steps)


def ours_langevin(method: str, n_paths: int = MANY_PATHS, n_steps: int = N_STEPS) -> Load:
    """Return the whole call of `simulate` from (1, 0)."""
    system = pdeopt.langevin(pdeopt.landscapes.double_well(), BETA, FRICTION)
    run = partial(pdeopt.simulate, system, (1.0, 0.0), n_steps=n_steps, n_paths=n_paths, method=method, **LEAN)
    return Load("pdeopt", lambda: run().final[:, 0], n_paths * n_steps)


def against_loops(what: str, engine: Load, loops: list[Load], plain: float, fastest: float | None) -> list[Row]:
    """Return rows against the plain loop, the first, and against the best of all."""
    mine, *found = rates([engine, *loops])
    name, rate = best(mine, loops, found)
    return [
        quicker(what, mine, found[0], loops[0].name, plain),
        quicker(what, mine, rate, f"best of {len(loops)} loops: {name}", fastest),
    ]


def euler_loops(n_paths: int = N_PATHS, n_steps: int = N_STEPS) -> list[Load]:
    """Return every loop with every bit generator, the plain one first."""
    pairs = [(order, bits) for order in peers_numba.EULER for bits in peers_numba.BIT_GENERATORS]
    return [peers_numba.euler_load(order, bits, n_paths, n_steps, STEP, SIGMA) for order, bits in pairs]


def langevin_loops(n_paths: int = N_PATHS, n_steps: int = N_STEPS) -> list[Load]:
    """Return every loop with every bit generator, the plain one first."""
    pairs = [(order, bits) for order in peers_numba.BAOAB for bits in peers_numba.BIT_GENERATORS]
    return [peers_numba.baoab_load(order, bits, n_paths, n_steps, STEP, BETA, FRICTION) for order, bits in pairs]


def libraries() -> list[Load]:
    """Return torchsde and diffrax, each with the numbers of paths that suit it."""
    torch = [peers_torchsde.euler_load(n_paths, FEW_STEPS, STEP, SIGMA) for n_paths in (10_000, 100_000)]
    return [*torch, *peers_diffrax.euler_loads(10_000, FEW_STEPS, STEP, SIGMA)]


def own_loop(n_paths: int = MANY_PATHS, n_steps: int = N_STEPS) -> Load:
    """Return the chunks of paths of `simulate`, advanced in a compiled loop of one's own."""
    functions = pdeopt.sde.step_functions(pdeopt.SDE(drift, diffusion, noise="additive"))
    advance = functions.advance

    @njit(nogil=True)
    def run(memory: np.ndarray, noise: np.ndarray, final: np.ndarray) -> None:
        for first in range(0, final.size, CHUNK):
            memory[:] = 1.0
            advance(memory, noise, CHUNK, (0, 1, 0.0), first, 0, n_steps, 0.0, STEP, ())
            final[first : first + CHUNK] = memory

    def task() -> np.ndarray:
        final = np.empty(n_paths)
        run(*functions.buffers(), final)
        return final

    return Load("own loop around `advance`", task, n_paths * n_steps)


def against_simulate(engine: Load) -> Row:
    """Return the row of an own loop in units of the whole call of `simulate`."""
    loop = own_loop()
    own, whole = rates([loop, engine])
    return quicker(f"{loop.name}, {EULER}", own, whole, "simulate", 0.95)


def simulate_rows() -> list[Row]:
    engine = ours("euler-maruyama")
    found = against_loops(EULER, engine, euler_loops(), 1.5, 1.2)
    loads = libraries()
    mine, *peers = rates([engine, *loads])
    limits = (15.0 if load.name.startswith("torchsde") else 10.0 for load in loads)
    rows = zip(loads, peers, limits, strict=True)
    libraries_rows = (quicker(EULER, mine, peer, load.name, limit) for load, peer, limit in rows)
    return [*found, *libraries_rows, against_simulate(engine)]


def openmm_loads(n_particles: int = 10_000, n_steps: int = FEW_STEPS) -> list[Load]:
    """Return OpenMM with a path in one or in all three coordinates of a particle."""
    load = partial(peers_openmm.middle_load, n_particles, n_steps, STEP, BETA, FRICTION)
    return [load(coordinates="x"), load(coordinates="xyz")]


def langevin_rows() -> list[Row]:
    engine = ours_langevin("BAOAB")
    found = against_loops(LANGEVIN, engine, langevin_loops(), 1.2, None)
    single, triple = openmm_loads()
    mine, one, three = rates([engine, single, triple])
    return [*found, quicker(LANGEVIN, mine, one, single.name, 20.0), quicker(LANGEVIN, mine, three, triple.name)]


def weak_rows() -> list[Row]:
    gaussian = peers_numba.euler_load(PLAIN, PCG64, N_PATHS, N_STEPS, STEP, SIGMA)
    signs = peers_numba.two_point_load(N_PATHS, N_STEPS, STEP, SIGMA)
    mine, normal, weak = rates([ours(EulerMaruyama(increments="two-point"), 4 * MANY_PATHS), gaussian, signs])
    return [
        quicker(WEAK, mine, normal, f"Gaussian {gaussian.name}", 10.0),
        quicker(WEAK, mine, weak, signs.name),
    ]
