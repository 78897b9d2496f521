"""Where paths stop: boxes and levels, and what of them goes into compiled loops."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kernels import regions
from pdeopt.systems import SDE
from pdeopt.systems.compilation import compiled, portable, with_floats

__all__ = ["Boundary", "Exit", "checked_exit"]


@dataclass(frozen=True, eq=False)
class Exit:
    """A region that paths stop at leaving: a box, or where a function is positive.

    Parameters
    ----------
    lower, upper : array_like, shape () or (d,), optional
        Corners of the box; infinite entries, and None, are no boundary. For Langevin systems d is the number of
        positions; momenta are free.
    level : callable, optional
        Instead of a box, a function of ``(t, x, *args)``, `args` of the system, that is positive inside.
    level_gradient : callable, optional
        Its gradient with respect to x, in the form of x; above eight coordinates of ``(t, x, *args, out)``.
    bridge : bool
        Whether to ask, by the law of a Brownian bridge, if a path was outside between two steps, and when it left.
        False takes the first step whose end is outside, and its end, which biases exit times by the order of
        ``sqrt(step)``.

    Raises
    ------
    TypeError, ValueError
        If both a box and a level are given, or neither, or a box is empty.

    Notes
    -----
    With `bridge`, a step from x to y both inside leaves through a face at distance a of x and b of y with probability
    exp(-2 a b / (s^2 h)), s^2 the variance of that coordinate per unit of time at x; the time of the first passage is
    drawn from its law given x and y (an inverse Gaussian one). For Brownian motion with constant drift and one face
    this is exact for every step size; for others the error of mean exit times is of the order of the step. Where a
    coordinate has no noise of its own, such as a position of Langevin dynamics, it is linear interpolation. A level
    counts as linear within a step, its variance that along `level_gradient`; without a gradient it is taken for a
    coordinate without noise.

    The state of an exited path is its place of exit: on the face, in other coordinates on the straight line from x to
    y. If several faces are left in one step, the first counts.

    References
    ----------
    Mannella 1999, Physics Letters A 254, 257-262; Gobet 2000, Stochastic Processes and their Applications 87, 167-197.

    Examples
    --------
    >>> Exit(lower=-1.0, upper=1.0)
    Exit(lower=-1.0, upper=1.0, level=None, level_gradient=None, bridge=True)
    """

    lower: ArrayLike | None = None
    upper: ArrayLike | None = None
    level: Callable[..., Any] | None = None
    level_gradient: Callable[..., Any] | None = None
    bridge: bool = True

    def __post_init__(self) -> None:
        box = self.lower is not None or self.upper is not None
        if box == (self.level is not None):
            given = "both a box and a level" if box else "neither a box nor a level"
            raise ValueError(f"Exit has {given}. Use Exit(lower=-1.0, upper=1.0), or Exit(level=function).")
        if self.level_gradient is not None and self.level is None:
            raise ValueError("level_gradient is given without a level. Use Exit(level=..., level_gradient=...).")
        for name in ("level", "level_gradient"):
            if not (getattr(self, name) is None or callable(getattr(self, name))):
                raise TypeError(f"{name}={getattr(self, name)!r} is not a function. Use a function of (t, x, *args).")

    def corners(self, system: SDE) -> tuple[FloatArray, FloatArray]:
        """Return the box in all coordinates of a system, shape (d,) each.

        Raises
        ------
        ValueError
            If its shape does not fit, or it is empty.
        """
        lower = _corner(self.lower, "lower", -np.inf, system)
        upper = _corner(self.upper, "upper", np.inf, system)
        bad = np.flatnonzero(~(lower < upper))
        if bad.size:
            k = int(bad[0])
            raise ValueError(
                f"lower={lower[k]:g} is not below upper={upper[k]:g} in coordinate {k}. Use lower < upper, such as "
                f"lower={min(lower[k], upper[k]) - 1.0:g}, upper={max(lower[k], upper[k]) + 1.0:g}."
            )
        return lower, upper

    def n_faces(self, system: SDE) -> int:
        """Return how many faces the region has: two for every coordinate, one for a level."""
        return 1 if self.level is not None else 2 * system.dim

    def __reduce__(self) -> tuple[Any, ...]:
        given = (self.lower, self.upper, portable(self.level), portable(self.level_gradient), self.bridge)
        return _restored, given


def _restored(*given: Any) -> Exit:
    return Exit(*given)


def _corner(value: ArrayLike | None, name: str, free: float, system: SDE) -> FloatArray:
    positions = getattr(system, "landscape", system).dim
    given = np.asarray(free if value is None else value, dtype=np.float64)
    if given.shape not in ((), (positions,), (system.dim,)):
        count = f"{positions} positions" if positions < system.dim else f"{system.dim} coordinates"
        raise ValueError(
            f"{name} of shape {given.shape} does not fit a system of {count}. Use a number, or shape ({positions},)."
        )
    corner = np.full(system.dim, free)
    corner[: system.dim if given.shape == (system.dim,) else positions] = given
    return corner


@dataclass(frozen=True, eq=False)
class Boundary:
    """The functions of an exit that loops are compiled with, and the numbers they are called with.

    Parameters
    ----------
    margin, crossing, landed : callable
        See `pdeopt.kernels.exits`.
    region : tuple
        Corners of a box, as tuples or arrays.
    n_work : int
        Numbers of scratch above eight coordinates.
    """

    margin: Callable[..., Any]
    crossing: Callable[..., Any]
    landed: Callable[..., Any]
    region: tuple[Any, ...]
    n_work: int = 0

    @classmethod
    def of(cls, event: Exit, system: SDE) -> "Boundary":
        """Bind an exit to a system."""
        sigma_of, form = _sigma(system)
        made = _box if event.level is None else _level
        margin, crossing, landed, region = made(event, system, sigma_of, form)
        if not event.bridge:
            crossing, landed = regions.at_end(crossing), regions.at_state
        columns = system.n_brownian if form == "rows" else 1
        return cls(margin, crossing, landed, region, system.dim * (1 + columns))


def _box(event: Exit, system: SDE, sigma_of: Any, form: str) -> tuple[Any, ...]:
    variance = regions.row_variance if form == "rows" else regions.entry_variance
    parts = (sigma_of, variance) if event.bridge else (regions.no_sigma, regions.no_variance)
    region = tuple(corner if system.uses_arrays else tuple(corner.tolist()) for corner in event.corners(system))
    return *regions.box_functions(*parts), regions.on_face, region


def _level(event: Exit, system: SDE, sigma_of: Any, form: str) -> tuple[Any, ...]:
    level, gradient = with_floats(event.level), event.level_gradient
    if gradient is None or not event.bridge:
        parts: tuple[Any, ...] = (regions.no_sigma, regions.no_sigma, regions.straight_variance)
    else:
        variances = {"rows": regions.row_level_variance, "scalar": regions.scalar_level_variance}
        arrays = system.uses_arrays
        gradient_of = (
            regions.array_gradient(compiled(gradient), system.dim)
            if arrays
            else regions.tuple_gradient(with_floats(gradient))
        )
        parts = (gradient_of, sigma_of, variances.get(form, regions.entry_level_variance))
    return *regions.level_functions(level, *parts), regions.on_line, ()


def _sigma(system: SDE) -> tuple[Callable[..., Any], str]:
    """Return the function that gives the diffusion, and its form."""
    form, diffusion = system.diffusion_form, system.compiled_diffusion
    if system.uses_arrays:
        return regions.array_sigma(diffusion, system.dim, system.n_brownian if form == "rows" else 0), form
    one_row = form == "rows" and system.dim == 1
    return (regions.row_sigma if one_row else regions.tuple_sigma)(diffusion), form


def checked_exit(event: Exit | None, system: SDE, points: FloatArray, start: float) -> Exit | None:
    """Return an exit that fits a system, and that all paths begin inside of.

    Raises
    ------
    TypeError, ValueError
        The message names the coordinate or path, and a value that works.
    """
    if event is None:
        return None
    if not isinstance(event, Exit):
        raise TypeError(f"exit={event!r} is not an Exit. Use exit=pdeopt.sde.Exit(lower=-1.0, upper=1.0).")
    if event.level is None:
        _check_box(event, system, points)
    else:
        _check_level(event, system, points, start)
    return event


def _check_box(event: Exit, system: SDE, points: FloatArray) -> None:
    lower, upper = event.corners(system)
    outside = np.argwhere(~((lower < points) & (points < upper)))
    if outside.size:
        path, k = (int(each) for each in outside[0])
        raise ValueError(
            f"x0[{path}]={points[path]} is not inside of the exit's box: coordinate {k} is {points[path, k]:g}, not "
            f"between lower={lower[k]:g} and upper={upper[k]:g}. Use a start inside, or a larger box."
        )


def _check_level(event: Exit, system: SDE, points: FloatArray, start: float) -> None:
    advice = "Use a function of (t, x, *args) that returns a float, positive inside."
    level = with_floats(event.level)
    for path, point in enumerate(points):
        x: Any = point if system.uses_arrays else float(point[0]) if system.dim == 1 else tuple(map(float, point))
        try:
            value = level(start, x, *system.args)
        except Exception as error:
            raise TypeError(f"level={event.level!r} failed: {str(error).splitlines()[0]} {advice}") from error
        if not isinstance(value, float):
            raise TypeError(f"level={event.level!r} returned {value!r}. {advice}")
        if not value > 0.0:
            raise ValueError(f"x0[{path}]={point} is not inside: level={value:g} there. Use a start of positive level.")
