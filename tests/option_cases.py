"""Options in the Black-Scholes model: values known in closed form, and the equation in two coordinates."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import pdeopt
from pdeopt._types import FloatArray

SPOT = 100.0


@dataclass(frozen=True)
class Option:
    """Market and closed-form values at the spot, time 0."""

    strike: float
    interest: float
    dividend: float
    volatility: float
    expiry: float
    call: float
    put: float
    delta: float
    gamma: float
    digital: float


FIRST = Option(
    100.0, 0.05, 0.02, 0.2, 1.0, 9.22700550815405, 6.33008062754992, 0.586851146134764, 0.0189505787550087,
    0.494581091053224,
)  # fmt: skip
SECOND = Option(
    110.0, 0.03, 0.0, 0.25, 0.5, 3.89855118318506, 12.2608645395220, 0.357214387996376, 0.0211062193169467,
    0.289298978331386,
)  # fmt: skip


def _log_drift(_t: float, _x: float, interest: float, dividend: float, volatility: float) -> float:
    return interest - dividend - 0.5 * volatility**2


def _log_noise(_t: float, _x: float, _interest: float, _dividend: float, volatility: float) -> float:
    return volatility


def _drift(_t: float, s: float, interest: float, dividend: float, _volatility: float) -> float:
    return (interest - dividend) * s


def _noise(_t: float, s: float, _interest: float, _dividend: float, volatility: float) -> float:
    return volatility * s


def _interest(_t: float, _x: float, interest: float, _dividend: float, _volatility: float) -> float:
    return interest


def in_log_price(option: Option, grid: pdeopt.Grid, boundary: object = "linear") -> pdeopt.Generator:
    """Return the generator of the logarithm of the price, discounted."""
    system = pdeopt.SDE(_log_drift, _log_noise, args=(option.interest, option.dividend, option.volatility))
    return pdeopt.Generator(system, grid, boundary, killing=_interest)


def in_price(option: Option, nodes: FloatArray, boundary: object = "linear") -> pdeopt.Generator:
    """Return the generator of the price on given nodes, discounted."""
    system = pdeopt.SDE(_drift, _noise, args=(option.interest, option.dividend, option.volatility))
    return pdeopt.Generator(system, pdeopt.Grid.from_axes(nodes), boundary, killing=_interest)


def clustered(low: float, high: float, centre: float, width: float, n: int) -> FloatArray:
    """Return nodes that are densest within a width around a centre."""
    ends = np.arcsinh((low - centre) / width), np.arcsinh((high - centre) / width)
    nodes = centre + width * np.sinh(np.linspace(*ends, n))
    nodes[[0, -1]] = low, high
    return np.asarray(nodes)


def call(strike: float, price: Callable[[float], float] = float) -> Callable[[float], float]:
    """Return the payoff of a call, of a coordinate that is mapped to the price."""
    return lambda x: max(price(x) - strike, 0.0)


def put(strike: float, price: Callable[[float], float] = float) -> Callable[[float], float]:
    """Return the payoff of a put, of a coordinate that is mapped to the price."""
    return lambda x: max(strike - price(x), 0.0)
