"""What a system accepts, with messages that say the fix."""

import inspect
from types import FunctionType
from typing import Any

import numpy as np

from pdeopt.kernels._points import LARGEST_TUPLE
from pdeopt.systems.compilation import body, is_compiled

NOISES = ("additive", "diagonal", "scalar", "commutative", "general")
INTERPRETATIONS = ("ito", "stratonovich")


def checked_facts(system: Any) -> dict[str, Any]:
    """Return the stated facts of a system in their normal form."""
    dim = checked_count(system.dim, "dim")
    noise = checked_choice(system.noise, "noise", NOISES)
    interpretation = checked_choice(system.interpretation, "interpretation", INTERPRETATIONS)
    args = checked_args(system.args)
    n_noise = checked_n_noise(system.n_noise, noise, dim)
    for name in ("drift", "diffusion", "diffusion_jacobian"):
        function = getattr(system, name)
        if function is not None or name != "diffusion_jacobian":
            checked_function(function, name, dim, args)
    return {"dim": dim, "noise": noise, "interpretation": interpretation, "args": args, "n_noise": n_noise}


def checked_count(value: Any, name: str) -> int:
    """Return a whole number of at least one."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{name}={value!r} must be a whole number of at least 1, e.g. {name}=2.")
    return int(value)


def checked_choice(value: Any, name: str, choices: tuple[str, ...]) -> str:
    """Return one of a few words."""
    if value not in choices:
        raise ValueError(f"{name}={value!r} is not known. Use one of {', '.join(map(repr, choices))}.")
    return str(value)


def checked_args(args: Any) -> tuple[Any, ...]:
    """Return the parameters as a tuple."""
    if not isinstance(args, tuple | list):
        raise TypeError(f"args={args!r} is not a tuple of parameters. Use args=({args!r},).")
    for k, parameter in enumerate(args):
        if isinstance(parameter, dict | list | set | str):
            raise TypeError(
                f"args[{k}]={parameter!r} is of type {type(parameter).__name__}, which compiled code does not take. "
                "Use numbers, tuples of numbers and arrays, such as args=(1.0, (2.0, 3.0), numpy.ones(4))."
            )
    return tuple(args)


def checked_n_noise(n_noise: Any, noise: str, dim: int) -> int | None:
    """Return the stated number of Brownian motions, or None where the kind of noise fixes it."""
    if n_noise is None:
        if noise in ("commutative", "general"):
            raise ValueError(
                f"noise={noise!r} needs the number of Brownian motions, the columns of the diffusion: "
                f"give n_noise, e.g. n_noise={dim}."
            )
        return None
    count = checked_count(n_noise, "n_noise")
    fixed = {"diagonal": dim, "scalar": 1}.get(noise, count)
    if count != fixed:
        raise ValueError(
            f"n_noise={count} does not fit noise={noise!r} with dim={dim}, which has {fixed}. "
            f"Use n_noise={fixed}, or noise='general' with n_noise={count}."
        )
    return count


def checked_function(function: Any, name: str, dim: int, args: tuple[Any, ...]) -> None:
    """Refuse what Numba cannot compile, and what cannot be called with the parameters."""
    if not (isinstance(function, FunctionType) or is_compiled(function)):
        raise TypeError(
            f"{name}={function!r} is of type {type(function).__name__}, which compiled code cannot call. "
            f"Pass a function of {call_form(dim, ())} or a numba.njit function, such as a def around it; parameters "
            "go into args."
        )
    given: list[Any] = [0.0, 0.0, *args] + [None] * (dim > LARGEST_TUPLE)
    signature = inspect.signature(body(function))
    try:
        signature.bind(*given)
    except TypeError as error:
        call = call_form(dim, args).replace(", *args", "")
        raise TypeError(
            f"{name} takes {signature}, but args has {len(args)} entries, so it is called as {name}{call}. "
            "Use args=(...) with the parameters after x, in order."
        ) from error


def call_form(dim: int, args: tuple[Any, ...]) -> str:
    """Write the arguments of a callback."""
    names = [f"args[{i}]" for i in range(len(args))] if args else ["*args"]
    return f"({', '.join(['t', 'x', *names] + ['out'] * (dim > LARGEST_TUPLE))})"


def checked_positive(value: Any, name: str, *, example: str, zero: bool = False, infinite: bool = False) -> float:
    """Return a positive number; zero and infinity where they mean something."""
    number = float(value) if np.ndim(value) == 0 and hasattr(value, "__float__") else np.nan
    limit = "at least 0" if zero else "positive"
    if not (number >= 0 if zero else number > 0) or (np.isinf(number) and not infinite):
        also = "; inf is allowed" if infinite else " and finite"
        raise ValueError(f"{name}={value!r} must be one number, {limit}{also}. Use e.g. {name}={example}.")
    return number
