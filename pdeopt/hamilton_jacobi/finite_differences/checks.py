"""What a Hamilton-Jacobi problem accepts, with messages that say the fix."""

from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.built_in import HAMILTONIANS
from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian
from pdeopt.kernels._specialise import interpreted
from pdeopt.landscapes import Landscape

__all__ = [
    "check_grid",
    "check_source",
    "check_trial",
    "checked_field",
    "checked_hamiltonian",
    "checked_viscosity",
    "moved",
]

LARGEST_DIM = 3
NAMED = ("quadratic", "eikonal")
N_TRIALS = 8
AGREEMENT = 1e-4
"""Of given derivatives with differences, against the size of both."""


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
        values = np.array(given.on(grid), dtype=float)
    elif callable(given):
        raise TypeError(f"{name}={given!r} is a bare function; wrap it: pdeopt.Landscape(f, dim={grid.dim}).")
    else:
        try:
            values = np.array(given, dtype=float)
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
        return
    if not callable(source):
        raise TypeError(f"source={source!r} is no function of (t, x); use e.g. numba.njit(lambda t, x: 0.0 * x).")
    if not isinstance(args, tuple):
        raise TypeError(f"source_args={args!r} is no tuple; use source_args=({args!r},).")
    _tried(source, "source", (0.0, _points(grid)[0]), args)


def check_trial(h: Hamiltonian, grid: Grid, values: FloatArray) -> None:
    """Try the functions of a Hamiltonian at some nodes and slopes, and what is said of them.

    Raises
    ------
    TypeError, ValueError
        If one does not take its arguments or returns no finite number, if given derivatives are not those of the value,
        or if it is not convex where it should be.
    """
    rng = np.random.default_rng(0)
    size = float(np.ptp(values)) / max(min(grid.extent), 1e-300)
    for x in _points(grid):
        slopes = rng.normal(size=(2, grid.dim)) * (1.0 + size)
        place = (0.0, x, float(values.flat[0]))
        one, other, middle = (_form(p) for p in (*slopes, slopes.mean(axis=0)))
        found = [_tried(h.value, "hamiltonian", (*place, p), h.args) for p in (one, other, middle)]
        if h.convex and found[2] > 0.5 * (found[0] + found[1]) + 1e-9 * np.abs(found).max():
            raise ValueError(
                f"hamiltonian={h.name} is not convex: H={found[2]:g} at p={middle} is above the mean of {found[0]:g} "
                f"and {found[1]:g} at p={one} and {other} (x={x}). Use convex=False."
            )
        _check_gradient(h, place, slopes[0])


def _check_gradient(h: Hamiltonian, place: tuple[Any, ...], p: FloatArray) -> None:
    if h.gradient is None:
        return
    given = np.atleast_1d(np.asarray(interpreted(h.gradient)(*place, _form(p), *h.args), dtype=float))
    step, value = 1e-5 * (1.0 + np.abs(p)), interpreted(h.value)
    moves = np.diag(step)
    pairs = [(value(*place, _form(p + e), *h.args), value(*place, _form(p - e), *h.args)) for e in moves]
    known = np.array([above - below for above, below in pairs]) / (2.0 * step)
    if given.shape != known.shape or np.abs(given - known).max() > AGREEMENT * (1.0 + np.abs(known).max()):
        raise ValueError(
            f"gradient of the Hamiltonian {h.name} is {given.tolist()} at p={_form(p)}, x={place[1]}, where "
            f"differences of its value give {known.round(6).tolist()}. Correct it, or leave gradient out."
        )


def _points(grid: Grid) -> list[Any]:
    places = np.random.default_rng(1).integers(0, grid.shape, size=(N_TRIALS, grid.dim))
    points = [np.array([axis[i] for axis, i in zip(grid.axes, place, strict=True)]) for place in places]
    return [_form(point) for point in points]


def _form(p: FloatArray) -> Any:
    return float(p[0]) if p.size == 1 else tuple(p.tolist())


def _tried(function: Any, name: str, given: tuple[Any, ...], args: Arguments) -> float:
    """Return the value of a function as plain Python, or say why there is none."""
    words = ", ".join(f"{one:.3g}" if isinstance(one, float) else str(one) for one in given)
    try:
        found = float(interpreted(function)(*given, *args))
    except Exception as error:
        signature = "(t, x, u, p, *args)" if name == "hamiltonian" else "(t, x, *args)"
        raise TypeError(
            f"{name} cannot be called as a function of {signature} with a number as its result: at ({words}) and "
            f"args={args} it raised {type(error).__name__}: {error}."
        ) from error
    if not np.isfinite(found):
        raise ValueError(f"{name} is {found} at ({words}); it must be finite everywhere on the grid.")
    return found


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
