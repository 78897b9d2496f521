"""Schemes by name."""

from difflib import get_close_matches

from pdeopt.sde.adaptive import AdaptiveSplitting, is_adaptive_word
from pdeopt.sde.euler import EulerMaruyama, TamedEuler
from pdeopt.sde.heun import EulerHeun, StochasticHeun
from pdeopt.sde.implicit import DriftImplicitEuler, ImplicitMidpoint
from pdeopt.sde.milstein import DerivativeFreeMilstein, Milstein
from pdeopt.sde.overdamped import MALA, LeimkuhlerMatthews
from pdeopt.sde.runge_kutta import RI6, SRA1, SRIW1
from pdeopt.sde.scheme import Scheme
from pdeopt.sde.splitting import Splitting, is_word
from pdeopt.sde.verlet import BBK, GJF, ExponentialEuler, MetropolisedOBABO

__all__ = ["SCHEMES", "get"]

GENERAL: tuple[Scheme, ...] = (
    EulerMaruyama(),
    EulerMaruyama("two-point"),
    EulerMaruyama("three-point"),
    TamedEuler(),
    DriftImplicitEuler(),
    ImplicitMidpoint(),
    Milstein(),
    DerivativeFreeMilstein(),
    StochasticHeun(),
    EulerHeun(),
    SRA1(),
    SRIW1(),
    SRIW1(random_sign=True),
    RI6(),
)

OVERDAMPED: tuple[Scheme, ...] = (LeimkuhlerMatthews(), MALA())

LANGEVIN: tuple[Scheme, ...] = (GJF(), BBK(), BBK(shared=True), ExponentialEuler(), MetropolisedOBABO())

SCHEMES: dict[str, Scheme] = {scheme.name: scheme for scheme in (*GENERAL, *OVERDAMPED, *LANGEVIN)}
"""Every scheme that needs no parameters, by name; words such as ``"baoab"`` are names too."""


def get(method: "str | Scheme") -> Scheme:
    """Return the scheme of a name, or a scheme as it is.

    Parameters
    ----------
    method : str or Scheme
        A key of `SCHEMES` or a word such as ``"BAOAB"``, in any case; underscores and spaces count as hyphens.

    Returns
    -------
    Scheme

    Raises
    ------
    ValueError
        If there is none of that name; the message offers the closest.

    Examples
    --------
    >>> get("Euler Maruyama").orders["additive"].strong
    1.0
    """
    if isinstance(method, Scheme):
        return method
    name = str(method).lower().replace("_", "-").replace(" ", "-")
    if name in SCHEMES:
        return SCHEMES[name]
    if is_word(name):
        return Splitting(name)
    if is_adaptive_word(name):
        return AdaptiveSplitting(name)
    close = get_close_matches(name, SCHEMES, n=3, cutoff=0.4) or sorted(SCHEMES)[:5]
    raise ValueError(f"method={method!r} is not a scheme. Close ones: {', '.join(close)}; sde.SCHEMES lists all.")
