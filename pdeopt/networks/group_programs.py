"""Methods on groups of tensors that lie side by side in one vector, as programs of which tensors may sit out a step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels import programs
from pdeopt.optimizers import Method, Partition, Rule, Structure
from pdeopt.optimizers.instructions import Instruction
from pdeopt.optimizers.machine import Machine, Part
from pdeopt.optimizers.settings import is_number

__all__ = ["Block", "Stretches", "Tensor", "blocks_of", "put_together", "rate_of", "with_rate"]

SMALLEST_RATE = 1e-100
"""What a learning rate of 0 is taken for: schedules end there, but a time step is positive."""

LAST_BLOCK = 2**32
"""Blocks of words have 32-bit numbers."""

AHEAD = 256
"""Steps whose numbers are made at once."""


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies, and how it is treated in a step.

    Parameters
    ----------
    name : str
        Such as ``"layer1.weight"``, unique in its block.
    start, stop : int
        Its place in the vector.
    rate : float
        Learning rate of its group.
    late : int
        Steps that it sat out: its own count of steps is behind by them.
    active : bool
        Whether it takes part in this one.
    """

    name: str
    start: int
    stop: int
    rate: float
    late: int = 0
    active: bool = True

    @property
    def size(self) -> int:
        """Number of parameters."""
        return self.stop - self.start


@dataclass(frozen=True)
class Block:
    """Tensors that one method sees as its network.

    Parameters
    ----------
    method : Method
    tensors : sequence of Tensor
    prefix : str
        Goes before the names of its thermostats, to tell those of different blocks apart.
    """

    method: Method
    tensors: Sequence[Tensor]
    prefix: str = ""

    @cached_property
    def structure(self) -> Structure:
        """Names of the slices, counted from the block's own start."""
        slices: dict[str, slice] = {}
        start = 0
        for tensor in self.tensors:
            layer, stop = tensor.name.partition(".")[0], start + tensor.size
            slices[layer] = slice(slices[layer].start if layer in slices else start, stop)
            slices[tensor.name] = slice(start, stop)
            start = stop
        return Structure(start, slices)

    @property
    def parts(self) -> list[Part]:
        """Which rule moves which slices of the vector, of the tensors that take part."""
        found: list[Part] = []
        for rate, late in dict.fromkeys((tensor.rate, tensor.late) for tensor in self.tensors):
            alike = [t for t in self.tensors if t.active and (t.rate, t.late) == (rate, late)]
            for part in with_rate(self.method, rate).parts(self.structure):
                slices = [place for piece in part.slices for place in self._placed(piece, alike)]
                name = self.prefix + part.thermostat if part.thermostat else ""
                found += [Part(Delayed(part.method, late) if late else part.method, slices, name)] if slices else []
        return found

    def _placed(self, piece: slice, tensors: Sequence[Tensor]) -> list[slice]:
        out: list[slice] = []
        for tensor in tensors:
            own = self.structure.slices[tensor.name]
            first, end = max(own.start, piece.start), min(own.stop, piece.stop)
            if first < end:
                here = slice(tensor.start + first - own.start, tensor.start + end - own.start)
                joins = bool(out) and out[-1].stop == here.start
                out[-1:] = [slice(out[-1].start, here.stop)] if joins else [*out[-1:], here]
        return out


@dataclass(frozen=True, eq=False)
class Delayed:
    """A rule on tensors that are some steps behind.

    Parameters
    ----------
    rule : Program
    late : int
    """

    rule: Any
    late: int

    @property
    def carries(self) -> bool:
        """Whether a step starts with the gradient that the last one ended with."""
        return bool(self.rule.carries)

    @property
    def scope(self) -> str:
        """What shares a thermostat."""
        return str(self.rule.scope)

    @property
    def initial_friction(self) -> float:
        """The variable of a thermostat at the start."""
        return float(self.rule.initial_friction)

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step."""
        found: list[Instruction] = self.rule.instructions(np.maximum(steps - self.late, 0))
        return found


@dataclass(frozen=True, eq=False)
class Excerpt(Machine):
    """A machine for some of the parts, on the registers of the whole one.

    Parameters
    ----------
    parts : sequence of Part
    structure : Structure
    whole : Machine
    """

    whole: Machine

    @cached_property
    def registers(self) -> list[str]:
        """Names of the rows of the bank."""
        return self.whole.registers

    @cached_property
    def thermostats(self) -> dict[str, float]:
        """Initial values of the variables of thermostats, by name."""
        return self.whole.thermostats


class Stretches:
    """The instructions of a machine, gradient by gradient.

    Parameters
    ----------
    machine : Machine
    apart : bool
        Whether the noise of stretch i uses words that no other stretch of any machine does: machines for different
        tensors may then serve the same step.
    """

    def __init__(self, machine: Machine, *, apart: bool) -> None:
        code = machine.code.copy()
        gradients = np.flatnonzero(code[:, programs.OPERATION] == programs.GRADIENT)
        edges = [-1, *gradients.tolist(), len(code)]
        self.bounds = [(start + 1, stop) for start, stop in pairwise(edges)]
        if apart:
            for k, (start, stop) in enumerate(self.bounds):
                code[start:stop, programs.BLOCK] += k * (LAST_BLOCK // len(self.bounds))
        self._machine, self._code = machine, code
        self._first, self._numbers = 0, np.empty((0, len(code), programs.N_CONSTANTS))

    def of(self, k: int, step: int) -> tuple[IntArray, FloatArray]:
        """Return code and numbers of stretch k at a step; none where the machine has fewer gradients."""
        if k >= len(self.bounds):
            return self._code[:0], self._numbers[0, :0]
        if not self._first <= step < self._first + AHEAD or not len(self._numbers):
            self._first, self._numbers = step, self._machine.constants(np.arange(step, step + AHEAD))
        start, stop = self.bounds[k]
        row = step - self._first if len(self._numbers) > 1 else 0
        return self._code[start:stop], self._numbers[row, start:stop]


def blocks_of(groups: Sequence[tuple[Method, bool, Sequence[Tensor]]]) -> list[Block]:
    """Return the blocks of groups: one for each that has a method of its own, one for all others.

    Parameters
    ----------
    groups : sequence of tuple
        Method, whether it is the group's own, and tensors of each.
    """
    shared = [tensor for _, own, tensors in groups if not own for tensor in tensors]
    found: list[Block] = []
    for k, (method, own, tensors) in enumerate(groups):
        if own:
            found.append(Block(method, tensors, f"group{k}."))
        elif shared:
            found.append(Block(method, shared))
            shared = []
    return found


def put_together(blocks: Sequence[Block]) -> Machine:
    """Return the program of blocks on the vector that their tensors make; it may have no parts."""
    active = all(tensor.active for block in blocks for tensor in block.tensors)
    parts = [part for block in blocks for part in block.parts]
    if active:
        return Machine(parts, Structure(sum(tensor.size for block in blocks for tensor in block.tensors)))
    everything = [replace(block, tensors=[replace(t, active=True) for t in block.tensors]) for block in blocks]
    whole = put_together(everything)
    return Excerpt(parts, whole.structure, whole)


def rate_of(method: Method) -> float:
    """Return the learning rate of a method: its step size if that is a number, else 1, a factor on step sizes."""
    size: Any = getattr(method, "step_size", None)
    return float(size) if is_number(size) else 1.0


def with_rate(method: Method, rate: float) -> Method:
    """Return a method with another learning rate.

    Parameters
    ----------
    method : Method
    rate : float
        The step size, or a factor on it where it is a schedule, or on those of all rules of a `Partition`.

    Raises
    ------
    ValueError
        If the method has no step size, unless the rate is 1.
    """
    used = max(rate, SMALLEST_RATE) if rate == 0.0 else rate
    if used == rate_of(method):
        return method
    if isinstance(method, Partition):
        return Partition({name: _times(rule, used) for name, rule in method.methods.items()})
    size: Any = getattr(method, "step_size", None)
    if size is None:
        raise ValueError(f"lr={rate!r} cannot change {method}, which has no step_size. Use lr=1.0.")
    changed: dict[str, Any] = {"step_size": (lambda steps: used * size(steps)) if callable(size) else used}
    return replace(method, **changed)  # type: ignore[type-var]


def _times(rule: Rule, factor: float) -> Rule:
    changed = with_rate(rule, factor * rate_of(rule))
    assert isinstance(changed, Rule)
    return changed
