"""Problems on the circle, whose expectations come from the exponential of a spectral generator."""

import math
from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
from scipy.linalg import expm

from pdeopt._types import FloatArray
from pdeopt.systems.problems.problem import Moment, Problem, StationaryMoment, of_first
from pdeopt.systems.sde import SDE

__all__ = ["torus", "torus_additive"]

N_NODES = 64
"""Nodes on the circle; coefficients and observables are resolved to rounding."""

OBSERVABLES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "cosine": np.cos,
    "sine": np.sin,
    "exp_sine": lambda x: np.exp(np.sin(x)),
}


def _drift(t: float, x: float, level: float, ripple: float) -> float:
    return math.sin(x) + 0.5 * math.cos(2.0 * x)


def _diffusion(t: float, x: float, level: float, ripple: float) -> float:
    return level + ripple * math.cos(x)


def _jacobian(t: float, x: float, level: float, ripple: float) -> float:
    return -ripple * math.sin(x)


def _level(t: float, x: float, level: float, ripple: float) -> float:
    return level


def torus(level: float = 0.8, ripple: float = 0.4) -> Problem:
    """Multiplicative noise on the circle, dX = (sin X + cos(2X)/2) dt + (s + r cos X) dW.

    Parameters
    ----------
    level, ripple : float
        The s and r above.

    Returns
    -------
    Problem
        With E cos X, E sin X and E exp(sin X), at every time and under the invariant law.
    """
    system = SDE(_drift, _diffusion, args=(level, ripple), diffusion_jacobian=_jacobian, name="torus")
    return _on_circle(system, level, ripple)


def torus_additive(level: float = 0.9) -> Problem:
    """Additive noise on the circle, dX = (sin X + cos(2X)/2) dt + s dW.

    Parameters
    ----------
    level : float
        The s above.

    Returns
    -------
    Problem
        With E cos X, E sin X and E exp(sin X), at every time and under the invariant law.
    """
    return _on_circle(SDE(_drift, _level, "additive", args=(level, 0.0), name="torus_additive"), level, 0.0)


def _on_circle(system: SDE, level: float, ripple: float) -> Problem:
    law = _stationary_weights(level, ripple)
    return Problem(
        system,
        (0.0,),
        2.0,
        moments={
            name: Moment(of_first(function), partial(_expectation, level, ripple, name))
            for name, function in OBSERVABLES.items()
        },
        stationary={
            name: StationaryMoment(of_first(function), float(law @ function(nodes())))
            for name, function in OBSERVABLES.items()
        },
        note="Sharp for the weak order of every scheme tried. The observables are periodic, the state is not wrapped.",
    )


def nodes() -> FloatArray:
    """Return equidistant nodes on the circle, the first one zero."""
    return 2.0 * np.pi * np.arange(N_NODES) / N_NODES


@lru_cache(maxsize=64)
def _generator(level: float, ripple: float) -> FloatArray:
    x = nodes()
    frequencies = np.fft.fftfreq(N_NODES, 1.0 / N_NODES)
    modes = np.fft.fft(np.eye(N_NODES), axis=0)
    # The highest mode is its own mirror image: its slope at the nodes is zero.
    slope = np.fft.ifft((1j * frequencies * (2 * abs(frequencies) < N_NODES))[:, None] * modes, axis=0).real
    bend = np.fft.ifft(-(frequencies**2)[:, None] * modes, axis=0).real
    drift = np.sin(x) + 0.5 * np.cos(2.0 * x)
    return np.asarray(drift[:, None] * slope + 0.5 * (level + ripple * np.cos(x))[:, None] ** 2 * bend)


def _expectation(level: float, ripple: float, name: str, time: float) -> float:
    return float(expm(time * _generator(level, ripple))[0] @ OBSERVABLES[name](nodes()))


@lru_cache(maxsize=64)
def _stationary_weights(level: float, ripple: float) -> FloatArray:
    # The law w is killed from the left, w L = 0, and has total one.
    system = np.vstack([_generator(level, ripple).T, np.ones(N_NODES)])
    return np.asarray(np.linalg.lstsq(system, np.append(np.zeros(N_NODES), 1.0), rcond=None)[0])
