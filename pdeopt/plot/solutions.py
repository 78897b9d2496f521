"""Pictures of solutions of Hamilton-Jacobi equations, and films of them while they are found."""

from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import HamiltonJacobi, HamiltonJacobiSolution
from pdeopt.landscapes import Landscape
from pdeopt.plot.animation import Film
from pdeopt.plot.frames import Frame, add_bar, colours_for, first_frame, number, times_of, words_of
from pdeopt.plot.lines import curves
from pdeopt.plot.planes import fill, strip

__all__ = ["film", "solution"]

PANEL = 3.4
MOST_CURVES, MOST_PANELS = 24, 5
PLANES = ((0, 1), (0, 2), (1, 2))


def solution(result: HamiltonJacobiSolution, *, index: int = -1) -> list[Axes]:
    """Draw a solution: curves on a line, contours side by side in the plane, three slices in space.

    Parameters
    ----------
    result : HamiltonJacobiSolution
        Of many times some are shown, evenly spread, the last one among them.
    index : int
        In space, which time.

    Returns
    -------
    list of Axes
    """
    if result.grid.dim == 1:
        return [curves(_some_times(result, MOST_CURVES))]
    return strip(_some_times(result, MOST_PANELS)) if result.grid.dim == 2 else _slices(result, index)


def _some_times(result: HamiltonJacobiSolution, most: int) -> HamiltonJacobiSolution:
    times = times_of(result)
    if times.size <= most:
        return result
    shown = np.linspace(0, times.size - 1, most).round().astype(int)
    return replace(result, values=result.values[shown], time=times[shown])


def _slices(result: HamiltonJacobiSolution, index: int) -> list[Axes]:
    """Draw the planes through the lowest node."""
    one = result.frame(index)
    values, (time,) = one.values, times_of(one)
    lowest = np.unravel_index(int(np.argmin(values)), result.grid.shape)
    figure, panels = plt.subplots(1, 3, figsize=(3 * PANEL + 1.2, PANEL), layout="compressed")
    cuts = [_slice(values, result.grid, axes, lowest) for axes in PLANES]
    norm, words = colours_for([cut for cut, _, _ in cuts]), words_of(result)
    for ax, axes, (cut, grid, title) in zip(panels, PLANES, cuts, strict=True):
        fill(ax, Frame(cut, grid, title, words), norm)
        ax.set(xlabel=words.axis("xyz"[axes[0]]), ylabel=words.axis("xyz"[axes[1]]))
    figure.suptitle(f"$t = {number(time)}$" + (f", {words.parameter}" if words.parameter else ""))
    add_bar(norm, list(panels), words.height)
    return list(panels)


def _slice(
    values: FloatArray, grid: Grid, axes: tuple[int, int], lowest: tuple[np.intp, ...]
) -> tuple[FloatArray, Grid, str]:
    (left,) = {0, 1, 2} - set(axes)
    plane = Grid.from_axes(*(grid.axes[axis] for axis in axes), periodic=[grid.periodic[axis] for axis in axes])
    k = int(lowest[left])
    return np.moveaxis(values, left, 0)[k], plane, f"${'xyz'[left]} = {number(float(grid.axes[left][k]))}$"


def film(
    path: str | Path, problem: HamiltonJacobi, *, frames_per_second: int = 10, marks: ArrayLike | None = None
) -> Film:
    """Return a film to which `pdeopt.solve_hamilton_jacobi` adds frames as they come, with `on_frame`.

    Parameters
    ----------
    path : str or Path
        Ends in .gif. The file is complete, or not there at all, at the end of the `with` block.
    problem : HamiltonJacobi
        Its initial values are the first frame.
    frames_per_second : int
        Speed, positive.
    marks : array_like, shape (n, d), optional
        Points to mark.

    Returns
    -------
    Film

    Raises
    ------
    ValueError
        If `path` does not end in .gif.

    Examples
    --------
    >>> import pdeopt, tempfile
    >>> path = Path(tempfile.mkdtemp()) / "wave.gif"
    >>> problem = pdeopt.HamiltonJacobi(pdeopt.landscapes.double_well(), pdeopt.Grid(-2.0, 2.0, 41))
    >>> with film(path, problem) as frames:
    ...     last = pdeopt.solve_hamilton_jacobi(problem, 0.2, every=0.1, keep_frames=False, on_frame=frames)
    >>> path.stat().st_size > 1000
    True
    """
    nu = problem.viscosity_values
    empty = HamiltonJacobiSolution(
        values=problem.initial_values,
        grid=problem.grid,
        time=0.0,
        initial=problem.initial_values,
        viscosity=nu if nu.ndim else float(nu),
        boundary=(),
        method="",
        stepper="",
        name=problem.initial.name if isinstance(problem.initial, Landscape) else "",
    )
    return Film(path, first_frame(empty), frames_per_second=frames_per_second, marks=marks)
