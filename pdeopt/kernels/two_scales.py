"""Templates of loops that evaluate the rates of a system of two time scales at many states.

Like `pdeopt.kernels.ensembles`, which see for the stand-ins.
"""

from typing import Any

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._points import from_row

__all__ = ["array_rates_of_rows", "rates_of_rows"]

STATE = (0.0, 0.0)


def rates(_state: Any, *_given: Any) -> Any:
    """Stand for the rates, a function ``(state, args)`` of tuples, or ``(state, out, args)`` of arrays."""
    return STATE


def rates_of_rows(states: FloatArray, args: Arguments, out: FloatArray) -> None:
    """Write the rates at every row of `states`, shape (n, dim), to `out` of the same shape; rates of tuples."""
    for k in range(len(states)):
        found = rates(from_row(states[k], STATE), args)
        for i in range(len(found)):
            out[k, i] = found[i]


def array_rates_of_rows(states: FloatArray, args: Arguments, out: FloatArray) -> None:
    """Do the same with rates that fill an array."""
    for k in range(len(states)):
        rates(states[k], out[k], args)
