"""Slow NumPy twins of the kernels, and solutions in closed form: the oracles of the tests."""

import numpy as np
from scipy.special import erfcx, log_ndtr, logsumexp

GAUSS_NODES, GAUSS_WEIGHTS = np.polynomial.legendre.leggauss(20)


def softmin(energy, nodes, outputs, variance):
    """Return -log sum_j exp(-energy_j - (x - y_j)^2 / 2s), no normalisation."""
    return -logsumexp(-exponents(energy, nodes, outputs, variance), axis=1)


def exponents(energy, nodes, outputs, variance):
    """Return energy_j + (x_i - y_j)^2 / 2s, outputs first."""
    return energy[None, :] + (outputs[:, None] - nodes[None, :]) ** 2 / (2.0 * variance)


def softmin_weights(energy, nodes, outputs, variance):
    """Return the normalised weights, outputs first."""
    exponent = exponents(energy, nodes, outputs, variance)
    return np.exp(-exponent + softmin(energy, nodes, outputs, variance)[:, None])


def trapezoid(energy, nodes, outputs, variance):
    """Return the log-domain Gaussian transform by the rectangle rule on equally spaced nodes."""
    spacing = (nodes[-1] - nodes[0]) / (nodes.size - 1)
    return softmin(energy, nodes, outputs, variance) - np.log(spacing / np.sqrt(2.0 * np.pi * variance))


def softmin_averages(energy, nodes, outputs, variance, means, covariances, others):
    """Return means, total covariances (lower triangle) and averages of fields under the softmin weights."""
    weights = softmin_weights(energy, nodes, outputs, variance)
    first = np.array([weights @ mean for mean in means]).reshape(-1, outputs.size)
    rows, k = [], 0
    for a in range(len(means)):
        for b in range(a + 1):
            rows.append(weights @ (covariances[k] + means[a] * means[b]) - first[a] * first[b])
            k += 1
    rest = [weights @ other for other in others]
    return np.array([*first, *rows, *rest]).reshape(-1, outputs.size)


def bent(values, nodes, bend, y):
    """Return the chord of cell by cell data minus bend (y - y_j)(y_{j+1} - y) / 2 at points y."""
    j = np.clip(np.searchsorted(nodes, y, side="right") - 1, 0, nodes.size - 2)
    width = nodes[j + 1] - nodes[j]
    share = (y - nodes[j]) / width
    chord = values[j] * (1.0 - share) + values[j + 1] * share
    return chord - 0.5 * bend[j] * (y - nodes[j]) * (nodes[j + 1] - y)


def cell_panels(nodes, pieces):
    """Return Gauss points and weights, each cell cut into equal pieces."""
    places = np.arange((nodes.size - 1) * pieces + 1) / pieces
    return panels(np.interp(places, np.arange(nodes.size), nodes))


def panels(edges):
    """Return Gauss points and weights of the panels between edges."""
    left, half = edges[:-1, None], 0.5 * np.diff(edges)[:, None]
    return (left + half * (1.0 + GAUSS_NODES)).ravel(), (half * GAUSS_WEIGHTS).ravel()


def cells(energy, nodes, outputs, variance, bend, pieces=40):
    """Return the log-domain Gaussian transform of cell by cell energies by many Gauss panels."""
    y, weights = cell_panels(nodes, pieces)
    inner = bent(energy, nodes, bend, y) - np.log(weights)
    return softmin(inner, y, outputs, variance) + 0.5 * np.log(2.0 * np.pi * variance)


def lowest_on_cells(values, nodes, outputs, time, bend):
    """Return min over y and the smallest minimiser of cell by cell data plus (x - y)^2 / 2t, cell by cell."""
    best = np.full(outputs.size, np.inf)
    place = outputs.astype(float).copy()
    for j in range(nodes.size - 1):
        low, high = nodes[j], nodes[j + 1]
        if not np.isfinite(values[j : j + 2]).all():
            continue
        slope = (values[j + 1] - values[j]) / (high - low)
        curvature = bend[j] + 1.0 / time
        y = np.clip((outputs / time - slope + 0.5 * bend[j] * (low + high)) / curvature, low, high)
        chord = values[j] + slope * (y - low) - 0.5 * bend[j] * (y - low) * (high - y)
        total = chord + (outputs - y) ** 2 / (2.0 * time)
        place = np.where(total < best, y, place)
        best = np.minimum(total, best)
    return best, place


def lowest_node(values, nodes, outputs, time):
    """Return the smallest sum over nodes of value plus (x - y)^2 / 2t, and the node."""
    total = values[None, :] + (outputs[:, None] - nodes[None, :]) ** 2 / (2.0 * time)
    return total.min(axis=1), nodes[total.argmin(axis=1)]


def second_differences(values, nodes):
    """Return the second divided difference times two at interior nodes."""
    slopes = np.diff(values) / np.diff(nodes)
    return 2.0 * np.diff(slopes) / (nodes[2:] - nodes[:-2])


# Solutions of u_t = -|u_x|^2 / 2 + u_xx / (2 beta) in closed form.


def relaxed_quadratic(x, curvature, time, beta):
    """Relax c |x|^2 / 2 of x with a last axis d."""
    growth = 1.0 + curvature * time
    squares = (np.asarray(x) ** 2).sum(axis=-1)
    return 0.5 * curvature * squares / growth + x.shape[-1] / (2.0 * beta) * np.log(growth)


def relaxed_absolute_value(x, time, beta):
    """Relax |x|; the Huber function at beta = inf."""
    if np.isinf(beta):
        return np.where(np.abs(x) < time, x**2 / (2.0 * time), np.abs(x) - 0.5 * time)
    return relaxed_slopes(np.asarray(x, float), -1.0, 1.0, time, beta)


def relaxed_slopes(x, left, right, time, beta):
    """Relax left x for x < 0 and right x for x > 0."""
    if np.isinf(beta):
        return _inviscid_slopes(x, left, right, time)
    root = np.sqrt(time / beta)
    on_right = beta * (0.5 * time * right**2 - right * x) + log_ndtr((x - right * time) / root)
    on_left = beta * (0.5 * time * left**2 - left * x) + log_ndtr(-(x - left * time) / root)
    return -np.logaddexp(on_left, on_right) / beta


def _inviscid_slopes(x, left, right, time):
    at_kink = x**2 / (2.0 * time)
    on_left = np.where(x < left * time, left * x - 0.5 * time * left**2, np.inf)
    on_right = np.where(x > right * time, right * x - 0.5 * time * right**2, np.inf)
    return np.minimum(at_kink, np.minimum(on_left, on_right))


def relaxed_half_line(x, time, beta):
    """Relax the wall on x < 0, zero on x >= 0."""
    return -log_ndtr(np.asarray(x) / np.sqrt(time / beta)) / beta


def mixture(x, weights, centres, curvatures, own, time=0.0):
    """Return -(1/own) log sum_k w_k exp(-own a_k |x - m_k|^2 / 2), relaxed by time at beta = own.

    x has a last axis d, centres the shape (k, d).
    """
    growth = 1.0 + curvatures * time
    squares = ((x[..., None, :] - centres) ** 2).sum(axis=-1)
    volumes = np.log(weights) - 0.5 * x.shape[-1] * np.log(growth)
    return -logsumexp(volumes - 0.5 * own * curvatures / growth * squares, axis=-1) / own


def relaxed_parabolas(x, heights, curvatures, centres, time):
    """Relax min_i a_i + c_i |x - m_i|^2 / 2 at beta = inf."""
    spread = curvatures / (1.0 + curvatures * time)
    return (heights + 0.5 * spread * (x[..., None] - centres) ** 2).min(axis=-1)


def relaxed_piecewise_linear(x, corners, heights, time, beta):
    """Relax the piecewise-linear function through the corners, constant beyond them, by normal integrals."""
    x = np.asarray(x, float)
    slopes = np.diff(heights) / np.diff(corners)
    root = np.sqrt(time / beta)
    terms = [-beta * heights[0] + log_ndtr((corners[0] - x) / root)]
    terms.append(-beta * heights[-1] + log_ndtr(-(corners[-1] - x) / root))
    for low, high, height, slope in zip(corners[:-1], corners[1:], heights[:-1], slopes, strict=True):
        shift = x - slope * time
        mass = log_interval((low - shift) / root, (high - shift) / root)
        terms.append(-beta * (height + slope * (x - low) - 0.5 * time * slope**2) + mass)
    return -logsumexp(np.array(terms), axis=0) / beta


def inviscid_piecewise_linear(x, corners, heights, time):
    """Relax the same function at beta = inf."""
    steepest = np.abs(np.diff(heights) / np.diff(corners)).max()
    far = 1.0 + np.abs(x).max() + np.abs(corners).max() + time * steepest
    nodes = np.concatenate([[-far], corners, [far]])
    values = np.concatenate([heights[:1], heights, heights[-1:]])
    return lowest_on_cells(values, nodes, x, time, np.zeros(nodes.size - 1))[0]


def log_interval(a, b):
    """Return the logarithm of the standard normal mass of [a, b]."""
    a, b = np.where(a > 0, -b, a), np.where(a > 0, -a, b)
    high, low = log_ndtr(b), log_ndtr(a)
    with np.errstate(divide="ignore"):
        return high + np.log1p(-np.exp(low - high))


def quadrature(function, outputs, time, beta, edges, chunk=64):
    """Return the Cole-Hopf formula for a function of arrays by Gauss panels between edges."""
    y, weights = panels(edges)
    energy = beta * function(y) - np.log(weights)
    variance = time / beta
    parts = [softmin(energy, y, outputs[i : i + chunk], variance) for i in range(0, outputs.size, chunk)]
    return (np.concatenate(parts) + 0.5 * np.log(2.0 * np.pi * variance)) / beta


def scaled_complement(x):
    """Return exp(x^2) erfc(x) from SciPy."""
    return erfcx(x)
