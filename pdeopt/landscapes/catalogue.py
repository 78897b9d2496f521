"""Every landscape of the package, by name."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from pdeopt.landscapes import benchmarks, convex, envelopes, figures, mixtures, planar, quadratics, ripples, wells
from pdeopt.landscapes.landscape import Landscape

__all__ = ["CATALOGUE", "get"]

MODULES = (benchmarks, convex, envelopes, figures, mixtures, planar, quadratics, ripples, wells)

CATALOGUE: dict[str, Callable[..., Landscape]] = dict(
    sorted((name, getattr(module, name)) for module in MODULES for name in module.__all__)
)
"""Functions that return a landscape, in alphabetical order; the first line of each docstring describes it."""


def get(name: str, **parameters: Any) -> Landscape:
    """Return a landscape of the catalogue by its name.

    Parameters
    ----------
    name : str
        A key of `CATALOGUE`.
    **parameters
        Passed to the function of that name.

    Returns
    -------
    Landscape
        The entry.

    Raises
    ------
    ValueError
        If there is no such entry; the message names the closest ones.

    Examples
    --------
    >>> get("rastrigin", dim=3).dim
    3
    """
    if name not in CATALOGUE:
        close = get_close_matches(name, CATALOGUE, n=3) or list(CATALOGUE)
        raise ValueError(f"name={name!r} is not in the catalogue. Use one of {', '.join(close)}.")
    return CATALOGUE[name](**parameters)
