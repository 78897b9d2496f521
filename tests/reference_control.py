"""Slow twins of training as control: the mean loss of a random residual network, for complex parameters too."""

from itertools import product

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.polynomial.legendre import leggauss

ACTIVATIONS = {
    "tanh": (np.tanh, lambda z: 1.0 - np.tanh(z) ** 2),
    "sigmoid": (lambda z: 1.0 / (1.0 + np.exp(-z)), lambda z: np.exp(-z) / (1.0 + np.exp(-z)) ** 2),
    "softplus": (lambda z: np.log(1.0 + np.exp(z)), lambda z: 1.0 / (1.0 + np.exp(-z))),
    "relu": (lambda z: z * (z.real > 0.0), lambda z: 1.0 * (z.real > 0.0)),
    "identity": (lambda z: z, np.ones_like),
}


def lagrange(y, nodes):
    """Return the weights of neighbouring nodes at a number, by their products."""
    away, apart = y - nodes, nodes[:, None] - nodes
    np.fill_diagonal(apart, 1.0)
    return np.array([np.prod(np.delete(away, a)) for a in range(len(nodes))]) / apart.prod(axis=1)


def interpolated(field, axes, y, order):
    """Return a field on a grid, first axes those of the grid, at one point, clamped to the grid."""
    for axis, value in zip(axes, y, strict=True):
        inside = value if axis[0] < value.real < axis[-1] else np.clip(value.real, axis[0], axis[-1])
        cell = int((inside.real - axis[0]) / (axis[1] - axis[0]))
        first = min(max(cell - order // 2 + 1, 0), len(axis) - order)
        field = np.tensordot(lagrange(inside, axis[first : first + order]), field[first : first + order], axes=(0, 0))
    return field


def hidden(x, w, net, suffix=""):
    """Return the inner units of one point and their slopes."""
    z = w[f"inner{suffix}.weight"] @ x + w.get(f"inner{suffix}.bias", 0.0)
    s, slope = ACTIVATIONS["identity" if net.branch == "linear" else net.activation]
    return s(z), slope(z)


def branch(x, w, net, suffix=""):
    """Return a branch of one point."""
    s, _ = hidden(x, w, net, suffix)
    return s if net.branch != "two-layer" else w[f"outer{suffix}.weight"] @ s + w[f"outer{suffix}.bias"]


def jacobian(x, w, net, suffix=""):
    """Return the derivative of a branch at one point, a matrix."""
    inner = hidden(x, w, net, suffix)[1][:, None] * w[f"inner{suffix}.weight"]
    return inner if net.branch != "two-layer" else w[f"outer{suffix}.weight"] @ inner


def law(noise):
    """Return values and probabilities of a factor: a kept unit is over p unless depth is not inverted."""
    name, p = type(noise).__name__, getattr(noise, "keep", None)
    if name in ("Dropout", "DropConnect", "StochasticDepth"):
        return np.array([0.0, 1.0 if name == "StochasticDepth" and not noise.inverted else 1.0 / p]), [1.0 - p, p]
    nodes, weights = leggauss(5) if name == "ShakeShake" else hermegauss(5)
    if name == "ShakeShake":
        return 0.5 + 0.5 * nodes, 0.5 * weights
    weights = weights / weights.sum()
    return (1.0 + ((1.0 - p) / p) ** 0.5 * nodes if name == "GaussianDropout" else nodes), weights


def noisy(x, w, net, noise, xi):
    """Return where one point is sent by a block with the random factors xi."""
    name, h, d = type(noise).__name__, net.horizon / net.n_blocks, len(x)
    where = getattr(noise, "where", None)
    if name == "ShakeShake":
        return x + h * (xi[0] * branch(x, w, net) + (1.0 - xi[0]) * branch(x, w, net, "2"))
    if where == "input":
        return x + h * branch(xi * x, w, net)
    if where == "hidden" or name == "DropConnect":
        masks = xi if where == "hidden" else xi.reshape(d, -1)
        return x + h * ((w["outer.weight"] * masks) @ hidden(x, w, net)[0] + w["outer.bias"])
    if name in ("AdditiveNoise", "MultiplicativeNoise"):
        return x + h * branch(x, w, net) + noise.strength * h**0.5 * xi * (1.0 if name == "AdditiveNoise" else x)
    return x + h * xi * branch(x, w, net)


def n_factors(net, noise):
    """Return how many random factors a point meets in a block."""
    d, name = net.sizes[1], type(noise).__name__
    if name in ("ShakeShake", "StochasticDepth"):
        return 1
    if getattr(noise, "where", None) == "hidden":
        return net.hidden
    return d * net.hidden if name == "DropConnect" else d


def outcomes(x, w, net, noise):
    """Return probabilities and positions of one point behind a block, all masks or Gauss rules."""
    if noise is None:
        return [(1.0, x + net.horizon / net.n_blocks * branch(x, w, net))]
    values, chances = law(noise)
    pairs = product(zip(values, chances, strict=True), repeat=n_factors(net, noise))
    return [(np.prod([c for _, c in pair]), noisy(x, w, net, noise, np.array([v for v, _ in pair]))) for pair in pairs]


def drift(x, w, net, noise, correction):
    """Return ``m - correction (m . grad) m`` at one point."""
    name, masks = type(noise).__name__, [(1.0, 1.0, "")]
    if name == "ShakeShake":
        masks = [(0.5, 1.0, ""), (0.5, 1.0, "2")]
    elif name == "StochasticDepth" and not noise.inverted:
        masks = [(noise.keep, 1.0, "")]
    elif getattr(noise, "where", None) == "input":
        values, chances = law(noise)
        pairs = product(zip(values, chances, strict=True), repeat=len(x))
        masks = [(np.prod([c for _, c in pair]), np.array([v for v, _ in pair]), "") for pair in pairs]
    m = sum(c * branch(v * x, w, net, suffix) for c, v, suffix in masks)
    return m - correction * sum(c * jacobian(v * x, w, net, suffix) @ (v * m) for c, v, suffix in masks)


def columns(x, w, net, noise):
    """Return a root of the covariance of a block's branch at one point, a column for each independent factor."""
    if getattr(noise, "where", None) == "input":
        mean, values, chances = drift(x, w, net, noise, 0.0), *law(noise)
        pairs = product(zip(values, chances, strict=True), repeat=len(x))
        masks = [(np.prod([c for _, c in pair]), np.array([v for v, _ in pair])) for pair in pairs]
        return np.array([c**0.5 * (branch(v * x, w, net) - mean) for c, v in masks]).T
    if type(noise).__name__ == "ShakeShake":
        return (branch(x, w, net) - branch(x, w, net, "2"))[:, None] / 12.0**0.5
    p = noise.keep
    deviation = (p * (1.0 - p)) ** 0.5 if getattr(noise, "inverted", True) is False else ((1.0 - p) / p) ** 0.5
    if getattr(noise, "where", None) == "hidden":
        return deviation * w["outer.weight"] * hidden(x, w, net)[0]
    if type(noise).__name__ == "DropConnect":
        parts = w["outer.weight"] * hidden(x, w, net)[0]
        return deviation * np.concatenate([np.outer(np.eye(len(x))[i], part) for i, part in enumerate(parts)], axis=1)
    f = branch(x, w, net)
    return deviation * (f[:, None] if type(noise).__name__ == "StochasticDepth" else np.diag(f))


def flow(x, w, net, noise, correction, duration):
    """Return one point behind a step of Runge and Kutta's."""
    a = drift(x, w, net, noise, correction)
    b = drift(x + 0.5 * duration * a, w, net, noise, correction)
    c = drift(x + 0.5 * duration * b, w, net, noise, correction)
    d = drift(x + duration * c, w, net, noise, correction)
    return x + duration / 6.0 * (a + 2.0 * b + 2.0 * c + d)


def kicked(x, w, net, noise, duration):
    """Return probabilities and positions of one point behind the noise of a substep."""
    root = (net.horizon / net.n_blocks * duration) ** 0.5 * columns(x, w, net, noise)
    n = root.shape[1]
    if n > 2:
        return [(0.5 / n, x + sign * n**0.5 * root[:, j]) for sign in (1.0, -1.0) for j in range(n)]
    nodes, weights = hermegauss(3)
    pairs = product(zip(nodes, weights / weights.sum(), strict=True), repeat=n)
    return [(np.prod([c for _, c in pair]), x + root @ np.array([z for z, _ in pair])) for pair in pairs]


def steps(net, noise, picture, substeps):
    """Return functions from a point and weights to outcomes, those of one block in a picture."""
    if picture == "masks":
        return [lambda x, w: outcomes(x, w, net, noise)]
    h = net.horizon / net.n_blocks
    dt, correction = h / substeps, 0.5 * h if picture == "second" else 0.0

    def drifting(duration):
        return lambda x, w: [(1.0, flow(x, w, net, noise, correction, duration))]

    if picture == "ode" or noise is None:
        return [drifting(dt)] * substeps
    one = [drifting(0.5 * dt), lambda x, w: kicked(x, w, net, noise, dt), drifting(0.5 * dt)]
    return [one[0], *[one[1], drifting(dt)] * (substeps - 1), *one[1:]]


def loss_of(z, y, name):
    """Return the loss of one point's logits."""
    if name == "logistic":
        return np.sum(np.log(1.0 + np.exp(z)) - y * z)
    return np.log(np.exp(z).sum()) - z[int(y)] if name == "softmax" else 0.5 * np.sum((z - y) ** 2)


def named(net, parameters):
    """Return the tensors of a vector that may be complex."""
    return {name: parameters[net.slices[name]].reshape(shape) for name, shape in net.shapes.items()}


def weights_of(net, tensors, k):
    """Return the tensors of a block by their names within it."""
    start = f"block{1 if net.shared else k + 1}."
    return {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}


def read_out(net, tensors, x):
    """Return the logits of one state."""
    return tensors["readout.weight"] @ x + tensors["readout.bias"] if net.readout else x


def swept_loss(net, parameters, x, y, grid, *, picture="masks", order=6, substeps=2):
    """Return the mean loss by a sweep of each point's own loss over a grid, node by node."""
    tensors, nodes = named(net, parameters), grid.points().reshape(-1, grid.dim)
    fields = np.array([[loss_of(read_out(net, tensors, node), t, net.loss_name) for t in y] for node in nodes])
    for k in reversed(range(net.n_blocks)):
        noise, w = net.noises[k], weights_of(net, tensors, k)
        for step in reversed(steps(net, noise, picture, substeps)):
            last = fields.reshape(*grid.shape, len(y))
            found = [sum(c * interpolated(last, grid.axes, z, order) for c, z in step(node, w)) for node in nodes]
            fields = np.array(found)
    last = fields.reshape(*grid.shape, len(y))
    starts = [tensors["lift.weight"] @ p + tensors["lift.bias"] if net.lift else p + 0j for p in x]
    return np.mean([interpolated(last, grid.axes, start, order)[i] for i, start in enumerate(starts)])


def enumerated_loss(net, parameters, x, y):
    """Return the mean loss over all paths of all points, one by one."""
    tensors = named(net, parameters)
    total = 0.0
    for point, target in zip(x, y, strict=True):
        paths = [(1.0, point + 0j)]
        for k in range(net.n_blocks):
            w = weights_of(net, tensors, k)
            paths = [(c * e, z) for c, p in paths for e, z in outcomes(p, w, net, net.noises[k])]
        total += sum(c * loss_of(read_out(net, tensors, z), target, net.loss_name) for c, z in paths)
    return total / len(x)


def slope_along(function, parameters, direction):
    """Return the derivative of a function along a direction, by a complex step."""
    return function(parameters + 1e-30j * direction).imag / 1e-30
