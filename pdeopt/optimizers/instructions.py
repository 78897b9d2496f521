"""Instructions: what a method does to the vectors of a slice of the parameters, as data that a compiled loop reads."""

from dataclasses import dataclass
from typing import Any

from pdeopt.kernels import programs
from pdeopt.optimizers.settings import Number

__all__ = ["GRADIENT", "Instruction", "adapt", "add", "brake", "combine", "noise", "relax"]


@dataclass(frozen=True, eq=False)
class Instruction:
    """One operation of `pdeopt.kernels.programs.apply`, on registers that have names.

    Parameters
    ----------
    operation : int
    target, first, second : str
        Registers: ``"point"``, ``"gradient"``, or one that the method keeps.
    constants : tuple of float or array, shape (n_steps,)
        Its numbers.
    """

    operation: int
    target: str = "point"
    first: str = "point"
    second: str = "point"
    constants: tuple[Any, ...] = ()


GRADIENT = Instruction(programs.GRADIENT, "gradient")
"""The gradient at the point, on the next batch."""


def combine(target: str, keep: Number, first: str, b: Number, second: str = "point", d: Number = 0.0) -> Instruction:
    """Set target to ``keep target + b first + d second``."""
    return Instruction(programs.LINEAR, target, first, second, (keep, b, d))


def add(target: str, first: str, factor: Number) -> Instruction:
    """Add ``factor first`` to target."""
    return combine(target, 1.0, first, factor)


def noise(target: str, keep: Number, size: Number, first: str = "point", b: Number = 0.0) -> Instruction:
    """Set target to ``keep target + b first + size R``, R standard normal."""
    return Instruction(programs.NOISE, target, first, constants=(keep, b, size))


def brake(target: str, time: Number) -> Instruction:
    """Multiply target by ``exp(-time z)``, z the variable of its thermostat."""
    return Instruction(programs.BRAKE, target, constants=(time,))


def relax(target: str, time: Number, amplitude: Number) -> Instruction:
    """Let ``dp = -z p dt + amplitude dW`` act on target for a time, z being fixed."""
    return Instruction(programs.RELAX, target, constants=(time, amplitude))


def adapt(target: str, rate: Number, temperature: Number) -> Instruction:
    """Add ``rate (sum of target^2 - n temperature)`` to the variable of the thermostat."""
    return Instruction(programs.ADAPT, target, constants=(rate, temperature))
