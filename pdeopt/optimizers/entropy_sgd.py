"""Entropy-SGD: the gradient of the local entropy from a short Langevin loop inside every step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.optimizers.instructions import Instruction, combine
from pdeopt.optimizers.interpreter import Noise
from pdeopt.optimizers.method import MethodState
from pdeopt.optimizers.relaxed import Relaxed, average_weights, check_relaxed, copied, descent, loop_step, noise_size
from pdeopt.optimizers.settings import Setting, check_choice, check_count, check_fraction, check_positive, values_at
from pdeopt.optimizers.structure import Structure

__all__ = ["EntropySGD", "EntropySGDState"]


@dataclass(frozen=True, eq=False, repr=False)
class EntropySGDState(MethodState):
    """What Entropy-SGD carries from step to step.

    Parameters
    ----------
    n_steps : int
    vectors : mapping of str to array, shape (d,)
    frictions : mapping of str to float
        None.
    structure : Structure
    time : float
        Of the relaxation, at the next step.
    """

    time: float = np.nan

    @property
    def velocity(self) -> FloatArray:
        """Of the momentum."""
        return self.vectors.get("velocity", np.zeros(self.structure.n_parameters))

    @property
    def mean(self) -> FloatArray:
        """Average of the inner loop, an estimate of ``<y> = x - t grad u``."""
        return self.vectors["mean"]

    @property
    def last(self) -> FloatArray:
        """Last point of the inner loop."""
        return self.vectors["last"]


@dataclass(frozen=True)
class EntropySGD(Relaxed):
    """Gradient descent on the local entropy, whose gradient a short Langevin loop estimates in every step.

    Parameters
    ----------
    step_size : float or schedule
        eta, of the outer step.
    inner_step_size : float or schedule
        eta_y; stable for ``eta_y (Lambda + 1/t) < 2``, Lambda the largest curvature.
    n_inner : int
        L, steps of the inner loop, each with a gradient: a step takes L gradients.
    time : float or schedule
        t of the relaxation at the first step (length^2 per loss; the code's stiffness is 1 / t).
    beta : float or schedule
        Inverse temperature of the inner loop; ``inf`` has no noise.
    average : float, schedule or None
        alpha, the weight of the OLD average in ``<y> <- alpha <y> + (1 - alpha) y``; 0 takes the last iterate, None the
        mean of all.
    scoping : float
        t is divided by ``1 + scoping`` after every step.
    momentum : float or schedule
        Of Nesterov's kind; 0 for none.
    scaled : bool
        Whether the outer gradient is ``(x - <y>) / t``, as in the equation; else ``x - <y>``, as in the code published
        with [1]_, where 1 / t is part of the step size.
    average_of : str
        ``"old"``, or ``"new"`` if `average` is the weight of the new iterate, as in [2]_.

    Notes
    -----
    ``y <- y - eta_y (grad f(y) + (y - x) / t) + sqrt(2 eta_y / beta) xi``, L times from y = x, then
    ``x <- x - eta (x - <y>) / t``. The noise is that of the law ``exp(-beta f)``. With ``beta=inf, average=0,
    n_inner=5`` it is the inviscid variant of [1]_, section 7.2, `HJ`. Where t is part of the step size, scoping and a
    falling step size act against each other.

    References
    ----------
    .. [1] P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, arXiv:1704.04932, section 7.1.
    .. [2] P. Chaudhari et al., *Entropy-SGD*, ICLR 2017, arXiv:1611.01838.

    Examples
    --------
    >>> import numpy as np
    >>> method = EntropySGD(step_size=0.1, inner_step_size=0.1, time=2.0, beta=np.inf)
    >>> x = np.array([1.0])
    >>> x, state = method.step(lambda y: 2.0 * y, x, method.init(x), np.random.default_rng(0))
    >>> round(float(x[0]), 12)
    0.960761090865
    """

    name: ClassVar[str] = "entropy-sgd"
    step_size: Setting = 0.1
    inner_step_size: Setting = 0.1
    n_inner: int = 20
    time: Setting = 1.0
    beta: Setting = 1e8
    average: Setting | None = 0.75
    scoping: float = 0.0
    momentum: Setting = 0.0
    scaled: bool = True
    average_of: str = "old"

    def __post_init__(self) -> None:
        check_positive(self, "step_size", "inner_step_size", "beta")
        check_fraction(self, "momentum", *(["average"] if self.average is not None else []))
        check_count(self, "n_inner")
        check_choice(self, "average_of", ("old", "new"))
        check_relaxed(self)

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        eta, inner, beta = (values_at(self, name, steps) for name in ("step_size", "inner_step_size", "beta"))
        alpha = None if self.average is None else values_at(self, "average", steps, below=1.0)
        stiffness = 1.0 / self.time_at(steps)
        moved = loop_step(inner, stiffness, noise_size(beta, inner))
        program = [copied("center", "point"), copied("mean", "point")]
        for keep in average_weights(alpha, self.n_inner, of_old=self.average_of == "old"):
            program += [*moved, combine("mean", keep, "point", 1.0 - keep)]
        scale = stiffness if self.scaled else 1.0
        slope = combine("slope", 0.0, "center", scale, "mean", -scale)
        mu = values_at(self, "momentum", steps, below=1.0)
        return [*program, copied("last", "point"), slope, *descent("point", "center", "slope", "velocity", eta, mu)]

    def init(self, x: FloatArray, structure: Structure | None = None) -> EntropySGDState:
        """Return the state before the first step from x, shape (d,)."""
        state = super().init(x, structure)
        vectors = {**state.vectors, "mean": x, "last": x}
        return EntropySGDState(0, vectors, {}, state.structure, self._next_time(0))

    def step(
        self,
        gradient: Callable[[FloatArray], FloatArray],
        x: FloatArray,
        state: MethodState,
        rng: Noise,
    ) -> tuple[FloatArray, EntropySGDState]:
        """Return the next point and state; `gradient` is called `n_inner` times, each on a new batch if it likes."""
        moved, after = super().step(gradient, x, state, rng)
        time = self._next_time(after.n_steps)
        return moved, EntropySGDState(after.n_steps, after.vectors, {}, after.structure, time)

    def _next_time(self, n_steps: int) -> float:
        return float(np.ravel(self.time_at(np.array([n_steps])))[0])
