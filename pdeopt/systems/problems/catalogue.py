"""Every standard problem, by name."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from pdeopt.systems.problems import geometric, line, linear, periodic, reversion, wells
from pdeopt.systems.problems.problem import Problem

__all__ = ["CATALOGUE", "get"]

MODULES = (geometric, line, linear, periodic, reversion, wells)

CATALOGUE: dict[str, Callable[..., Problem]] = dict(
    sorted((name, getattr(module, name)) for module in MODULES for name in module.__all__)
)
"""Functions that return a problem, in alphabetical order; the first line of each docstring describes it."""


def get(name: str, **parameters: Any) -> Problem:
    """Return a problem of the catalogue by its name.

    Parameters
    ----------
    name : str
        A key of `CATALOGUE`.
    **parameters
        Passed to the function of that name.

    Returns
    -------
    Problem
        The entry.

    Raises
    ------
    ValueError
        If there is no such entry; the message names the closest ones.

    Examples
    --------
    >>> get("gbm", b=0.5)
    <Problem 'gbm': x0 (0.5,), time 1; moments mean, second; exact paths>
    """
    if name not in CATALOGUE:
        close = get_close_matches(name, CATALOGUE, n=3) or list(CATALOGUE)
        raise ValueError(f"name={name!r} is not in the catalogue. Use one of {', '.join(close)}.")
    return CATALOGUE[name](**parameters)
