"""One evaluation of the functions of a system, so that what is wrong with them is said before a run."""

from typing import Any

import numpy as np
from numba.core.errors import NumbaError

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kernels._points import LARGEST_TUPLE
from pdeopt.systems.compilation import body
from pdeopt.systems.sde import SDE
from pdeopt.systems.validation import call_form

__all__ = ["check_system"]

LAST_WORDS = 300
"""Characters of a message of Numba that are passed on."""


def check_system(system: SDE, x0: ArrayLike | None = None, *, time: float = 0.0, compiled: bool = True) -> None:
    """Evaluate drift and diffusion once, and say what is wrong with them.

    Parameters
    ----------
    system : SDE
        What to look at; a Jacobian of the diffusion is looked at too where one was given.
    x0 : array_like, shape (..., dim), optional
        Where; of several points the first. By default the origin.
    time : float
        When.
    compiled : bool
        Whether to evaluate compiled code. False evaluates the plain Python body: nothing is compiled, and
        what only Numba refuses is not seen.

    Raises
    ------
    TypeError
        If Numba cannot compile a function, or a result is not of floats and tuples as `SDE` says.
    ValueError
        If a result has the wrong shape or is not finite, or a function fails.

    Examples
    --------
    >>> check_system(SDE(lambda t, x: -x, lambda t, x: 1.0), 0.5)
    """
    point = checked_start(system, x0)
    _check(system, "drift", system.point_shape, point, time, compiled)
    _check(system, "diffusion", system.diffusion_shape, point, time, compiled)
    if system.jacobian_kind == "given":
        _check(system, "diffusion_jacobian", system.jacobian_shape, point, time, compiled)


def checked_start(system: SDE, x0: ArrayLike | None) -> FloatArray:
    """Return the first of the starting points, of shape (dim,)."""
    if x0 is None:
        return np.zeros(system.dim)
    points = np.asarray(x0, dtype=float)
    if system.dim > 1 and (points.ndim == 0 or points.shape[-1] != system.dim):
        raise ValueError(
            f"x0 has shape {points.shape}, but the system has dim={system.dim}: the last axis must hold its "
            f"components. Use e.g. x0={(0.0,) * system.dim}."
        )
    if points.size == 0:
        raise ValueError(f"x0 has shape {points.shape} and no point. Use e.g. x0={(0.0,) * system.dim}.")
    return np.array(points.reshape(-1, system.dim)[0])


def _check(system: SDE, name: str, shape: tuple[int, ...], point: FloatArray, time: float, compiled: bool) -> None:
    function = _callable(system, name, compiled)
    result = _evaluated(system, name, function, shape, point, time)
    if system.uses_arrays:
        values = result
    else:
        _check_nesting(system, name, result, shape)
        values = np.asarray(result, dtype=float)
    if not np.isfinite(values).all():
        unfilled = " Fill every entry of out." if system.uses_arrays else ""
        raise ValueError(
            f"{name} is {_shown(values)} at t={time}, x={_shown(point)}, which is not finite. Start at another x0, or "
            f"guard the function there, e.g. by max(x, 0.0) under a root.{unfilled}"
        )


def _callable(system: SDE, name: str, compiled: bool) -> Any:
    if not compiled:
        return body(getattr(system, name))
    of_system = {"drift": "compiled_drift", "diffusion": "compiled_diffusion"}
    return getattr(system, of_system.get(name, "compiled_jacobian"))


def _evaluated(system: SDE, name: str, function: Any, shape: tuple[int, ...], point: FloatArray, time: float) -> Any:
    out = np.full(shape, np.nan)
    x: Any = point if system.uses_arrays else tuple(point.tolist()) if system.dim > 1 else float(point[0])
    try:
        with np.errstate(all="ignore"):
            result = function(float(time), x, *system.args, *([out] if system.uses_arrays else []))
    except NumbaError as error:
        raise TypeError(
            f"{name} cannot be compiled by Numba for x as {_form_of_x(system)} and args={system.args!r}: "
            f"{essence(str(error))}. {advice(system, name, shape)}"
        ) from error
    except Exception as error:
        raise ValueError(
            f"{name} fails at t={time}, x={_shown(point)}: {type(error).__name__}: {error}. "
            f"{advice(system, name, shape)}"
        ) from error
    return out if system.uses_arrays else result


def _check_nesting(system: SDE, name: str, result: Any, shape: tuple[int, ...]) -> None:
    found = _nesting(result)
    if found is None:
        raise TypeError(f"{name} returns {_kind(result)}, not {_form(shape)}. {advice(system, name, shape)}")
    if found != shape:
        raise ValueError(
            f"{name} returns {_form(found)}, but dim={system.dim} with {_noise(system)} needs {_form(shape)}. "
            f"{advice(system, name, shape)}"
        )


def _nesting(result: Any) -> tuple[int, ...] | None:
    """Return the shape of nested tuples of numbers, or None for anything else."""
    if not isinstance(result, tuple):
        return () if isinstance(result, int | float | np.number) else None
    inner = {_nesting(item) for item in result}
    first = next(iter(inner), None)
    return None if len(inner) != 1 or first is None else (len(result), *first)


def advice(system: SDE, name: str, shape: tuple[int, ...]) -> str:
    """Write a definition of a callback that works."""
    call = f"{name}{call_form(system.dim, ())}"
    if system.uses_arrays:
        return f"Use a form such as: def {call}: out[:] = {'-x' if name == 'drift' else '1.0'}."
    return f"Use a form such as: def {call}: return {_example(shape, 'x' if name == 'drift' else '')}."


def _example(shape: tuple[int, ...], letter: str) -> str:
    if not letter:
        return repr(np.ones(shape).tolist()).replace("[", "(").replace("]", ")").replace("(1.0)", "(1.0,)")
    if shape == ():
        return "-x"
    return f"({', '.join(f'-x[{i}]' for i in range(shape[0]))})"


def _form(shape: tuple[int, ...]) -> str:
    if shape == ():
        return "a float"
    rows = " rows of ".join(str(n) for n in shape)
    return f"a tuple of {rows} floats"


def _form_of_x(system: SDE) -> str:
    return f"an array of shape ({system.dim},)" if system.uses_arrays else _form(system.point_shape)


def _noise(system: SDE) -> str:
    many = f" and n_noise={system.n_brownian}" if system.diffusion_form == "rows" else ""
    return f"noise={system.noise!r}{many}"


def _kind(result: Any) -> str:
    if isinstance(result, np.ndarray):
        return f"an array of shape {result.shape}"
    return "None" if result is None else f"{type(result).__name__} {result!r}"


def _shown(values: FloatArray) -> str:
    if values.size == 1:
        return str(values.ravel()[0])
    return np.array2string(values, separator=", ", threshold=LARGEST_TUPLE, edgeitems=2).replace("\n", "")


def essence(message: str) -> str:
    """Return the line of a message of Numba that says what is wrong, and the types it is about."""
    skipped = ("Failed in nopython", "During:", "File ", "There are")
    lines = [line.strip() for line in message.splitlines()]
    kept = [line for line in lines if line and not line.startswith(skipped)]
    types = [line for line in kept[1:2] if line.startswith(">>>")]
    return " ".join(kept[:1] + types)[:LAST_WORDS].rstrip(". ")
