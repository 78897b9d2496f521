"""Finite differences for Hamilton-Jacobi equations against py-pde, hj_reachability, plain loops and the memory bus.

Every pair is measured in turns in one run. Rates count nodes times steps (or stages) a second, all in.
"""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

from benchmarks.loads import millions, ratio
from benchmarks.measure import ROUNDS, Row, faster, interleaved
from benchmarks.peers_hamilton_jacobi import plain_weno, py_pde, reachability, waves
from pdeopt import Grid
from pdeopt.hamilton_jacobi import HamiltonJacobi, solve_hamilton_jacobi

VISCOSITY = 0.01
BYTES = 24.0
"""A node a step: one value read, and one written, whose line is read first; a triad reads two and writes one."""
KINK = 1.5 / np.pi**2
"""By then the sum of two waves has kinks along lines."""
REACHABLE = 192
"""Nodes a side for hj_reachability."""
LADDER = (48, 64, 80, 96, 112, 128, 160, 192)


def problem(n: int, viscosity: float = VISCOSITY, dim: int = 2) -> HamiltonJacobi:
    grid = Grid((-1.0,) * dim, (1.0,) * dim, (n,) * dim, periodic=True)
    return HamiltonJacobi(waves(*grid.axes), grid, viscosity=viscosity)


def step_for(n: int, viscosity: float = VISCOSITY, dim: int = 2) -> float:
    """Return 0.9 of the step at which Godunov's scheme is monotone for the waves."""
    h = 2.0 / n
    return 0.9 / (dim * (np.pi / h + 2.0 * viscosity / h**2))


def advance(given: HamiltonJacobi, step: float, n_steps: int, method: str, stepper: str, threads: int) -> np.ndarray:
    solution = solve_hamilton_jacobi(
        given, step * n_steps, method=method, stepper=stepper, step=step * (1.0 + 1e-9), threads=threads
    )
    assert solution.n_steps == n_steps
    return np.asarray(solution.values)


def rates(work: list[float], *tasks: object, rounds: int = ROUNDS, busy: bool = False) -> list[np.ndarray]:
    """Return how much work a second each task does in every round; `busy` counts processor time."""
    seconds = interleaved(*tasks, rounds=rounds, busy=busy)
    return [amount / row for amount, row in zip(work, seconds, strict=True)]


def against(what: str, ours: np.ndarray, peer: np.ndarray, name: str, limit: float | None = None) -> Row:
    target = "" if limit is None else f">= {limit:g}"
    return Row(what, millions(ours), f"{name} {millions(peer)}", ratio(ours, peer), target)


# py-pde


def godunov_rows() -> list[Row]:
    """Compare forward Euler steps of the same equation; py-pde's stencil of the gradient is central."""
    n, n_steps, n_peer = 512, 1000, 100
    given, step = problem(n), step_for(n)
    # Of two of its instances, compiled alike, one may be twice as fast as the other.
    peers = {threads: [py_pde(n, VISCOSITY, step, threads=threads) for _ in range(2)] for threads in (1, 2)}
    ours, *single = rates(
        [float(n * n * k) for k in (n_steps, n_peer, n_peer)],
        lambda: advance(given, step, n_steps, "godunov", "euler", 1),
        *(lambda run=run: run(n_peer) for run in peers[1]),
        busy=True,
    )
    ours_2, *every = rates(
        [float(n * n * k) for k in (n_steps, *[n_peer] * 4)],
        lambda: advance(given, step, n_steps, "godunov", "euler", 2),
        *(lambda run=run: run(n_peer) for run in peers[1] + peers[2]),
    )
    what = f"Godunov and viscosity, {n}^2, nodes times steps"
    rows = [
        against(f"{what}, one thread, processor time", ours, max(single, key=np.median), "py-pde numba", 4.0),
        against(f"{what}, two threads", ours_2, max(every, key=np.median), "py-pde numba, fastest of four,", 6.0),
    ]
    return rows + first_call_rows(n, 500) + triad_rows() + cube_rows()


FIRST = {
    "ours": """
import sys, time
from benchmarks.hamilton_jacobi import advance, problem, step_for
n, n_steps = int(sys.argv[1]), int(sys.argv[2])
start = time.perf_counter()
advance(problem(n), step_for(n), n_steps, "godunov", "euler", 2)
print(time.perf_counter() - start)
""",
    "peer": """
import sys, time
import pde
from benchmarks.hamilton_jacobi import VISCOSITY, step_for
from benchmarks.peers_hamilton_jacobi import py_pde
n, n_steps = int(sys.argv[1]), int(sys.argv[2])
start = time.perf_counter()
py_pde(n, VISCOSITY, step_for(n), threads=int(sys.argv[3]))(n_steps)
print(time.perf_counter() - start)
""",
}


def seconds_of_first(which: str, *arguments: int, **environment: str) -> float:
    """Return the seconds of the first call in a process, imports not counted."""
    command = [sys.executable, "-c", FIRST[which], *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | environment)
    return float(done.stdout)


def first_call_rows(n: int, n_steps: int) -> list[Row]:
    peer = min(seconds_of_first("peer", n, n_steps, threads) for threads in (1, 2))
    warm = float(np.median([seconds_of_first("ours", n, n_steps) for _ in range(3)]))
    with tempfile.TemporaryDirectory() as cache:
        cold = seconds_of_first("ours", n, n_steps, NUMBA_CACHE_DIR=cache)
    what = f"Godunov and viscosity, {n}^2, {n_steps} steps, first call of a process"
    return [
        Row(f"{what}, kernels on disk", f"{warm:.2f} s", f"py-pde numba {peer:.1f} s", peer / warm, ">= 15"),
        Row(f"{what}, nothing on disk", f"{cold:.1f} s", f"py-pde numba {peer:.1f} s", peer / cold),
    ]


@njit(nogil=True, error_model="numpy")
def triad(b: np.ndarray, c: np.ndarray, s: float, a: np.ndarray) -> None:
    for i in range(a.size):
        a[i] = b[i] + s * c[i]


def triads(n: int, threads: int, times: int) -> object:
    """Return a function that runs a triad over n numbers, split over threads, so many times."""
    a, b, c = (np.full(n, value) for value in (0.0, 1.0, 2.0))
    parts = [list(part) for part in zip(*(np.array_split(array, threads) for array in (a, b, c)), strict=True)]
    pool = ThreadPoolExecutor(threads)

    def run() -> None:
        for _ in range(times):
            list(pool.map(lambda part: triad(part[1], part[2], 3.0, part[0]), parts))

    return run


def triad_rows() -> list[Row]:
    """Compare 24 bytes a node and step with the bandwidth of `a = b + s c`, 24 bytes a number."""
    n, n_steps = 4096, 128
    given, step = problem(n), step_for(n)
    work = [BYTES * n * n * n_steps, BYTES * n * n * 8]
    rows = []
    for threads in (1, 2):
        ours, peer = rates(
            work,
            lambda k=threads: advance(given, step, n_steps, "godunov", "euler", k),
            triads(n * n, threads, 8),
            rounds=3,
            busy=threads == 1,
        )
        unit = ("one thread, processor time", "two threads")[threads - 1]
        rows.append(against(f"Godunov and viscosity, {n}^2, bytes, {unit}", ours, peer, "triad in Numba", 0.7))
    return rows


def cube_rows() -> list[Row]:
    n, m, n_steps = 128, 1448, 20
    cube, plane = problem(n, dim=3), problem(m)
    ours, peer = rates(
        [float(n**3 * n_steps), float(m**2 * n_steps)],
        lambda: advance(cube, step_for(n, dim=3), n_steps, "godunov", "euler", 1),
        lambda: advance(plane, step_for(m), n_steps, "godunov", "euler", 1),
        busy=True,
    )
    return [against(f"Godunov and viscosity, {n}^3, one thread", ours, peer, f"our {m}^2")]


# Plain loops


def weno_rows() -> list[Row]:
    """Compare with one loop over nodes, the formulas as printed, compiled with the freedom that pays there."""
    n, n_steps = 512, 8
    given, step = problem(n, 0.0), 0.3 * step_for(n, 0.0)
    plain = plain_weno(n, step)
    work = [3.0 * n * n * n_steps] * 2
    rows = []
    for threads, unit in ((1, "one thread, processor time"), (2, "two threads")):
        ours, peer = rates(
            work,
            lambda k=threads: advance(given, step, n_steps, "weno5", "ssprk33", k),
            lambda: plain(n_steps),
            busy=threads == 1,
        )
        what = f"WENO5-Godunov, SSPRK(3,3), {n}^2, nodes times stages, {unit}"
        limit = 2.0 if threads == 1 else None
        rows.append(against(what, ours, peer, "plain Numba loop, one thread", limit))
    return rows


# hj_reachability


def exact_waves(n: int, time: float) -> np.ndarray:
    """Return the solution for the sum of two waves at the nodes of a side: a minimum over a fine grid, then Newton."""
    x = -1.0 + 2.0 / n * np.arange(n)
    y = np.linspace(-2.0, 2.0, 8001)
    cost = -np.cos(np.pi * y) + (x[:, None] - y) ** 2 / (2.0 * time)
    best = y[cost.argmin(axis=1)]
    for _ in range(20):
        best -= (np.pi * np.sin(np.pi * best) + (best - x) / time) / (np.pi**2 * np.cos(np.pi * best) + 1.0 / time)
    line = -np.cos(np.pi * best) + (x - best) ** 2 / (2.0 * time)
    return line[:, None] + line


def mean_error(values: np.ndarray, time: float) -> float:
    return float(np.abs(values - exact_waves(values.shape[0], time)).mean())


def solve_waves(n: int) -> np.ndarray:
    given = problem(n, 0.0)
    return np.asarray(solve_hamilton_jacobi(given, KINK, method="weno5", stepper="ssprk33", threads=2).values)


def as_accurate(error: float) -> tuple[int, float]:
    """Return the fewest nodes a side of a ladder at which our mean error is not larger, and that error."""
    for n in LADDER:
        ours = mean_error(solve_waves(n), KINK)
        if ours <= error:
            return n, ours
    raise RuntimeError(f"no grid of {LADDER} has a mean error of {error:g}")


def reachability_rows() -> list[Row]:
    """WENO5 and three stages on both sides; they take global Lax-Friedrichs, we Godunov, each its own steps."""
    first = seconds_of_reachability(REACHABLE)
    peer = reachability(REACHABLE, KINK)
    error = mean_error(peer(), KINK)
    n, ours_error = as_accurate(error)
    ours, equal, theirs = interleaved(lambda: solve_waves(n), lambda: solve_waves(REACHABLE), peer)
    what = f"quadratic H to t = {KINK:.3g} (kinks)"
    name = f"hj_reachability {REACHABLE}^2, mean error {error:.2g},"
    start = seconds_of_ours(n)
    return [
        faster(f"{what}, {n}^2, mean error {ours_error:.2g}", ours, theirs, name, 5.0),
        faster(f"{what}, {REACHABLE}^2 too", equal, theirs, name),
        Row(
            f"{what}, {n}^2, first call of a process, kernels on disk",
            f"{start:.2f} s",
            f"hj_reachability with its jit {first:.2f} s",
            first / start,
            ">= 5",
        ),
    ]


def seconds_of_child(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def seconds_of_reachability(n: int) -> float:
    """Return the seconds of a first solution with hj_reachability in a process, imports not counted."""
    return seconds_of_child(
        "import time, hj_reachability, jax\n"
        "from benchmarks.hamilton_jacobi import KINK, reachability\n"
        f"start = time.perf_counter(); reachability({n}, KINK)(); print(time.perf_counter() - start)"
    )


def seconds_of_ours(n: int) -> float:
    return seconds_of_child(
        "import time\n"
        "from benchmarks.hamilton_jacobi import solve_waves\n"
        f"start = time.perf_counter(); solve_waves({n}); print(time.perf_counter() - start)"
    )


# Memory

CHILD = """
import json, sys
from pathlib import Path
from benchmarks.hamilton_jacobi import advance, problem, step_for

def resident(name):
    line = next(l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith(name))
    return 1024 * int(line.split()[1])

method, stepper, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
advance(problem(128), 0.1 * step_for(128), 4, method, stepper, 2)
before = resident("VmRSS")
given = problem(n)
Path("/proc/self/clear_refs").write_text("5")
kept = advance(given, 0.1 * step_for(n), 4, method, stepper, 2)
print(json.dumps((resident("VmHWM") - before) / (8.0 * n * n)))
"""


def memory_rows() -> list[Row]:
    """Count everything, to a tenth: initial values of the caller and kept, registers of the stepper, the result."""
    rows = []
    for method, stepper, limit in (("godunov", "euler", 4.0), ("weno5", "ssprk33", 5.0)):
        command = [sys.executable, "-c", CHILD, method, stepper, "3072"]
        arrays = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        what = f"peak memory, 3072^2, {method}, {stepper}, in arrays"
        rows.append(Row(what, f"{arrays:.2f} arrays", "", round(arrays, 1), f"<= {limit:g}"))
    return rows
