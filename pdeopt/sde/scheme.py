"""What a scheme is: a record of its orders and costs that makes a step for a system."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pdeopt.systems import SDE

__all__ = ["ANY", "Orders", "Scheme", "Stepper"]

INCREMENT, TIME_INTEGRAL, FRICTION = "increment", "time-integral", "friction"
UNIFORM, TWO_POINT, THREE_POINT, COIN, NORMAL = "uniform", "two-point", "three-point", "coin", "normal"
"""Kinds of draws. An increment is a standard normal that stands for a Brownian increment; a time integral the second
normal of the pair with the increment before it; friction one that stands for an Ornstein-Uhlenbeck integral; a normal
any other; a coin is 1 or -1, a random sign."""

ANY = ("additive", "scalar", "diagonal", "commutative", "general")


@dataclass(frozen=True)
class Orders:
    """Orders of convergence for one kind of noise; None where none is claimed.

    Parameters
    ----------
    strong, weak : float
        Of the error at a fixed time: in mean square, of expectations of smooth functions.
    invariant : float
        Of the error of averages under the stationary law; by default that of `weak`.
    """

    strong: float | None
    weak: float | None
    invariant: float | None = None

    def __post_init__(self) -> None:
        if self.invariant is None:
            object.__setattr__(self, "invariant", self.weak)


def point_itself(t: float, x: Any, args: Any) -> Any:  # noqa: ARG001
    """Return the point: the state of schemes that carry nothing from step to step."""
    return x


def arguments_themselves(h: float, args: Any) -> Any:  # noqa: ARG001
    """Return the arguments: the constants of schemes that compute nothing beforehand."""
    return args


@dataclass(frozen=True, eq=False)
class Stepper:
    """A scheme bound to a system: plain functions, to be called as they are or compiled.

    Parameters
    ----------
    step : callable
        ``step(t, state, h, xi, constants)`` returns the next state, a pure map of its standard draws.
    point, state, xi : nested tuples of floats
        Examples of a point, a state and the draws of one step; the numbers of a state begin with those of the point.
    draws : tuple of str
        The kind of every number of `xi`, in order.
    begin : callable
        ``begin(t, point, args)`` returns the first state.
    prepare : callable
        ``prepare(h, args)`` returns the constants of `step`: by default `args` themselves.
    in_place : bool
        Above eight coordinates: `point`, `state` and `xi` are numbers of entries of 1-D arrays, and both functions
        write into the state: ``begin(t, state, args, work)`` and ``step(t, state, h, xi, constants, work)``.
    n_work : int
        Numbers of scratch of an `in_place` step.
    splits : int
        Equal pieces that the friction draws cut a step into.
    """

    step: Callable[..., Any]
    point: Any
    state: Any
    xi: Any
    draws: tuple[str, ...]
    begin: Callable[..., Any] = point_itself
    prepare: Callable[..., Any] = arguments_themselves
    in_place: bool = False
    n_work: int = 0
    splits: int = 1


@dataclass(frozen=True)
class Scheme(ABC):
    """A one-step method for stochastic differential equations.

    Attributes
    ----------
    interpretation : str
        ``"ito"``, ``"stratonovich"`` or ``"any"``: whose solution it converges to.
    arrays : bool
        Whether it takes systems of more than eight components.
    reference : str
    decay_limit : float, optional
        The largest stable `rate * step` on `dX = -rate X dt` with additive noise; None where it has none, or not that
        one.
    """

    interpretation: ClassVar[str] = "ito"
    arrays: ClassVar[bool] = False
    reference: ClassVar[str] = ""
    decay_limit: ClassVar[float | None] = None

    @property
    @abstractmethod
    def name(self) -> str:
        """As typed in ``method=``."""

    @property
    @abstractmethod
    def orders(self) -> Mapping[str, Orders]:
        """The kinds of noise it accepts, and what is proved for each."""

    @property
    @abstractmethod
    def evaluations(self) -> tuple[float, float]:
        """Evaluations of drift and diffusion a step; for Langevin schemes of the gradient, and 0."""

    @abstractmethod
    def stepper(self, system: SDE) -> Stepper:
        """Bind the scheme to a system.

        Raises
        ------
        ValueError
            If the scheme does not accept the system's noise or interpretation; the message names one that does.
        """

    def evaluations_for(self, system: SDE) -> tuple[float, float]:  # noqa: ARG002
        """Return the evaluations of drift and diffusion a step for one system."""
        return self.evaluations
