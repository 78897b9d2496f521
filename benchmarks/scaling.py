"""One thread against two, and all the ways to share out an ensemble: the same bits, and how much sooner."""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import monotonic, sleep

import numpy as np

import pdeopt
from benchmarks.double_well import BETA, FRICTION, N_STEPS, STEP, diffusion, drift
from benchmarks.loads import Load, quicker, rates
from benchmarks.measure import Row

N_PATHS = 262_144
ODD_PATHS = 30_011
"""Paths that fill neither a chunk nor a group."""
LONG = {"n_paths": 40_000, "n_steps": 12_000}
"""Some seconds of one thread: long enough to be stopped on the way."""
CHECKPOINT_EVERY = 0.3
LOOKS = {"save_every": 100, "keep_paths": False, "progress": False}
CHILD = "from benchmarks.scaling import long_run; import sys; long_run(sys.argv[1])"


def euler(**options: object) -> pdeopt.sde.Ensemble:
    """Return an ensemble of Euler-Maruyama with streaming statistics."""
    system = pdeopt.SDE(drift, diffusion, noise="additive")
    return pdeopt.simulate(system, 1.0, step=STEP, **{"n_steps": N_STEPS, "n_paths": ODD_PATHS} | LOOKS | options)


def baoab(**options: object) -> pdeopt.sde.Ensemble:
    """Return an ensemble of BAOAB with streaming statistics."""
    system = pdeopt.langevin(pdeopt.landscapes.double_well(), BETA, FRICTION)
    sizes = {"n_steps": N_STEPS, "n_paths": ODD_PATHS}
    return pdeopt.simulate(system, (1.0, 0.0), method="BAOAB", step=STEP, **sizes | LOOKS | options)


def differences(one: pdeopt.sde.Ensemble, other: pdeopt.sde.Ensemble) -> int:
    """Return how many last states and statistics differ in any bit."""
    arrays = [(one.final, other.final), (one.completed, other.completed)]
    names = ("mean", "central_moments", "covariance")
    arrays += [(getattr(one.statistics, name), getattr(other.statistics, name)) for name in names]
    return sum(int(np.count_nonzero(bits(a) != bits(b))) for a, b in arrays)


def bits(values: np.ndarray) -> np.ndarray:
    """Return numbers of eight bytes as integers, so that signs of zero and NaN count."""
    return np.ascontiguousarray(values).view(np.int64)


def long_run(checkpoint: str | None) -> pdeopt.sde.Ensemble:
    """Return the ensemble that is killed on its way and gone on with."""
    return euler(**LONG, threads=1, checkpoint=checkpoint, checkpoint_every=CHECKPOINT_EVERY)


def killed_and_gone_on_with() -> pdeopt.sde.Ensemble:
    """Let another process write a checkpoint, kill it, and compute the rest."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "half.checkpoint"
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(file)], env=os.environ)
        limit = monotonic() + 120.0
        while not file.exists() and child.poll() is None and monotonic() < limit:
            sleep(0.01)
        on_its_way = child.poll() is None and file.exists()
        child.kill()
        child.wait()
        if not on_its_way:
            raise RuntimeError("the process to be killed wrote no checkpoint while it ran. Use a larger LONG.")
        return long_run(str(file))


def equalities() -> list[Row]:
    one = {"Euler-Maruyama": euler(threads=1), "BAOAB": baoab(threads=1)}
    found = []
    for name, run in {"Euler-Maruyama": euler, "BAOAB": baoab}.items():
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            ways = {
                "2 threads": partial(run, threads=2),
                "3 threads, blocks of 4096 paths": partial(run, threads=3, block_size=4096),
                "1 thread, blocks of 10000 paths": partial(run, threads=1, block_size=10_000),
                "2 processes": partial(run, executor=pool),
            }
            for way, other in ways.items():
                found.append(_equal(f"{name}, {ODD_PATHS} paths", way, differences(one[name], other())))
    resumed = differences(long_run(None), killed_and_gone_on_with())
    return [*found, _equal(f"Euler-Maruyama, {LONG['n_paths']} paths", "killed, then gone on with", resumed)]


def _equal(what: str, way: str, different: int) -> Row:
    return Row(f"{what}: values that differ", way, "1 thread", different, "<= 0")


def speed_up(name: str, run: partial) -> Row:
    """Time two threads against one by the clock."""
    loads = [Load(name, partial(run, threads=n, n_paths=N_PATHS, statistics=False), N_PATHS * N_STEPS) for n in (2, 1)]
    two, one = rates(loads, busy=False)
    return quicker(f"{name}, double well: speed-up of two threads", two, one, "1 thread", 1.7)


def rows() -> list[Row]:
    return [*equalities(), speed_up("Euler-Maruyama", partial(euler)), speed_up("BAOAB", partial(baoab))]
