"""Weights of dropout networks as their equations predict them, against weights that training finds."""

from typing import Any

import numpy as np

from benchmarks.measure import Row
from pdeopt import Grid
from pdeopt.networks import Data, Dropout, PredictionCheck, ResNet, compare_prediction
from pdeopt.optimizers import SGD, InverseTime, Schedule

WANTED = 0.003
"""Half the width of the intervals in which predictions are to lie."""

SCHEDULES = (InverseTime(0.2, 50), InverseTime(0.2, 20, 0.7))
BLOCKS = (10, 20, 40)
START = np.array([0.5])
LINE = Data(np.linspace(-1.0, 1.0, 5)[:, None], 2.0 * np.linspace(-1.0, 1.0, 5) + 0.5, name="a line")
POINT = Data([[1.0]], [2.0], name="a point")


def network(n_blocks: int, branch: str = "linear", *, shared: bool = True) -> ResNet:
    """Return a network of one unit whose branch is dropped with probability 1/2."""
    return ResNet(
        [1, 1, 1], n_blocks=n_blocks, branch=branch, noise=Dropout(0.5), shared=shared, readout=False, loss="squared"
    )


def linear(n_blocks: int, schedule: Schedule, **options: Any) -> PredictionCheck:
    """Return what the shared weight of a linear network is predicted and trained to be, x = 1, y = 2."""
    return compare_prediction(network(n_blocks), POINT, SGD(schedule), initial=START, **options)


def layer(**options: Any) -> PredictionCheck:
    """Return the same for the weight and the bias of a shared tanh layer on five points of a line."""
    start = np.array([0.8, 0.1])
    return compare_prediction(network(20, "layer"), LINE, SGD(InverseTime(0.5, 100)), initial=start, **options)


def own_weights(**options: Any) -> PredictionCheck:
    """Return the same for the output of a linear network with a weight for each block, all different at the start."""
    net, start = network(40, shared=False), np.random.default_rng(1).uniform(0.3, 0.7, 40)
    options |= {"compare": "outputs", "initial": start, "grid": Grid(-2.0, 10.0, 801)}
    return compare_prediction(net, POINT, SGD(InverseTime(2.0, 50)), **options)


def rows() -> list[Row]:
    """Return whether predictions are inside, how large the bias of schedules is, and orders in the number of blocks."""
    few = {"n_runs": 16, "n_steps": 1000}
    found = []
    for schedule in SCHEDULES:
        name = f"weight of a linear network, N = 40, 16 runs, {schedule}"
        found += verdicts(name, linear(40, schedule, **few))
        found.append(bias(name, linear(40, schedule, n_runs=300, n_steps=1000)))
    found += verdicts("weight and bias of a tanh layer, N = 20, 40 runs", layer(n_runs=40, n_steps=400, copies=4))
    found += verdicts("output with own weights, N = 40, 40 runs", own_weights(n_runs=40, n_steps=1500, copies=2))
    return found + orders()


def verdicts(what: str, check: PredictionCheck) -> list[Row]:
    """Return a row for each picture: its largest distance from the trained mean in half-widths."""
    widest = float(check.half_width.max())
    found = [Row(f"{what}: half-width", f"{widest:.5f}", f"{WANTED}", widest / WANTED, "<= 1")]
    for k, picture in enumerate(check.pictures):
        i = int(np.argmax(np.abs(check.difference[k]) / check.half_width))
        ratio = float(np.abs(check.difference[k, i]) / check.half_width[i])
        target = ">= 1" if picture == "first" else "<= 1"
        ours = f"{check.mean[i]:.6f} +- {check.half_width[i]:.6f}"
        found.append(Row(f"{what}: {picture}", ours, f"{check.predicted[k, i]:.6f}", ratio, target))
    return found


def bias(what: str, check: PredictionCheck) -> Row:
    """Return how far the mean of many runs lies from the exact optimum."""
    away, width = -float(check.difference[0, 0]), float(check.half_width[0])
    return Row(f"{what}: bias", f"{away:+.6f} +- {width:.6f}", f"{WANTED}", (abs(away) + width) / WANTED, "<= 1")


def orders() -> list[Row]:
    """Return in which order of 1/N predictions approach trained weights, and the exact optima."""
    checks = [linear(n, SCHEDULES[0], n_runs=40, n_steps=1000, copies=300) for n in BLOCKS]
    found = []
    for k, picture in enumerate(checks[0].pictures[1:], 1):
        away = np.array([float(check.difference[k, 0]) for check in checks])
        exact = np.array([float(check.predicted[k, 0] - check.predicted[0, 0]) for check in checks])
        errors = np.array([float(check.standard_error[0]) for check in checks]) / np.abs(away)
        (order, bar), (wanted, _) = line(away, errors), line(exact, errors)
        what = f"order of {picture} - trained, N = {', '.join(map(str, BLOCKS))}: {', '.join(f'{a:.6f}' for a in away)}"
        found.append(Row(what, f"{order:.3f} +- {bar:.3f}", f"- exact {wanted:.3f}", abs(order - wanted) / 0.1, "<= 1"))
    return found


def line(differences: np.ndarray, errors: np.ndarray) -> tuple[float, float]:
    """Return the slope of differences in logarithms, and its 95 % bar from their relative standard errors."""
    fit, covariance = np.polyfit(-np.log(BLOCKS), np.log(np.abs(differences)), 1, w=1.0 / errors, cov="unscaled")
    return float(fit[0]), 1.96 * float(covariance[0, 0]) ** 0.5
