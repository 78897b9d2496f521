"""A landscape relaxing, as an animated GIF."""

from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import PillowWriter
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from tqdm import tqdm

from pdeopt._types import ArrayLike
from pdeopt.plot.files import replacing
from pdeopt.plot.frames import LENGTH, LOSS, add_bar, add_marks, colours_for, first_frame, frame, times_of
from pdeopt.plot.planes import fill, picture_size
from pdeopt.results import Relaxation

__all__ = ["animate"]

RESOLUTION = 90


def animate(
    result: Relaxation,
    path: str | Path,
    *,
    frames_per_second: int = 10,
    marks: ArrayLike | None = None,
    progress: bool = True,
) -> Path:
    """Write an animated GIF of a result with several times.

    Parameters
    ----------
    result : Relaxation
        With a sequence of times; each is a frame, after one of the landscape itself.
    path : str or Path
        Ends in .gif. The file is complete or not there at all.
    frames_per_second : int
        Speed, positive.
    marks : array_like, shape (n, d), optional
        Points to mark.
    progress : bool
        Whether to show a progress bar on standard error, where that is a terminal.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    ValueError
        If the result has a single time, or `path` does not end in .gif.

    See Also
    --------
    pdeopt.plot.planes.strip : several times in one still picture.
    """
    if np.ndim(result.time) == 0:
        raise ValueError(
            f"time={result.time} is a single time; relax with several, e.g. time=np.geomspace(0.01, 1.0, 40)."
        )
    if Path(path).suffix.lower() != ".gif":
        raise ValueError(f"path={str(path)!r} must end in .gif.")
    size = (6.4, 4.2) if result.grid.dim == 1 else picture_size(result.grid)
    figure, ax = plt.subplots(figsize=size, layout="compressed")
    try:
        draw = (_curve if result.grid.dim == 1 else _contour)(result, ax, marks)
        with replacing(path) as temporary:
            _write(figure, draw, times_of(result).size, temporary, frames_per_second, progress)
    finally:
        plt.close(figure)
    return Path(path)


def _write(figure: Figure, draw: Callable[[int], None], n: int, path: Path, speed: int, progress: bool) -> None:
    writer = PillowWriter(fps=speed)
    with writer.saving(figure, str(path), RESOLUTION):
        for k in tqdm(range(-1, n), desc="frames", unit="frame", disable=None if progress else True):
            draw(k)
            _settle(figure, k)
            writer.grab_frame()


def _settle(figure: Figure, k: int) -> None:
    """Let the first frame fix the layout, so that nothing shifts from frame to frame."""
    if k < 0:
        figure.draw_without_rendering()
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def _curve(result: Relaxation, ax: Axes, marks: ArrayLike | None) -> Callable[[int], None]:
    x = result.grid.axes[0]
    finite = np.where(np.isfinite(result.initial), result.initial, np.nan)
    ax.plot(x, finite, color="0.6", ls="--", label="$t = 0$")
    (line,) = ax.plot(x, finite, color="tab:purple", label="relaxed")
    for place in () if marks is None else np.ravel(np.asarray(marks, dtype=float)):
        ax.axvline(place, color="0.6", lw=0.8, zorder=0)
    low, high = (
        np.nanmin([np.nanmin(finite), result.values.min()]),
        np.nanmax([np.nanmax(finite), result.values.max()]),
    )
    room = 0.05 * (high - low) + 1e-12
    ax.set(xlabel=f"x ({LENGTH})", ylabel=LOSS, xlim=(x[0], x[-1]), ylim=(low - room, high + room))
    ax.legend(loc="upper right")

    def draw(k: int) -> None:
        view = first_frame(result) if k < 0 else frame(result, k)
        line.set_ydata(np.where(np.isfinite(view.values), view.values, np.nan))
        ax.set_title(view.title)

    return draw


def _contour(result: Relaxation, ax: Axes, marks: ArrayLike | None) -> Callable[[int], None]:
    norm = colours_for([first_frame(result).values])
    add_bar(norm, ax, LOSS)

    def draw(k: int) -> None:
        ax.clear()
        fill(ax, first_frame(result) if k < 0 else frame(result, k), norm)
        add_marks(ax, marks)

    return draw
