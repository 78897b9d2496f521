"""What all pictures share: one moment of a result, its words, and its colours."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, PowerNorm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.results import Relaxation

LOSS = "loss"
LENGTH = "length"
TIME = "time (length$^2$ / loss)"
COLOURS = "viridis"
N_LEVELS = 24
SKEWED = 0.3


class Evolution(Protocol):
    """What a result must have to be drawn: a `Relaxation`, or a `HamiltonJacobiSolution`."""

    @property
    def values(self) -> FloatArray:
        """Values, with a leading axis for a sequence of times."""
        ...

    @property
    def grid(self) -> Grid:
        """Where."""
        ...

    @property
    def time(self) -> float | FloatArray:
        """When."""
        ...

    @property
    def initial(self) -> FloatArray:
        """Values at time zero."""
        ...

    @property
    def name(self) -> str:
        """Of the landscape."""
        ...


class Words(NamedTuple):
    """What labels of a result say."""

    length: str
    height: str
    time: str
    parameter: str
    solution: str

    def axis(self, name: str) -> str:
        """Return the label of an axis."""
        return f"{name} ({self.length})" if self.length else name


@dataclass(frozen=True, eq=False)
class Frame:
    """A result at one time, cut to two axes if it has three."""

    values: FloatArray
    grid: Grid
    title: str
    words: Words
    result: Evolution | None = None
    index: int | None = None
    cut: int | None = None

    def field(self, name: str) -> FloatArray:
        """Return a derived field of the result at this time, such as ``"gradient"``."""
        assert self.result is not None
        whole: FloatArray = getattr(self.result, name)
        whole = whole if self.index is None else whole[self.index]
        return whole if self.cut is None else whole[:, :, self.cut, :2]


def words_of(result: Evolution) -> Words:
    """Return what the labels of a result say: a relaxation has units."""
    if isinstance(result, Relaxation):
        return Words(LENGTH, LOSS, TIME, rf"$\beta = {number(result.beta)}$", "relaxed")
    viscosity = getattr(result, "viscosity", 0.0)
    viscous = np.ndim(viscosity) == 0 and viscosity > 0.0
    return Words("", "u", "time", rf"$\nu = {number(float(viscosity))}$" if viscous else "", "u")


def times_of(result: Evolution) -> FloatArray:
    """Return the times of a result as an array."""
    return np.atleast_1d(np.asarray(result.time, dtype=float))


def number(value: float) -> str:
    """Return a number as mathematics."""
    return r"\infty" if np.isinf(value) else f"{value:.4g}"


def frame(result: Evolution, index: int = -1) -> Frame:
    """Return one time of a result."""
    several = np.ndim(result.time) > 0
    time = float(times_of(result)[index if several else 0])
    values = result.values[index] if several else result.values
    words = words_of(result)
    return _cut(Frame(values, result.grid, _title(time, words), words, result, index if several else None))


def first_frame(result: Evolution) -> Frame:
    """Return the landscape a result started from."""
    return _cut(Frame(result.initial, result.grid, "$t = 0$", words_of(result)))


def moment(values: FloatArray, time: float, like: Frame) -> Frame:
    """Return a frame of values that belong to no result yet; those of three axes are cut where `like` is."""
    shown = values if like.cut is None else values[..., like.cut]
    return replace(like, values=shown, title=_title(time, like.words))


def _title(time: float, words: Words) -> str:
    return rf"$t = {number(time)}$" + (f", {words.parameter}" if words.parameter else "")


def _cut(whole: Frame) -> Frame:
    if whole.grid.dim != 3:
        return whole
    k = int(np.unravel_index(int(np.argmin(whole.values)), whole.grid.shape)[2])
    plane = Grid.from_axes(*whole.grid.axes[:2], periodic=whole.grid.periodic[:2])
    title = f"{whole.title}, $z = {number(float(whole.grid.axes[2][k]))}$"
    return replace(whole, values=whole.values[..., k], grid=plane, title=title, cut=k)


def colours_for(fields: Sequence[FloatArray]) -> Normalize:
    """Return one scale of colour for several fields: by the square root where most values are small ones."""
    finite = np.concatenate([field[np.isfinite(field)] for field in fields])
    low, middle, high = (float(q) for q in np.quantile(finite, [0.0, 0.5, 1.0]))
    high = high if high > low else low + 1.0
    if middle - low < SKEWED * (high - low):
        return PowerNorm(0.5, vmin=low, vmax=high)
    return Normalize(vmin=low, vmax=high)


def levels_for(norm: Normalize, n_levels: int = N_LEVELS) -> FloatArray:
    """Return levels that are evenly spaced in colour."""
    return np.asarray(norm.inverse(np.linspace(0.0, 1.0, n_levels + 1)), dtype=float)


def check_axes(grid: Grid, name: str) -> None:
    """Raise ValueError where a picture of this name would have more than two axes."""
    if grid.dim > 2:
        raise ValueError(f"{name} needs a grid with one or two axes, this one has {grid.dim}; draw a slice of it.")


def add_bar(
    norm: Normalize, axes: Axes | Sequence[Axes], label: str, colours: str = COLOURS, pad: float = 0.03
) -> None:
    """Add a colour bar beside one or several axes."""
    first = axes if isinstance(axes, Axes) else axes[0]
    figure = first.get_figure(root=True)
    assert figure is not None
    figure.colorbar(ScalarMappable(norm, colours), ax=axes, label=label, fraction=0.05, pad=pad)


def add_marks(ax: Axes, marks: ArrayLike | None) -> None:
    """Mark points of the plane, numbered from one."""
    if marks is None:
        return
    for k, (x, y) in enumerate(np.asarray(marks, dtype=float)[:, :2], start=1):
        ax.plot(x, y, "o", color="white", markeredgecolor="black", markersize=12, zorder=5, clip_on=False)
        ax.annotate(str(k), (x, y), fontsize=8, ha="center", va="center_baseline", zorder=6, annotation_clip=False)
