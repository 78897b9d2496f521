"""What an evolution of densities starts from: times, masses, and grids of some of the nodes."""

from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.control import checks
from pdeopt.control.problem import cost_on
from pdeopt.grid import Grid
from pdeopt.kolmogorov.data import point_masses
from pdeopt.kolmogorov.potentials import cell_volumes

__all__ = ["checked_moments", "first_masses", "strided"]


def checked_moments(time: Any, n_saved: int) -> FloatArray:
    """Return the times at which densities are kept, from 0 on."""
    if np.ndim(time) == 0:
        return np.linspace(0.0, checks.checked_time(time), checks.checked_count(n_saved, "n_saved", 2))
    times = np.asarray(time)
    rises = times.dtype.kind in "iuf" and times.ndim == 1 and times.size > 0 and bool((np.diff(times) > 0.0).all())
    if not rises or not np.isfinite(times).all() or times[0] < 0.0 or times[-1] == 0.0:
        raise ValueError(f"time={time!r} must be positive, or times that rise from 0 on, e.g. [0.0, 0.5, 1.0].")
    return times.astype(float) if times[0] == 0.0 else np.append(0.0, times)


def first_masses(density: Any, given: Grid, strides: tuple[slice, ...]) -> FloatArray:
    """Return masses of the cells of some of the nodes at the start, of sum one."""
    grid = strided(given, strides)
    if not callable(density):
        values = checks.checked_numbers(density, "density")
        if values.shape != given.shape and values.size == given.dim:
            return point_masses(checks.checked_start(values, given, "density"), grid)
    field = cost_on(density, "density", given, given)
    if field.min() < 0.0 or not field.any():
        raise ValueError(
            f"density has values from {field.min():g} to {field.max():g}: it must not be negative, and not vanish "
            "everywhere. Use e.g. a point inside the grid, or a Gaussian, lambda x: math.exp(-x * x)."
        )
    masses = field[strides] * cell_volumes(grid)
    return np.asarray(masses / masses.sum())


def strided(grid: Grid, strides: tuple[slice, ...]) -> Grid:
    """Return the grid of some of the nodes."""
    if all(stride.step is None for stride in strides):
        return grid
    axes = (axis[stride] for axis, stride in zip(grid.axes, strides, strict=True))
    return Grid.from_axes(*axes, periodic=grid.periodic)
