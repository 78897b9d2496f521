"""Schemes by name."""

from difflib import get_close_matches

from pdeopt.sde.general import EulerMaruyama
from pdeopt.sde.scheme import Scheme
from pdeopt.sde.splitting import Splitting, is_word

__all__ = ["SCHEMES", "get"]

SCHEMES: dict[str, Scheme] = {scheme.name: scheme for scheme in (EulerMaruyama(),)}
"""Every scheme that needs no parameters, by name."""


def get(method: "str | Scheme") -> Scheme:
    """Return the scheme of a name, or a scheme as it is.

    Raises
    ------
    ValueError
        If there is none of that name; the message offers the closest.
    """
    if isinstance(method, Scheme):
        return method
    name = str(method).lower().replace("_", "-").replace(" ", "-")
    if name in SCHEMES:
        return SCHEMES[name]
    if is_word(name):
        return Splitting(name)
    close = get_close_matches(name, SCHEMES, n=3, cutoff=0.4) or sorted(SCHEMES)[:5]
    raise ValueError(f"method={method!r} is not a scheme. Close ones: {', '.join(close)}; sde.SCHEMES lists all.")
