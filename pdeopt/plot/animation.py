"""A landscape relaxing, or any solution of a Hamilton-Jacobi equation, as an animated GIF."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.plot.files import replacing
from pdeopt.plot.frames import Evolution, Frame, add_bar, add_marks, colours_for, first_frame, frame, moment, times_of
from pdeopt.plot.gif import GifWriter
from pdeopt.plot.planes import fill, picture_size

__all__ = ["Film", "animate"]

RESOLUTION = 90


class Film:
    """An animated GIF to which frames are added one by one; memory does not grow with their number.

    Parameters
    ----------
    path : str or Path
        Ends in .gif. The file is complete or not there at all.
    first : Frame
        The first one, from which layout and colours are taken.
    frames_per_second : int
        Speed, positive.
    marks : array_like, shape (n, d), optional
        Points to mark.

    Raises
    ------
    ValueError
        If `path` does not end in .gif.

    See Also
    --------
    pdeopt.plot.solutions.film : one for a problem that is being solved.
    """

    def __init__(
        self, path: str | Path, first: Frame, *, frames_per_second: int = 10, marks: ArrayLike | None = None
    ) -> None:
        if Path(path).suffix.lower() != ".gif":
            raise ValueError(f"path={str(path)!r} must end in .gif.")
        self.path, self.first, self.speed, self.marks = Path(path), first, frames_per_second, marks

    def __enter__(self) -> "Film":
        grid = self.first.grid
        size = (6.4, 4.2) if grid.dim == 1 else picture_size(grid)
        with ExitStack() as stack:
            self._figure, ax = plt.subplots(figsize=size, layout="compressed")
            stack.callback(plt.close, self._figure)
            stream = stack.enter_context(stack.enter_context(replacing(self.path)).open("wb"))
            self._writer = GifWriter(stream, self.speed, RESOLUTION)
            self._draw = (_curve if grid.dim == 1 else _contour)(self.first, ax, self.marks)
            self._draw(self.first)
            # The first frame fixes the layout, so that nothing shifts from frame to frame.
            self._figure.draw_without_rendering()
            self._figure.draw_without_rendering()
            self._figure.set_layout_engine("none")
            self._writer.add(self._figure)
            stack.push(self._finish)
            self._stack = stack.pop_all()
        return self

    def add(self, view: Frame) -> None:
        """Add a frame."""
        self._draw(view)
        self._writer.add(self._figure)

    def __call__(self, time: float, values: FloatArray) -> None:
        """Add the solution at a time, as `pdeopt.solve_hamilton_jacobi` hands it to `on_frame`."""
        self.add(moment(values, time, self.first))

    def _finish(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._writer.finish()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)


def animate(
    result: Evolution,
    path: str | Path,
    *,
    frames_per_second: int = 10,
    marks: ArrayLike | None = None,
    progress: bool = True,
) -> Path:
    """Write an animated GIF of a result with several times.

    Parameters
    ----------
    result : Relaxation or HamiltonJacobiSolution
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
    pdeopt.plot.solutions.film : frames of a solution as they come.
    pdeopt.plot.planes.strip : several times in one still picture.
    """
    if np.ndim(result.time) == 0:
        raise ValueError(
            f"time={result.time} is a single time; relax with several, e.g. time=np.geomspace(0.01, 1.0, 40)."
        )
    with Film(path, first_frame(result), frames_per_second=frames_per_second, marks=marks) as film:
        for k in tqdm(range(times_of(result).size), desc="frames", unit="frame", disable=None if progress else True):
            film.add(frame(result, k))
    return Path(path)


def _curve(first: Frame, ax: Axes, marks: ArrayLike | None) -> Callable[[Frame], None]:
    x = first.grid.axes[0]
    finite = np.where(np.isfinite(first.values), first.values, np.nan)
    ax.plot(x, finite, color="0.6", ls="--", label="$t = 0$")
    (line,) = ax.plot(x, finite, color="tab:purple", label=first.words.solution)
    for place in () if marks is None else np.ravel(np.asarray(marks, dtype=float)):
        ax.axvline(place, color="0.6", lw=0.8, zorder=0)
    ax.set(xlabel=first.words.axis("x"), ylabel=first.words.height, xlim=(x[0], x[-1]))
    ax.set_ylim(*_widened(np.nanmin(finite), np.nanmax(finite)))
    ax.legend(loc="upper right")

    def draw(view: Frame) -> None:
        values = np.where(np.isfinite(view.values), view.values, np.nan)
        line.set_ydata(values)
        low, high = ax.get_ylim()
        if np.nanmin(values) < low or np.nanmax(values) > high:
            ax.set_ylim(*_widened(min(low, np.nanmin(values)), max(high, np.nanmax(values))))
        ax.set_title(view.title)

    return draw


def _widened(low: float, high: float) -> tuple[float, float]:
    room = 0.05 * (high - low) + 1e-12
    return float(low - room), float(high + room)


def _contour(first: Frame, ax: Axes, marks: ArrayLike | None) -> Callable[[Frame], None]:
    norm = colours_for([first.values])
    add_bar(norm, ax, first.words.height)

    def draw(view: Frame) -> None:
        ax.clear()
        fill(ax, view, norm)
        add_marks(ax, marks)

    return draw
