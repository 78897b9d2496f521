"""The names of the parts of a parameter vector."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Structure"]


@dataclass(frozen=True, eq=False)
class Structure:
    """A vector of parameters and the names of its slices.

    Parameters
    ----------
    n_parameters : int
    slices : mapping of str to slice
        Layers, such as ``"layer1"``, and tensors, such as ``"layer1.weight"``, in order. None for a plain vector.

    Examples
    --------
    >>> Structure(9, {"layer1": slice(0, 6), "layer2": slice(6, 9)}).find("last")
    [slice(6, 9, None)]
    """

    n_parameters: int
    slices: Mapping[str, slice] = field(default_factory=dict)

    @property
    def layers(self) -> dict[str, slice]:
        """Slices of the layers; a plain vector is one layer named ``all``."""
        found = {name: part for name, part in self.slices.items() if "." not in name}
        return found or {"all": slice(0, self.n_parameters)}

    @property
    def tensors(self) -> dict[str, slice]:
        """Slices of weights and biases; where there are none, the layers."""
        return {name: part for name, part in self.slices.items() if "." in name} or self.layers

    def find(self, name: str) -> list[slice]:
        """Return the slices that a name means.

        Parameters
        ----------
        name : str
            A layer, a tensor, or ``"all"``, ``"first"``, ``"last"``, ``"inner"`` (all layers but the first and last),
            ``"weights"``, ``"biases"``.

        Raises
        ------
        ValueError
            If nothing has this name; the message lists those there are.
        """
        layers = list(self.layers.values())
        groups = {"all": layers, "first": layers[:1], "last": layers[-1:], "inner": layers[1:-1]}
        if name in self.slices:
            return [self.slices[name]]
        if name in groups:
            return groups[name]
        if name in ("weights", "biases"):
            ending = ".weight" if name == "weights" else ".bias"
            return [part for tensor, part in self.tensors.items() if tensor.endswith(ending)]
        known = [*self.slices, *groups, "weights", "biases", "rest"]
        raise ValueError(f"part={name!r} is not a part of these parameters. Use one of {', '.join(known)}.")

    def split(self, parts: list[slice], scope: str) -> dict[str, list[slice]]:
        """Return the pieces of some slices that share a thermostat: by ``"layer"``, ``"tensor"`` or ``"all"``."""
        if scope == "all":
            return {"+".join(self._name(part) for part in parts): parts}
        names = self.layers if scope == "layer" else self.tensors
        pieces = {name: [common(part, whole) for part in parts] for name, whole in names.items()}
        kept = {name: [piece for piece in found if piece.stop > piece.start] for name, found in pieces.items()}
        return {name: found for name, found in kept.items() if found}

    def _name(self, part: slice) -> str:
        names = [name for name, known in self.slices.items() if known == part]
        return names[0] if names else f"{part.start}:{part.stop}"


def common(a: slice, b: slice) -> slice:
    """Return what two slices share, empty if nothing."""
    return slice(max(a.start, b.start), min(a.stop, b.stop))


def joined(parts: list[slice]) -> list[slice]:
    """Return the same parts with those that follow each other made one."""
    found: list[slice] = []
    for part in sorted(parts, key=lambda one: one.start):
        follows = found and found[-1].stop == part.start
        found = [*found[:-1], slice(found[-1].start, part.stop)] if follows else [*found, part]
    return found
