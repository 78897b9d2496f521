"""What a Hamilton-Jacobi problem accepts, with messages that say the fix."""

from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.built_in import HAMILTONIANS
from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian
from pdeopt.hamilton_jacobi.finite_differences.trials import points, tried
from pdeopt.hamilton_jacobi.finite_differences.walls import Dirichlet, Wall
from pdeopt.landscapes import Landscape

__all__ = [
    "check_grid",
    "check_source",
    "check_walls",
    "checked_field",
    "checked_hamiltonian",
    "checked_viscosity",
    "moved",
]

LARGEST_DIM = 3
NAMED = ("quadratic", "eikonal")


def check_grid(grid: Any) -> None:
    """Refuse what is no grid of one to three axes."""
    if not isinstance(grid, Grid):
        raise TypeError(f"grid={grid!r} is not a Grid; use pdeopt.Grid(lower, upper, shape).")
    if grid.dim > LARGEST_DIM:
        raise ValueError(f"grid has {grid.dim} axes, the limit is {LARGEST_DIM}; in more, use pdeopt.local_entropy.")


def checked_hamiltonian(given: Any) -> Hamiltonian:
    """Return the record of a Hamiltonian, a name, or a bare function."""
    if isinstance(given, Hamiltonian):
        return given
    if isinstance(given, str):
        if given not in NAMED:
            raise ValueError(
                f"hamiltonian={given!r} is unknown; use {' or '.join(map(repr, NAMED))}, or a Hamiltonian."
            )
        return HAMILTONIANS[given]()
    if not callable(given):
        raise TypeError(f"hamiltonian={given!r} is no Hamiltonian; use pdeopt.hamilton_jacobi.Hamiltonian(function).")
    return Hamiltonian(given)


def checked_field(given: Any, grid: Grid, name: str) -> FloatArray:
    """Return finite values on the grid."""
    if isinstance(given, Landscape):
        if given.dim != grid.dim:
            raise ValueError(f"{name} has dim={given.dim}, the grid {grid.dim} axes; use one axis per coordinate.")
        values = np.asarray(given.on(grid), dtype=float)
    elif callable(given):
        raise TypeError(f"{name}={given!r} is a bare function; wrap it: pdeopt.Landscape(f, dim={grid.dim}).")
    else:
        try:
            if np.iscomplexobj(given):
                raise TypeError
            values = np.asarray(given, dtype=float)
        except (TypeError, ValueError):
            raise TypeError(f"{name} is no array of real numbers; use numpy.asarray(values, dtype=float).") from None
    if values.shape != grid.shape:
        raise ValueError(f"{name} has shape {values.shape}, the grid {grid.shape}; give one value per node.")
    if not np.isfinite(values).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(values))[0])
        raise ValueError(
            f"{name} is {values[place]} at index {place}; finite differences need finite numbers. Cut walls off, e.g. "
            f"numpy.clip(values, None, 1e3), or use pdeopt.relax, which takes them."
        )
    return values


def checked_viscosity(given: Any, grid: Grid) -> FloatArray:
    """Return a number of no dimension, or values on the grid, not negative."""
    if np.ndim(given) == 0 and not isinstance(given, Landscape):
        try:
            values = np.asarray(float(given))
        except (TypeError, ValueError):
            raise TypeError(f"viscosity={given!r} is no number, Landscape or array; use viscosity=0.05.") from None
    else:
        values = checked_field(given, grid, "viscosity")
    if not (np.isfinite(values).all() and (values >= 0.0).all()):
        raise ValueError(
            f"viscosity={float(values.min()):g} must be finite and not negative, e.g. 0.5 / beta; 0 is no viscosity."
        )
    return values


def check_source(source: Any, args: Any, grid: Grid) -> None:
    """Refuse a source that is no function with finite values."""
    if source is None:
        if args != ():
            raise ValueError(f"source_args={args!r} without a source; give source, or leave source_args out.")
        return
    if not callable(source):
        raise TypeError(f"source={source!r} is no function of (t, x); use e.g. numba.njit(lambda t, x: 0.0 * x).")
    if not isinstance(args, tuple):
        raise TypeError(f"source_args={args!r} is no tuple; use source_args=({args!r},).")
    tried(source, "source", (0.0, points(grid)[0]), args)


def check_walls(walls: tuple[tuple[Wall, Wall], ...], grid: Grid) -> None:
    """Refuse values at walls that do not fit the grid, and functions that do not return them."""
    for wall in (one for pair in walls for one in pair if isinstance(one, Dirichlet)):
        value = wall.value
        if isinstance(value, Landscape):
            checked_field(value, grid, "value of Dirichlet")
        elif callable(value):
            tried(value, "value of Dirichlet", (0.0, points(grid)[0]), wall.args)
        elif np.ndim(value) != 0 and np.shape(value) != grid.shape:
            raise ValueError(
                f"value of Dirichlet has shape {np.shape(value)}, the grid {grid.shape}; give a number, or one value "
                f"per node, of which those at the wall are used."
            )


def moved(given: Any, grid: Grid, other: Grid, name: str) -> Any:
    """Return what is given on a grid for another one: functions as they are, values by every k-th node.

    Raises
    ------
    ValueError
        If the other grid is not made of nodes of this one.
    """
    if callable(given) or np.ndim(given) == 0:
        return given
    strides = [
        n // m if wraps else (n - 1) // (m - 1)
        for n, m, wraps in zip(grid.shape, other.shape, grid.periodic, strict=True)
    ]
    taken = np.asarray(given)[tuple(slice(None, None, max(k, 1)) for k in strides)]
    nodes = [axis[:: max(k, 1)] for axis, k in zip(grid.axes, strides, strict=True)]
    same = taken.shape == other.shape and all(np.allclose(a, b) for a, b in zip(nodes, other.axes, strict=True))
    if not same:
        raise ValueError(
            f"{name} is known on {grid.shape} nodes only; give a Landscape, or use every k-th of these nodes."
        )
    return taken
