"""AdLa: adaptive Langevin dynamics, whose friction is a variable."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pdeopt._types import IntArray
from pdeopt.kernels.sde.langevin import carries_gradient, plan
from pdeopt.optimizers.instructions import GRADIENT, Instruction, adapt, add, brake, noise, relax
from pdeopt.optimizers.method import Rule
from pdeopt.optimizers.settings import Setting, check_choice, check_positive, is_number, values_at

__all__ = ["AdLa"]

ENOUGH = ({"A", "B", "C", "D", "E"}, {"A", "B", "O", "E"})


@dataclass(frozen=True)
class AdLa(Rule):
    """Adaptive Langevin dynamics: a thermostat finds the friction that the noise of gradients needs.

    Parameters
    ----------
    step_size : float or schedule
        h, the time step.
    temperature : float or schedule
        tau, which the thermostat keeps: the mean of p^2.
    sigma : float or schedule
        sigma_A, amplitude of the noise that is added.
    coupling : float or schedule
        eps, how fast the thermostat acts.
    initial_friction : float
        xi at the start.
    scope : str
        What shares a thermostat: ``"layer"``, ``"tensor"`` (weights and biases apart, as in the authors' code) or
        ``"all"``.
    friction_form : str
        ``"xi"``: the friction is xi, as the authors' code has it; ``"eps*xi"``: as their equation is written.
    word : str
        The letters A, B, C, D and E in the order of time; O stands for C and D at once.

    Notes
    -----
    ``d theta = p dt``, ``dp = -g dt - xi p dt + sigma_A dW``, ``d xi = eps (|p|^2 - n tau) dt`` with n the number of
    parameters that share xi. A moves, B kicks, C brakes: ``p <- exp(-t xi) p``, D adds noise, E changes xi. In
    equilibrium xi has mean ``(sigma_A^2 + h s^2) / (2 tau)``, s^2 the variance of a component of the gradient's noise,
    and variance ``eps tau``; in the other form both are those divided by eps and by eps^2. It gets there at a rate of
    about ``eps n tau / xi``, which takes thousands of steps at the usual settings.

    References
    ----------
    .. [1] A. Jones, B. Leimkuhler, "Adaptive stochastic methods for sampling driven molecular systems", J. Chem. Phys.
       135, 2011.
    .. [2] B. Leimkuhler, C. Matthews, T. Vlaar, Found. Data Sci. 1(4), 2019, arXiv 1908.11843.
    """

    name: ClassVar[str] = "adla"
    step_size: Setting = 0.25
    temperature: Setting = 1e-4
    sigma: Setting = 0.01
    coupling: Setting = 0.1
    initial_friction: float = 0.1
    scope: str = "layer"
    friction_form: str = "xi"
    word: str = "BACDEDCAB"

    def __post_init__(self) -> None:
        check_positive(self, "step_size", "coupling")
        check_positive(self, "temperature", "sigma", zero=True)
        check_choice(self, "scope", ("layer", "tensor", "all"))
        check_choice(self, "friction_form", ("xi", "eps*xi"))
        if not is_number(self.initial_friction) or not np.isfinite(self.initial_friction):
            raise ValueError(f"initial_friction={self.initial_friction!r} must be finite, e.g. initial_friction=0.1.")
        if not isinstance(self.word, str) or set(self.word.upper()) not in ENOUGH:
            raise ValueError(
                f"word={self.word!r} must consist of the letters A, B, C, D and E, or A, B, O and E. "
                "Use word='BACDEDCAB'."
            )
        object.__setattr__(self, "word", self.word.upper())

    @property
    def carries(self) -> bool:
        """Whether a step starts with the gradient that the last one ended with."""
        return carries_gradient(self.word)

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        letters = {letter: self._letter(letter, steps) for letter in set(self.word)}
        return [{**letters, "G": GRADIENT}[letter] for letter in plan(self.word, carries=self.carries)]

    def _letter(self, letter: str, steps: IntArray) -> Instruction:
        t = values_at(self, "step_size", steps) / self.word.count(letter)
        sigma, eps = values_at(self, "sigma", steps), values_at(self, "coupling", steps)
        rate = eps if self.friction_form == "eps*xi" else 1.0
        return {
            "A": add("point", "momentum", t),
            "B": add("momentum", "gradient", -t),
            "C": brake("momentum", t * rate),
            "D": noise("momentum", 1.0, sigma * np.sqrt(t)),
            "E": adapt("momentum", t * eps, values_at(self, "temperature", steps)),
            # Over the time that brakes: the noise then lasts t, whatever the form.
            "O": relax("momentum", t * rate, sigma / np.sqrt(rate)),
        }[letter]
