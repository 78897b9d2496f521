"""Loads of path-steps, and rows that compare their rates."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.measure import ROUNDS, Row, interleaved


@dataclass(frozen=True)
class Load:
    """Something that advances paths: what it is called, how to run it, and how many path-steps that is."""

    name: str
    run: Callable[[], object]
    path_steps: int


def rates(loads: list[Load], rounds: int = ROUNDS, *, busy: bool = True) -> list[np.ndarray]:
    """Return path-steps a second of every load in every round; `busy` counts processor time, of all threads."""
    seconds = interleaved(*(load.run for load in loads), rounds=rounds, busy=busy)
    return [load.path_steps / row for load, row in zip(loads, seconds, strict=True)]


def ratio(ours: np.ndarray, peer: np.ndarray) -> float:
    """Return the median over the rounds of our rate in units of the peer's."""
    return float(np.median(ours / peer))


def millions(rate: np.ndarray) -> str:
    """Write the median of some rates."""
    return f"{float(np.median(rate)) / 1e6:.3g} M/s"


def quicker(what: str, ours: np.ndarray, peer: np.ndarray, name: str, limit: float | None = None) -> Row:
    """Return a row that asks for at least `limit` times the peer's path-steps a second."""
    target = "" if limit is None else f">= {limit:g}"
    return Row(what, millions(ours), f"{name} {millions(peer)}", ratio(ours, peer), target)


def best(ours: np.ndarray, loads: list[Load], found: list[np.ndarray]) -> tuple[str, np.ndarray]:
    """Return name and rates of the load that comes out best against ours."""
    place = int(np.argmin([ratio(ours, rate) for rate in found]))
    return loads[place].name, found[place]
