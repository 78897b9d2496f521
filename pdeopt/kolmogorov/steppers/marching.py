"""Whole solutions over given times, forward or backward, and their exact transposes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kolmogorov.stencil import Split
from pdeopt.kolmogorov.steppers.adaptive import Controller
from pdeopt.kolmogorov.steppers.names import scheme_of
from pdeopt.kolmogorov.steppers.schedule import Piece, checked_damping, checked_times, pieces
from pdeopt.kolmogorov.steppers.scheme import Scheme, shape_of
from pdeopt.kolmogorov.steppers.taking import Taker

__all__ = ["March", "march"]

PATIENCE = 2.0
"""Seconds before a progress bar is shown."""


@dataclass(frozen=True, eq=False, repr=False)
class March:
    """A solution at given times.

    Parameters
    ----------
    times : array, shape (n_times,)
        As given; the first is that of the values the march began with.
    values : array, shape ``(n_times, ..., *grid shape)``
    steps : array, shape (n_steps,)
        Lengths of the steps taken, half-steps of damping included.
    error : array, shape (n_times,), optional
        With a tolerance: the largest error in time of the values, estimated; None otherwise.
    """

    times: FloatArray
    values: FloatArray
    steps: FloatArray
    error: FloatArray | None = None

    @property
    def final(self) -> FloatArray:
        """Values at the last time."""
        last: FloatArray = self.values[-1]
        return last

    @property
    def n_steps(self) -> int:
        """Number of steps taken."""
        return self.steps.size

    def __repr__(self) -> str:
        ends = f"{self.times[0]:g} to {self.times[-1]:g}"
        return f"<March from {ends} in {self.n_steps} steps from {self.steps.min():.3g} to {self.steps.max():.3g}>"


def march(
    splits: Split | Callable[[float], Split],
    values: ArrayLike,
    times: ArrayLike,
    method: Scheme | str = "modified-craig-sneyd",
    *,
    n_steps: int | None = None,
    tolerance: float | None = None,
    damping: int | tuple[int, int] = 0,
    source: ArrayLike | Callable[[float], ArrayLike] | None = None,
    transpose: bool = False,
    progress: bool = True,
) -> March:
    """Solve du/ds = A u + f over given times, s the time since the first of them, or the transposed equation.

    Parameters
    ----------
    splits : Split or callable
        The generator A, or a function of time that returns it.
    values : array_like, shape ``(..., *grid shape)``
        At the first of the times: terminal values of a backward equation, or masses if `transpose`. Leading axes are
        so many problems at once.
    times : array_like, shape (n_times,)
        All falling, as for a backward equation from its end, or all rising.
    method : Scheme or str
        Such as ``ModifiedCraigSneyd()`` or ``"tr-bdf2"``.
    n_steps : int, optional
        Steps of equal length over all times together; each time is reached by a whole number of steps. 100 if there
        is no `tolerance` either.
    tolerance : float, optional
        Largest error in time to aim at, in units of the values; chooses the steps. Either this or `n_steps`.
    damping : int or tuple of int
        Half-steps of backward Euler with the whole generator that take the place of the first steps, two for each;
        4 after values with kinks. A pair also smooths the last steps, which is what smooths the masses of the
        transposed march. 0 by default.
    source : array_like or callable, optional
        What is added per unit of time, f, or a function of time that returns it; broadcasts to `values`.
    transpose : bool
        Whether to take the transposes of the steps of a march over the same times the other way round.
    progress : bool
        Whether a bar is shown after two seconds.

    Returns
    -------
    March

    Raises
    ------
    ValueError
        If `values` do not end in the shape of the grid or are not finite, `times` turn round, both `n_steps` and
        `tolerance` are given, or a source comes with `transpose`.
    FloatingPointError
        If values are no longer finite, because the scheme is not stable for the generator.

    Notes
    -----
    A march over times t_0, ..., t_n with damping (a, b) and the transposed one over t_n, ..., t_0 with damping (b, a)
    are matrices that are each other's transposes, where steps are equal. With `tolerance`, two steps are compared
    with one of twice the length; lengths are those between two times divided by powers of two.

    Examples
    --------
    >>> from pdeopt.kolmogorov import Split, Tridiagonal
    >>> up, down = np.array([1.0, 0.0]), np.array([0.0, 2.0])
    >>> split = Split((Tridiagonal(0, down, -up - down, up),))
    >>> march(split, [0.5, 0.5], [0.0, 9.0], "tr-bdf2", n_steps=50, transpose=True).final.round(6)
    array([0.666667, 0.333333])
    """
    scheme, taken, smoothed = scheme_of(method), checked_times(times), checked_damping(damping)
    taker = Taker.checked(splits, scheme, source, transpose)
    given = _checked_values(values, shape_of(taker.split_at(taken[0])))
    if n_steps is not None and tolerance is not None:
        raise ValueError(f"n_steps={n_steps} and tolerance={tolerance} exclude each other: leave one of them out.")
    if tolerance is not None:
        return _adapted(Controller(taker, tolerance, abs(taken[-1] - taken[0])), given, taken, smoothed, progress)
    return _fixed(taker, given, taken, pieces(taken, 100 if n_steps is None else n_steps, smoothed), progress)


def _checked_values(values: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    given = np.asarray(values, dtype=np.float64)
    if given.shape[given.ndim - len(shape) :] != shape:
        raise ValueError(
            f"values has shape {given.shape}, which does not end in the shape {shape} of the grid. "
            f"Pass values of shape {shape}."
        )
    if not np.isfinite(given).all():
        raise ValueError(f"values has {np.count_nonzero(~np.isfinite(given))} entries that are not finite numbers.")
    return given


def _fixed(
    taker: Taker, values: FloatArray, times: FloatArray, plan: Sequence[Sequence[Piece]], progress: bool
) -> March:
    results, steps = [values], []
    total = sum(piece.n_steps for part in plan for piece in part)
    with _bar(total, progress) as bar:
        for part in plan:
            for piece in part:
                for k in range(piece.n_steps):
                    values = taker.take(values, *piece.ends(k), piece.step, piece.damped)
                    bar.update()
                steps += [piece.step] * piece.n_steps
            results.append(_finite(values, steps))
    return March(times, np.array(results), np.array(steps))


def _adapted(
    controller: Controller, values: FloatArray, times: FloatArray, damping: tuple[int, int], progress: bool
) -> March:
    if damping[1]:
        raise ValueError(f"damping={damping} smooths the end, which needs equal steps: give n_steps, not tolerance.")
    results, errors, damped = [values], [0.0], damping[0]
    with _bar(len(times) - 1, progress) as bar:
        for start, end in pairwise(times):
            values, error = controller.run(values, float(start), float(end), damped, bar)
            results.append(_finite(values, controller.steps))
            errors.append(errors[-1] + error)
            damped = 0
    return March(times, np.array(results), np.array(controller.steps), np.array(errors))


def _finite(values: FloatArray, steps: Sequence[float]) -> FloatArray:
    if not np.isfinite(values).all():
        raise FloatingPointError(
            f"values are no longer finite after {len(steps)} steps, the last of length {steps[-1]:.3g}: the scheme is "
            'not stable for this generator. Use a larger theta, or method="tr-bdf2".'
        )
    return values


def _bar(total: float, progress: bool) -> "tqdm[Any]":
    return tqdm(total=total, unit="step", delay=PATIENCE, disable=None if progress else True, leave=False)
