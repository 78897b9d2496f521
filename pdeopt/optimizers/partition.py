"""Any method on any layers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from pdeopt._types import IntArray
from pdeopt.optimizers.machine import Part
from pdeopt.optimizers.method import Method, Rule
from pdeopt.optimizers.structure import Structure

__all__ = ["Partition"]


@dataclass(frozen=True)
class Partition(Method):
    """Different methods on different parts of a network, all with the same gradients.

    Parameters
    ----------
    methods : mapping of str to rule
        By part: a layer (``"layer1"``), a tensor (``"layer1.weight"``), ``"first"``, ``"last"``, ``"inner"``,
        ``"weights"``, ``"biases"``, or ``"rest"``, all that no other name takes.

    Raises
    ------
    ValueError
        When it meets a network that has no such part, or where two parts overlap, or where one is left over.

    Notes
    -----
    What the methods do to different parts commutes but for the gradient, so the order of the mapping does not matter.
    The one that takes most gradients in a step sets their number: the others take the first ones.

    Examples
    --------
    >>> from pdeopt.optimizers import SGD, AdLa
    >>> print(Partition({"first": AdLa(), "rest": SGD(0.2)}).methods["rest"])
    sgd(step_size=0.2)
    """

    name: ClassVar[str] = "partition"
    methods: Mapping[str, Rule]

    def __post_init__(self) -> None:
        if not self.methods:
            raise ValueError("methods={} must name at least one part, e.g. methods={'all': SGD(0.1)}.")
        for name, method in self.methods.items():
            if not isinstance(method, Rule):
                raise TypeError(f"methods[{name!r}]={method!r} must be a rule such as SGD(0.1).")

    def __hash__(self) -> int:
        return hash(tuple(self.methods.items()))

    def __str__(self) -> str:
        """Return the method of every part."""
        return f"{self.name}({', '.join(f'{part}: {method}' for part, method in self.methods.items())})"

    def parts(self, structure: Structure) -> list[Part]:
        """Return which method moves which slices."""
        taken = np.zeros(structure.n_parameters, dtype=np.int64)
        slices = {name: structure.find(name) for name in self.methods if name != "rest"}
        for pieces in slices.values():
            for piece in pieces:
                taken[piece] += 1
        if (taken > 1).any():
            raise ValueError(f"parts {', '.join(slices)} overlap at parameter {taken.argmax()}. Use parts that do not.")
        if "rest" in self.methods:
            slices["rest"] = runs_of_zero(taken)
        elif (taken == 0).any():
            raise ValueError(f"no part takes parameter {taken.argmin()}. Add 'rest': SGD(0.1).")
        parts = [(name, part) for name, method in self.methods.items() for part in method.on(slices[name], structure)]
        return [replace(part, thermostat=own_name(name, part, parts)) for name, part in parts]


def own_name(name: str, part: Part, parts: Sequence[tuple[str, Part]]) -> str:
    """Return the name of a thermostat; where several have it, as methods share a layer, with what it acts on."""
    shared = [one for _, one in parts if one.thermostat == part.thermostat]
    return part.thermostat if len(shared) < 2 or not part.thermostat else f"{name} of {part.thermostat}"


def runs_of_zero(taken: IntArray) -> list[slice]:
    """Return the slices where an array is 0."""
    edges = np.flatnonzero(np.diff(np.concatenate(([1], taken != 0, [1]))))
    return [slice(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
