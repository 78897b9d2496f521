"""Calls in Heston's model by alternating directions, in prices and variances on stretched axes.

`prices` builds the parts along the axes by hand, for speed; `generator_prices` are those of `pdeopt.Generator`.

dS = (r - q) S dt + sqrt(v) S dW, dv = kappa (theta - v) dt + sigma sqrt(v) dB, d<W, B> = rho dt; strike 100, v = 0.04
today. Spots cluster around the strike, which is a node; variances around their lower end.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import pdeopt
from pdeopt.kolmogorov import Split, Stencil, Tridiagonal
from pdeopt.kolmogorov.steppers import Douglas, Scheme, march

STRIKE, VARIANCE = 100.0, 0.04
SPOTS = np.array([75.0, 100.0, 125.0])
BELOW = 5 / 12
"""Share of the nodes of spots below the strike."""
STRETCH_SPOT, STRETCH_VARIANCE = 0.7, 0.07
"""Half-widths of the dense parts: in standard deviations of the spot, and in lengths of the axis of variances."""
TAIL = 4.75
"""The axis of variances ends where a normal number would have this size: one in a million is beyond."""
DEGREE = 5
SMOOTHED = 2
"""Steps in whose place half-steps of Douglas with theta = 1 smooth the kink."""


@dataclass(frozen=True)
class Heston:
    """A set of parameters with its prices at `SPOTS`, by Lewis' integral to 30 digits."""

    name: str
    kappa: float
    theta: float
    sigma: float
    rho: float
    rate: float
    dividend: float
    time: float
    prices: tuple[float, float, float]


CASES = (
    Heston("1", 1.5, 0.04, 0.3, -0.9, 0.025, 0.0, 1.0, (0.0617968826408524, 8.89486936005401, 29.3946515982234)),
    Heston("2", 3.0, 0.12, 0.04, 0.6, 0.01, 0.04, 1.0, (2.07798655366194, 10.5417838263863, 26.4224126681858)),
    Heston("3", 0.6067, 0.0707, 0.2928, -0.7571, 0.03, 0.0, 3.0, (4.54425676944142, 19.4844137319509, 39.960813315781)),
)


def spot_axis(case: Heston, n: int) -> np.ndarray:
    """Return spots from 0 on, a whole number of cells below the strike, evenly spaced in arsinh((S - K) / c)."""
    width = STRETCH_SPOT * STRIKE * np.sqrt(max(VARIANCE, case.theta) * case.time)
    below = round(BELOW * (n - 1))
    step = np.arcsinh(STRIKE / width) / below
    spots = STRIKE + width * np.sinh(step * (np.arange(n) - below))
    spots[0], spots[below] = 0.0, STRIKE
    return spots


def variance_axis(case: Heston, n: int) -> np.ndarray:
    """Return variances between quantiles of the law from today to the end, Wilson and Hilferty's for gamma laws."""
    fade = np.exp(-case.kappa * np.linspace(0.0, case.time, 9)[1:])
    mean = case.theta + (VARIANCE - case.theta) * fade
    spread = case.sigma**2 / case.kappa * (1.0 - fade) * (VARIANCE * fade + 0.5 * case.theta * (1.0 - fade))
    ninth = spread / (9.0 * mean**2)
    low, high = (mean * np.maximum(1.0 - ninth + sign * TAIL * np.sqrt(ninth), 0.0) ** 3 for sign in (-1.0, 1.0))
    start, end = min(VARIANCE, low.min()), max(VARIANCE, high.max())
    start = 0.0 if start < 0.1 * VARIANCE else start
    width = STRETCH_VARIANCE * (end - start)
    return start + width * np.sinh(np.linspace(0.0, np.arcsinh((end - start) / width), n))


def differences(nodes: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the rates to both neighbours of a first and of a second derivative; one-sided and none at the ends."""
    gaps = np.diff(nodes)
    both = gaps[:-1] + gaps[1:]
    first, second = np.zeros((2, nodes.size)), np.zeros((2, nodes.size))
    first[0, 1:-1], first[1, 1:-1] = -gaps[1:] / (gaps[:-1] * both), gaps[:-1] / (gaps[1:] * both)
    first[1, 0], first[0, -1] = 1.0 / gaps[0], -1.0 / gaps[-1]
    second[0, 1:-1], second[1, 1:-1] = 2.0 / (gaps[:-1] * both), 2.0 / (gaps[1:] * both)
    return first, second


def split(case: Heston, spots: np.ndarray, variances: np.ndarray) -> Split:
    """Return the generator: the equation itself at v = 0 and S = 0, second derivatives of zero at the other ends."""
    s, v = spots[:, None], variances[None, :]
    axes = (
        _axis(0, 0.5 * s**2 * v, (case.rate - case.dividend) * s + 0.0 * v, spots, case.rate),
        _axis(1, 0.5 * case.sigma**2 * v + 0.0 * s, case.kappa * (case.theta - v) + 0.0 * s, variances, case.rate),
    )
    across = [np.zeros(nodes.size) for nodes in (spots, variances)]
    for share, nodes in zip(across, (spots, variances), strict=True):
        share[1:-1] = 1.0 / (nodes[2:] - nodes[:-2])
    corner = case.rho * case.sigma * np.outer(spots * across[0], variances * across[1])
    corners = np.array([corner, -corner, -corner, corner])
    return Split(axes, Stencil(((-1, -1), (-1, 1), (1, -1), (1, 1)), corners, np.zeros_like(corner), (False, False)))


def _axis(axis: int, diffusion: np.ndarray, drift: np.ndarray, nodes: np.ndarray, rate: float) -> Tridiagonal:
    along = (slice(None), None) if axis == 0 else (None, slice(None))
    first, second = differences(nodes)
    lower, upper = (diffusion * second[k][along] + drift * first[k][along] for k in (0, 1))
    return Tridiagonal(axis, lower, -(lower + upper) - 0.5 * rate, upper)


def payoff(spots: np.ndarray) -> np.ndarray:
    """Return the payoff of a call, averaged over the cell of the strike."""
    values, k = np.maximum(spots - STRIKE, 0.0), int(np.argmin(abs(spots - STRIKE)))
    below, above = STRIKE - spots[k - 1], spots[k + 1] - STRIKE
    values[k] = above**2 / (4.0 * (below + above))
    return values


def prices(case: Heston, shape: tuple[int, int, int], method: Scheme | str = "modified-craig-sneyd") -> np.ndarray:
    """Return the prices at `SPOTS` from a grid of (steps, spots, variances)."""
    n_steps, n_spots, n_variances = shape
    spots, variances = spot_axis(case, n_spots), variance_axis(case, n_variances)
    values = np.repeat(payoff(spots)[:, None], n_variances, axis=1)
    generator, smooth = split(case, spots, variances), SMOOTHED * case.time / n_steps
    values = march(generator, values, [smooth, 0.0], Douglas(1.0), n_steps=2 * SMOOTHED).final
    values = march(generator, values, [case.time - smooth, 0.0], method, n_steps=n_steps - SMOOTHED).final
    today = values @ weights(variances, VARIANCE)
    return np.array([today @ weights(spots, spot) for spot in SPOTS])


def weights(nodes: np.ndarray, place: float) -> np.ndarray:
    """Return what multiplies the values at nodes in the polynomial through those nearest to a place."""
    first = min(max(int(np.searchsorted(nodes, place)) - (DEGREE + 1) // 2, 0), nodes.size - DEGREE - 1)
    near = nodes[first : first + DEGREE + 1]
    gaps = near[:, None] - near
    np.fill_diagonal(gaps, 1.0)
    shares = np.where(np.eye(DEGREE + 1, dtype=bool), 1.0, (place - near)[None, :] / gaps)
    result = np.zeros(nodes.size)
    result[first : first + DEGREE + 1] = shares.prod(axis=1)
    return result


def drift(t: float, x: tuple, carry: float, kappa: float, theta: float, sigma: float, rho: float):
    return carry * x[0], kappa * (theta - x[1])


def diffusion(t: float, x: tuple, carry: float, kappa: float, theta: float, sigma: float, rho: float):
    root = math.sqrt(x[1])
    return (x[0] * root, 0.0), (sigma * rho * root, sigma * math.sqrt(1.0 - rho * rho) * root)


def generator_prices(case: Heston, shape: tuple[int, int, int]) -> np.ndarray:
    """Return the prices at `SPOTS` by `pdeopt.Generator` on the same nodes, smoothed by steps of the whole matrix."""
    n_steps, n_spots, n_variances = shape
    spots, variances = spot_axis(case, n_spots), variance_axis(case, n_variances)
    numbers = case.rate - case.dividend, case.kappa, case.theta, case.sigma, case.rho
    system = pdeopt.SDE(drift, diffusion, noise="general", dim=2, n_noise=2, args=numbers)
    generator = pdeopt.Generator(
        system,
        pdeopt.Grid.from_axes(spots, variances),
        [("degenerate", "linear")] * 2,
        rates="central",
        cross="central",
        killing=case.rate,
    )
    values = np.repeat(payoff(spots)[:, None], n_variances, axis=1)
    options = {"method": "modified-craig-sneyd", "n_steps": n_steps, "damping": 4, "extrapolate": False}
    values = generator.backward(values, case.time, **options).values
    return np.array([weights(spots, spot) @ values @ weights(variances, VARIANCE) for spot in SPOTS])


def extrapolated(case: Heston, shape: tuple[int, int, int], solve: Callable[..., np.ndarray] = prices) -> np.ndarray:
    """Return the prices from a grid of even numbers of steps and cells and one of half of them."""
    coarse = shape[0] // 2, (shape[1] + 1) // 2, (shape[2] + 1) // 2
    return (4.0 * solve(case, shape) - solve(case, coarse)) / 3.0


def largest_error(case: Heston, found: np.ndarray) -> float:
    """Return the largest error of prices."""
    return float(np.abs(found - case.prices).max())
