"""From the start of a process to its first result, and what compiling costs on the first run of all."""

import os
import subprocess
import sys
import tempfile
from time import perf_counter

import numpy as np

from benchmarks.measure import Row, interleaved

FIRST = "import pdeopt; pdeopt.relax(pdeopt.landscapes.double_well(), pdeopt.Grid(-3.0, 3.0, {n}), 0.5, 1.0)"
IMPORTS = "import numba, numpy, scipy.special"


def run(code: str, **environment: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | environment)


def seconds_from_nothing(n: int) -> float:
    """Return the seconds of a first run that finds no compiled kernel."""
    begin = perf_counter()
    with tempfile.TemporaryDirectory() as cache:
        run(FIRST.format(n=n), NUMBA_CACHE_DIR=cache)
    return perf_counter() - begin


def rows() -> list[Row]:
    warm, imports = interleaved(lambda: run(FIRST.format(n=1025)), lambda: run(IMPORTS))
    small, large = seconds_from_nothing(64), seconds_from_nothing(4096)
    seconds = float(np.median(warm))
    floor = f"importing numba, numpy, scipy {np.median(imports):.2f} s"
    return [
        Row("start to first 1-D result, warm cache, in seconds", f"{seconds:.2f} s", floor, seconds, "<= 2"),
        Row(
            "start to first 1-D result, cold cache, N = 4096",
            f"{large:.1f} s",
            f"N = 64 {small:.1f} s",
            large / small,
            "<= 1.2",
        ),
    ]
