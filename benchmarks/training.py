"""Training the 2-20-1 network of the spirals: a whole table of 500 runs, and time per step against peers.

`python -m benchmarks.training figure-8` prints the first part alone, `peers` the second.
"""

import os
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, process_time

import numpy as np

from benchmarks.measure import Row, table, two_cores, versions
from pdeopt.networks import MLP, Data, spirals, train, train_ensemble
from pdeopt.optimizers import SGD, SGLD, Adam, AdLaLa, Method

NET, BATCH = MLP([2, 20, 1]), 10
FIGURE_8 = (SGD(0.1), Adam(0.005), SGLD(0.1, 0.1), AdLaLa(friction=0.5), AdLaLa(friction=10.0))
N_RUNS, N_STEPS, ROUNDS = 100, 10_000, 5
PEER_STEPS, SHORT_STEPS, SHORT_ROUNDS = 500, 1000, 40


@dataclass(frozen=True)
class Peer:
    """What does the same steps elsewhere: `run(data, n_steps)`; `limit` is what our ratio must reach."""

    name: str
    run: Callable[[Data, int], object]
    limit: float


def data(seed: int) -> Data:
    """Return the spirals of two turns."""
    return spirals(turns=2, n_train=500, n_test=500, noise=0.02, exponent=0.5, seed=seed)


def our_run(method: Method, of: Data, n_steps: int) -> object:
    """Train once, everything included: initial parameters, minibatches, the record at the end."""
    return train(NET, of, method, n_steps=n_steps, batch_size=BATCH, initial=0.5, record_every=n_steps, threads=1)


def seconds_a_step(run: Callable[[], object], n_steps: int, rounds: int) -> float:
    """Return the median processor time of a step; of one thread, so that other programs disturb little."""
    run()
    found = []
    for _ in range(rounds):
        begin = process_time()
        run()
        found.append((process_time() - begin) / n_steps)
    return float(np.median(found))


def figure_rows() -> list[Row]:
    """Return how long all runs of the table take by the clock, after compilation, on all cores and on one."""
    rows = []
    for method in FIGURE_8:
        train_ensemble(NET, data, method, n_runs=1, n_steps=10, batch_size=BATCH, initial=0.5)
    for threads in (None, 1):
        clock, busy, load = perf_counter(), process_time(), os.getloadavg()[0]
        for method in FIGURE_8:
            options = {"n_runs": N_RUNS, "n_steps": N_STEPS, "batch_size": BATCH, "initial": 0.5, "seed": 5000}
            train_ensemble(NET, data, method, threads=threads, progress=False, **options)
        clock, busy = perf_counter() - clock, process_time() - busy
        who = "all cores" if threads is None else "one thread"
        said = f"{clock:.1f} s, processor time {busy:.1f} s"
        target = "<= 20" if threads is None else ""
        rows.append(Row(f"5 methods x 100 runs x 10 000 steps, {who}", said, f"load before {load:.1f}", clock, target))
    return rows


def method_rows() -> list[Row]:
    """Return the time of a step of each method against that of SGD."""
    of, found = data(1), {}
    for name, method in (("SGD", SGD(0.1)), ("Adam", Adam(0.005)), ("SGLD", SGLD(0.1, 0.1)), ("AdLaLa", AdLaLa())):
        found[name] = least_seconds_a_step(method, of)
    rows = [(name, seconds, "<= 3" if name == "AdLaLa" else "") for name, seconds in found.items()]
    ours = {name: f"{1e9 * seconds:.0f} ns" for name, seconds in found.items()}
    return [
        Row(f"{name} step, least of {SHORT_ROUNDS}", ours[name], f"SGD {ours['SGD']}", seconds / found["SGD"], target)
        for name, seconds, target in rows
    ]


def least_seconds_a_step(method: Method, of: Data) -> float:
    """Return the least time of a step, the run's own costs subtracted: what is left when nothing else runs beside."""
    short, long = (
        min(_timed(lambda n=n: our_run(method, of, n)) for _ in range(SHORT_ROUNDS))
        for n in (SHORT_STEPS, 3 * SHORT_STEPS)
    )
    return (long - short) / (2 * SHORT_STEPS)


def _timed(run: Callable[[], object]) -> float:
    begin = process_time()
    run()
    return process_time() - begin


def peer_rows() -> list[Row]:
    """Return ratios of processor time a step to PyTorch and to scikit-learn, on one thread."""
    from benchmarks import training_peers as peers  # it starts the threads of PyTorch

    of, rows = data(1), []
    for name, method, others in (
        ("SGD", SGD(0.1), [Peer("PyTorch", peers.torch_sgd, 100), Peer("scikit-learn", peers.sklearn_sgd, 30)]),
        ("Adam", Adam(0.005), [Peer("PyTorch", peers.torch_adam, 100), Peer("scikit-learn", peers.sklearn_adam, 30)]),
        ("AdLaLa", AdLaLa(), [Peer("PyTorch", peers.torch_adlala, 100)]),
    ):
        ours = seconds_a_step(lambda m=method: our_run(m, of, N_STEPS), N_STEPS, ROUNDS)
        for peer in others:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = seconds_a_step(lambda p=peer: p.run(of, PEER_STEPS), PEER_STEPS, ROUNDS)
            text = f"{peer.name} {1e6 * theirs:.1f} us"
            rows.append(Row(f"{name}, a step", f"{1e6 * ours:.2f} us", text, theirs / ours, f">= {peer.limit:g}"))
    return rows


def rows() -> list[Row]:
    """Return all rows."""
    return [*figure_rows(), *method_rows(), *peer_rows()]


def main() -> int:
    parts = {"figure-8": figure_rows, "methods": method_rows, "peers": peer_rows}
    print(f"{versions()}; two threads do two loops {two_cores():.2f} times as fast as one does\n", flush=True)
    for name in sys.argv[1:] or parts:
        print(table(parts[name]()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
