"""Medians of interleaved runs, and the table they go into."""

import platform
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import distributions
from time import perf_counter, process_time

import numpy as np

ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """One line of the table; `target` reads "<= 20" or ">= 300", or is empty for a line that informs."""

    what: str
    ours: str
    peer: str
    ratio: float
    target: str = ""

    @property
    def verdict(self) -> str:
        """Whether the target is met."""
        if not self.target:
            return ""
        sign, limit = self.target.split()
        met = self.ratio <= float(limit) if sign == "<=" else self.ratio >= float(limit)
        return "met" if met else "MISSED"


def interleaved(*tasks: Callable[[], object], rounds: int = ROUNDS, busy: bool = False) -> np.ndarray:
    """Return the seconds of every task in every round, shape (tasks, rounds), after one round to warm up.

    `busy` counts processor time: for tasks of one thread, so that other programs disturb less.
    """
    clock = process_time if busy else perf_counter
    seconds = np.empty((len(tasks), rounds + 1))
    for k in range(rounds + 1):
        for i, task in enumerate(tasks):
            start = clock()
            task()
            seconds[i, k] = clock() - start
    return seconds[:, 1:]


def times_as_long(ours: np.ndarray, peer: np.ndarray) -> float:
    """Return the median over the rounds of our time in units of the peer's."""
    return float(np.median(ours / peer))


def milliseconds(seconds: np.ndarray | float) -> str:
    """Write the median of some times."""
    return f"{1e3 * float(np.median(seconds)):.4g} ms"


def slower(what: str, ours: np.ndarray, peer: np.ndarray, name: str, limit: float | None = None) -> Row:
    """Return a row that asks for at most `limit` times the peer's time."""
    target = "" if limit is None else f"<= {limit:g}"
    return Row(what, milliseconds(ours), f"{name} {milliseconds(peer)}", times_as_long(ours, peer), target)


def faster(what: str, ours: np.ndarray, peer: np.ndarray, name: str, limit: float | None = None) -> Row:
    """Return a row that asks to be at least `limit` times as fast as the peer."""
    target = "" if limit is None else f">= {limit:g}"
    return Row(what, milliseconds(ours), f"{name} {milliseconds(peer)}", times_as_long(peer, ours), target)


def table(rows: list[Row]) -> str:
    """Write rows as a Markdown table."""
    cells = [("what", "ours", "peer or limit", "ratio", "target", "verdict")]
    cells += [(r.what, r.ours, r.peer, f"{r.ratio:.3g}", r.target, r.verdict) for r in rows]
    widths = [max(len(row[k]) for row in cells) for k in range(6)]
    lines = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def versions() -> str:
    """Name what was measured."""
    names = (
        "numpy",
        "scipy",
        "numba",
        "py-pde",
        "edt",
        "torch",
        "torchsde",
        "jax",
        "hj_reachability",
        "diffrax",
        "openmm",
        "quantlib",
        "gudhi",
        "scikit-learn",
    )
    installed = {str(item.name).lower(): item.version for item in distributions()}
    found = ", ".join(f"{name} {installed[name]}" for name in names if name in installed)
    return f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, {found}"


def two_cores() -> float:
    """Return the speed-up of two threads on independent loops: 2 where two cores are free."""
    data = bytes(1 << 26)
    with ThreadPoolExecutor(2) as pool:
        one, two = interleaved(
            lambda: [zlib.crc32(data), zlib.crc32(data)], lambda: list(pool.map(zlib.crc32, [data, data]))
        )
    return times_as_long(one, two)
