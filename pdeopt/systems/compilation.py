"""Users' functions as dispatchers that compiled code calls, and as bytes that travel to other processes."""

from functools import lru_cache
from types import FunctionType
from typing import Any

import numba
from numba import cloudpickle as numba_pickle

from pdeopt.kernels._floats import as_floats

Function = Any

# Left without types by Numba, which carries it for its own dispatchers.
pickler: Any = numba_pickle


def is_compiled(function: Function) -> bool:
    """Tell whether Numba has the function, so that compiled code can call it."""
    return hasattr(function, "py_func")


def body(function: Function) -> Function:
    """Return the Python body of a compiled function, or the function itself."""
    return getattr(function, "py_func", function)


@lru_cache(maxsize=1024)
def compiled(function: Function) -> Function:
    """Return a dispatcher of `function`, always the same one; nothing is compiled before its first call."""
    if is_compiled(function) or not isinstance(function, FunctionType):
        return function
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}
    return numba.njit(**options)(function)


@lru_cache(maxsize=1024)
def with_floats(function: Function) -> Function:
    """Return a dispatcher like that of `function` whose results are floats, also where it returns ``(0, 1)``."""
    inner = compiled(function)
    if getattr(function, "returns_floats", False):
        return inner

    def with_float_results(*given: Any) -> Any:
        return as_floats(inner(*given))

    return compiled(with_float_results)


def returning_floats(function: Function) -> Function:
    """Compile a function of ours and note that its results are floats already."""
    dispatcher = compiled(function)
    dispatcher.returns_floats = True
    return dispatcher


class Portable:
    """A function that pickles by its code where its name says nothing in another process.

    Parameters
    ----------
    function : callable
        Dispatchers and functions of importable modules pickle by themselves; lambdas, closures and functions
        of ``__main__`` do not.
    """

    def __init__(self, function: Function) -> None:
        self.function = function

    def __reduce__(self) -> tuple[Any, ...]:
        return pickler.loads, (pickler.dumps(self.function),)


def portable(value: Any) -> Any:
    """Wrap a plain Python function for pickling, and leave any other value alone."""
    return Portable(value) if isinstance(value, FunctionType) else value
