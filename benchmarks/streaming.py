"""Resident memory of ensembles that keep no states, each in a process of its own."""

import json
import subprocess
import sys

from benchmarks.measure import Row

CASES = {
    "10^6 paths, looks at the end only": (1_000_000, 1000, None),
    "10^6 paths, 11 looks": (1_000_000, 1000, 100),
    "10^7 paths, looks at the end only": (10_000_000, 100, None),
}
CHILD = """
import json, sys, time
from pathlib import Path
import pdeopt
from benchmarks.double_well import diffusion, drift

n_paths, n_steps, save_every = json.loads(sys.argv[1])
system = pdeopt.SDE(drift, diffusion, noise="additive")

def run(n_paths):
    return pdeopt.simulate(
        system, 1.0, step=0.01, n_steps=n_steps, n_paths=n_paths, save_every=save_every, keep_paths=False,
        keep_final=False, progress=False,
    )

def resident(name):
    line = next(l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith(name))
    return 1024 * int(line.split()[1])

run(10_000)
Path("/proc/self/clear_refs").write_text("5")
before = resident("VmRSS")
start = time.perf_counter()
ensemble = run(n_paths)
seconds = time.perf_counter() - start
growth = resident("VmHWM") - before
print(json.dumps([growth, seconds, ensemble.path_steps, ensemble.final.size]))
"""


def growth(n_paths: int, n_steps: int, save_every: int | None) -> tuple[float, ...]:
    """Return growth of the peak in bytes, seconds, path-steps and number of last states kept."""
    command = [sys.executable, "-c", CHILD, json.dumps([n_paths, n_steps, save_every])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return tuple(json.loads(done.stdout))


def rows() -> list[Row]:
    found = []
    for name, sizes in CASES.items():
        grown, seconds, path_steps, kept = growth(*sizes)
        what = f"Euler-Maruyama, {path_steps:.3g} path-steps, {name}, statistics: growth of memory in MB"
        found.append(Row(what, f"{seconds:.3g} s", f"{kept} states kept", grown / 1e6, "<= 50"))
    return found
