"""Langevin dynamics by any splitting word, as a training method."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from scipy.special import exprel

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels import programs
from pdeopt.kernels.sde.langevin import carries_gradient, free_constants, plan
from pdeopt.optimizers.instructions import GRADIENT, Instruction, add, noise
from pdeopt.optimizers.method import Rule
from pdeopt.optimizers.settings import Number, Setting, check_positive, values_at
from pdeopt.sde import splitting

__all__ = ["BAOAB", "OBABO", "Langevin"]


@dataclass(frozen=True)
class Langevin(Rule):
    """Langevin dynamics with unit masses, by a splitting word.

    Parameters
    ----------
    step_size : float or schedule
        h, the time step.
    friction : float or schedule
        gamma; ``inf`` draws the momentum afresh in every O, the limit of Leimkuhler and Matthews.
    temperature : float or schedule
        tau, 1 / beta of the law ``exp(-f / tau)``; the momentum has variance tau. 0 is gradient descent with momentum.
    word : str
        The letters A, B and O, U and B, or V and A in the order of time, see `pdeopt.sde.Splitting`.

    Notes
    -----
    ``d theta = p dt``, ``dp = -g dt - gamma p dt + sqrt(2 gamma tau) dW``, with g the gradient on a batch. A word
    whose last kick uses the gradient of its next step's first needs one gradient a step. Momenta start at 0.

    References
    ----------
    .. [1] B. Leimkuhler, C. Matthews, T. Vlaar, "Partitioned integrators for thermodynamic parameterization of neural
       networks", Found. Data Sci. 1(4), 2019, arXiv 1908.11843.

    Examples
    --------
    >>> Langevin(step_size=0.1, friction=1.0, temperature=0.0, word="OBABO").carries
    True
    """

    name: ClassVar[str] = "langevin"
    step_size: Setting = 0.1
    friction: Setting = 1.0
    temperature: Setting = 1e-4
    word: str = "BAOAB"

    def __post_init__(self) -> None:
        check_positive(self, "step_size")
        check_positive(self, "friction", "temperature", zero=True)
        if not isinstance(self.word, str):
            raise ValueError(f"word={self.word!r} must be letters in the order of time, e.g. word='BAOAB'.")
        object.__setattr__(self, "word", splitting.Splitting(self.word).word)
        if set(self.word) == {"A", "B"} and (callable(self.friction) or self.friction > 0.0):
            raise ValueError(f"word={self.word!r} has no friction. Use friction=0.0, or word='BAOAB'.")

    @property
    def carries(self) -> bool:
        """Whether a step starts with the gradient that the last one ended with."""
        return carries_gradient(self.word)

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        h, gamma, tau = (values_at(self, name, steps) for name in ("step_size", "friction", "temperature"))
        letters = {letter: self._letter(letter, h / self.word.count(letter), gamma, tau) for letter in set(self.word)}
        return [{**letters, "G": GRADIENT}[letter] for letter in plan(self.word, carries=self.carries)]

    def _letter(self, letter: str, t: Number, gamma: Number, tau: Number) -> Instruction:
        if letter == "A":
            return add("point", "momentum", t)
        if letter == "B":
            return add("momentum", "gradient", -t)
        if letter == "U":
            numbers = flight(t, gamma, tau)
            return Instruction(programs.FLIGHT, "point", "momentum", constants=numbers)
        z = damping(t, gamma)
        c, s = np.exp(-z), np.sqrt(-tau * np.expm1(-2.0 * z))
        if letter == "O":
            return noise("momentum", c, s)
        return noise("momentum", c, s, "gradient", -t * decays(z))


@dataclass(frozen=True)
class BAOAB(Langevin):
    """Langevin dynamics by BAOAB: half a kick, half a move, friction and noise, half a move, half a kick.

    Parameters
    ----------
    step_size : float or schedule
        h, the time step.
    friction : float or schedule
        gamma.
    temperature : float or schedule
        tau = 1 / beta.

    Notes
    -----
    Averages over positions have the smallest error of all words with one gradient a step: of order h^2, h^4 at large
    friction, 0 on a quadratic loss. At temperature 0 it is gradient descent with momentum, see `Momentum`.
    """

    name: ClassVar[str] = "baoab"
    word: str = field(default="BAOAB", init=False)


@dataclass(frozen=True)
class OBABO(Langevin):
    """Langevin dynamics by OBABO: a step of velocity Verlet between two halves of friction and noise.

    Parameters
    ----------
    step_size : float or schedule
        h, the time step.
    friction : float or schedule
        gamma.
    temperature : float or schedule
        tau = 1 / beta.
    """

    name: ClassVar[str] = "obabo"
    word: str = field(default="OBABO", init=False)


def flight(t: Number, gamma: Number, tau: Number) -> tuple[Number, ...]:
    """Return the numbers of U: what p, R and R' add to the point, then factor and noise of the momentum.

    `free_constants` takes 1 / tau, which temperature 0 does not have: the noise is that of 1, scaled.
    """
    times, frictions, heats = np.broadcast_arrays(np.atleast_1d(t), gamma, tau)
    rows = [free_numbers(float(a), float(b)) for a, b in zip(times, frictions, strict=True)]
    c, s, move, shared, own = np.array(rows).T
    root: FloatArray = np.sqrt(heats)
    return move, root * shared, root * own, c, root * s


def free_numbers(t: float, gamma: float) -> tuple[float, float, float, float, float]:
    """Return `free_constants` at temperature 1; infinite friction holds the point and draws the momentum afresh."""
    return free_constants(t, gamma, 1.0, 1.0) if np.isfinite(gamma) else (0.0, 1.0, 0.0, 0.0, 0.0)


def damping(t: Number, gamma: Number) -> FloatArray:
    """Return ``gamma t``, infinite where gamma is, even at a time of 0."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(gamma), np.inf, np.asarray(gamma) * t)


def decays(z: FloatArray) -> FloatArray:
    """Return (1 - exp(-z)) / z, 1 at z = 0 and 0 at infinity."""
    return np.asarray(exprel(-z), dtype=np.float64)
