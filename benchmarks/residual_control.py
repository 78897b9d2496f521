"""Numbers of training as control beside their references: python -m benchmarks.residual_control [NAME ...]."""

import sys
from collections.abc import Callable
from itertools import product
from math import log

import numpy as np
from scipy.optimize import brentq

from benchmarks.residual_networks import STARTS, Number, main, near, on_line, sine, slope, steep
from pdeopt import Grid
from pdeopt.networks import Dropout, ResidualLayer, ResNet, StochasticDepth, TrainingControl, noise_regulariser

REACH = Grid(-1.0, 9.0, 401)
BLOCKS = (32, 64, 128, 256, 512)
NETWORK = {20: 0.65343768833522, 40: 0.67170816756495, 80: 0.68197633302465, 160: 0.68744071627688}


def regulariser() -> list[Number]:
    """Effect of dropout, p = 1/2, and of steps on the loss of case 28 at first order."""
    found = noise_regulariser(ResidualLayer(sine, Dropout(0.5), 1.0 / 8.0), steep, STARTS)
    known = ((0.327794411906292, 0.173095031437907), (-0.452726883273287, 0.191761886362501))
    rows = []
    for k, (x, (a, b)) in enumerate(zip(STARTS, known, strict=True)):
        rows += [near(f"A at {x}", a, found.spread[k], 15), near(f"B at {x}", b, found.step[k], 15)]
        rest = [on_line(Dropout(0.5), n)[k] - found.loss[k] - found.change[k] * 8.0 / n for n in BLOCKS]
        rows.append(slope(f"what is left at {x}", 2, BLOCKS, rest))
    return rows


def linear_control(n_blocks: int, noise: Dropout | None, picture: str, substeps: int) -> TrainingControl:
    net = ResNet([1, 1, 1], n_blocks=n_blocks, branch="linear", noise=noise, readout=False, loss="squared", shared=True)
    return TrainingControl(net, [[1.0]], [2.0], picture=picture, grid=REACH, substeps=substeps)


def best(n_blocks: int, noise: Dropout | None, picture: str = "masks", substeps: int = 2) -> float:
    control = linear_control(n_blocks, noise, picture, substeps)
    return float(brentq(lambda w: control.evaluate(np.array([w])).gradient[0], 0.4, 0.8, xtol=1e-15))


def optimum() -> list[Number]:
    """Case 30: the best weight of a linear network, p = 1/2."""
    rows = [near("network without noise, N = 10", 0.717734625362932, best(10, None), 15)]
    weight = best(10, Dropout(0.5))
    loss = 2.0 * linear_control(10, Dropout(0.5), "masks", 2).evaluate(np.array([weight])).loss
    rows += [near("network, N = 10", 0.623796774637084, weight, 15), near("its loss", 0.145859995993111, loss, 15)]
    rows += [near(f"network, N = {n}", known, best(n, Dropout(0.5)), 14) for n, known in NETWORK.items()]
    known = {"ode": log(2.0), "first": 0.599076198218185, "second": 0.611372403464801}
    for picture, reference in known.items():
        two, four = (best(10, Dropout(0.5), picture, substeps) for substeps in (2, 4))
        rows += [near(f"{picture}, N = 10, two substeps", reference, two)]
        rows += [near(f"{picture}, N = 10, extrapolated from 2 and 4", reference, 2.0 * four - two)]
    exact = {n: best(n, Dropout(0.5)) for n in (40, 80, 160, 320)}
    for picture, order in (("ode", 1), ("first", 1), ("second", 2)):
        gaps = [best(n, Dropout(0.5), picture) - weight for n, weight in exact.items()]
        rows.append(slope(f"{picture} with two substeps", order, exact, gaps))
    return rows


def pictures() -> list[Number]:
    """Loss of a network of width 1, hidden 3, dropout p = 1/2, in each picture against the average over masks."""
    blocks, names = (8, 16, 32, 64), (("masks", 1), ("ode", 1), ("first", 1), ("second", 1), ("second", 2))
    losses: dict[tuple[str, int], list[float]] = {name: [] for name in names}
    for n in blocks:
        net = ResNet([1, 1, 1], n_blocks=n, hidden=3, noise=Dropout(0.5), shared=True)
        for picture, substeps in names:
            facts = {"picture": picture, "substeps": substeps, "grid": Grid(-6.0, 6.0, 301), "order": 8}
            control = TrainingControl(net, [[0.3], [-0.4], [0.8]], [1, 0, 1], **facts)
            losses[picture, substeps].append(control.evaluate(net.initial(2, scheme=0.7)).loss)
    orders = {("ode", 1): 1, ("first", 1): 1, ("second", 1): 2, ("second", 2): 2}
    found = {name: np.array(values) for name, values in losses.items()}
    rows = [
        slope(f"{name[0]}, substeps {name[1]}", o, blocks, found[name] - found["masks", 1])
        for name, o in orders.items()
    ]
    return [*rows, slope("one substep against two", 3, blocks, found["second", 1] - found["second", 2])]


CASES = {
    "width 1, N = 8, dropout": ([1, 1, 1], 8, Dropout(0.5)),
    "width 1, N = 8, depth": ([1, 1, 1], 8, StochasticDepth(0.5, inverted=True)),
    "width 1, N = 14, dropout": ([1, 1, 1], 14, Dropout(0.8)),
    "width 2, N = 4, dropout": ([2, 2, 1], 4, Dropout(0.5)),
}


def enumerated(net: ResNet, parameters: np.ndarray, x: np.ndarray, y: np.ndarray) -> complex:
    """Return the mean logistic loss over all paths, of layers ``tanh(W x + b)`` with factors 0 and 1 / p."""
    w = {name: parameters[net.slices[name]].reshape(shape) for name, shape in net.shapes.items()}
    paths, chances = x[None] + 0j, np.ones(1)
    for k, noise in enumerate(net.noises):
        f = np.tanh(paths @ w[f"block{k + 1}.inner.weight"].T + w[f"block{k + 1}.inner.bias"])
        n = 1 if isinstance(noise, StochasticDepth) else net.sizes[1]
        kept = np.array(list(product((0.0, 1.0), repeat=n)))
        share = np.prod(np.where(kept == 1.0, noise.keep, 1.0 - noise.keep), axis=1)
        paths = (paths + net.step * kept[:, None, None, :] / noise.keep * f).reshape(-1, *x.shape)
        chances = np.outer(share, chances).ravel()
    z = (paths @ w["readout.weight"].T + w["readout.bias"])[..., 0]
    return complex(chances @ (np.log(1.0 + np.exp(z)) - y * z).mean(axis=1))


def gradients() -> list[Number]:
    """Loss and gradient by sweeps against complex steps of the average over all paths, one by one."""
    rows, rng = [], np.random.default_rng(4)
    for name, (sizes, n_blocks, noise) in CASES.items():
        net = ResNet(sizes, n_blocks=n_blocks, branch="layer", noise=noise)
        x, y, theta = (
            rng.uniform(-1.0, 1.0, (3, sizes[0])),
            np.array([0, 1, 1]),
            0.7 * rng.normal(size=net.n_parameters),
        )
        grid = Grid(-4.0, 4.0, 401) if sizes[1] == 1 else Grid((-4.0, -4.0), (4.0, 4.0), 161)
        found = TrainingControl(net, x, y, grid=grid, order=12).evaluate(theta)
        steps = 1e-30j * np.eye(net.n_parameters)
        exact = np.array([enumerated(net, theta + step, x, y).imag / 1e-30 for step in steps])
        rows.append(near(f"{name}: loss", enumerated(net, theta, x, y).real, found.loss))
        worst, largest = np.abs(found.gradient - exact).max(), np.abs(exact).max()
        rows.append(Number(f"{name}: gradient, largest of {exact.size}", f"{largest:.6g}", f"differs by {worst:.0e}"))
    return rows


SECTIONS: dict[str, Callable[[], list[Number]]] = {
    "regulariser": regulariser,
    "30": optimum,
    "pictures": pictures,
    "gradient": gradients,
}
"""A section is printed under the first line of its docstring."""


if __name__ == "__main__":
    sys.exit(main(SECTIONS, "residual_control"))
