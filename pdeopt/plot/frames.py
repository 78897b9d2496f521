"""What all pictures share: one moment of a result, its words, and its colours."""

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, eq=False)
class Frame:
    """A result at one time, cut to two axes if it has three."""

    values: FloatArray
    grid: Grid
    title: str
    result: Relaxation | None
    index: int | None
    cut: int | None = None

    def field(self, name: str) -> FloatArray:
        """Return a derived field of the result at this time, such as ``"gradient"``."""
        assert self.result is not None
        whole: FloatArray = getattr(self.result, name)
        whole = whole if self.index is None else whole[self.index]
        return whole if self.cut is None else whole[:, :, self.cut, :2]


def times_of(result: Relaxation) -> FloatArray:
    """Return the times of a result as an array."""
    return np.atleast_1d(np.asarray(result.time, dtype=float))


def number(value: float) -> str:
    """Return a number as mathematics."""
    return r"\infty" if np.isinf(value) else f"{value:.4g}"


def frame(result: Relaxation, index: int = -1) -> Frame:
    """Return one time of a result."""
    several = np.ndim(result.time) > 0
    time = float(times_of(result)[index if several else 0])
    values = result.values[index] if several else result.values
    title = rf"$t = {number(time)}$, $\beta = {number(result.beta)}$"
    return _cut(Frame(values, result.grid, title, result, index if several else None))


def first_frame(result: Relaxation) -> Frame:
    """Return the landscape a result started from."""
    return _cut(Frame(result.initial, result.grid, "$t = 0$", None, None))


def _cut(whole: Frame) -> Frame:
    if whole.grid.dim != 3:
        return whole
    k = int(np.unravel_index(int(np.argmin(whole.values)), whole.grid.shape)[2])
    plane = Grid.from_axes(*whole.grid.axes[:2], periodic=whole.grid.periodic[:2])
    title = f"{whole.title}, $z = {number(float(whole.grid.axes[2][k]))}$"
    return Frame(whole.values[..., k], plane, title, whole.result, whole.index, k)


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
