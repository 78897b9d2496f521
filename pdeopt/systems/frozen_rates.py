"""Drifts of the fast variables alone, the slow ones held still: with the integral of the slow rate, or without."""

from functools import lru_cache
from typing import Any

from pdeopt._types import FloatArray
from pdeopt.kernels import two_scales
from pdeopt.kernels._points import LARGEST_TUPLE, coordinates, from_row, pattern_of, with_item
from pdeopt.kernels._specialise import specialised
from pdeopt.systems.compilation import Function, compiled, returning_floats


@lru_cache(maxsize=256)
def frozen_drift(rates: Function, n_slow: int, n_fast: int) -> Function:
    """Make the drift (0, g, h) of (x, y, a) on the fast clock, a function of ``(t, z, sigma, *args)``."""
    n = n_slow + n_fast
    if n + n_slow > LARGEST_TUPLE:
        return _frozen_array_drift(rates, n_slow, n_fast)
    zeros = (0.0,) * n

    def point(t: float, z: Any, sigma: float, *args: Any) -> Any:
        state, out = zeros, z
        for i in range(n):
            state = with_item(state, i, z[i])
        found = rates(state, args)
        for i in range(n_fast):
            out = with_item(out, n_slow + i, found[n_slow + i])
        for i in range(n_slow):
            out = with_item(with_item(out, i, 0.0), n + i, found[i])
        return out

    return returning_floats(point)


def _frozen_array_drift(rates: Function, n_slow: int, n_fast: int) -> Function:
    n = n_slow + n_fast
    pattern, by_tuple = pattern_of(n), n <= LARGEST_TUPLE

    def fill_by_tuple(z: FloatArray, out: FloatArray, args: Any) -> None:
        found = rates(from_row(z, pattern), args)
        for i in range(n):
            out[i] = found[i]

    fill = compiled(fill_by_tuple) if by_tuple else rates

    def array(t: float, z: FloatArray, sigma: float, *rest: Any) -> None:
        out = rest[-1]
        fill(z[:n], out[:n], rest[:-1])
        for i in range(n_slow):
            out[n + i] = out[i]
            out[i] = 0.0

    return returning_floats(array)


@lru_cache(maxsize=256)
def frozen_diffusion(n_slow: int, n_fast: int) -> Function:
    """Make the diffusion (0, sigma, 0) of (x, y, a)."""
    n = n_slow + n_fast
    zeros = (0.0,) * (n + n_slow)

    def point(t: float, z: Any, sigma: float, *args: Any) -> Any:
        out = zeros
        for i in range(n_slow, n):
            out = with_item(out, i, sigma)
        return out

    def array(t: float, z: FloatArray, sigma: float, *rest: Any) -> None:
        out = rest[-1]
        for i in range(n + n_slow):
            out[i] = sigma if n_slow <= i < n else 0.0

    return returning_floats(point if n + n_slow <= LARGEST_TUPLE else array)


@lru_cache(maxsize=256)
def fast_drift(rates: Function, n_slow: int, n_fast: int) -> Function:
    """Make the drift g(x, .) of y on the fast clock, a function of ``(t, y, sigma, x, *args)``, x a tuple."""
    zeros = (0.0,) * n_fast

    def items(y: Any, sigma: float, x: Any, args: Any) -> Any:
        found, out = rates(x + coordinates(y), args), zeros
        for i in range(n_fast):
            out = with_item(out, i, found[n_slow + i])
        return out

    tupled = compiled(items)

    def number(t: float, y: float, sigma: float, x: Any, *args: Any) -> float:
        return float(tupled(y, sigma, x, args)[0])

    def point(t: float, y: Any, sigma: float, x: Any, *args: Any) -> Any:
        return tupled(y, sigma, x, args)

    return returning_floats(number if n_fast == 1 else point)


@lru_cache(maxsize=256)
def fast_diffusion(n_fast: int) -> Function:
    """Make the diffusion sigma of every fast variable, a function of ``(t, y, sigma, x, *args)``."""
    ones = (1.0,) * n_fast

    def number(t: float, y: float, sigma: float, x: Any, *args: Any) -> float:
        return sigma

    def point(t: float, y: Any, sigma: float, x: Any, *args: Any) -> Any:
        out = ones
        for i in range(n_fast):
            out = with_item(out, i, sigma)
        return out

    return returning_floats(number if n_fast == 1 else point)


@lru_cache(maxsize=256)
def rows_of(rates: Function, n: int) -> Function:
    """Make a function ``(states, args, out)`` that writes the rates of every row; kept on disk."""
    if n > LARGEST_TUPLE:
        return specialised(two_scales.array_rates_of_rows, rates=rates)
    return specialised(two_scales.rates_of_rows, rates=rates, STATE=pattern_of(n))
