"""Relaxations of any function of one variable by an independent quadrature: Gauss panels and one logsumexp."""

import numpy as np
from reference import panels
from scipy.special import logsumexp

ENERGY = 70.0
SAMPLES = 6001


def relaxed(function, x, time, beta, breaks=()):
    """Relax a function of arrays at the numbers x; breaks are its kinks."""
    return np.array([relaxed_at(function, float(one), time, beta, np.asarray(breaks)) for one in np.atleast_1d(x)])


def relaxed_at(function, x, time, beta, breaks):
    """Return the solution at one point."""
    places, total = window(function, x, time, beta)
    if np.isinf(beta):
        return lowest(function, x, time, places, total, breaks)
    keep = total <= total.min() + ENERGY / beta + 2.0 * np.abs(np.diff(total)).max()
    step = (places[-1] - places[0]) / (places.size - 1)
    curvature = np.diff(total, 2).max(initial=0.0) / step**2
    pieces = int(np.ceil(step / (2.0 / np.sqrt(beta * (1.5 * curvature + 1.0 / time)))))
    cells = np.flatnonzero(keep[:-1] | keep[1:])
    y, weights = panels_of(*panel_edges(places[0], step / pieces, cells * pieces, pieces, breaks))
    exponent = -beta * (function(y) + (x - y) ** 2 / (2.0 * time)) + np.log(weights)
    return -(logsumexp(exponent) - 0.5 * np.log(2.0 * np.pi * time / beta)) / beta


def window(function, x, time, beta):
    """Return samples of function plus parabola wherever it can matter."""
    reach = 8.0
    for _ in range(60):
        places = np.linspace(x - reach, x + reach, SAMPLES)
        values = function(places)
        drop = max(float(function(np.array([x]))[0]) - values.min(), 0.0)
        needed = np.sqrt(2.0 * time * (drop + ENERGY / beta)) + 1e-9
        if np.isfinite(needed) and needed <= reach:
            break
        reach *= 2.0
    places = np.linspace(x - needed, x + needed, SAMPLES)
    return places, function(places) + (x - places) ** 2 / (2.0 * time)


def panel_edges(origin, width, firsts, count, breaks):
    """Return left and right ends of panels that end at the breaks; neighbours share their ends to the last bit."""
    index = (firsts[:, None] + np.arange(count)).ravel()
    left, right = origin + index * width, origin + (index + 1) * width
    for kink in breaks:
        cut = np.flatnonzero((left < kink) & (kink < right))
        left, right = np.append(left, np.full(cut.size, kink)), np.concatenate([right, right[cut]])
        right[cut] = kink
    return left, right


def panels_of(left, right):
    """Return Gauss points and weights of panels given by their ends."""
    y, weights = panels(np.array([0.0, 1.0]))
    width = (right - left)[:, None]
    return (left[:, None] + width * y).ravel(), (width * weights).ravel()


def lowest(function, x, time, places, total, breaks):
    """Return the smallest total by zooming into every low interval."""
    order = np.argsort(total)
    slack = 2.0 * np.abs(np.diff(total)).max()
    starts = [i for i in order[:400] if total[i] <= total[order[0]] + slack and is_low(total, i)][:12]
    best = min(total.min(), *[float(function(np.array([k]))[0]) + (x - k) ** 2 / (2 * time) for k in breaks], np.inf)
    for i in starts:
        centre, half = places[i], places[1] - places[0]
        for _ in range(14):
            y = np.linspace(centre - half, centre + half, 41)
            value = function(y) + (x - y) ** 2 / (2.0 * time)
            centre, half = y[value.argmin()], half / 10.0
            best = min(best, value.min())
    return best


def is_low(total, i):
    """Tell whether entry i is a local minimum."""
    return total[i] <= total[max(i - 1, 0)] and total[i] <= total[min(i + 1, total.size - 1)]
