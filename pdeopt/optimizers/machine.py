"""Programs of methods on parts of a vector, put together into one table for the compiled loop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels import programs
from pdeopt.kernels.random import VECTOR_CHUNK, n_vector_blocks
from pdeopt.optimizers.instructions import GRADIENT, Instruction
from pdeopt.optimizers.structure import Structure

__all__ = ["Machine", "Part", "Program"]

N_NORMALS = {programs.NOISE: 1, programs.RELAX: 1, programs.FLIGHT: 2}


class Program(Protocol):
    """What the machine asks of a method."""

    @property
    def carries(self) -> bool:
        """Whether a step starts with the gradient that the last one ended with."""

    @property
    def scope(self) -> str:
        """What shares a thermostat: ``"layer"``, ``"tensor"`` or ``"all"``; empty without one."""

    @property
    def initial_friction(self) -> float:
        """The variable of a thermostat at the start."""

    def instructions(self, steps: IntArray) -> list[Instruction]:
        """Return the instructions of a step, with GRADIENT where one is needed; numbers may depend on the step."""


@dataclass(frozen=True, eq=False)
class Part:
    """Slices of the parameters that one method moves, and the thermostat they share.

    Parameters
    ----------
    method : Program
    slices : list of slice
    thermostat : str
        Its name; empty without one.
    """

    method: Program
    slices: list[slice]
    thermostat: str = ""


@dataclass(frozen=True, eq=False)
class Machine:
    """Methods on the parts of a vector, as one program.

    Parameters
    ----------
    parts : sequence of Part
    structure : Structure
        Names of the slices of the vector.

    Notes
    -----
    All methods see the same gradients. A method that takes fewer in a step than another takes the first ones, and
    waits at its point for the rest.
    """

    parts: Sequence[Part]
    structure: Structure

    @cached_property
    def registers(self) -> list[str]:
        """Names of the rows of the bank."""
        names = ["point", "gradient"]
        for part in self.parts:
            for one in part.method.instructions(np.zeros(1, dtype=np.int64)):
                names += [one.target, one.first, one.second]
        return list(dict.fromkeys(names))

    @cached_property
    def thermostats(self) -> dict[str, float]:
        """Initial values of the variables of thermostats, by name."""
        return {part.thermostat: part.method.initial_friction for part in self.parts if part.thermostat}

    @property
    def carries(self) -> bool:
        """Whether a gradient is needed before the first step."""
        return any(part.method.carries for part in self.parts)

    @cached_property
    def n_gradients(self) -> int:
        """Gradients of a step."""
        return int(np.count_nonzero(self.code[:, programs.OPERATION] == programs.GRADIENT))

    @cached_property
    def code(self) -> IntArray:
        """Instructions, shape (n, 8), see `pdeopt.kernels.programs`."""
        rows, block = [], 0
        for part, one in self._merged(np.zeros(1, dtype=np.int64)):
            for piece in part.slices:
                rows.append(self._row(one, piece, part.thermostat, block))
                block += N_NORMALS.get(one.operation, 0) * n_blocks(piece.stop - piece.start)
        return np.array(rows, dtype=np.int64).reshape(-1, programs.N_COLUMNS)

    def constants(self, steps: IntArray) -> FloatArray:
        """Return their numbers at some steps, shape (len(steps), n, 6), or (1, n, 6) where they never change."""
        return self._numbers(steps) if self._unchanging is None else self._unchanging

    @cached_property
    def _unchanging(self) -> FloatArray | None:
        numbers = self._numbers(np.arange(2))
        return numbers if len(numbers) == 1 else None

    def _numbers(self, steps: IntArray) -> FloatArray:
        return stacked([one.constants for part, one in self._merged(steps) for _ in part.slices])

    def _merged(self, steps: IntArray) -> list[tuple[Part, Instruction]]:
        cut = [(part, segments(part.method.instructions(steps))) for part in self.parts]
        whole = Part(cut[0][0].method, [slice(0, self.structure.n_parameters)])
        merged: list[tuple[Part, Instruction]] = []
        for i in range(max(len(found) for _, found in cut)):
            merged += [(whole, GRADIENT)] if i else []
            merged += [(part, one) for part, found in cut if i < len(found) for one in found[i]]
        return merged

    def _row(self, one: Instruction, piece: slice, thermostat: str, block: int) -> list[int]:
        places = [self.registers.index(name) for name in (one.target, one.first, one.second)]
        which = list(self.thermostats).index(thermostat) if thermostat else 0
        return [one.operation, *places, piece.start, piece.stop, which, block]

    def bank(self, point: FloatArray, vectors: Mapping[str, FloatArray]) -> FloatArray:
        """Return the registers as rows; those not given are 0."""
        rows = {**vectors, "point": point}
        zero = np.zeros_like(point)
        return np.array([rows.get(name, zero) for name in self.registers])


def segments(instructions: Sequence[Instruction]) -> list[list[Instruction]]:
    """Return the instructions before, between and after gradients."""
    found: list[list[Instruction]] = [[]]
    for one in instructions:
        if one is GRADIENT:
            found.append([])
        else:
            found[-1].append(one)
    return found


def stacked(numbers: Sequence[tuple[float | FloatArray, ...]]) -> FloatArray:
    """Return the numbers of instructions as one array, shape (n_steps or 1, n, 6)."""
    n_steps = max((np.size(value) for row in numbers for value in row), default=1)
    out = np.zeros((n_steps, len(numbers), programs.N_CONSTANTS))
    for i, row in enumerate(numbers):
        for j, value in enumerate(row):
            out[:, i, j] = value
    return out


def n_blocks(n: int) -> int:
    """Return how many blocks of words n normals take, counted as the compiled loop does."""
    whole, rest = divmod(n, VECTOR_CHUNK)
    return whole * (VECTOR_CHUNK // 2) + int(n_vector_blocks(rest))
