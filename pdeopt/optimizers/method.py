"""What a training method is: a frozen record with two pure functions, `init` and `step`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import ClassVar

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.optimizers.instructions import Instruction
from pdeopt.optimizers.interpreter import Noise, interpret
from pdeopt.optimizers.machine import Machine, Part
from pdeopt.optimizers.structure import Structure, joined

__all__ = ["Method", "MethodState", "Rule"]


@dataclass(frozen=True, eq=False, repr=False)
class MethodState:
    """What a method carries from step to step, beside the point.

    Parameters
    ----------
    n_steps : int
        Steps done.
    vectors : mapping of str to array, shape (d,)
        Its registers: the last gradient, a momentum, averages.
    frictions : mapping of str to float
        Variables of thermostats.
    structure : Structure
        Names of the slices of the point.
    """

    n_steps: int
    vectors: Mapping[str, FloatArray]
    frictions: Mapping[str, float]
    structure: Structure

    def __repr__(self) -> str:
        kept = ", ".join([*self.vectors, *(f"z({name})={z:.3g}" for name, z in self.frictions.items())])
        return f"<MethodState after {self.n_steps} steps: {kept or 'nothing kept'}>"


class Method(ABC):
    """A training method: steps of a vector of parameters, each from one or more gradients and fresh normals."""

    name: ClassVar[str] = ""

    @abstractmethod
    def parts(self, structure: Structure) -> list[Part]:
        """Return which rule moves which slices."""

    def machine(self, structure: Structure) -> Machine:
        """Return the program of this method on a vector."""
        try:
            return built(self, structure)
        except TypeError:  # A schedule that cannot be hashed.
            return Machine(self.parts(structure), structure)

    def init(self, x: FloatArray, structure: Structure | None = None) -> MethodState:
        """Return the state before the first step.

        Parameters
        ----------
        x : array, shape (d,)
        structure : Structure, optional
            Names of its slices, `MLP.structure`; by default the vector is one layer.
        """
        known = structure or Structure(x.size)
        machine = self.machine(known)
        vectors = {name: np.zeros(x.size) for name in machine.registers[1:]}
        return MethodState(0, vectors, machine.thermostats, known)

    def step(
        self,
        gradient: Callable[[FloatArray], FloatArray],
        x: FloatArray,
        state: MethodState,
        rng: Noise,
    ) -> tuple[FloatArray, MethodState]:
        """Return the next point and state.

        Parameters
        ----------
        gradient : callable
            Of a point, shape (d,); called once or more, each time on a new batch if it likes.
        x : array, shape (d,)
        state : MethodState
        rng : numpy.random.Generator or int
            Where normals come from. An integer is the seed of `pdeopt.networks.train`, whose normals are a function of
            it, the number of the step and the coordinate.
        """
        machine = self.machine(state.structure)
        vectors = dict(state.vectors)
        if machine.carries and state.n_steps == 0:
            vectors["gradient"] = gradient(x)
        bank = machine.bank(x, vectors)
        frictions = np.array(list(state.frictions.values()))
        interpret(machine, bank, frictions, gradient, state.n_steps, rng)
        moved = dict(zip(machine.registers, bank, strict=True))
        named = dict(zip(state.frictions, frictions.tolist(), strict=True))
        return moved.pop("point"), MethodState(state.n_steps + 1, moved, named, state.structure)

    def __str__(self) -> str:
        """Return the name and the settings that differ from the defaults."""
        known = [(one.name, getattr(self, one.name), one.default) for one in fields(self)]  # type: ignore[arg-type]
        chosen = [f"{name}={shown(value)}" for name, value, default in known if value != default]
        return f"{self.name}({', '.join(chosen)})" if chosen else self.name


class Rule(Method):
    """A method that does the same to all parameters that it is given."""

    @property
    def carries(self) -> bool:
        """Whether a step starts with the gradient that the last one ended with."""
        return False

    @property
    def scope(self) -> str:
        """What shares a thermostat; empty without one."""
        return ""

    @property
    def initial_friction(self) -> float:
        """The variable of a thermostat at the start."""
        return 0.0

    @abstractmethod
    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step; their numbers may be arrays with one value for each of `steps`."""

    def parts(self, structure: Structure) -> list[Part]:
        """Return this rule on all slices, in pieces if it keeps a thermostat for each."""
        return self.on(structure.find("all"), structure)

    def on(self, slices: list[slice], structure: Structure) -> list[Part]:
        """Return this rule on some slices, in pieces if it keeps a thermostat for each."""
        if not self.scope:
            return [Part(self, joined(slices))]
        return [Part(self, pieces, name) for name, pieces in structure.split(slices, self.scope).items()]


@lru_cache(maxsize=32)
def built(method: Method, structure: Structure) -> Machine:
    """Return the program of a method on a vector, made once for single steps."""
    return Machine(method.parts(structure), structure)


def shown(value: object) -> str:
    """Return a setting as a person would write it."""
    return f"{value:g}" if isinstance(value, float) else str(value)
