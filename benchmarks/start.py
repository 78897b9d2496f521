"""From the start of a process to its first result, and what compiling costs on the first run of all."""

import os
import subprocess
import sys
import tempfile

import numpy as np

from benchmarks.measure import Row, interleaved

FIRST = "import pdeopt; pdeopt.relax(pdeopt.landscapes.double_well(), pdeopt.Grid(-3.0, 3.0, {n}), 0.5, 1.0)"
IMPORTS = "import numba, numpy, scipy.special"


def run(code: str, **environment: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | environment)


def cpu_seconds_from_nothing(n: int) -> float:
    """Return the processor time of a first run that finds no compiled kernel."""
    begin = os.times()
    with tempfile.TemporaryDirectory() as cache:
        run(FIRST.format(n=n), NUMBA_CACHE_DIR=cache)
    end = os.times()
    return end.children_user + end.children_system - begin.children_user - begin.children_system


def rows() -> list[Row]:
    warm, imports = interleaved(lambda: run(FIRST.format(n=1025)), lambda: run(IMPORTS))
    small, large = cpu_seconds_from_nothing(64), cpu_seconds_from_nothing(4096)
    seconds = float(np.median(warm))
    floor = f"importing numba, numpy, scipy {np.median(imports):.2f} s"
    cold = "start to first 1-D result, cold cache, N = 4096, processor time"
    return [
        Row("start to first 1-D result, warm cache, in seconds", f"{seconds:.2f} s", floor, seconds, "<= 2"),
        Row(cold, f"{large:.1f} s", f"N = 64 {small:.1f} s", large / small, "<= 1.2"),
    ]
