"""Exact solutions: by characteristics, by Hopf and Lax, by Hopf, and closed forms."""

from collections.abc import Callable

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.hamilton_jacobi.standard_problems.functions import profile

Field = Callable[[float, FloatArray], FloatArray]
"""Of time and points of shape (..., d), values of shape (...)."""

N_STARTS = 64
N_ITERATIONS = 60


def wave(y: FloatArray) -> FloatArray:
    """Return `-cos(pi y)`."""
    return -np.cos(np.pi * y)


def hopf_lax_of_wave(shift: float, dim: int) -> Field:
    """Return the solution for `(p + shift)^2 / 2` and `-cos(pi s)`, with s = x, or half the sum of two coordinates.

    It is the least value of `-cos(pi y) + (s - y)^2 / (2 t) - shift (s - y)`: of all y that Newton's method finds from
    starts in one period around.
    """

    def values(t: float, points: FloatArray) -> FloatArray:
        s = points[..., 0] if dim == 1 else 0.5 * (points[..., 0] + points[..., 1])
        if t == 0.0:
            return wave(s)
        # Minimisers lie where the slope of the data, at most pi, meets that of the parabola.
        reach = t * np.pi
        y = (s - shift * t)[..., None] + np.linspace(-reach, reach, N_STARTS)
        gap = s[..., None] - y
        action = wave(y) + gap**2 / (2.0 * t) - shift * gap
        y = np.take_along_axis(y, _lowest_valleys(action), axis=-1)
        for _ in range(N_ITERATIONS):
            slope = np.pi * np.sin(np.pi * y) + (y - s[..., None]) / t + shift
            curvature = np.pi**2 * np.cos(np.pi * y) + 1.0 / t
            # Downhill also where the function is concave.
            y = y - np.clip(slope / np.maximum(np.abs(curvature), 1e-3), -0.25, 0.25)
        gap = s[..., None] - y
        return np.asarray(np.min(wave(y) + gap**2 / (2.0 * t) - shift * gap, axis=-1))

    return values


def _lowest_valleys(action: FloatArray) -> IntArray:
    """Return the places of the lowest local minima along the last axis; two are enough for a wave."""
    ends = np.full((*action.shape[:-1], 1), np.inf)
    before, after = np.concatenate([ends, action[..., :-1]], -1), np.concatenate([action[..., 1:], ends], -1)
    valleys = np.where((action <= before) & (action <= after), action, np.inf)
    return np.asarray(np.argpartition(valleys, 1, axis=-1)[..., :2])


def characteristics_of_wave(
    value: Callable[[FloatArray], FloatArray], slope: Callable[[FloatArray], FloatArray], dim: int
) -> Field:
    """Return the solution for any `H(p)` and `-cos(pi s)` while it is smooth, along characteristics.

    From y they go to `y + t H'(p)` with `p = pi sin(pi y)`, where `u = -cos(pi y) + t (p H'(p) - H(p))`.
    """

    def values(t: float, points: FloatArray) -> FloatArray:
        s = points[..., 0] if dim == 1 else 0.5 * (points[..., 0] + points[..., 1])
        # Smooth solutions have characteristics that keep their order: halving finds their feet.
        reach = 1.0 + t * np.abs(slope(np.linspace(-np.pi, np.pi, 513))).max()
        low, high = s - reach, s + reach
        for _ in range(N_ITERATIONS):
            y = 0.5 * (low + high)
            beyond = y + t * slope(np.pi * np.sin(np.pi * y)) > s
            low, high = np.where(beyond, low, y), np.where(beyond, y, high)
        p = np.pi * np.sin(np.pi * y)
        return np.asarray(wave(y) + t * (p * slope(p) - value(p)))

    return values


def hopf_of_two_wells(t: float, points: FloatArray) -> FloatArray:
    """Return the least of `p x - t H(p)` over `|p| <= 2` for `(p^2 - 1)(p^2 - 4) / 4` and the data `-2 |x|` (Hopf)."""
    x = points[..., 0]
    if t == 0.0:
        return -2.0 * np.abs(x)
    # Where p^3 - 5 p / 2 = x / t, and at the ends.
    found = [np.roots([1.0, 0.0, -2.5, -one / t]) for one in x.ravel()]
    p = np.array([np.clip(np.where(np.abs(r.imag) < 1e-9, r.real, 2.0), -2.0, 2.0) for r in found])
    p = np.concatenate([p, np.full((p.shape[0], 1), -2.0), np.full((p.shape[0], 1), 2.0)], axis=1)
    values = p * x.ravel()[:, None] - 0.25 * t * (p**2 - 1.0) * (p**2 - 4.0)
    return np.asarray(values.min(axis=1)).reshape(x.shape)


def travelling_profile(t: float, points: FloatArray) -> FloatArray:
    """Return the profile of Jiang and Peng, moved by `1/2 + t`."""
    x = np.mod(points[..., 0] - 0.5 - t + 1.0, 2.0) - 1.0
    return np.asarray(np.vectorize(profile, otypes=[float])(x))


def widening_kink(t: float, points: FloatArray) -> FloatArray:
    """Return the Huber function `x^2 / (2 t)` inside t, `|x| - t / 2` outside."""
    x = np.abs(points[..., 0])
    if t == 0.0:
        return x
    return np.where(x <= t, x**2 / (2.0 * t), x - 0.5 * t)


def standing_kink(t: float, points: FloatArray) -> FloatArray:
    """Return `-|x| - t / 2`."""
    return -np.abs(points[..., 0]) - 0.5 * t


def riemann(left: float, right: float) -> Field:
    """Return the solution for `p^2 / 2` from slopes `left` and `right` beside 0: a fan, or two moving lines."""

    def values(t: float, points: FloatArray) -> FloatArray:
        x = points[..., 0]
        lines = left * x - 0.5 * t * left**2, right * x - 0.5 * t * right**2
        if left >= right or t == 0.0:
            return np.minimum(*lines) if left >= right else np.maximum(*lines)
        fan = np.where((x > left * t) & (x < right * t), x**2 / (2.0 * t), np.nan)
        return np.asarray(np.where(np.isnan(fan), np.where(x <= left * t, lines[0], lines[1]), fan))

    return values
