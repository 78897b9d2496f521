"""Order conditions of stochastic Runge-Kutta schemes, in exact fractions."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from pdeopt.sde.scheme import Scheme
from pdeopt.sde.schemes import get
from pdeopt.verification.algebra.tableaux import Tableau, tableau_of
from pdeopt.verification.verdict import CERTIFIED, REFUTED

__all__ = ["Condition", "OrderConditions", "deterministic_conditions", "order_conditions", "strong_conditions"]

TIER = "order conditions"


@dataclass(frozen=True)
class Condition:
    """One equation that a tableau of an order satisfies.

    Parameters
    ----------
    order : float
        The lowest order that needs it.
    equation : str
        Its left side, e is the vector of ones; powers and products in parentheses are by components.
    value, wanted : Fraction
        Left side and right side.
    """

    order: float
    equation: str
    value: Any
    wanted: Any

    @property
    def holds(self) -> bool:
        """Whether both sides are the same number."""
        difference = self.value - self.wanted
        return bool((difference.simplify() if hasattr(difference, "simplify") else difference) == 0)

    def __str__(self) -> str:
        sign = "=" if self.holds else f"= {self.value}, not"
        return f"order {self.order:g}: {self.equation} {sign} {self.wanted}"


@dataclass(frozen=True, eq=False, repr=False)
class OrderConditions:
    """What the conditions say about the strong order of a scheme.

    Parameters
    ----------
    name : str
    conditions : tuple of Condition
        Of the strong orders 1/2 (1 for additive noise) to 3/2.
    deterministic : tuple of Condition
        Of the orders 1 to 4 where there is no noise.
    claimed : float, optional
        The strong order in question; by default the one found.
    """

    name: str
    conditions: tuple[Condition, ...]
    deterministic: tuple[Condition, ...]
    claimed: float | None = None

    @property
    def order(self) -> float:
        """The largest strong order up to 3/2 all of whose conditions hold; 0 if none."""
        return _reached(self.conditions)

    @property
    def deterministic_order(self) -> float:
        """The largest order up to 4 without noise."""
        return _reached(self.deterministic)

    @property
    def failed(self) -> tuple[Condition, ...]:
        """The conditions of the claimed strong order, or of 3/2, that do not hold."""
        bound = 1.5 if self.claimed is None else self.claimed
        return tuple(one for one in self.conditions if one.order <= bound and not one.holds)

    @property
    def verdict(self) -> str:
        """Certified if the conditions of the claimed order hold, else refuted."""
        return CERTIFIED if self.claimed is None or self.claimed <= self.order else REFUTED

    @property
    def tier(self) -> str:
        """The kind of evidence."""
        return TIER

    @property
    def summary(self) -> str:
        """The decision in one line."""
        claim = "" if self.claimed is None else f"; claimed {self.claimed:g}"
        held = sum(one.holds for one in self.conditions)
        return (
            f"{self.name}, strong order: {self.verdict}{claim}, order {self.order:g}, {held} of {len(self.conditions)} "
            f"conditions hold; order {self.deterministic_order:g} without noise"
        )

    def __str__(self) -> str:
        return "\n".join([self.summary, *(f"  fails  {one}" for one in self.failed)])

    def __repr__(self) -> str:
        return f"<OrderConditions {self.summary}>"


def _reached(conditions: tuple[Condition, ...]) -> float:
    reached = 0.0
    for order in sorted({one.order for one in conditions}):
        if not all(one.holds for one in conditions if one.order == order):
            break
        reached = order
    return reached


def order_conditions(
    method: str | Scheme | Tableau, *, noise: str | None = None, claimed: float | None = None
) -> OrderConditions:
    """Evaluate the conditions on the strong order of a stochastic Runge-Kutta scheme in exact fractions.

    Parameters
    ----------
    method : str, Scheme or Tableau
        A scheme of the package, whose coefficients are read off its step; or your own tableau.
    noise : {"additive", "diagonal"}, optional
        By default diagonal where the scheme takes it, and as the tableau says.
    claimed : float, optional
        By default what the scheme claims, and for a tableau nothing.

    Returns
    -------
    OrderConditions
        With `order`, `verdict` and the conditions that fail; its text lists them.

    Raises
    ------
    ValueError
        If the step of the scheme is none of a stochastic Runge-Kutta scheme of Roessler's form.

    Notes
    -----
    The strong conditions are those of schemes SRA and SRI, of one Brownian motion or diagonal noise; they are
    sufficient. Without noise they are those of the rooted trees of up to four nodes [2]_.

    References
    ----------
    .. [1] A. Roessler, "Runge-Kutta methods for the strong approximation of solutions of stochastic differential
       equations", SIAM J. Numer. Anal. 48, 2010.
    .. [2] E. Hairer, S. P. Norsett, G. Wanner, "Solving Ordinary Differential Equations I", Springer, 1993, II.2.

    Examples
    --------
    >>> print(order_conditions("sriw1"))
    sriw1, strong order: certified; claimed 1.5, order 1.5, 27 of 27 conditions hold; order 2 without noise
    """
    if isinstance(method, Tableau):
        tableau = method
    else:
        scheme = get(method)
        kind = noise or ("diagonal" if "diagonal" in scheme.orders else "additive")
        tableau = tableau_of(scheme, additive=kind == "additive")
        claimed = scheme.orders[kind].strong if claimed is None else claimed
    return OrderConditions(
        tableau.name, tuple(strong_conditions(tableau)), tuple(deterministic_conditions(tableau)), claimed
    )


def _array(values: Any) -> Any:
    return np.array(values, dtype=object)


def deterministic_conditions(tableau: Tableau) -> Iterator[Condition]:
    """Give the conditions of the rooted trees of up to four nodes, of A0 and alpha.

    Parameters
    ----------
    tableau : Tableau

    Yields
    ------
    Condition
        In ascending order.
    """
    a, b = _array(tableau.A0), _array(tableau.alpha)
    c = a @ _array([1] * len(b))
    one = Fraction(1)
    yield Condition(1, "alpha e", b.sum(), one)
    yield Condition(2, "alpha c", b @ c, one / 2)
    yield Condition(3, "alpha c^2", b @ c**2, one / 3)
    yield Condition(3, "alpha A0 c", b @ (a @ c), one / 6)
    yield Condition(4, "alpha c^3", b @ c**3, one / 4)
    yield Condition(4, "alpha (c (A0 c))", b @ (c * (a @ c)), one / 8)
    yield Condition(4, "alpha A0 c^2", b @ (a @ c**2), one / 12)
    yield Condition(4, "alpha A0 A0 c", b @ (a @ (a @ c)), one / 24)


def strong_conditions(tableau: Tableau) -> Iterator[Condition]:
    """Give the conditions on the strong order: of SRA for additive noise, else of SRI.

    Parameters
    ----------
    tableau : Tableau

    Yields
    ------
    Condition
        In ascending order.
    """
    a, e = _array(tableau.alpha), _array([Fraction(1)] * len(tableau.beta[0]))
    a0, b0 = _array(tableau.A0) @ _array([Fraction(1)] * len(a)), _array(tableau.B0) @ e
    first = 1.0 if tableau.is_additive else 0.5
    yield Condition(first, "alpha e", a.sum(), Fraction(1))
    for name, beta, wanted in zip(BETAS, tableau.beta, (1, 0, 0, 0), strict=True):
        yield Condition(first, f"{name} e", sum(beta, Fraction(0)), Fraction(wanted))
    yield Condition(1.5, "alpha A0 e", a @ a0, Fraction(1, 2))
    yield Condition(1.5, "alpha B0 e", a @ b0, Fraction(1))
    yield Condition(1.5, "alpha (B0 e)^2", a @ b0**2, Fraction(3, 2))
    yield Condition(1.5, "|c0 - A0 e|", abs(_array(tableau.c0) - a0).sum(), Fraction(0))
    yield from (_of_additive if tableau.is_additive else _of_general)(tableau, b0, e)


BETAS = ("beta1", "beta2", "beta3", "beta4")


def _of_additive(tableau: Tableau, b0: Any, e: Any) -> Iterator[Condition]:  # noqa: ARG001
    c1 = _array(tableau.c1)
    yield Condition(1.5, "beta1 c1", _array(tableau.beta[0]) @ c1, Fraction(1))
    yield Condition(1.5, "beta3 c1", _array(tableau.beta[2]) @ c1, Fraction(-1))


def _of_general(tableau: Tableau, b0: Any, e: Any) -> Iterator[Condition]:
    a1, b1 = _array(tableau.A1), _array(tableau.B1)
    drifts, noises = a1 @ _array([Fraction(1)] * len(tableau.alpha)), b1 @ e
    vectors: tuple[tuple[float, str, Any, tuple[int, ...]], ...] = (
        (1.0, "B1 e", noises, (0, 1, 0, 0)),
        (1.5, "A1 e", drifts, (1, 0, -1, 0)),
        (1.5, "(B1 e)^2", noises**2, (1, 0, -1, 2)),
        (1.5, "B1 B1 e", b1 @ noises, (0, 0, 0, 1)),
    )
    for order, name, vector, values in vectors:
        for one, beta, wanted in zip(BETAS, tableau.beta, values, strict=True):
            yield Condition(order, f"{one} {name}", _array(beta) @ vector, Fraction(wanted))
    yield Condition(1.5, "|c1 - A1 e|", abs(_array(tableau.c1) - drifts).sum(), Fraction(0))
    mixed = a1 @ b0
    value = _array(tableau.beta[0]) @ mixed / 2 + _array(tableau.beta[2]) @ mixed / 3
    yield Condition(1.5, "beta1 A1 B0 e / 2 + beta3 A1 B0 e / 3", value, Fraction(0))
