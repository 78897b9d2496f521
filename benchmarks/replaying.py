"""One path out of 10^9, computed again, by the clock."""

import signal
from dataclasses import replace
from threading import Timer

import numpy as np

import pdeopt
from benchmarks.double_well import N_STEPS, STEP, diffusion, drift
from benchmarks.measure import Row, interleaved, milliseconds
from pdeopt.sde.blocks import run_groups
from pdeopt.sde.task import GROUP

N_PATHS = 1_000_000_000
PATH = 812_345_678
PATIENCE = 0.5


def begun(system: pdeopt.SDE, x0: object, method: str) -> pdeopt.sde.Ensemble:
    """Return an ensemble of 10^9 paths that was interrupted right away: replay needs nothing of the rest."""
    interrupt = Timer(PATIENCE, signal.raise_signal, (signal.SIGINT,))
    interrupt.start()
    return pdeopt.simulate(
        system, x0, step=STEP, n_steps=N_STEPS, n_paths=N_PATHS, method=method, keep_final=False, progress=False
    )


def rows_of(name: str, system: pdeopt.SDE, x0: object, method: str) -> list[Row]:
    pdeopt.simulate(system, x0, step=STEP, n_steps=1, method=method)
    ensemble = begun(system, x0, method)
    what = f"{name}, path {PATH} of {N_PATHS:.0e}, {N_STEPS} steps"
    path, last = interleaved(lambda: ensemble.replay(PATH), lambda: ensemble.replay(PATH, save_every=N_STEPS))
    index = PATH // GROUP
    (group,) = run_groups(replace(ensemble.task, keep_final=True), [index])
    whole = group.state[: system.dim, PATH - index * GROUP]
    different = int(np.count_nonzero(ensemble.replay(PATH).values[-1] != whole))
    return [
        Row(f"{what}, every state: milliseconds", milliseconds(path), "", 1e3 * float(np.median(path)), "<= 100"),
        Row(f"{what}, the last state: milliseconds", milliseconds(last), "", 1e3 * float(np.median(last)), "<= 100"),
        Row(f"{what}: values that differ", "replay", f"the {GROUP} paths around it", different, "<= 0"),
    ]


def rows() -> list[Row]:
    euler = pdeopt.SDE(drift, diffusion, noise="additive")
    baoab = pdeopt.langevin(pdeopt.landscapes.double_well(), 4.0, 1.0)
    return [
        *rows_of("Euler-Maruyama", euler, 1.0, "euler-maruyama"),
        *rows_of("BAOAB", baoab, (1.0, 0.0), "BAOAB"),
    ]
