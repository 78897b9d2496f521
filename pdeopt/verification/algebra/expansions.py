"""Strong and weak orders of a step for all smooth coefficients at once, by expanding it in powers of sqrt(h).

Drift and diffusion are Taylor series whose derivatives are symbols, draws are symbols with known moments. A step on
them is a polynomial. It has weak order p where all moments of its increment agree with those of the equation through
h^(p + 1/2), and strong order p where it agrees with the Taylor expansion of Ito through h^p, and its mean through
h^(p + 1/2) (Milstein).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, prod
from typing import Any

from pdeopt.sde.scheme import COIN, INCREMENT, NORMAL, THREE_POINT, TIME_INTEGRAL, TWO_POINT, Scheme, Stepper
from pdeopt.sde.schemes import get
from pdeopt.systems import SDE
from pdeopt.verification.algebra.formal import formal_step
from pdeopt.verification.algebra.polynomials import POLYNOMIALS, Polynomial, Ring, rational
from pdeopt.verification.verdict import CERTIFIED, REFUTED

__all__ = ["ExpansionOrders", "expansion_orders"]

TIER = "Taylor expansions in exact fractions"
OF_THE_PATH = (INCREMENT, TIME_INTEGRAL, COIN, NORMAL)
SIGNS = (COIN, TWO_POINT)
ROUNDING = 1e-12
ROOT_3 = 3.0**0.5

LETTERS = {INCREMENT: "w", TIME_INTEGRAL: "v", COIN: "sign", TWO_POINT: "sign", THREE_POINT: "xi", NORMAL: "n"}


MOMENTS: dict[str, Callable[[int], Fraction]] = {
    INCREMENT: lambda k: Fraction(prod(range(k - 1, 0, -2))),
    NORMAL: lambda k: Fraction(prod(range(k - 1, 0, -2))),
    TIME_INTEGRAL: lambda k: Fraction(prod(range(k - 1, 0, -2)), 3 ** (k // 2)),
    TWO_POINT: lambda _: Fraction(1),
    COIN: lambda _: Fraction(1),
    THREE_POINT: lambda k: Fraction(3) ** (k // 2 - 1) if k else Fraction(1),
}
"""Even moments of draws; a time integral is drawn as sqrt(3) times a normal of variance 1/3, to stay rational."""


@dataclass(frozen=True)
class ExpansionOrders:
    """Orders of a step on one equation with one Brownian motion, whatever its smooth coefficients.

    Parameters
    ----------
    name, noise : str
    weak : float
        The largest order looked for if the expansions agree as far as they go.
    strong : float or None
        At most 3/2; None for draws that approximate no path.
    claimed : (float or None, float or None)
        Strong and weak order that the scheme claims.
    weak_term, strong_term : str
        The first terms that disagree: what the step has, less what the equation has; empty where none does.
    """

    name: str
    noise: str
    weak: float
    strong: float | None
    claimed: tuple[float | None, float | None]
    weak_term: str
    strong_term: str

    @property
    def verdict(self) -> str:
        """Certified if both orders are at least the claimed ones, else refuted."""
        pairs = zip((self.strong, self.weak), self.claimed, strict=True)
        held = all(claim is None or (found is not None and found >= claim) for found, claim in pairs)
        return CERTIFIED if held else REFUTED

    @property
    def tier(self) -> str:
        """The kind of evidence."""
        return TIER

    @property
    def summary(self) -> str:
        """The decision in one line."""
        strong = "no path" if self.strong is None else f"strong order {self.strong:g}"
        return f"{self.name}, {self.noise} noise: {self.verdict}; {strong}, weak order {self.weak:g}"

    def __str__(self) -> str:
        terms = {"strong": self.strong_term, "weak": self.weak_term}
        return "\n".join([self.summary, *(f"  {name}: {term}" for name, term in terms.items() if term)])


def expansion_orders(method: str | Scheme, *, noise: str | None = None, up_to: int = 2) -> ExpansionOrders:
    """Find the strong and weak order of a scheme for all smooth coefficients in one dimension, in exact fractions.

    Parameters
    ----------
    method : str or Scheme
        One whose step adds, multiplies and takes roots of h: no norms, no rejections.
    noise : {"diagonal", "additive"}, optional
        By default diagonal where the scheme takes it.
    up_to : int
        The largest weak order to look for, 1 or more; strong ones are looked for up to 3/2.

    Returns
    -------
    ExpansionOrders
        With the first terms that disagree. There b0, b1, ... are the drift and its derivatives, s0, s1, ... those of
        the diffusion; w is the increment over sqrt(h), and (w + v) / 2 the time integral over h^(3/2).

    Raises
    ------
    ValueError
        If the step is no polynomial in its draws and in sqrt(h).

    Notes
    -----
    Coefficients do not depend on time.

    References
    ----------
    .. [1] G. N. Milstein, M. V. Tretyakov, "Stochastic Numerics for Mathematical Physics", Springer, 2004, sections
       1.1 and 2.2.

    Examples
    --------
    >>> print(expansion_orders("sriw1"))
    sriw1, diagonal noise: certified; strong order 1.5, weak order 1.5
      weak: (-1/2 b0 s0^2 s2 + -1/12 s0^4 s3) h^5/2 in the mean of the increment to the power 2
    """
    scheme = get(method)
    kind = noise or ("diagonal" if "diagonal" in scheme.orders else "additive")
    stepper, ring = _formal_equation(scheme, kind, max(2 * up_to + 1, 5))
    after = _expanded_step(scheme, stepper, ring)
    equation = _Equation(ring, kind == "additive", scheme.interpretation == "stratonovich")
    weak, weak_term = _weak(after, stepper, equation)
    couples = set(stepper.draws) <= set(OF_THE_PATH)
    strong, strong_term = _strong(after, stepper, equation) if couples else (None, "")
    orders = scheme.orders[kind]
    return ExpansionOrders(scheme.name, kind, weak, strong, (orders.strong, orders.weak), weak_term, strong_term)


def _series(ring: Ring, letter: str, y: Any, derivative: int = 0) -> Polynomial:
    """Return the Taylor series of a coefficient, or of its derivative, at a displacement y."""
    total, power = ring.constant(0.0), ring.constant(1.0)
    for k in range(ring.limit - derivative):
        total = total + ring[f"{letter}{k + derivative}"] * power / float(factorial(k))
        power = power * y
    return total


def _formal_equation(scheme: Scheme, noise: str, limit: int) -> tuple[Stepper, Ring]:
    rings: list[Ring] = []

    def drift(_t: Any, y: Any) -> Any:
        return _series(rings[0], "b", y)

    def diffusion(_t: Any, y: Any) -> Any:
        return _series(rings[0], "s", y)

    def constant(_t: Any, _y: Any) -> Any:
        return rings[0]["s0"]

    def slope(_t: Any, y: Any) -> Any:
        return _series(rings[0], "s", y, 1)

    interpretation = "stratonovich" if scheme.interpretation == "stratonovich" else "ito"
    if noise == "additive":
        system = SDE(drift, constant, noise, interpretation=interpretation)
    else:
        system = SDE(drift, diffusion, noise, interpretation=interpretation, diffusion_jacobian=slope)
    stepper = scheme.stepper(system)
    letters = tuple(f"{letter}{k}" for letter in "bs" for k in range(limit))
    rings.append(Ring(("r", "y", *sorted(set(LETTERS.values())), *letters), limit))
    return stepper, rings[0]


def _expanded_step(scheme: Scheme, stepper: Stepper, ring: Ring) -> Polynomial:
    """Return the increment of a step from 0."""
    if set(stepper.draws) - MOMENTS.keys() or len(set(stepper.draws)) < len(stepper.draws):
        raise ValueError(f"method={scheme.name!r} takes other draws than one of a kind. Use method='sriw1'.")
    draws = [ring[LETTERS[kind]] * (ROOT_3 if kind == TIME_INTEGRAL else 1.0) for kind in stepper.draws]
    try:
        step = formal_step(stepper, POLYNOMIALS)
        after: Polynomial = ring.constant(0.0) + step(0.0, [ring.constant(0.0)], ring["r"] * ring["r"], draws, ())
    except (NotImplementedError, TypeError) as error:
        raise ValueError(
            f"method={scheme.name!r} has a step that is no polynomial: {error}. Use a scheme without norms, iterations "
            "and tests, such as method='sriw1'."
        ) from error
    return _with_signs(after) if set(SIGNS) & set(stepper.draws) else after


def _with_signs(value: Polynomial) -> Polynomial:
    """Return a polynomial with 1 in place of the square of a sign."""
    parts = value.coefficients("sign").items()
    return sum((part * value.ring["sign"] ** (power[0] % 2) for power, part in parts), value.ring.constant(0.0))


@dataclass(frozen=True)
class _Equation:
    """The equation itself: its operators on polynomials in the displacement y."""

    ring: Ring
    additive: bool
    stratonovich: bool

    def noise(self, value: Polynomial) -> Polynomial:
        """Return sigma times the derivative."""
        y = self.ring["y"]
        sigma = self.ring["s0"] if self.additive else _series(self.ring, "s", y)
        return sigma * value.slope("y")

    def drift(self, value: Polynomial) -> Polynomial:
        """Return the generator of a function."""
        y, second = self.ring["y"], value.slope("y").slope("y")
        sigma = self.ring["s0"] if self.additive else _series(self.ring, "s", y)
        b = _series(self.ring, "b", y)
        if self.stratonovich and not self.additive:
            b = b + 0.5 * sigma * sigma.slope("y")
        return b * value.slope("y") + 0.5 * sigma * sigma * second

    def here(self, value: Polynomial) -> Polynomial:
        """Return the value at y = 0."""
        return value.coefficients("y").get((0,), self.ring.constant(0.0))

    def moment(self, k: int) -> Polynomial:
        """Return the expectation of the k-th power of the increment over a step, as far as the ring goes."""
        h, value, total = self.ring["r"] * self.ring["r"], self.ring["y"] ** k, self.ring.constant(0.0)
        for n in range(1, self.ring.limit // 2 + 1):
            value = self.drift(value)
            total = total + self.here(value) * h**n / float(factorial(n))
        return total

    def path(self, w: Polynomial, u: Polynomial) -> Polynomial:
        """Return the Taylor expansion of Ito through h^(3/2), in I1 / sqrt(h) = w and I10 / h^1.5 = u."""
        r, y = self.ring["r"], self.ring["y"]
        noise, drift = self.noise(y), self.drift(y)
        again = self.noise(noise)
        terms = [
            (noise, r * w),
            (drift, r * r),
            (again, r * r * (w * w - 1.0) * 0.5),
            (self.noise(drift), r**3 * u),
            (self.drift(noise), r**3 * (w - u)),
            (self.noise(again), r**3 * w * (w * w - 3.0) / 6.0),
        ]
        return sum((self.here(value) * integral for value, integral in terms), self.ring.constant(0.0))


def _mean(value: Polynomial, stepper: Stepper) -> Polynomial:
    """Return the expectation over the draws."""
    ring, names = value.ring, [LETTERS[kind] for kind in stepper.draws]
    total = ring.constant(0.0)
    for powers, factor in value.coefficients(*names).items():
        if not any(power % 2 for power in powers):
            moments = [MOMENTS[kind](power) for kind, power in zip(stepper.draws, powers, strict=True)]
            total = total + factor * float(prod(moments))
    return total


def _first(value: Polynomial, most: int) -> tuple[int, str]:
    """Return the lowest power of sqrt(h) up to `most` with a coefficient, and that; 0 if there is none."""
    powers = {key: value.ring.exponents(key) for key, one in value.terms.items() if abs(one) > ROUNDING}
    degrees = {key: one.pop("r", 0) for key, one in powers.items()}
    lowest = min(degrees.values(), default=most + 1)
    if lowest > most:
        return 0, ""
    words = [
        " ".join([str(rational(value.terms[key])), *(f"{n}^{p}" if p > 1 else n for n, p in powers[key].items())])
        for key, degree in degrees.items()
        if degree == lowest
    ]
    shown = " + ".join(words[:3]) + (" + ..." if len(words) > 3 else "")
    return lowest, f"({shown}) h^{rational(lowest / 2)}"


def _weak(after: Polynomial, stepper: Stepper, equation: _Equation) -> tuple[float, str]:
    limit = equation.ring.limit
    lowest, text, power = limit + 1, "", equation.ring.constant(1.0)
    for k in range(1, limit + 1):
        power = power * after
        degree, term = _first(_mean(power, stepper) - equation.moment(k), limit)
        if degree and degree < lowest:
            lowest, text = degree, f"{term} in the mean of the increment to the power {k}"
    return 0.5 * (lowest - 2), text


def _strong(after: Polynomial, stepper: Stepper, equation: _Equation) -> tuple[float, str]:
    # Where v is not drawn it stays in what is left of the time integral.
    w, v = equation.ring["w"], equation.ring["v"]
    degree, term = _first(after - equation.path(w, 0.5 * (w + v)), 3)
    in_mean, mean_term = _first(_mean(after, stepper) - equation.moment(1), 4)
    by_path = 0.5 * (degree - 1) if degree else 1.5
    by_mean = 0.5 * (in_mean - 2) if in_mean else 1.5
    if min(by_path, by_mean) >= 1.5:
        return 1.5, ""
    return (by_path, term) if by_path <= by_mean else (by_mean, f"{mean_term} in the mean")
