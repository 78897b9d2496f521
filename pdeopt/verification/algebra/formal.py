"""Steps as plain Python on numbers of any kind: polynomials, symbols, extended precision.

A step of the package calls compiled functions and NumPy's. `formal` copies it, and all that it calls, with plain Python
and other elementary functions in their place.
"""

import builtins
import math
from collections.abc import Callable, Mapping
from types import BuiltinFunctionType, CellType, FunctionType
from typing import Any

import numpy as np

from pdeopt.kernels._floats import as_floats
from pdeopt.kernels._specialise import plain_function
from pdeopt.sde.scheme import Stepper

__all__ = ["Elementary", "filled", "formal", "formal_step"]

Function = Callable[..., Any]
NUMBERS = (bool, int, float, np.generic)
CONSTANTS = ("pi", "e", "inf", "nan")


class Elementary:
    """Stands for the modules `math` and `numpy` where a function is taken of something that is no float.

    Parameters
    ----------
    functions : mapping of str to callable
        By NumPy's name: sqrt, exp, expm1, ...
    """

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = functions

    def __getattr__(self, name: str) -> Any:
        if name in CONSTANTS or name.startswith("float"):
            return getattr(np, name)

        def value(*numbers: Any) -> Any:
            if all(isinstance(number, NUMBERS) for number in numbers):
                return float(getattr(np if hasattr(np, name) else math, name)(*numbers))
            if name not in self._functions:
                raise NotImplementedError(
                    f"{name} is not known of {type(numbers[0]).__name__}. Use a step of {', '.join(self._functions)}."
                )
            return self._functions[name](*numbers)

        return value

    def largest(self, *values: Any, **options: Any) -> Any:
        """Stand for `max`: that of two numbers is 0 or an expression which is not negative."""
        formal_numbers = len(values) == 2 and not all(isinstance(value, NUMBERS) for value in values)
        return self._functions["max"](*values) if formal_numbers else builtins.max(*values, **options)


def same(value: Any) -> Any:
    """Return the value: in place of what makes floats."""
    return value


def formal(function: Any, elementary: Elementary, made: dict[int, Any] | None = None) -> Any:
    """Return a function in plain Python, with `elementary` in place of `math` and `numpy` wherever it goes.

    Parameters
    ----------
    function : callable
        Compiled or not; a value of any other kind is returned as it is.
    elementary : Elementary
    made : dict, optional
        Copies by the identity of what they copy, for functions that are met again.
    """
    made = {} if made is None else made
    if function is np or function is math:
        return elementary
    if isinstance(function, np.ufunc) or (isinstance(function, BuiltinFunctionType) and function.__module__ == "math"):
        return getattr(elementary, function.__name__)
    inner = plain_function(function)
    if inner is as_floats:
        return same
    if not isinstance(inner, FunctionType) or inner.__module__.partition(".")[0] in ("numpy", "numba", "scipy"):
        return function
    if id(inner) not in made:
        _copy(inner, elementary, made)
    return made[id(inner)]


def _copy(inner: FunctionType, elementary: Elementary, made: dict[int, Any]) -> None:
    """Copy a function that may call itself: it is noted before what it calls is looked at."""
    names, cells = dict(inner.__globals__), tuple(CellType() for _ in inner.__closure__ or ())
    copy = FunctionType(inner.__code__, names, inner.__name__, inner.__defaults__, cells)
    copy.__kwdefaults__ = inner.__kwdefaults__
    made[id(inner)] = copy
    called = _names(inner.__code__)
    for name in called & names.keys():
        names[name] = formal(names[name], elementary, made)
    if "float" in called:
        names["float"] = same
    if "max" in called:
        names["max"] = elementary.largest
    for cell, old in zip(cells, inner.__closure__ or (), strict=True):
        cell.cell_contents = formal(old.cell_contents, elementary, made)


def _names(code: Any) -> set[str]:
    inner = [_names(constant) for constant in code.co_consts if hasattr(constant, "co_names")]
    return set(code.co_names).union(*inner)


def filled(layout: Any, values: Any) -> Any:
    """Return nested tuples of the form of `layout` that hold the values of an iterator."""
    return tuple(filled(part, values) for part in layout) if isinstance(layout, tuple) else next(values)


def formal_step(stepper: Stepper, elementary: Elementary) -> Function:
    """Return ``step(t, x, h, xi, args)`` of lists of the numbers of a point and of draws: one step from a point."""
    begin, prepare, step = (formal(part, elementary) for part in (stepper.begin, stepper.prepare, stepper.step))

    def stepped(t: Any, x: list[Any], h: Any, xi: list[Any], args: tuple[Any, ...]) -> Any:
        state = begin(t, filled(stepper.point, iter(x)), args)
        return step(t, state, h, filled(stepper.xi, iter(xi)), prepare(h, args))

    return stepped
