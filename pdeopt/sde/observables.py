"""Users' observables: functions of time and state, averaged and kept like the state."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core.errors import NumbaError

from pdeopt._types import FloatArray
from pdeopt.kernels._specialise import compiled, interpreted
from pdeopt.kernels.vectors import flat
from pdeopt.systems import SDE
from pdeopt.systems.checks import essence

__all__ = ["count_observables", "observing"]


def count_observables(
    function: Callable[..., Any] | None, system: SDE, point: FloatArray, start: float, *, as_compiled: bool = False
) -> int:
    """Return how many floats the observables are, by calling them once, by default as plain Python.

    Raises
    ------
    TypeError
        If they cannot be called, or return something else.
    """
    if function is None:
        return 0
    x: Any = point if system.uses_arrays else float(point[0]) if system.dim == 1 else tuple(map(float, point))
    form = "a float" if system.dim == 1 else "an array" if system.uses_arrays else f"a tuple of {system.dim} floats"
    advice = f"Use a function of (t, x, *args), x {form}, that returns a float or a tuple of floats."
    try:
        # Plain Python compiles nothing that the disk holds already.
        with np.errstate(all="ignore"):
            result = (compiled if as_compiled else interpreted)(function)(float(start), x, *system.args)
    except ZeroDivisionError:
        # Infinite in compiled code.
        result = compiled(function)(float(start), x, *system.args)
    except NumbaError as error:
        raise TypeError(f"observables={function!r} cannot be compiled: {essence(str(error))}. {advice}") from error
    except Exception as error:
        raise TypeError(f"observables={function!r} failed: {type(error).__name__}: {error}. {advice}") from error
    items = result if isinstance(result, tuple) else (result,)
    if not all(isinstance(item, float | int | np.number | np.bool_) and np.isrealobj(item) for item in items):
        raise TypeError(f"observables={function!r} returned {result!r}. {advice}")
    return len(items)


def observing(function: Callable[..., Any] | None, *, in_place: bool) -> Callable[..., Any] | None:
    """Return the observables as a function of ``(t, x, args)``: for arrays always a tuple."""
    if function is None:
        return None
    inner = compiled(function)

    def observed(t: float, x: Any, args: Any) -> Any:
        return inner(t, x, *args)

    def observed_tuple(t: float, x: Any, args: Any) -> Any:
        return flat(inner(t, x, *args))

    return observed_tuple if in_place else observed
