"""Peak memory of `relax` in three dimensions, each case in a process of its own."""

import json
import subprocess
import sys

from benchmarks.measure import Row

# The bound of the last two takes minutes at 256^3; memory in units of the grid does not depend on its size.
CASES = (
    ("beta = 50, t = 0.5", 50.0, 0.5, {"values": 256, "bound": 256}),
    ("beta = inf, t = 0.1", float("inf"), 0.1, {"values": 256, "bound": 96}),
    ("beta = 1e8, t = 0.1", 1e8, 0.1, {"values": 96, "bound": 96}),
)
LABELS = {"values": "values", "bound": "values and error bound"}
CHILD = """
import json, sys, time, tracemalloc
import numpy as np
from pathlib import Path
from pdeopt import Grid, relax

n, beta, t, what = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.argv[4]

def solve(n, f):
    grid = Grid((-1.0,) * 3, (1.0,) * 3, (n,) * 3, periodic=True)
    r = relax(f, grid, t, beta)
    return r.values, r.error_bound if what == "bound" else None

def cube(n):
    w = -np.cos(np.pi * (-1.0 + 2.0 / n * np.arange(n)))
    return w[:, None, None] + w[:, None] + w

def resident(name):
    line = next(l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith(name))
    return 1024 * int(line.split()[1])

solve(16, cube(16))
f = cube(n)
Path("/proc/self/clear_refs").write_text("5")
before = resident("VmRSS")
start = time.perf_counter()
kept = solve(n, f)
seconds = time.perf_counter() - start
peak = resident("VmHWM") - before
del kept
traced = None
if sys.argv[5] == "trace":
    tracemalloc.start()
    kept = solve(n, f)
    traced = tracemalloc.get_traced_memory()[1] / f.nbytes
print(json.dumps([peak / f.nbytes, seconds, traced]))
"""


def peak_arrays(n: int, beta: float, time: float, what: str, trace: bool = False) -> tuple[float, ...]:
    """Return peaks by the system and by tracemalloc, in arrays beside the input, and seconds between them."""
    command = [sys.executable, "-c", CHILD, str(n), str(beta), str(time), what, "trace" if trace else ""]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return tuple(json.loads(done.stdout))


def rows() -> list[Row]:
    found = []
    for name, beta, time, sizes in CASES:
        for what, n in sizes.items():
            peak, seconds, _ = peak_arrays(n, beta, time, what)
            case = f"relax, {n}^3, {name}, {LABELS[what]}: peak memory beside the input"
            found.append(Row(case, f"{seconds:.3g} s", "one array of the grid's size", peak, "<= 5"))
    return found
