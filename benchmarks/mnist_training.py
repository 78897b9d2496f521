"""MNIST by a net of 784-250-10: time of an epoch against PyTorch's in double precision, and accuracies.

python -m benchmarks.mnist_training FOLDER               # times, against PyTorch on one thread and on two
python -m benchmarks.mnist_training FOLDER --epochs 20   # accuracies of whole runs
"""

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from time import process_time

import numpy as np

from benchmarks.measure import Row, interleaved, table, times_as_long, versions
from pdeopt.networks import MLP, Data, mnist, train
from pdeopt.networks.run import Run
from pdeopt.networks.task import Task
from pdeopt.optimizers import BAOAB, Adam, AdLaLa, EntropySGD, Method, Structure

SIZES, BATCH = (784, 250, 10), 100
STEPS, ROUNDS = 60, 5
LIMIT = "<= 1.5"
SETTINGS = {"step_size": 0.1, "temperature": 1e-4, "other_temperature": 5e-5, "sigma": 0.05, "coupling": 0.05}
METHODS: dict[str, Method] = {
    "adam": Adam(step_size=0.001),
    "adlala": AdLaLa(**SETTINGS, friction=0.15),
    "baoab": BAOAB(step_size=0.3, friction=1.0, temperature=1e-7),
    "entropy-sgd": EntropySGD(1.0, 0.3, n_inner=20, time=1e3, beta=1e10, momentum=0.5, scaled=False),
}
REQUIRED = {"adam": 97.7, "adlala": 96.3}


def loop_of_ours(data: Data, method: Method) -> Callable[[int], None]:
    """Return a function that does so many steps more."""
    task = Task(MLP(SIZES), data, method, 1, BATCH, "epochs", "uniform", 0, 0, 1)
    return Run(task, task.start).advance


def loops_of_torch(data: Data) -> dict[str, Callable[[int], None]]:
    """Return the same for PyTorch, by method."""
    peers, torch = import_module("benchmarks.peers_torch"), import_module("torch")

    def adlala(net):
        options = {"h": 0.1, "tau": (1e-4, 5e-5), "gamma": 0.15, "sigma": 0.05, "eps": 0.05}
        return peers.AdLaLa(net[0].parameters(), net[2].parameters(), **options)

    makers = {"adam": lambda net: torch.optim.Adam(net.parameters()), "adlala": adlala}
    return {name: peers.training_loop(data, SIZES, BATCH, make) for name, make in makers.items()}


def time_rows(data: Data, counts: list[int]) -> list[Row]:
    """Return a row for each method and number of PyTorch's threads; ours is one thread."""
    set_threads = import_module("torch").set_num_threads
    rows, per_epoch = [], data.n_train / BATCH / STEPS
    for threads in counts:
        set_threads(threads)
        for name, theirs in loops_of_torch(data).items():
            ours = loop_of_ours(data, METHODS[name])
            both = (lambda loop=ours: loop(STEPS)), (lambda loop=theirs: loop(STEPS))
            a, b = interleaved(*both, rounds=ROUNDS, busy=threads == 1)
            clock = "processor time" if threads == 1 else "by the clock"
            what = f"{name}, an epoch, PyTorch on {threads} thread{'s' * (threads > 1)}, {clock}"
            seconds = [f"{per_epoch * float(np.median(each)):.3g} s" for each in (a, b)]
            rows.append(Row(what, seconds[0], f"PyTorch {seconds[1]}", times_as_long(a, b), LIMIT))
    return rows


def train_and_tell(data: Data, name: str, epochs: int) -> None:
    """Train by a method, and print its last accuracies."""
    began = process_time()
    net = MLP(SIZES)
    # An epoch is as many gradients, whatever a step takes.
    a_step = METHODS[name].machine(Structure(net.n_parameters, net.slices)).n_gradients
    n_steps = epochs * data.n_train // BATCH // a_step
    fit = train(net, data, METHODS[name], n_steps=n_steps, batch_size=BATCH, observe="scores")
    seconds = process_time() - began
    limit = f", at least {REQUIRED[name]} % asked for" if name in REQUIRED and epochs == 20 else ""
    print(f"{name}: {METHODS[name]}")
    print(f"  {epochs} epochs: test {100 * fit.test_accuracy:.2f} %{limit}, training {100 * fit.train_accuracy:.2f} %")
    print(f"  {seconds / epochs:.3g} s of processor time an epoch, looks at all data included\n", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="with the four files of MNIST")
    parser.add_argument("--epochs", type=int, default=0, help="train for so long instead of timing")
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=list(METHODS))
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="of PyTorch")
    options = parser.parse_args()
    data = mnist(options.folder)
    print(f"{versions()}\n")
    if options.epochs:
        for name in options.methods:
            train_and_tell(data, name, options.epochs)
    else:
        print(table(time_rows(data, options.threads)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
