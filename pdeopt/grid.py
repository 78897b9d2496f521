"""Rectangular grids: the nodes on which fields live."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from pdeopt._types import ArrayLike, FloatArray

__all__ = ["Grid"]

Item = TypeVar("Item")

ROUNDING = 4 * np.finfo(float).eps


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Grid:
    """A tensor product of axes, each uniform or stretched, each periodic or not.

    Parameters
    ----------
    lower, upper : float or sequence of float
        The ends of each axis. A single number serves every axis.
    shape : int or sequence of int
        Number of nodes per axis, at least two. Nodes include both ends, except on a periodic axis, where the
        upper end is the lower one again and is left out.
    periodic : bool or sequence of bool
        Whether an axis closes on itself, one for all axes or one per axis.

    Raises
    ------
    ValueError
        If an end is not finite, ``lower >= upper``, an axis has fewer than two nodes, or lengths do not
        match.

    See Also
    --------
    Grid.from_axes : a grid from given nodes, which may be unevenly spaced.

    Examples
    --------
    >>> grid = Grid(lower=-3.0, upper=3.0, shape=7)
    >>> grid.axes[0]
    array([-3., -2., -1.,  0.,  1.,  2.,  3.])
    >>> Grid((0.0, 0.0), (1.0, 2.0), (4, 5), periodic=(True, False)).spacing
    (0.25, 0.5)
    """

    lower: tuple[float, ...]
    upper: tuple[float, ...]
    shape: tuple[int, ...]
    periodic: tuple[bool, ...]
    _nodes: tuple[FloatArray, ...] | None

    def __init__(
        self,
        lower: float | Sequence[float],
        upper: float | Sequence[float],
        shape: int | Sequence[int],
        periodic: bool | Sequence[bool] = False,
        *,
        _nodes: tuple[FloatArray, ...] | None = None,
    ) -> None:
        # Written out because the fields are normal forms of what is accepted here.
        given = {"lower": lower, "upper": upper, "shape": shape, "periodic": periodic}
        columns = {name: _column(value) for name, value in given.items()}
        dim = max(len(column) for column in columns.values())
        columns = {name: _stretched_to(column, dim, name) for name, column in columns.items()}
        for name, cast in {"lower": _number, "upper": _number, "shape": _whole, "periodic": _flag}.items():
            object.__setattr__(self, name, tuple(cast(value, name) for value in columns[name]))
        object.__setattr__(self, "_nodes", _nodes)
        for index in range(dim):
            _check_axis(self.lower[index], self.upper[index], self.shape[index], index)

    @classmethod
    def from_axes(cls, *axes: ArrayLike, periodic: bool | Sequence[bool] = False) -> "Grid":
        """Build a grid from the nodes of each axis.

        Parameters
        ----------
        *axes : array_like, shape (n,)
            Strictly increasing nodes, one array per axis.
        periodic : bool or sequence of bool
            As for `Grid`. A periodic axis must be evenly spaced; its period is the number of nodes times the
            spacing.

        Returns
        -------
        Grid
            A grid that keeps the given nodes to the last bit.

        Raises
        ------
        ValueError
            If an axis is not a strictly increasing sequence of at least two finite numbers, or is periodic
            and unevenly spaced.

        Examples
        --------
        >>> Grid.from_axes([0.0, 0.1, 1.0]).uniform
        (False,)
        """
        if not axes:
            raise ValueError("axes is empty: pass one array of nodes per axis, e.g. from_axes([0.0, 0.5, 1.0]).")
        nodes = tuple(_checked_nodes(axis, index) for index, axis in enumerate(axes))
        wraps = _stretched_to(_column(periodic), len(nodes), "periodic")
        upper = [_period_end(axis, index) if wraps[index] else axis[-1] for index, axis in enumerate(nodes)]
        return cls([axis[0] for axis in nodes], upper, [axis.size for axis in nodes], wraps, _nodes=nodes)

    @property
    def dim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of nodes."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def extent(self) -> tuple[float, ...]:
        """Length of each axis, the period where it is periodic."""
        return tuple(high - low for low, high in zip(self.lower, self.upper, strict=True))

    @cached_property
    def axes(self) -> tuple[FloatArray, ...]:
        """The nodes of each axis, as read-only arrays."""
        if self._nodes is not None:
            # Given nodes are kept as they are, even where they are even up to rounding.
            return self._nodes
        ends = zip(self.lower, self.upper, self.shape, self.periodic, strict=True)
        return tuple(_frozen(np.linspace(low, high, n, endpoint=not wraps)) for low, high, n, wraps in ends)

    @cached_property
    def uniform(self) -> tuple[bool, ...]:
        """Whether each axis is evenly spaced, up to rounding."""
        return tuple(self._nodes is None or _is_uniform(axis) for axis in self.axes)

    @cached_property
    def spacing(self) -> tuple[float, ...]:
        """Distance between neighbours on each axis; the largest one where the axis is stretched."""
        steps = []
        for axis, extent, wraps, even in zip(self.axes, self.extent, self.periodic, self.uniform, strict=True):
            steps.append(extent / (axis.size - (not wraps)) if even else float(np.diff(axis).max()))
        return tuple(steps)

    def points(self) -> FloatArray:
        """Coordinates of all nodes, of shape ``shape + (dim,)``."""
        return np.stack(np.meshgrid(*self.axes, indexing="ij"), axis=-1)

    def refined(self, factor: int) -> "Grid":
        """Return the grid with every cell cut into ``factor`` equal parts; the old nodes stay nodes."""
        if not np.isfinite(_number(factor, "factor")) or int(factor) != factor or factor < 1:
            raise ValueError(f"factor={factor!r} must be a whole number of at least 1, e.g. factor=2.")
        counts = [
            n * factor if wraps else (n - 1) * factor + 1 for n, wraps in zip(self.shape, self.periodic, strict=True)
        ]
        if self._nodes is None:
            return Grid(self.lower, self.upper, counts, self.periodic)
        finer = [_subdivided(axis, int(factor), wraps) for axis, wraps in zip(self.axes, self.periodic, strict=True)]
        return Grid.from_axes(*finer, periodic=self.periodic)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grid) and self._content() == other._content()

    def __hash__(self) -> int:
        return hash(self._content())

    def __repr__(self) -> str:
        if self._nodes is None or all(self.uniform):
            return f"Grid(lower={self.lower}, upper={self.upper}, shape={self.shape}, periodic={self.periodic})"
        axes = ", ".join(f"<{axis.size} nodes in [{axis[0]:g}, {axis[-1]:g}]>" for axis in self.axes)
        return f"Grid.from_axes({axes}, periodic={self.periodic})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.lower, self.upper, self.shape, self.periodic, self._nodes)

    def _content(self) -> tuple[Any, ...]:
        return self.periodic, self.upper, tuple(axis.tobytes() for axis in self.axes)


def _rebuilt(
    lower: tuple[float, ...],
    upper: tuple[float, ...],
    shape: tuple[int, ...],
    periodic: tuple[bool, ...],
    nodes: tuple[FloatArray, ...] | None,
) -> Grid:
    frozen = None if nodes is None else tuple(_frozen(axis) for axis in nodes)
    return Grid(lower, upper, shape, periodic, _nodes=frozen)


def _column(value: Any) -> list[Any]:
    return [value] if np.ndim(value) == 0 else list(value)


def _stretched_to(column: list[Item], dim: int, name: str) -> list[Item]:
    if len(column) not in (1, dim):
        raise ValueError(
            f"{name}={tuple(column)} has {len(column)} entries for a grid of {dim} axes. Give {dim} of them, or one."
        )
    return column * dim if len(column) == 1 else column


def _number(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} has the entry {value!r}: use a number, such as 2.") from None


def _whole(value: Any, name: str) -> int:
    number = _number(value, name)
    if not np.isfinite(number) or int(number) != number:
        example = max(round(number), 2) if np.isfinite(number) else 65
        raise ValueError(f"{name} has the entry {value!r}: a number of nodes is a whole number, e.g. {example}.")
    return int(number)


def _flag(value: Any, name: str) -> bool:
    # A string is true whatever it says.
    if not (isinstance(value, bool | np.bool_) or (isinstance(value, int | np.integer) and value in (0, 1))):
        raise TypeError(f"{name} has the entry {value!r}: use {name}=True or {name}=False, or one of them per axis.")
    return bool(value)


def _check_axis(lower: float, upper: float, n_nodes: int, index: int) -> None:
    if not (np.isfinite(lower) and np.isfinite(upper)):
        raise ValueError(
            f"axis {index} runs from lower={lower} to upper={upper}. Both ends must be finite, e.g. -1.0 and 1.0."
        )
    if lower >= upper:
        raise ValueError(
            f"lower={lower} is not below upper={upper} on axis {index}. "
            f"Use lower={min(lower, upper)} and upper={max(lower, upper) if lower != upper else upper + 1.0}."
        )
    if n_nodes < 2:
        raise ValueError(f"shape={n_nodes} on axis {index} is below the limit of 2 nodes. Use shape=2 or more.")
    if not np.finfo(float).eps * max(abs(lower), abs(upper)) * n_nodes < upper - lower < np.inf:
        raise ValueError(
            f"axis {index} from lower={lower} to upper={upper} has no room for shape={n_nodes} different numbers, or "
            f"its length is not finite. Shift or scale the axis, e.g. to lower=-1.0 and upper=1.0."
        )


def _checked_nodes(axis: ArrayLike, index: int) -> FloatArray:
    try:
        nodes = np.array(axis, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"axis {index} is {axis!r}: an axis is a sequence of numbers, e.g. [0.0, 0.5, 1.0].") from None
    if nodes.ndim != 1 or nodes.size < 2:
        raise ValueError(
            f"axis {index} has shape {nodes.shape}: an axis is a sequence of at least 2 nodes, e.g. [0.0, 0.5, 1.0]."
        )
    if not np.isfinite(nodes).all():
        first = int(np.flatnonzero(~np.isfinite(nodes))[0])
        raise ValueError(
            f"axis {index} has the node {nodes[first]} at position {first}. Nodes must be finite: remove it."
        )
    if (drops := np.flatnonzero(np.diff(nodes) <= 0)).size:
        first = int(drops[0])
        raise ValueError(
            f"axis {index} goes from {nodes[first]} to {nodes[first + 1]} at position {first}. Nodes must "
            "increase strictly: numpy.unique sorts them and removes repeats (reorder the samples to match)."
        )
    return _frozen(nodes)


def _period_end(axis: FloatArray, index: int) -> float:
    if not _is_uniform(axis):
        raise ValueError(
            f"axis {index} is periodic and unevenly spaced (gaps {np.diff(axis).min():g} to "
            f"{np.diff(axis).max():g}). "
            f"A periodic axis must be uniform: use Grid(lower={axis[0]}, upper=<lower + period>, "
            f"shape={axis.size}, "
            "periodic=True) and resample, or periodic=False."
        )
    return float(axis[-1] + (axis[-1] - axis[0]) / (axis.size - 1))


def _is_uniform(axis: FloatArray) -> bool:
    # Nodes that went through arithmetic or a file are even up to a few roundings of the largest.
    even = np.linspace(axis[0], axis[-1], axis.size)
    return bool(np.abs(axis - even).max() <= ROUNDING * np.abs(axis).max())


def _subdivided(axis: FloatArray, factor: int, wraps: bool) -> FloatArray:
    closed = np.append(axis, _period_end(axis, 0)) if wraps else axis
    positions = np.arange((closed.size - 1) * factor + (not wraps)) / factor
    return np.interp(positions, np.arange(closed.size), closed)


def _frozen(axis: FloatArray) -> FloatArray:
    axis.flags.writeable = False
    return axis
