"""What a time stepper is: a record of its order that makes steps for a split generator."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import ClassVar

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kolmogorov.stencil import Split

__all__ = ["Scheme", "Stepper", "checked_splits", "shape_of"]


def shape_of(split: Split) -> tuple[int, ...]:
    """Return the shape of the grid of a split."""
    return split.axes[0].lower.shape


@dataclass(frozen=True, eq=False, repr=False)
class Stepper(ABC):
    """One step of a scheme, a linear map R of fields (and what a source adds), with its exact transpose.

    Parameters
    ----------
    shape : tuple of int
        Of the grid. Fields may carry leading axes, one copy of the grid for each entry.
    """

    shape: tuple[int, ...]

    def apply(self, values: ArrayLike, source: Sequence[ArrayLike] | None = None) -> FloatArray:
        """Return the values one step later.

        Parameters
        ----------
        values : array_like, shape ``(..., *shape)``
        source : sequence of array_like, optional
            What is added per unit of time at each of the scheme's `stages`; each broadcasts to `values`.
        """
        given = np.asarray(values, dtype=np.float64)
        rates = None if source is None else [self._flat(np.broadcast_to(item, given.shape)) for item in source]
        return self._apply(self._flat(given), rates).reshape(given.shape)

    def transpose(self, masses: ArrayLike) -> FloatArray:
        """Return what the transposed step makes of masses, shape ``(..., *shape)``."""
        given = np.asarray(masses, dtype=np.float64)
        return self._transpose(self._flat(given)).reshape(given.shape)

    def _flat(self, values: ArrayLike) -> FloatArray:
        return np.ascontiguousarray(values, dtype=np.float64).reshape(-1, prod(self.shape))

    @abstractmethod
    def _apply(self, values: FloatArray, source: list[FloatArray] | None) -> FloatArray:
        """Return the next values; arrays of shape (copies, nodes)."""

    @abstractmethod
    def _transpose(self, masses: FloatArray) -> FloatArray:
        """Return the transposed step of masses of shape (copies, nodes)."""


@dataclass(frozen=True)
class Scheme(ABC):
    """A one-step method for u' = A u + f with a split generator A.

    Attributes
    ----------
    name : str
        As typed in ``method=``.
    order : int
        Of the error at a fixed time, mixed derivatives and coefficients that depend on time included.
    stages : tuple of float
        Where in the step, from 0 at its beginning to 1 at its end, generator and source are taken.
    reference : str
    """

    name: ClassVar[str]
    order: ClassVar[int]
    stages: ClassVar[tuple[float, ...]] = (0.0, 1.0)
    reference: ClassVar[str]

    @abstractmethod
    def stepper(self, splits: Split | Sequence[Split], step: float) -> Stepper:
        """Return a step of the scheme.

        Parameters
        ----------
        splits : Split or sequence of Split
            The generator, or one for each of `stages`.
        step : float
            Length of the step, positive in either direction of time.
        """


def checked_splits(scheme: Scheme, splits: Split | Sequence[Split], step: float) -> tuple[Split, ...]:
    """Return one split per stage, or raise where there is another number of them or the step is not positive."""
    given = (_tidied(splits),) * len(scheme.stages) if isinstance(splits, Split) else tuple(splits)
    if len(given) != len(scheme.stages):
        raise ValueError(
            f"splits has {len(given)} entries, but {scheme.name} takes {len(scheme.stages)}, at {scheme.stages} of "
            "the step. Pass one Split for a generator that does not depend on time."
        )
    if not 0.0 < step < np.inf:
        raise ValueError(f"step={step} must be positive and finite, such as 0.01, in either direction of time.")
    return given if isinstance(splits, Split) else tuple(_tidied(split) for split in given)


def _tidied(split: Split) -> Split:
    """Return the split with what the mixed part kills shared by the axes, which are implicit."""
    if split.cross is None or not split.cross.killing.any():
        return split
    share = split.cross.killing / len(split.axes)
    axes = [replace(part, diagonal=part.diagonal - share) for part in split.axes]
    return Split(tuple(axes), replace(split.cross, killing=np.zeros_like(share)))
