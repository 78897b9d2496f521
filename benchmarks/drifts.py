"""Euler-Maruyama where the drift costs more than the noise, on one thread, against loops of the same arithmetic."""

from collections.abc import Callable

import numpy as np
from numpy.random import PCG64, SFC64, Generator

import pdeopt
from benchmarks import drift_loops
from benchmarks.loads import Load, best, quicker, rates
from benchmarks.measure import Row

BITS = (PCG64, SFC64)
WELL, BETA = (-0.558, 1.442), 0.1
MUELLER_BROWN = {"n_paths": 4096, "n_steps": 200, "step": 1e-5}
CHAIN = {"n_paths": 512, "n_steps": 400, "step": 0.01}
N_COORDINATES, SIGMA, COUPLING = 50, 0.5, 1.0
LEAN = {"statistics": False, "threads": 1, "progress": False}


def ours(system: pdeopt.SDE, x0: object, sizes: dict[str, float]) -> Load:
    """Return the whole call of `simulate`."""

    def task() -> np.ndarray:
        return pdeopt.simulate(system, x0, **sizes, **LEAN).final

    return Load("pdeopt", task, sizes["n_paths"] * sizes["n_steps"])


def mueller_brown() -> Load:
    """Return overdamped Langevin dynamics in the deepest well."""
    f = pdeopt.landscapes.mueller_brown()
    return ours(pdeopt.overdamped_langevin(f, BETA), WELL, MUELLER_BROWN)


def mueller_brown_loops() -> list[Load]:
    """Return hand-written loops for the same."""
    (terms,) = pdeopt.landscapes.mueller_brown().args
    n_paths, n_steps, h = MUELLER_BROWN.values()
    numbers = (n_steps, h, np.sqrt(2.0 * h / BETA), np.asarray(terms))

    def load(name: str, run: Callable[..., None], bits: type) -> Load:
        generator = Generator(bits(0))

        def task() -> np.ndarray:
            a, b = np.full(n_paths, WELL[0]), np.full(n_paths, WELL[1])
            run(generator, a, b, *numbers)
            return np.stack([a, b], axis=1)

        return Load(f"{name}, {bits.__name__}", task, n_paths * n_steps)

    runs = {"path after path": drift_loops.mueller_brown_paths, "chunks": drift_loops.mueller_brown_chunks}
    return [load(name, run, bits) for name, run in runs.items() for bits in BITS]


def chain_drift(_t: float, x: np.ndarray, coupling: float, out: np.ndarray) -> None:
    drift_loops.chain_drift(x, coupling, out)


def chain_diffusion(_t: float, _x: np.ndarray, _coupling: float, out: np.ndarray) -> None:
    out[:] = SIGMA


def chain() -> Load:
    """Return a chain of coupled double wells."""
    system = pdeopt.SDE(chain_drift, chain_diffusion, noise="additive", dim=N_COORDINATES, args=(COUPLING,))
    return ours(system, np.ones(N_COORDINATES), CHAIN)


def chain_loops() -> list[Load]:
    """Return hand-written loops for the same."""
    n_paths, n_steps, h = CHAIN.values()
    numbers = (n_steps, h, SIGMA * np.sqrt(h), COUPLING)

    def load(name: str, run: Callable[..., None], bits: type) -> Load:
        generator = Generator(bits(0))

        def task() -> np.ndarray:
            x = np.ones((n_paths, N_COORDINATES))
            run(generator, x, *numbers)
            return x

        return Load(f"{name}, {bits.__name__}", task, n_paths * n_steps)

    runs = {"path after path": drift_loops.chain_paths, "normals first": drift_loops.chain_normals_first}
    return [load(name, run, bits) for name, run in runs.items() for bits in BITS]


def against_loops(what: str, engine: Load, loops: list[Load]) -> Row:
    """Return the row against the best loop."""
    mine, *found = rates([engine, *loops])
    name, rate = best(mine, loops, found)
    return quicker(f"{what}, one thread, processor time", mine, rate, f"best of {len(loops)} loops: {name}", 0.95)


def rows() -> list[Row]:
    return [
        against_loops("Euler-Maruyama, Mueller-Brown", mueller_brown(), mueller_brown_loops()),
        against_loops(f"Euler-Maruyama, chain of {N_COORDINATES} wells", chain(), chain_loops()),
    ]
