"""All values of the draws of a step, with their probabilities."""

from collections.abc import Mapping
from math import prod

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.sde.scheme import COIN, FRICTION, INCREMENT, NORMAL, THREE_POINT, TIME_INTEGRAL, TWO_POINT

__all__ = ["RULES", "Rule", "draw_values", "normal_rule"]

Rule = tuple[FloatArray, FloatArray]
"""Values and their probabilities."""


def normal_rule(n: int) -> Rule:
    """Return nodes and weights of Gauss and Hermite for a standard normal number.

    Parameters
    ----------
    n : int
        Number of nodes; polynomials of degree 2 n - 1 have their exact mean.

    Returns
    -------
    nodes, weights : arrays of shape (n,)
        The weights have the sum 1.

    Examples
    --------
    >>> nodes, weights = normal_rule(3)
    >>> round(float(weights @ nodes**4), 12)
    3.0
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    return nodes, weights / weights.sum()


PAIR: Rule = (np.array([-1.0, 1.0]), np.array([0.5, 0.5]))

RULES: Mapping[str, Rule] = {
    INCREMENT: normal_rule(24),
    FRICTION: normal_rule(24),
    TIME_INTEGRAL: normal_rule(12),
    NORMAL: normal_rule(12),
    TWO_POINT: PAIR,
    COIN: PAIR,
    THREE_POINT: (np.sqrt(3.0) * np.array([-1.0, 0.0, 1.0]), np.array([1.0, 4.0, 1.0]) / 6.0),
}
"""By the kind of a draw; that of a discrete one is exact."""


MOST = 100_000
"""Values of all draws of a step together, at most."""


def draw_values(kinds: tuple[str, ...], rules: Mapping[str, Rule] = RULES) -> Rule:
    """Return all values of the draws of one step, and their probabilities.

    Parameters
    ----------
    kinds : tuple of str
        The kind of every draw, as in `Stepper.draws`.
    rules : mapping of str to (values, probabilities)

    Returns
    -------
    values : array, shape (m, n_draws)
    probabilities : array, shape (m,)

    Raises
    ------
    ValueError
        If there is no rule for a kind, or the values are more than 100 000.

    Examples
    --------
    >>> values, probabilities = draw_values(("two-point", "coin"))
    >>> values.tolist(), probabilities.tolist()
    ([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]], [0.25, 0.25, 0.25, 0.25])
    """
    unknown = sorted(set(kinds) - set(rules))
    if unknown:
        raise ValueError(f"draws of the kind {unknown[0]!r} have no rule. Use kinds of {', '.join(sorted(rules))}.")
    if not kinds:
        return np.zeros((1, 0)), np.ones(1)
    if prod(rules[kind][0].size for kind in kinds) > MOST:
        raise ValueError(
            f"{len(kinds)} draws a step have more than {MOST} values together. Use a scheme or a kind of noise with "
            "fewer draws, such as method='euler-maruyama'."
        )
    grids = np.meshgrid(*[rules[kind][0] for kind in kinds], indexing="ij")
    shares = np.meshgrid(*[rules[kind][1] for kind in kinds], indexing="ij")
    return np.stack([g.ravel() for g in grids], axis=1), np.prod([s.ravel() for s in shares], axis=0)
