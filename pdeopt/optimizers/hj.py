"""HJ: proximal steps, the inviscid limit of Entropy-SGD."""

from dataclasses import dataclass
from typing import ClassVar

from pdeopt._types import IntArray
from pdeopt.optimizers.instructions import GRADIENT, Instruction, combine
from pdeopt.optimizers.relaxed import Relaxed, check_relaxed, copied, descent, loop_step
from pdeopt.optimizers.settings import Setting, check_choice, check_count, check_fraction, check_positive, values_at

__all__ = ["HJ"]


@dataclass(frozen=True)
class HJ(Relaxed):
    """Descent on the inviscid relaxation: a short gradient loop goes to the proximal point, the step towards it.

    Parameters
    ----------
    step_size : float or schedule
        eta, of the outer step.
    inner_step_size : float or schedule
        eta_y; stable for ``eta_y (Lambda + 1/t) < 2``, Lambda the largest curvature.
    n_inner : int
        L, steps of the inner loop, each with a gradient.
    time : float or schedule
        t of the relaxation at the first step.
    scoping : float
        t is divided by ``1 + scoping`` after every step.
    momentum : float or schedule
        Of Nesterov's kind; 0 for none.
    outer : str
        The slope of the outer step: ``"displacement"``, ``(x - y) / t``, or ``"gradient"``, that of the loss at y, one
        gradient more; at the proximal point they are the same.
    scaled : bool
        Whether the displacement is divided by t; else 1 / t is part of the step size.

    Notes
    -----
    ``y <- y - eta_y (grad f(y) + (y - x) / t)``, L times from y = x; then ``x <- x - eta (x - y) / t``. There is one
    proximal point while the time is below 1 / lambda, the Hessian at least -lambda.

    References
    ----------
    .. [1] P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, arXiv:1704.04932, section 7.2 and Remark 21.

    Examples
    --------
    >>> import numpy as np
    >>> method, x = HJ(step_size=0.5, n_inner=400, time=0.5), np.array([3.0])
    >>> method.step(lambda y: 2.0 * y, x, method.init(x), 0)[0].round(12)
    array([1.5])
    """

    name: ClassVar[str] = "hj"
    step_size: Setting = 0.1
    inner_step_size: Setting = 0.1
    n_inner: int = 5
    time: Setting = 1.0
    scoping: float = 0.0
    momentum: Setting = 0.0
    outer: str = "displacement"
    scaled: bool = True

    def __post_init__(self) -> None:
        check_positive(self, "step_size", "inner_step_size")
        check_fraction(self, "momentum")
        check_count(self, "n_inner")
        check_choice(self, "outer", ("displacement", "gradient"))
        check_relaxed(self)

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        eta, inner = values_at(self, "step_size", steps), values_at(self, "inner_step_size", steps)
        stiffness = 1.0 / self.time_at(steps)
        program = [copied("center", "point"), *(loop_step(inner, stiffness, 0.0) * self.n_inner)]
        scale = stiffness if self.scaled else 1.0
        there = [GRADIENT, copied("slope", "gradient")]
        back = [combine("slope", 0.0, "center", scale, "point", -scale)]
        mu = values_at(self, "momentum", steps, below=1.0)
        outer = descent("point", "center", "slope", "velocity", eta, mu)
        return [*program, *(there if self.outer == "gradient" else back), *outer]
