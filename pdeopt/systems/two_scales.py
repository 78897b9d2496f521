"""Systems of two time scales: those whose slow limit is a relaxed landscape, and general ones."""

import inspect
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from types import FunctionType
from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._points import LARGEST_TUPLE
from pdeopt.landscapes import Landscape
from pdeopt.systems import forces, two_scale_rates, validation
from pdeopt.systems.compilation import Function, body, is_compiled
from pdeopt.systems.scales import TwoScaleSystem

__all__ = ["Elastic", "EntropySGD", "EntropySGD2", "Heat", "RelaxingSystem", "TwoScale"]

NOISES = ("corrected", "printed")
COUPLINGS = ("centre", "mean")


@dataclass(frozen=True, eq=False, repr=False)
class RelaxingSystem(TwoScaleSystem):
    """A two-scale system whose slow variables descend a relaxed landscape in the limit.

    Parameters
    ----------
    landscape : Landscape
        The potential f of d coordinates.
    time : float
        PDE time t of the relaxation, length^2 per loss, positive.
    beta : float
        Inverse temperature, positive; ``inf`` for no noise.
    epsilon : float
        Ratio of the time scales, positive.
    noise_form : {"corrected", "printed"}
        The noise whose fast law is ``exp(-beta H)``, or that of the paper.
    """

    landscape: Landscape
    time: float = 0.5
    beta: float = 1.0
    epsilon: float = 0.1
    noise_form: str = "corrected"

    centred = None
    slow_sigma = 0.0

    def _facts(self) -> dict[str, Any]:
        if not isinstance(self.landscape, Landscape):
            raise TypeError(
                f"f={self.landscape!r} is not a Landscape. Make one: pdeopt.Landscape(value, gradient, dim=...)."
            )
        time = validation.checked_positive(self.time, "time", example="0.5")
        beta = validation.checked_positive(self.beta, "beta", example="1.0", infinite=True)
        form = validation.checked_choice(self.noise_form, "noise", NOISES)
        parameters = (time, *self.landscape.args)
        words = f"{type(self).__name__} of {self.landscape.name or 'a landscape'}"
        return {"time": time, "beta": beta, "noise_form": form, "parameters": parameters, "name": words}

    @property
    def n_slow(self) -> int:
        """Number of slow variables: the coordinates of the landscape."""
        return self.landscape.dim

    @property
    def n_fast(self) -> int:
        """Number of fast variables."""
        return self.landscape.dim

    @property
    def sigma(self) -> float:
        """Noise of the fast variables on their own clock: sqrt(2 / beta), as printed sqrt(1 / beta)."""
        return float(np.sqrt((2.0 if self.noise_form == "corrected" else 1.0) / self.beta))

    @property
    def fast_beta(self) -> float:
        """The inverse temperature of the fast law under this noise, 2 / sigma^2."""
        return 2.0 / self.sigma**2 if self.sigma > 0.0 else np.inf

    @property
    def gradient(self) -> Function:
        """Gradient of the landscape as a dispatcher of ``(x, *landscape.args)``."""
        return forces.point_gradient(self.landscape)


@dataclass(frozen=True, eq=False, repr=False)
class EntropySGD(RelaxingSystem):
    """dx = -(x - y)/t ds, dy = -(1/epsilon) (grad f(y) + (y - x)/t) ds + noise; see `entropy_sgd`."""

    @cached_property
    def rates(self) -> Function:
        """The rates of x and y, compiled."""
        return two_scale_rates.entropy_rates(self.gradient, self.landscape.dim)

    def _fast_start(self, slow: FloatArray) -> FloatArray:
        return slow.copy()


@dataclass(frozen=True, eq=False, repr=False)
class EntropySGD2(RelaxingSystem):
    """dx = -grad f(x - z) ds, dz = -(1/epsilon) (z/t - grad f(x - z)) ds + noise; see `entropy_sgd_2`."""

    @cached_property
    def rates(self) -> Function:
        """The rates of x and z, compiled."""
        return two_scale_rates.displaced_rates(self.gradient, self.landscape.dim, 1.0)

    @property
    def sigma(self) -> float:
        """Noise of the fast variables on their own clock: sqrt(2 / beta), as printed 1."""
        return float(np.sqrt(2.0 / self.beta)) if self.noise_form == "corrected" else 1.0


@dataclass(frozen=True, eq=False, repr=False)
class Heat(RelaxingSystem):
    """dx = -grad f(x - z) ds, dz = -z/(epsilon t) ds + noise; see `heat`."""

    @cached_property
    def rates(self) -> Function:
        """The rates of x and z, compiled."""
        return two_scale_rates.displaced_rates(self.gradient, self.landscape.dim, 0.0)


@dataclass(frozen=True, eq=False, repr=False)
class Elastic(RelaxingSystem):
    """dx = -(x - mean y)/t ds, dy_k = -(1/epsilon) (grad f(y_k) + (y_k - c)/t) ds + noise; see `elastic`.

    Parameters
    ----------
    landscape, time, beta, epsilon, noise_form
        As for `RelaxingSystem`.
    n_replicas : int
        Number n of replicas.
    coupling : {"centre", "mean"}
        Whether c is x or the mean of the replicas.
    centre_noise : bool
        Whether x has the noise sqrt(2 / (n beta)) dV.
    """

    n_replicas: int = 4
    coupling: str = "centre"
    centre_noise: bool = False

    def _facts(self) -> dict[str, Any]:
        facts = super()._facts()
        validation.checked_choice(self.coupling, "coupling", COUPLINGS)
        if self.centre_noise and self.coupling == "mean":
            raise ValueError(
                "centre_noise=True needs coupling='centre': replicas coupled to their mean do not see x. Use either."
            )
        count = validation.checked_count(self.n_replicas, "n_replicas")
        noise = np.sqrt(2.0 / (count * facts["beta"])) if self.centre_noise else 0.0
        return facts | {"n_replicas": count, "slow_sigma": float(noise)}

    @property
    def n_fast(self) -> int:
        """Number of fast variables, n d."""
        return self.n_replicas * self.landscape.dim

    @cached_property
    def rates(self) -> Function:
        """The rates of x and of the replicas, compiled."""
        to_mean = self.coupling == "mean"
        return two_scale_rates.elastic_rates(self.gradient, self.landscape.dim, self.n_replicas, to_mean)

    def _fast_start(self, slow: FloatArray) -> FloatArray:
        return np.tile(slow, self.n_replicas)


@dataclass(frozen=True, eq=False, repr=False)
class TwoScale(TwoScaleSystem):
    """A general system of two time scales, dx = h(x, y) ds, dy = (1/epsilon) g(x, y) ds + (sigma/sqrt(epsilon)) dW.

    Parameters
    ----------
    slow : callable
        h, a function of ``(x, y, *parameters)``, plain Python or ``numba.njit``. x is a float where ``n_slow=1``, a
        tuple for 2 to 8, an array above, and y likewise; the result has the form of x, above eight components it is
        written to a last argument ``out``.
    fast : callable
        g, likewise, with a result of the form of y.
    sigma : float
        Noise of the fast variables on their own clock, not negative.
    name : str
        Used in messages and tables.
    n_slow, n_fast : int
        Numbers of variables.
    epsilon : float
        Ratio of the fast time scale to the slow one, positive.
    parameters : tuple
        Passed after y. One compilation serves all their values.
    centred : callable, optional
        F, of the form of `slow`, whose mean under the fast law is zero: adds F(x, y) / sqrt(epsilon) to the slow rate.
        With time scales 1/e and 1/e^2, as in dx = (1/e) F, dy = (1/e^2) g, ``epsilon`` is e^2.
    slow_sigma : float
        Noise of the slow variables, dx = ... + slow_sigma dV, not negative.

    Raises
    ------
    TypeError, ValueError
        If a function cannot be called with x, y and the parameters, or a number is out of range.

    Examples
    --------
    >>> def h(x, y):
    ...     return -x * y * y
    >>> def g(x, y):
    ...     return -y
    >>> TwoScale(h, g, sigma=1.0, epsilon=0.01, name="damped")
    <TwoScale 'damped': dim 2, additive noise, Ito, args (0.0, 1.0, 0.01)>
    """

    slow: Callable[..., Any]
    fast: Callable[..., Any]
    sigma: float = 1.0
    _: KW_ONLY
    n_slow: int = 1
    n_fast: int = 1
    epsilon: float = 0.1
    parameters: Arguments = ()
    centred: Callable[..., Any] | None = None
    slow_sigma: float = 0.0
    name: str = ""

    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "n_slow": validation.checked_count(self.n_slow, "n_slow"),
            "n_fast": validation.checked_count(self.n_fast, "n_fast"),
            "sigma": validation.checked_positive(self.sigma, "sigma", example="1.0", zero=True),
            "slow_sigma": validation.checked_positive(self.slow_sigma, "slow_sigma", example="0.1", zero=True),
            "parameters": validation.checked_args(self.parameters),
        }
        for name in ("slow", "fast", "centred"):
            if getattr(self, name) is not None:
                _check_callable(getattr(self, name), name, facts["n_fast" if name == "fast" else "n_slow"], facts)
        return facts

    @cached_property
    def rates(self) -> Function:
        """The rates h and g, compiled."""
        return two_scale_rates.given_rates(self.slow, self.fast, self.n_slow, self.n_fast)


def _check_callable(function: Any, name: str, n_out: int, facts: dict[str, Any]) -> None:
    fills = n_out > LARGEST_TUPLE
    form = f"(x, y{''.join(f', parameters[{i}]' for i in range(len(facts['parameters'])))}{', out' * fills})"
    if not (isinstance(function, FunctionType) or is_compiled(function)):
        raise TypeError(f"{name}={function!r} is no function that Numba compiles. Pass a def of {form}.")
    try:
        inspect.signature(body(function)).bind(0.0, 0.0, *facts["parameters"], *([None] * fills))
    except TypeError as error:
        raise TypeError(
            f"{name} takes {inspect.signature(body(function))}, but is called as {name}{form}. Use parameters=(...) "
            "with what comes after y, in order."
        ) from error
